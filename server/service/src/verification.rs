//! Verification: is everything that the manifest names there, whole and readable, and is anything
//! there that nothing names.
//!
//! Invariant: it changes nothing, but for [`Services::forget_segment`], which an operator asks for
//! by name.

use std::collections::BTreeSet;
use std::sync::Arc;

use bellwether_catalogue::PAGE_ROWS_MAX;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{AgencyId, BatchId, SegmentId};
use bellwether_domain::segment::{CommitNumber, PartitionName, Segment};
use bellwether_domain::time::Timestamp;
use bellwether_domain::{ErrorCode, Scope};

use crate::background::blocking;
use crate::cases::{DamagedCase, damaged_cases};
use crate::error::{Error, Result};
use crate::services::{Parts, Services};

/// What a verification found.
#[derive(Debug, Clone, Default)]
pub struct VerificationReport {
    /// How many segments were read to their last row.
    pub n_segments: usize,
    /// How many rows they hold.
    pub n_rows: u64,
    /// The segments that are missing, changed or unreadable.
    pub damaged: Vec<DamagedSegment>,
    /// How many cases were read to their last event.
    pub n_cases: usize,
    /// The cases whose events aren't those that were recorded.
    pub damaged_cases: Vec<DamagedCase>,
    /// What is wrong with the catalogue itself, a sentence each.
    pub catalogue_problems: Vec<String>,
    /// Files among the segments that nothing names, by their paths below the data folder. They
    /// cost room and nothing else.
    pub strays: Vec<String>,
}

impl VerificationReport {
    /// Whether everything that is needed is there and whole.
    pub fn is_sound(&self) -> bool {
        self.damaged.is_empty()
            && self.damaged_cases.is_empty()
            && self.catalogue_problems.is_empty()
    }
}

/// A segment that can't be read, and what mends it.
#[derive(Debug, Clone)]
pub struct DamagedSegment {
    /// The segment.
    pub id: SegmentId,
    /// Whose facts it held.
    pub agency: AgencyId,
    /// Its dataset and month.
    pub partition: PartitionName,
    /// Its file, below the data folder: one of the same name in a backup mends it.
    pub path: String,
    /// What is wrong, a sentence.
    pub problem: String,
    /// Without a backup: the batches to send again, in this order. Those whose rows it held, and
    /// every later one that they would else undo, by its rows or by what it removed.
    pub send_again: Vec<BatchId>,
}

impl Services {
    /// Reads every segment of every agency and compares it with the manifest, verifies the chain of
    /// every case, checks the catalogue, and looks for files that nothing names. Reads all there is; answers go on.
    pub async fn verify(&self) -> Result<VerificationReport> {
        let parts = &self.parts;
        // What compaction drops meanwhile stays readable until this is through.
        let _held = parts.compaction.hold_files();
        let on_disk = parts.store.list_paths("segments").await?;
        let asked = Arc::clone(parts);
        let (scopes, catalogue_problems) = blocking("check the catalogue", move || {
            let scopes = asked.catalogue.maintenance_scopes()?;
            Ok((scopes, asked.catalogue.check_integrity()?))
        })
        .await?;
        let mut report = VerificationReport {
            catalogue_problems,
            ..VerificationReport::default()
        };
        for scope in &scopes {
            for segment in segments(parts, scope).await? {
                report.check(parts, scope, segment).await?;
            }
            let (asked, of) = (Arc::clone(parts), scope.clone());
            let cases = blocking("verify cases", move || damaged_cases(&asked, &of));
            let (n_cases, damaged) = cases.await?;
            report.n_cases += n_cases;
            report.damaged_cases.extend(damaged);
        }
        report.strays = strays(parts, on_disk).await?;
        Ok(report)
    }

    /// Takes a segment out of the manifest without reading it, by a commit of its own: its rows
    /// are no part of any answer from then on. Older snapshots, which had them, can't be read any
    /// more; `asOf` them answers `SNAPSHOT_EXPIRED` rather than numbers that lack rows.
    ///
    /// Send the batches that are returned again, before or after. `CONFLICT` while an older
    /// snapshot is pinned.
    pub async fn forget_segment(&self, segment: SegmentId) -> Result<DamagedSegment> {
        let parts = Arc::clone(&self.parts);
        let forgotten = blocking("forget a segment", move || forget(&parts, segment));
        let (told, scope, commit) = forgotten.await?;
        self.parts.compaction.notice();
        let dataset = told.partition.dataset;
        self.parts.warm_after(&scope, dataset, commit);
        Ok(told)
    }
}

