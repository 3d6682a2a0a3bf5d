//! The segment files of one partition in memory, checked, and what is read from them together.
//!
//! Invariant: damage is laid to the segment in which it was found, never passed over.

use bellwether_domain::codes::CodeTable;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::segment::{PartitionVersion, Segment};
use bytes::Bytes;

use crate::column::{Column, ColumnName, RawColumn};
use crate::decode::{SegmentFile, StoredRows, stored_cells, stored_columns, text_keys};
use crate::error::Cause;
use crate::merge::{PARTITION_ROWS_MAX, keep_seen, settle};
use crate::partition::{PartitionIndex, Placement, index_of};
use crate::store::sha256_of;
use crate::{Error, Result};

/// How many columns are decoded at a time: each is 8 bytes a row until it is narrowed.
const COLUMNS_DECODED_MAX: usize = 4;

/// Some segments of one partition with their files, in the manifest's order.
#[derive(Debug)]
pub(crate) struct Files {
    segments: Vec<Segment>,
    files: Vec<SegmentFile>,
}

impl Files {
    /// Compares each file's SHA-256 with the manifest's and reads its footer.
    pub(crate) fn open(segments: Vec<Segment>, bytes: Vec<Bytes>) -> Result<Self> {
        let mut files = Vec::with_capacity(bytes.len());
        for (segment, bytes) in segments.iter().zip(bytes) {
            if sha256_of(&bytes) != segment.sha256 {
                let cause = "its SHA-256 differs from the manifest's";
                return Err(damaged(segment, cause.into()));
            }
            let file = SegmentFile::open(bytes, segment.newest_commit());
            files.push(file.map_err(|cause| damaged(segment, cause))?);
        }
        Ok(Self { segments, files })
    }

    /// Where the rows lie that count for the version, which is of these segments.
    pub(crate) fn index(
        &self,
        version: &PartitionVersion,
        codes: &CodeTable,
    ) -> Result<PartitionIndex> {
        let dataset = Dataset::of(version.name.dataset);
        let mut cells = Vec::new();
        let mut n_stored = 0;
        for (place, file) in self.files.iter().enumerate() {
            let damaged = |cause| self.damaged(place, cause);
            let first = n_stored;
            n_stored += file.n_rows().map_err(damaged)?;
            require_numbered(n_stored)?;
            let first = u32::try_from(first).map_err(|cause| damaged(cause.into()))?;
            stored_cells(file, version.name, codes, first, &mut cells).map_err(damaged)?;
        }
        keep_seen(&mut cells, version, codes);
        let keys = || text_keys(&self.files, dataset);
        let settled = settle(cells, keys).map_err(|(place, cause)| self.damaged(place, cause))?;
        let placement = Placement::new(settled.stretches, settled.merged, n_stored);
        Ok(index_of(version, settled.cells.into_iter(), placement))
    }

    /// The index of the version and these columns, on two threads: keys are decoded beside values.
    pub(crate) fn load(
        &self,
        version: &PartitionVersion,
        codes: &CodeTable,
        names: &[ColumnName],
    ) -> Result<(PartitionIndex, Vec<Column>)> {
        let dataset = Dataset::of(version.name.dataset);
        let (some, others) = names.split_at(names.len().min(COLUMNS_DECODED_MAX));
        let (index, stored) = std::thread::scope(|scope| {
            let index = scope.spawn(|| self.index(version, codes));
            let stored = self.stored(dataset, codes, some);
            let index = index.join();
            (
                index.unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                stored,
            )
        });
        let index = index?;
        let mut columns = laid(stored?, &index.placement);
        columns.extend(self.columns(dataset, &index.placement, codes, others)?);
        Ok((index, columns))
    }

    /// Columns of an index that was made of these segments and has this placement.
    pub(crate) fn columns(
        &self,
        dataset: &'static Dataset,
        placement: &Placement,
        codes: &CodeTable,
        names: &[ColumnName],
    ) -> Result<Vec<Column>> {
        let mut columns = Vec::with_capacity(names.len());
        for some in names.chunks(COLUMNS_DECODED_MAX) {
            columns.extend(laid(self.stored(dataset, codes, some)?, placement));
        }
        Ok(columns)
    }

    /// Columns as they are stored.
    fn stored(
        &self,
        dataset: &'static Dataset,
        codes: &CodeTable,
        names: &[ColumnName],
    ) -> Result<Vec<(ColumnName, RawColumn)>> {
        let mut n_rows = 0;
        for (place, file) in self.files.iter().enumerate() {
            n_rows += file.n_rows().map_err(|cause| self.damaged(place, cause))?;
        }
        let empty = |name: &ColumnName| (*name, RawColumn::with_capacity(n_rows));
        let mut stored: Vec<_> = names.iter().map(empty).collect();
        for (place, file) in self.files.iter().enumerate() {
            stored_columns(file, dataset, codes, &mut stored)
                .map_err(|cause| self.damaged(place, cause))?;
        }
        Ok(stored)
    }

    /// All rows in the order of their keys. The error is the place of the damaged file.
    pub(crate) fn rows(&self) -> Result<StoredRows> {
        let Some(first) = self.segments.first() else {
            return Ok(StoredRows::default());
        };
        let dataset = Dataset::of(first.partition.dataset);
        StoredRows::open(&self.files, dataset).map_err(|(place, cause)| self.damaged(place, cause))
    }

    /// The error for what is wrong with the file at this place.
    pub(crate) fn damaged(&self, place: usize, cause: Cause) -> Error {
        damaged(&self.segments[place], cause)
    }
}

/// Stored columns in the order of a partition's rows, narrowed.
fn laid(stored: Vec<(ColumnName, RawColumn)>, placement: &Placement) -> Vec<Column> {
    let laid = stored.into_iter().map(|(name, values)| {
        let measure = match name {
            ColumnName::Measure(place) => Some(place),
            ColumnName::Dimension(_) => None,
        };
        placement.laid(values, measure).narrowed()
    });
    laid.collect()
}

/// Refuses more rows of one partition than can be numbered.
fn require_numbered(n_rows: usize) -> Result<()> {
    if n_rows > PARTITION_ROWS_MAX {
        return Err(Error::PartitionTooLarge { n_rows });
    }
    Ok(())
}

/// The error for what is wrong with a segment's file. An error of the store's own, such as a text
/// without a code, is no damage.
pub(crate) fn damaged(segment: &Segment, cause: Cause) -> Error {
    match cause.downcast::<Error>() {
        Ok(own) => *own,
        Err(source) => Error::CorruptSegment {
            segment: segment.id,
            batches: segment.batches(),
            source,
        },
    }
}

#[cfg(test)]
mod tests {
    use bellwether_domain::ErrorCode;

    use super::*;

    #[test]
    fn a_partition_has_at_most_as_many_rows_as_can_be_numbered() {
        assert!(require_numbered(PARTITION_ROWS_MAX).is_ok());
        let error = require_numbered(PARTITION_ROWS_MAX + 1).unwrap_err();
        assert_eq!(error.code(), ErrorCode::LimitExceeded);
        let message = error.public_message();
        assert!(message.contains("partition_rows_max"), "{message}");
    }
}
