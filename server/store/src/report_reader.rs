//! A user's Parquet report, batch by batch.
//!
//! Reads any schema: which columns a dataset knows is the domain's rule.
//! Invariant: one batch is in memory at a time, and no more of a text than its file holds: texts
//! stay in the pages that they came in, however often a dictionary repeats them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Schema, SchemaRef};
use bellwether_domain::batch::{REPORT_FOOTER_BYTES_MAX, REPORT_ROW_GROUP_BYTES_MAX};
use bellwether_domain::sample::Cell;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Type as PhysicalType;
use parquet::file::metadata::RowGroupMetaData;

use crate::error::Cause;
use crate::report_column::ReportColumn;
use crate::{Error, Result};

/// Rows in memory at a time: with two dozen columns some two megabytes.
const BATCH_ROWS: usize = 8192;

/// A Parquet report file whose footer was read.
#[derive(Debug, Clone)]
pub struct ReportReader {
    path: PathBuf,
    size_bytes: u64,
    metadata: ArrowReaderMetadata,
}

impl ReportReader {
    /// Opens a report; one that is no Parquet file or was cut short is [`Error::NotParquet`], one
    /// that can't be read in pieces is [`Error::ReportTooLarge`].
    pub fn open(path: &Path) -> Result<Self> {
        let file = open_file(path)?;
        let size_bytes = file
            .metadata()
            .map_err(|cause| unavailable(path, cause))?
            .len();
        check_footer(path, size_bytes)?;
        let damaged = |cause| not_parquet(&footer_fault(path, size_bytes), cause);
        let options = ArrowReaderOptions::new();
        let metadata = ArrowReaderMetadata::load(&file, options).map_err(damaged)?;
        for (place, group) in metadata.metadata().row_groups().iter().enumerate() {
            check_row_group(place, group)?;
        }
        let options = ArrowReaderOptions::new().with_schema(with_views(metadata.schema()));
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options);
        Ok(Self {
            path: path.to_owned(),
            size_bytes,
            metadata: metadata
                .map_err(|cause| not_parquet("its schema is contradictory", cause))?,
        })
    }

    /// The names of the columns, in the order of the cells of a row.
    pub fn columns(&self) -> Vec<String> {
        self.metadata
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect()
    }

    /// How many rows the footer announces.
    pub fn n_rows(&self) -> u64 {
        let announced = self.metadata.metadata().file_metadata().num_rows();
        u64::try_from(announced).unwrap_or(0)
    }

    /// The size of the file.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The rows in order, some thousands at a time. A file that turns out damaged on the way is
    /// [`Error::NotParquet`].
    pub fn batches(&self) -> Result<ReportBatches> {
        let file = open_file(&self.path)?;
        let batches =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
                .with_batch_size(BATCH_ROWS)
                .build()
                .map_err(|cause| damaged_after(0, cause))?;
        Ok(ReportBatches { batches, n_read: 0 })
    }
}

/// The batches of a report.
pub struct ReportBatches {
    batches: ParquetRecordBatchReader,
    n_read: u64,
}

impl std::fmt::Debug for ReportBatches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReportBatches")
            .field("n_read", &self.n_read)
            .finish_non_exhaustive()
    }
}

impl Iterator for ReportBatches {
    type Item = Result<ReportBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.batches.next()?;
        let n_before = self.n_read;
        Some(match batch {
            Ok(batch) => {
                self.n_read += batch.num_rows() as u64;
                Ok(ReportBatch { batch, n_before })
            }
            Err(cause) => Err(damaged_after(n_before, cause)),
        })
    }
}

/// Some rows of a report as they were read; cheap to hand to another thread.
#[derive(Debug)]
pub struct ReportBatch {
    batch: RecordBatch,
    n_before: u64,
}

impl ReportBatch {
    /// How many rows it has.
    pub fn n_rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// The memory that it takes.
    #[cfg(test)]
    pub(crate) fn size_bytes(&self) -> usize {
        self.batch.get_array_memory_size()
    }

    /// Brings the columns to the forms that cells are read from.
    pub fn rows(&self) -> Result<ReportRows> {
        let columns = self.batch.columns().iter().map(ReportColumn::of);
        let columns = columns.collect::<Result<Vec<_>, _>>();
        Ok(ReportRows {
            columns: columns.map_err(|cause| damaged_after(self.n_before, cause))?,
            n_before: self.n_before,
        })
    }
}

