//! Rows of segments, written again: each with its commit, and with what it speaks of.
//!
//! Invariant: what is read back of a rewritten row is the row as it was read.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use bellwether_domain::dataset::Dataset;
use bellwether_domain::fact::Fact;
use bellwether_domain::sample::{Layout, MISSING};

use crate::decode::StoredRow;
use crate::encode::{batch_of, rows_of};
use crate::schema::COMMIT_NUMBER;
use crate::{Error, Result, SegmentWriter};

impl SegmentWriter {
    /// Adds rows as [`crate::Store::read_all_rows`] gives them, in its order; some may be left
    /// out. Each keeps its commit.
    pub fn append_stored(&mut self, rows: &[StoredRow]) -> Result<()> {
        let layout = Layout {
            merges: true,
            ..Layout::of_dataset(Dataset::of(self.partition().dataset))
        };
        for rows in rows.chunk_by(|a, b| a.fact.key.brand == b.fact.key.brand) {
            self.append(&stored_batch(&layout, rows)?)?;
        }
        Ok(())
    }
}

/// Rows of one brand, at least one, as Arrow columns in the segment's schema.
fn stored_batch(layout: &Layout, stored: &[StoredRow]) -> Result<RecordBatch> {
    let facts: Vec<&Fact> = stored.iter().map(|row| &row.fact).collect();
    let (mut rows, campaigns) = rows_of(layout, &facts);
    if let Some(place) = layout.mask_column() {
        let masks = stored.iter().map(|row| row.merged_measures);
        rows.measures[place] = masks
            .map(|mask| mask.map_or(MISSING, u64::cast_signed))
            .collect();
    }
    let brand = stored[0].fact.key.brand;
    let batch = batch_of(layout, brand, &campaigns, rows)?;
    let commits: ArrayRef = Arc::new(Int64Array::from_iter_values(
        stored.iter().map(|row| row.commit.0),
    ));
    with_column(&batch, COMMIT_NUMBER, commits)
}

fn with_column(batch: &RecordBatch, name: &str, column: ArrayRef) -> Result<RecordBatch> {
    let schema = batch.schema();
    let mut columns = batch.columns().to_vec();
    let place = schema.index_of(name).ok();
    let place = place.ok_or(Error::BrokenRule {
        rule: "every segment has a column of commits",
    })?;
    columns[place] = column;
    RecordBatch::try_new(schema, columns).map_err(|_| Error::BrokenRule {
        rule: "all columns of rows have one length, and the dataset's types",
    })
}

/// The bytes of a segment file with these rows, for tests that need no disk.
#[cfg(test)]
pub(crate) fn file_of_rows(dataset: &'static Dataset, rows: &[StoredRow]) -> Vec<u8> {
    let layout = Layout {
        merges: true,
        ..Layout::of_dataset(dataset)
    };
    let batch = stored_batch(&layout, rows).unwrap();
    let mut bytes = Vec::new();
    let properties = crate::encode::writer_properties(dataset);
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}