impl VerificationReport {
    async fn check(&mut self, parts: &Arc<Parts>, scope: &Scope, segment: Segment) -> Result<()> {
        self.n_segments += 1;
        let read = read_whole(parts, scope, &segment).await;
        match read {
            Ok(n_rows) => self.n_rows += n_rows,
            Err(error) if error.code() == ErrorCode::CorruptSegment => {
                let (parts, scope) = (Arc::clone(parts), scope.clone());
                let problem = error.chain();
                let damaged = blocking("list batches to send again", move || {
                    describe(&parts, &scope, &segment, problem)
                });
                self.damaged.extend(damaged.await?);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// Reads a segment to its last row.
async fn read_whole(parts: &Arc<Parts>, scope: &Scope, segment: &Segment) -> Result<u64> {
    let of = std::slice::from_ref(segment);
    let mut rows = parts.store.read_all_rows(scope, of).await?;
    let n_listed = segment.n_rows;
    blocking("read a segment", move || {
        let n_rows = rows.try_fold(0_u64, |n_rows, row| row.map(|_| n_rows + 1))?;
        if n_rows == n_listed {
            return Ok(n_rows);
        }
        let message = format!("it holds {n_rows} rows and should hold {n_listed}");
        Err(Refusal::new(ErrorCode::CorruptSegment, message).into())
    })
    .await
}

/// What is to be told of a segment that can't be read; `None` when it left the manifest meanwhile.
fn describe(
    parts: &Parts,
    scope: &Scope,
    segment: &Segment,
    problem: String,
) -> Result<Option<DamagedSegment>> {
    let send_again = parts.catalogue.batches_to_send_again(scope, segment)?;
    Ok(send_again.map(|send_again| DamagedSegment {
        id: segment.id,
        agency: segment.agency,
        partition: segment.partition,
        path: segment.path.clone(),
        problem,
        send_again,
    }))
}

/// Files that neither the manifest nor a lease nor the list of dropped files names. What was
/// written after `on_disk` was listed is not among them.
async fn strays(parts: &Arc<Parts>, on_disk: Vec<String>) -> Result<Vec<String>> {
    let parts = Arc::clone(parts);
    blocking("look for strays", move || {
        // Leases first: what leaves them meanwhile is in the manifest that is read next.
        let leases = parts.catalogue.list_staging()?;
        let mut named: BTreeSet<String> = leases.into_iter().flat_map(|it| it.paths).collect();
        named.extend(parts.catalogue.live_segment_paths("segments/")?);
        named.extend(parts.catalogue.dropped_files(Timestamp::MAX)?);
        Ok(on_disk
            .into_iter()
            .filter(|path| !named.contains(path))
            .collect())
    })
    .await
}

/// All segments of an agency.
pub(crate) async fn segments(parts: &Arc<Parts>, scope: &Scope) -> Result<Vec<Segment>> {
    let (parts, scope) = (Arc::clone(parts), scope.clone());
    blocking("list segments", move || all_segments(&parts, &scope)).await
}

fn all_segments(parts: &Parts, scope: &Scope) -> Result<Vec<Segment>> {
    let mut all: Vec<Segment> = Vec::new();
    loop {
        let after = all.last().map(|segment| segment.id);
        let page = parts.catalogue.list_segments(scope, after, PAGE_ROWS_MAX)?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// What was known of the segment, whose it was, and the commit that took it out.
fn forget(parts: &Parts, segment: SegmentId) -> Result<(DamagedSegment, Scope, CommitNumber)> {
    for scope in parts.catalogue.maintenance_scopes()? {
        let found = all_segments(parts, &scope)?;
        let Some(found) = found.into_iter().find(|it| it.id == segment) else {
            continue;
        };
        let told = describe(parts, &scope, &found, "it was forgotten".to_owned())?;
        let told = told.ok_or_else(|| gone(segment))?;
        let now = parts.clock.now();
        let commit = parts.catalogue.forget_segment(&scope, segment, now)?;
        tracing::warn!(segment.id = %segment, commit = commit.0, "a segment was forgotten");
        return Ok((told, scope, commit));
    }
    Err(gone(segment))
}

fn gone(segment: SegmentId) -> Error {
    let message = format!(
        "there is no segment `{segment}`: it was given up already, or merged into another; `bellwether verify` lists what is damaged now"
    );
    Refusal::new(ErrorCode::NotFound, message).into()
}
