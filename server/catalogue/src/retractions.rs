//! Retractions: a batch is undone by a commit of its own, which has no rows.
//!
//! From that commit on the batch's rows and removals don't count; older snapshots see them.
//! Invariant: a batch is retracted at most once, and only while everything that it replaced is
//! still kept.

use std::collections::BTreeSet;

use bellwether_domain::Scope;
use bellwether_domain::ids::BatchId;
use bellwether_domain::segment::{CommitNumber, Snapshot};
use bellwether_domain::time::Timestamp;
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::{agency_row, lock_agency};
use crate::batch_list::find_summary;
use crate::batches::BatchState;
use crate::columns::require_brand;
use crate::commits::take_next_commit;
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::partitions::{mark_changed, partitions_changed_by};
use crate::schema::retractions;

/// What a retraction came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retracted {
    /// The retraction's own commit.
    pub commit: CommitNumber,
    /// The snapshot from which on the batch's rows don't count.
    pub snapshot: Snapshot,
}

impl Catalogue {
    /// Undoes a batch by a new commit, in one transaction.
    ///
    /// [`Error::NotRetractable`] when the batch brought no facts, [`Error::AlreadyRetracted`] when
    /// it is undone already, and [`Error::RetractionTooLate`] when its commit is no newer than the
    /// oldest readable one: the rows that it replaced may be gone by then, and undoing it would
    /// leave holes. `NOT_FOUND` for a batch that the scope doesn't see.
    pub fn retract_batch(
        &self,
        scope: &Scope,
        batch: BatchId,
        now: Timestamp,
    ) -> Result<Retracted> {
        scope.require_ingest()?;
        self.write(|connection| {
            let agency = lock_agency(connection, scope)?;
            let retracted = retractable_commit(connection, scope, batch)?;
            if retracted.0 <= agency.oldest_commit {
                return Err(Error::RetractionTooLate {
                    batch: batch.to_string(),
                });
            }
            let commit = take_next_commit(connection, scope, batch, now)?;
            insert(connection, scope, batch, retracted, commit)?;
            let partitions = partitions_changed_by(connection, scope, retracted)?;
            mark_changed(connection, scope, commit, &partitions)?;
            let snapshot = agency_row(connection, scope)?.snapshot();
            Ok(Retracted { commit, snapshot })
        })
    }
}

/// The commit of a batch that may be retracted.
fn retractable_commit(
    connection: &mut AnyConnection,
    scope: &Scope,
    batch: BatchId,
) -> Result<CommitNumber> {
    let found = find_summary(connection, scope, batch)?;
    let summary = found.ok_or_else(|| Error::not_found("batch", batch))?;
    require_brand(scope, summary.brand).map_err(|_| Error::not_found("batch", batch))?;
    if let Some(commit) = summary.retracted_by {
        return Err(Error::AlreadyRetracted {
            batch: batch.to_string(),
            commit,
        });
    }
    match (summary.state, summary.commit) {
        (BatchState::Committed, Some(commit)) => Ok(commit),
        (state, _) => Err(Error::NotRetractable {
            batch: batch.to_string(),
            state,
        }),
    }
}

fn insert(
    connection: &mut AnyConnection,
    scope: &Scope,
    batch: BatchId,
    retracted: CommitNumber,
    commit: CommitNumber,
) -> Result<()> {
    diesel::insert_into(retractions::table)
        .values((
            retractions::agency_id.eq(scope.agency().to_string()),
            retractions::retracted_commit.eq(retracted.0),
            retractions::commit_number.eq(commit.0),
            retractions::batch_id.eq(batch.to_string()),
        ))
        .execute(connection)
        .map_err(Error::insert("retraction of batch", batch))?;
    Ok(())
}

/// The commits that were retracted by commits up to this one.
pub(crate) fn retractions_up_to(
    connection: &mut AnyConnection,
    scope: &Scope,
    up_to: CommitNumber,
) -> Result<BTreeSet<CommitNumber>> {
    let commits = retractions::table
        .filter(retractions::agency_id.eq(scope.agency().to_string()))
        .filter(retractions::commit_number.le(up_to.0))
        .select(retractions::retracted_commit)
        .load::<i64>(connection)
        .map_err(Error::database("list retractions"))?;
    Ok(commits.into_iter().map(CommitNumber).collect())
}

/// Refuses when a commit up to `horizon` was retracted after `read_at`.
pub(crate) fn refuse_late_retractions(
    connection: &mut AnyConnection,
    scope: &Scope,
    horizon: CommitNumber,
    read_at: CommitNumber,
) -> Result<()> {
    let late = retractions::table
        .filter(retractions::agency_id.eq(scope.agency().to_string()))
        .filter(retractions::retracted_commit.le(horizon.0))
        .filter(retractions::commit_number.gt(read_at.0))
        .select(retractions::retracted_commit)
        .first::<i64>(connection)
        .optional()
        .map_err(Error::database("look for late retractions"))?;
    match late {
        None => Ok(()),
        Some(commit) => Err(Error::RetractedMeanwhile {
            commit: CommitNumber(commit),
        }),
    }
}