/// Rows of a report, ready to be read cell by cell.
#[derive(Debug)]
pub struct ReportRows {
    columns: Vec<ReportColumn>,
    n_before: u64,
}

impl ReportRows {
    /// Fills in the cells of the row at this place, and gives its number in the report, 1 for the
    /// first.
    pub fn read<'c>(&'c self, row: usize, cells: &mut Vec<Cell<'c>>) -> u64 {
        cells.clear();
        cells.extend(self.columns.iter().map(|column| column.cell(row)));
        self.n_before + row as u64 + 1
    }
}

/// The schema with texts as views into the pages: a text that a dictionary repeats is not copied.
fn with_views(schema: &SchemaRef) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let view = view_of(field.data_type());
        view.map_or_else(
            || Arc::clone(field),
            |view| Arc::new(field.as_ref().clone().with_data_type(view)),
        )
    });
    let fields: Vec<_> = fields.collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

fn view_of(data_type: &DataType) -> Option<DataType> {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 => Some(DataType::Utf8View),
        DataType::Binary | DataType::LargeBinary => Some(DataType::BinaryView),
        DataType::Dictionary(_, values) => view_of(values),
        _ => None,
    }
}

fn check_row_group(place: usize, group: &RowGroupMetaData) -> Result<()> {
    let mut n_text_bytes: u64 = 0;
    for column in group.columns() {
        let size_bytes = u64::try_from(column.uncompressed_size()).unwrap_or(0);
        let is_text = column.column_descr().physical_type() == PhysicalType::BYTE_ARRAY;
        n_text_bytes += if is_text { size_bytes } else { 0 };
        if size_bytes.max(n_text_bytes) > REPORT_ROW_GROUP_BYTES_MAX {
            return Err(Error::ReportTooLarge {
                part: format!(
                    "row group {} of the Parquet file, at column `{}`",
                    place + 1,
                    column.column_path().string()
                ),
                limit: "report_row_group_bytes_max",
                max: REPORT_ROW_GROUP_BYTES_MAX,
            });
        }
    }
    Ok(())
}

/// Refuses a footer that is too large before it is read; what else is wrong with it shows then.
fn check_footer(path: &Path, size_bytes: u64) -> Result<()> {
    use std::os::unix::fs::FileExt;
    let mut end = [0; 8];
    let file = open_file(path)?;
    let is_read = size_bytes >= 8 && file.read_exact_at(&mut end, size_bytes - 8).is_ok();
    let announced = u64::from(u32::from_le_bytes([end[0], end[1], end[2], end[3]]));
    if is_read && end.ends_with(MAGIC) && announced > REPORT_FOOTER_BYTES_MAX {
        return Err(Error::ReportTooLarge {
            part: "the footer of the Parquet file".to_owned(),
            limit: "report_footer_bytes_max",
            max: REPORT_FOOTER_BYTES_MAX,
        });
    }
    Ok(())
}

fn damaged_after(row: u64, cause: impl Into<Cause>) -> Error {
    not_parquet(&format!("it is damaged after row {row}"), cause)
}

fn open_file(path: &Path) -> Result<File> {
    File::open(path).map_err(|cause| unavailable(path, cause))
}

fn unavailable(path: &Path, cause: std::io::Error) -> Error {
    Error::unavailable(path.display().to_string(), cause)
}

fn not_parquet(reason: &str, source: impl Into<Cause>) -> Error {
    Error::NotParquet {
        reason: reason.to_owned(),
        source: source.into(),
    }
}

/// The four bytes with which every Parquet file begins and ends.
const MAGIC: &[u8; 4] = b"PAR1";

fn footer_fault(path: &Path, size_bytes: u64) -> String {
    use std::io::Read;
    let mut start = [0; 4];
    let begins_well = File::open(path)
        .and_then(|mut file| file.read_exact(&mut start))
        .is_ok()
        && start == *MAGIC;
    if begins_well {
        return format!(
            "it begins as one but its end is missing or damaged ({size_bytes} bytes arrived)"
        );
    }
    "it does not begin with the four bytes `PAR1`".to_owned()
}
