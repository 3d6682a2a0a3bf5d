//! Compaction: segments of one partition give way to one that says the same, in one transaction.
//!
//! It takes no commit number and changes no partition's version.
//! Invariant: a file that left the manifest is named in `dropped_files` until it is forgotten, so
//! that none is lost on the disk; and the oldest readable commit rises only in the transaction
//! whose new segment may lack what older snapshots saw.

use std::collections::BTreeSet;

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{SegmentId, StagingId};
use bellwether_domain::segment::{CommitNumber, PartitionName, Segment, SegmentPart};
use bellwether_domain::time::Timestamp;
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::lock_agency;
use crate::columns::texts;
use crate::connection::AnyConnection;
use crate::dropped_files::insert_dropped;
use crate::error::{Error, Result};
use crate::horizon::{forget_what_expired, raise_oldest_commit};
use crate::publication::NewSegment;
use crate::retractions::refuse_late_retractions;
use crate::schema::segments;
use crate::segments::{SegmentRow, insert_segment};
use crate::staging::take_lease;

/// The most segments that one replacement may take: what one statement can name.
pub const REPLACED_SEGMENTS_MAX: usize = 4_096;

/// One file in the place of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// The lease that the new file was written under; it must not have ended.
    pub staging: StagingId,
    /// The segments that give way: all of one partition, at most [`REPLACED_SEGMENTS_MAX`].
    pub replaced: Vec<SegmentId>,
    /// What takes their place; `None` when no readable snapshot sees any of their rows.
    pub new: Option<CompactedSegment>,
    /// The commit as of which the partition was read.
    pub read_at: CommitNumber,
    /// The oldest commit that stays readable; at most `read_at`. Every row that no snapshot from
    /// this commit on sees is missing from the new segment, and removals up to it are applied.
    /// `None` when the new segment has every row of those that give way.
    pub horizon: Option<CommitNumber>,
    /// The present moment.
    pub now: Timestamp,
}

/// A staged file that holds rows of several commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompactedSegment {
    /// The file.
    pub file: NewSegment,
    /// The commits whose rows it holds, sorted; each was a part of a segment that gives way.
    pub parts: Vec<SegmentPart>,
}

impl Catalogue {
    /// Replaces segments by one; all of it or nothing.
    ///
    /// [`Error::SegmentGone`] when one of them left the manifest meanwhile,
    /// [`Error::SnapshotPinned`] when a live pin is older than the horizon, and
    /// [`Error::RetractedMeanwhile`] when a commit up to the horizon was retracted after `read_at`:
    /// the new segment may lack what that commit replaced. Read again and start over.
    pub fn replace_segments(&self, scope: &Scope, replacement: &Replacement) -> Result<()> {
        let n_replaced = replacement.replaced.len();
        if n_replaced > REPLACED_SEGMENTS_MAX {
            let what = format!("a replacement of {n_replaced} segments");
            let limit = "replaced_segments_max";
            return Err(Refusal::limit(limit, REPLACED_SEGMENTS_MAX, what).into());
        }
        self.write(|connection| {
            lock_agency(connection, scope)?;
            let (replaced, settled) = take_out(connection, scope, &replacement.replaced)?;
            let partition = replacement.check(&replaced)?;
            insert_dropped(connection, scope, &replaced, replacement.now)?;
            put_in(connection, scope, replacement, settled)?;
            let Some(horizon) = replacement.horizon else {
                return Ok(());
            };
            refuse_late_retractions(connection, scope, horizon, replacement.read_at)?;
            raise_oldest_commit(connection, scope, horizon, replacement.now)?;
            forget_what_expired(connection, scope, partition, horizon)
        })
    }
}

impl Replacement {
    /// The partition of it all; refuses a replacement that would lose or invent something.
    fn check(&self, replaced: &[Segment]) -> Result<PartitionName, Refusal> {
        let partitions: BTreeSet<PartitionName> = replaced
            .iter()
            .map(|segment| segment.partition)
            .chain(self.new.iter().map(|new| new.file.partition))
            .collect();
        let mut partitions = partitions.into_iter();
        let (Some(partition), None) = (partitions.next(), partitions.next()) else {
            return Err(Refusal::invalid(
                "the segments of a replacement are not of one partition",
            ));
        };
        if self.horizon.is_some_and(|horizon| horizon > self.read_at) {
            return Err(Refusal::invalid(
                "the horizon of a replacement is newer than the commit it was read at",
            ));
        }
        if let Some(new) = &self.new {
            let known: BTreeSet<&SegmentPart> =
                replaced.iter().flat_map(|segment| &segment.parts).collect();
            let is_sorted = new.parts.is_sorted_by(|a, b| a.commit < b.commit);
            if !is_sorted || new.parts.is_empty() || !new.parts.iter().all(|p| known.contains(p)) {
                return Err(Refusal::invalid(
                    "the parts of a compacted segment are not those of the replaced ones, sorted",
                ));
            }
        }
        Ok(partition)
    }
}

/// Takes the segments out of the manifest; returns them, and the commit up to which removals were
/// applied to each of them.
pub(crate) fn take_out(
    connection: &mut AnyConnection,
    scope: &Scope,
    replaced: &[SegmentId],
) -> Result<(Vec<Segment>, CommitNumber)> {
    let found = || {
        segments::table
            .filter(segments::agency_id.eq(scope.agency().to_string()))
            .filter(segments::id.eq_any(texts(replaced)))
    };
    let rows = found()
        .load::<SegmentRow>(connection)
        .map_err(Error::database("find the segments to replace"))?;
    let settled = rows.iter().map(|row| row.settled_commit).min();
    let taken = rows
        .into_iter()
        .map(Segment::try_from)
        .collect::<Result<Vec<_>>>()?;
    let present: BTreeSet<SegmentId> = taken.iter().map(|segment| segment.id).collect();
    if let Some(gone) = replaced.iter().find(|id| !present.contains(id)) {
        return Err(Error::SegmentGone {
            segment: gone.to_string(),
        });
    }
    diesel::delete(found())
        .execute(connection)
        .map_err(Error::database("take segments out of the manifest"))?;
    Ok((taken, CommitNumber(settled.unwrap_or(0))))
}

fn put_in(
    connection: &mut AnyConnection,
    scope: &Scope,
    replacement: &Replacement,
    settled: CommitNumber,
) -> Result<()> {
    let had_lease = take_lease(connection, scope, replacement.staging, replacement.now)?;
    let Some(new) = &replacement.new else {
        return Ok(());
    };
    if !had_lease {
        let staging = replacement.staging.to_string();
        return Err(Error::LeaseEnded { staging });
    }
    let settled = replacement.horizon.unwrap_or_default().max(settled);
    insert_segment(connection, scope, &new.file, &new.parts, settled)
}
