//! The rows of segments, from the old files to the new one.
//!
//! Invariant: some thousand rows are in memory at a time, beside the old files' bytes.

use std::collections::BTreeSet;

use bellwether_domain::compaction::{Retention, RowVersion};
use bellwether_domain::ids::SegmentId;
use bellwether_domain::segment::CommitNumber;
use bellwether_store::{SegmentWriter, StagedSegment, StoredRow};

use super::due::Due;
use crate::error::{Error, Result};
use crate::services::Parts;

/// How many rows are handed to the writer together.
const ROWS_TOGETHER: usize = 8 * 1024;

/// What was read and written.
#[derive(Debug)]
pub(super) struct Rewritten {
    pub(super) n_rows_read: u64,
    /// The new file with the commits of its rows; `None` when no row is needed any more.
    pub(super) staged: Option<(StagedSegment, BTreeSet<CommitNumber>)>,
}

/// Writes the rows that are still needed into one file. Blocks its thread.
pub(super) fn rewrite(
    parts: &Parts,
    due: &Due,
    id: SegmentId,
    rows: impl Iterator<Item = bellwether_store::Result<StoredRow>>,
) -> Result<Rewritten> {
    let mut target = Target {
        parts,
        due,
        id,
        writer: None,
        together: Vec::with_capacity(ROWS_TOGETHER),
        commits: BTreeSet::new(),
    };
    let mut n_rows_read = 0;
    let mut versions: Vec<StoredRow> = Vec::new();
    for row in rows {
        let row = row?;
        n_rows_read += 1;
        let is_new_key = |last: &StoredRow| last.fact.key != row.fact.key;
        if versions.last().is_some_and(is_new_key) {
            target.add(keep(&due.retention, &mut versions))?;
        }
        versions.push(row);
    }
    target.add(keep(&due.retention, &mut versions))?;
    Ok(Rewritten {
        n_rows_read,
        staged: target.finish()?,
    })
}

/// Takes the rows of one key, oldest first, and gives back those that are needed.
fn keep<'a>(
    retention: &Retention,
    versions: &'a mut Vec<StoredRow>,
) -> impl Iterator<Item = StoredRow> + use<'a> {
    let newest_first: Vec<RowVersion> = versions
        .iter()
        .rev()
        .map(|row| RowVersion {
            commit: row.commit,
            merged_measures: row.merged_measures,
        })
        .collect();
    let needed = match versions.first() {
        Some(row) => retention.needed(&row.fact.key, &newest_first),
        None => Vec::new(),
    };
    let rows = versions.drain(..).zip(needed.into_iter().rev());
    rows.filter_map(|(row, is_needed)| is_needed.then_some(row))
}

/// The new file, which is made with its first row.
struct Target<'a> {
    parts: &'a Parts,
    due: &'a Due,
    id: SegmentId,
    writer: Option<SegmentWriter>,
    together: Vec<StoredRow>,
    commits: BTreeSet<CommitNumber>,
}

impl Target<'_> {
    fn add(&mut self, rows: impl Iterator<Item = StoredRow>) -> Result<()> {
        for row in rows {
            self.commits.insert(row.commit);
            self.together.push(row);
        }
        if self.together.len() >= ROWS_TOGETHER {
            self.write()?;
        }
        Ok(())
    }

    fn write(&mut self) -> Result<()> {
        if self.parts.compaction.is_stopping() {
            return Err(Error::TaskEnded {
                attempted: "compact segments: the server stops",
            });
        }
        if self.together.is_empty() {
            return Ok(());
        }
        let mut writer = if let Some(writer) = self.writer.take() {
            writer
        } else {
            let (scope, partition) = (&self.due.scope, self.due.partition);
            self.parts.store.segment_writer(scope, self.id, partition)?
        };
        writer.append_stored(&self.together)?;
        self.writer = Some(writer);
        self.together.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Option<(StagedSegment, BTreeSet<CommitNumber>)>> {
        self.write()?;
        let Some(writer) = self.writer else {
            return Ok(None);
        };
        Ok(Some((writer.finish()?, self.commits)))
    }
}
