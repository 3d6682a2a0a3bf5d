//! One compaction, from the lease to the manifest.
//!
//! 1. Take a lease that names the file to come.
//! 2. Read the segments, write the rows that are needed, sync the file and its folders.
//! 3. One transaction: the old segments leave the manifest, the new one enters; the lease ends.
//! 4. The old files stay until their grace has passed (`dropped`).
//!
//! A kill before 3 leaves a file that only the lease names; one after it leaves files that the
//! catalogue lists as dropped. The next start removes both.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bellwether_catalogue::{CompactedSegment, NewSegment, Replacement, StagingLease};
use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{AgencyId, SegmentId, StagingId};
use bellwether_domain::segment::{CommitNumber, PartitionName, SegmentPart};
use bellwether_domain::time::seconds_after;
use bellwether_store::StagedSegment;

use super::due::Due;
use super::rewrite::{Rewritten, rewrite};
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::Parts;
use crate::steps::Step;

/// One compaction that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compacted {
    /// Whose facts.
    pub agency: AgencyId,
    /// Which partition.
    pub partition: PartitionName,
    /// How many segments gave way.
    pub n_segments: usize,
    /// How many rows they held.
    pub n_rows_read: u64,
    /// How many rows the new one holds; the others are seen by no readable snapshot.
    pub n_rows_written: u64,
    /// The new segment; `None` when no row was needed any more.
    pub segment: Option<SegmentId>,
}

/// Does one compaction. `CONFLICT` when its segments or what it knew of them changed meanwhile:
/// nothing is done, and the next round looks again.
pub(super) async fn compact(parts: &Arc<Parts>, due: Due) -> Result<Compacted> {
    let due = Arc::new(due);
    let id = SegmentId::from_parts(parts.clock.now(), parts.ids.random());
    let lease = lease(parts, &due, id).await?;
    parts.steps.reached(Step::CompactionLeased).await;
    let rewritten = match stage(parts, &due, id).await {
        Ok(rewritten) => rewritten,
        Err(error) => {
            give_up(parts, &lease).await;
            return Err(error);
        }
    };
    parts.steps.reached(Step::CompactionStaged).await;
    let compacted = Compacted {
        agency: due.scope.agency(),
        partition: due.partition,
        n_segments: due.segments.len(),
        n_rows_read: rewritten.n_rows_read,
        n_rows_written: rewritten.staged.as_ref().map_or(0, |(file, _)| file.n_rows),
        segment: rewritten.staged.as_ref().map(|(file, _)| file.id),
    };
    let is_needless = rewritten.staged.is_none();
    let replaced = replace(parts, &due, lease.id, rewritten).await;
    match &replaced {
        // Nothing was written under it, and the transaction didn't take it.
        Ok(()) if is_needless => give_up(parts, &lease).await,
        // Refused for certain. After any other failure the transaction may be through, and its
        // file must stay; the sweep decides by the manifest.
        Err(error) if is_refused(error) => give_up(parts, &lease).await,
        _ => {}
    }
    replaced?;
    parts.steps.reached(Step::CompactionReplaced).await;
    tracing::info!(
        agency.id = %compacted.agency,
        dataset = %compacted.partition.dataset,
        month = %compacted.partition.month,
        n_segments = compacted.n_segments,
        n_rows_read = compacted.n_rows_read,
        n_rows_written = compacted.n_rows_written,
        "segments compacted",
    );
    Ok(compacted)
}

async fn lease(parts: &Arc<Parts>, due: &Arc<Due>, id: SegmentId) -> Result<StagingLease> {
    let now = parts.clock.now();
    let lease = StagingLease {
        id: StagingId::from_parts(now, parts.ids.random()),
        paths: vec![parts.store.segment_path(&due.scope, due.partition, id)],
        expires_at: seconds_after(now, parts.config.staging_lease_s),
    };
    let (parts, due) = (Arc::clone(parts), Arc::clone(due));
    blocking("lease a file", move || {
        parts.catalogue.open_staging(&due.scope, &lease)?;
        Ok(lease)
    })
    .await
}

async fn stage(parts: &Arc<Parts>, due: &Arc<Due>, id: SegmentId) -> Result<Rewritten> {
    let rows = parts.store.read_all_rows(&due.scope, &due.segments).await?;
    let (writing, of) = (Arc::clone(parts), Arc::clone(due));
    let rewritten = blocking("compact segments", move || rewrite(&writing, &of, id, rows)).await?;
    if let Some((staged, _)) = &rewritten.staged {
        let staged = std::slice::from_ref(staged);
        parts.store.sync_folders(&due.scope, staged).await?;
    }
    Ok(rewritten)
}

async fn replace(
    parts: &Arc<Parts>,
    due: &Arc<Due>,
    staging: StagingId,
    rewritten: Rewritten,
) -> Result<()> {
    let new = match rewritten.staged {
        Some((staged, commits)) => Some(CompactedSegment {
            parts: parts_of(due, &commits)?,
            file: new_segment(staged),
        }),
        None => None,
    };
    let replacement = Replacement {
        staging,
        replaced: due.segments.iter().map(|segment| segment.id).collect(),
        new,
        read_at: due.read_at,
        horizon: Some(due.horizon).filter(|horizon| *horizon > CommitNumber(0)),
        now: parts.clock.now(),
    };
    let (parts, due) = (Arc::clone(parts), Arc::clone(due));
    blocking("replace segments", move || {
        Ok(parts.catalogue.replace_segments(&due.scope, &replacement)?)
    })
    .await
}

/// The batches of these commits, as the segments that give way name them.
fn parts_of(due: &Due, commits: &BTreeSet<CommitNumber>) -> Result<Vec<SegmentPart>> {
    let known: BTreeMap<CommitNumber, SegmentPart> = due
        .segments
        .iter()
        .flat_map(|segment| &segment.parts)
        .map(|part| (part.commit, *part))
        .collect();
    let part = |commit: &CommitNumber| known.get(commit).copied();
    let parts: Option<Vec<SegmentPart>> = commits.iter().map(part).collect();
    parts.ok_or_else(|| {
        let message = "a segment holds a row of a commit that the manifest doesn't know it by";
        Refusal::new(ErrorCode::CorruptSegment, message).into()
    })
}

fn new_segment(staged: StagedSegment) -> NewSegment {
    NewSegment {
        id: staged.id,
        partition: staged.partition,
        path: staged.path,
        n_rows: staged.n_rows,
        size_bytes: staged.size_bytes,
        sha256: staged.sha256,
        first_day: staged.first_day,
        last_day: staged.last_day,
    }
}

fn is_refused(error: &Error) -> bool {
    let certain = [
        ErrorCode::Conflict,
        ErrorCode::InvalidInput,
        ErrorCode::LimitExceeded,
        ErrorCode::CorruptSegment,
        // The lease ended first.
        ErrorCode::Timeout,
    ];
    certain.contains(&error.code())
}

/// Removes what was written. What can't be removed now stays named by the lease and goes with the
/// next start.
async fn give_up(parts: &Arc<Parts>, lease: &StagingLease) {
    let staging = lease.id;
    let gone = match parts.store.discard(&lease.paths).await {
        Ok(()) => {
            let parts = Arc::clone(parts);
            blocking("close a lease", move || {
                Ok(parts.catalogue.close_staging(staging)?)
            })
            .await
        }
        Err(error) => Err(error.into()),
    };
    if let Err(error) = gone {
        tracing::warn!(staging.id = %staging, error = error.chain(), "the lease stays until the next start");
    }
}
