//! One segment file in memory: its columns by name.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, DictionaryArray, Int64Array, RecordBatch,
};
use arrow::datatypes::{Date32Type, Int32Type, Int64Type};
use bellwether_domain::segment::CommitNumber;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};

use crate::error::Cause;
use crate::schema::reading_schema;

/// The bytes of a segment file and what its footer says.
#[derive(Debug, Clone)]
pub(crate) struct SegmentFile {
    bytes: Bytes,
    metadata: ArrowReaderMetadata,
    /// The commit of rows that don't say their own.
    pub(crate) commit: CommitNumber,
}

impl SegmentFile {
    pub(crate) fn open(bytes: Bytes, commit: CommitNumber) -> Result<Self, Cause> {
        let as_written = ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new())?;
        let schema = reading_schema(as_written.schema());
        let options = ArrowReaderOptions::new().with_schema(schema);
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(as_written.metadata()), options)?;
        Ok(Self {
            bytes,
            metadata,
            commit,
        })
    }

    /// How many rows it has.
    pub(crate) fn n_rows(&self) -> Result<usize, Cause> {
        let n_rows = self.metadata.metadata().file_metadata().num_rows();
        Ok(usize::try_from(n_rows)?)
    }

    /// Its rows, with these of its columns; a name that it doesn't have is left out.
    pub(crate) fn batches(
        &self,
        names: &[&str],
        batch_rows: usize,
    ) -> Result<ParquetRecordBatchReader, Cause> {
        let columns =
            ProjectionMask::columns(self.metadata.parquet_schema(), names.iter().copied());
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
            self.bytes.clone(),
            self.metadata.clone(),
        );
        Ok(builder
            .with_projection(columns)
            .with_batch_size(batch_rows)
            .build()?)
    }
}

/// A column that every segment has.
fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, Cause> {
    let found = batch.column_by_name(name);
    found.ok_or_else(|| format!("column `{name}` is missing").into())
}

pub(super) type Texts = DictionaryArray<Int32Type>;

/// A column of texts.
pub(super) fn texts<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Texts, Cause> {
    let found = column(batch, name)?.as_dictionary_opt::<Int32Type>();
    let found = found.filter(|texts| texts.values().as_string_opt::<i32>().is_some());
    found.ok_or_else(|| format!("column `{name}` is not of texts").into())
}

/// A column of days, all given.
pub(super) fn days<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Date32Array, Cause> {
    let found = column(batch, name)?.as_primitive_opt::<Date32Type>();
    let found = found.filter(|days| days.null_count() == 0);
    found.ok_or_else(|| format!("column `{name}` is not of days").into())
}

/// A column of whole numbers; `None` when the file is older than the column.
pub(super) fn numbers<'a>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<Option<&'a Int64Array>, Cause> {
    let Some(found) = batch.column_by_name(name) else {
        return Ok(None);
    };
    let numbers = found.as_primitive_opt::<Int64Type>();
    let numbers = numbers.ok_or_else(|| format!("column `{name}` is not of 64-bit integers"))?;
    Ok(Some(numbers))
}
