//! Publishing: the one transaction that makes a staged batch visible.

use std::collections::BTreeSet;

use bellwether_domain::Scope;
use bellwether_domain::campaign::Campaign;
use bellwether_domain::ids::{BatchId, SegmentId, StagingId};
use bellwether_domain::segment::{CommitNumber, PartitionName, SegmentPart, Snapshot};
use bellwether_domain::time::{Date, Timestamp};

use crate::Catalogue;
use crate::agencies::{agency_row, lock_agency, raise_catalogue_version};
use crate::batches::{BatchState, Finish, close_batch};
use crate::campaigns::insert_campaign;
use crate::columns::stored_count;
use crate::commits::take_next_commit;
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::partitions::mark_changed;
use crate::removals::{NewRemoval, insert_removal};
use crate::segments::insert_segment;
use crate::staging::take_lease;

/// A staged batch, ready to be seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Publication {
    /// The batch; it must be open.
    pub batch: BatchId,
    /// The lease that its files were written under; it must not have ended.
    pub staging: StagingId,
    /// The files, all of them durable. None when no row was accepted.
    pub segments: Vec<NewSegment>,
    /// What the batch takes away: at most one removal for each partition.
    pub removals: Vec<NewRemoval>,
    /// Campaigns that the batch registers.
    pub new_campaigns: Vec<Campaign>,
    /// How many rows were accepted.
    pub n_rows_accepted: u64,
    /// The present moment.
    pub now: Timestamp,
}

/// A staged file of facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSegment {
    /// Its id.
    pub id: SegmentId,
    /// The dataset and month.
    pub partition: PartitionName,
    /// Where it lies, below the store's root.
    pub path: String,
    /// How many rows it holds.
    pub n_rows: u64,
    /// Its size.
    pub size_bytes: u64,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// The first day of any of its facts.
    pub first_day: Date,
    /// The last day of any of its facts, that day included.
    pub last_day: Date,
}

/// What publishing came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The batch's commit; the agency's newest one before it when the batch brought neither
    /// segments nor removals.
    pub commit: CommitNumber,
    /// The snapshot from which on the batch is seen.
    pub snapshot: Snapshot,
    /// The answer as it was stored.
    pub answer: String,
}

impl Catalogue {
    /// Publishes a batch: next commit number, segments, removals, new campaigns, the batch's end
    /// with its answer, and the end of the staging lease; all of it or nothing. `answer` makes the
    /// JSON that is stored for twins of the request; it is called once, inside the transaction.
    ///
    /// A batch with neither segments nor removals takes no commit number; one without segments
    /// needs no lease. It ends all the same.
    /// `AlreadyExists` means that somebody else registered one of the campaigns meanwhile.
    /// When the connection is lost at the very end, the outcome is unknown: the same request with
    /// its idempotency key tells it.
    pub fn publish(
        &self,
        scope: &Scope,
        publication: &Publication,
        answer: impl FnOnce(CommitNumber, Snapshot) -> String,
    ) -> Result<Published> {
        self.write(|connection| {
            lock_agency(connection, scope)?;
            if !publication.new_campaigns.is_empty() {
                raise_catalogue_version(connection, scope)?;
            }
            for campaign in &publication.new_campaigns {
                insert_campaign(connection, scope, campaign, publication.now)?;
            }
            add_facts(connection, scope, publication)?;
            let snapshot = agency_row(connection, scope)?.snapshot();
            let answer = answer(snapshot.commit, snapshot);
            finish(connection, scope, publication, snapshot.commit, &answer)?;
            Ok(Published {
                commit: snapshot.commit,
                snapshot,
                answer,
            })
        })
    }
}

impl Publication {
    fn changes_facts(&self) -> bool {
        !self.segments.is_empty() || !self.removals.is_empty()
    }

    fn partitions(&self) -> BTreeSet<PartitionName> {
        let written = self.segments.iter().map(|segment| segment.partition);
        let removed = self.removals.iter().map(|removal| removal.partition);
        written.chain(removed).collect()
    }
}

fn add_facts(
    connection: &mut AnyConnection,
    scope: &Scope,
    publication: &Publication,
) -> Result<()> {
    let (batch, now) = (publication.batch, publication.now);
    let had_lease = take_lease(connection, scope, publication.staging, now)?;
    if !publication.changes_facts() {
        return Ok(());
    }
    if !had_lease && !publication.segments.is_empty() {
        let staging = publication.staging.to_string();
        return Err(Error::LeaseEnded { staging });
    }
    let commit = take_next_commit(connection, scope, batch, now)?;
    for segment in &publication.segments {
        let parts = [SegmentPart { commit, batch }];
        insert_segment(connection, scope, segment, &parts, CommitNumber(0))?;
    }
    for removal in &publication.removals {
        insert_removal(connection, scope, commit, removal)?;
    }
    mark_changed(connection, scope, commit, &publication.partitions())
}

fn finish(
    connection: &mut AnyConnection,
    scope: &Scope,
    publication: &Publication,
    commit: CommitNumber,
    answer: &str,
) -> Result<()> {
    let n_rows_written = publication.segments.iter().map(|s| s.n_rows).sum();
    let finish = Finish {
        at: Some(publication.now),
        answer_json: Some(answer),
        commit: publication.changes_facts().then_some(commit),
        n_rows_accepted: Some(stored_count(publication.n_rows_accepted)),
        n_rows_written: Some(stored_count(n_rows_written)),
    };
    close_batch(
        connection,
        scope,
        publication.batch,
        BatchState::Committed,
        &finish,
    )
}
