//! A user's Parquet report, row by row.
//!
//! Reads any schema: which columns a dataset knows is the domain's rule.
//! Invariant: one batch is in memory at a time, however large the file.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use bellwether_domain::sample::Cell;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

use crate::error::Cause;
use crate::report_column::ReportColumn;
use crate::{Error, Result};

/// Rows in memory at a time: with a few dozen columns, one or two megabytes.
const BATCH_ROWS: usize = 4096;

/// A Parquet report file whose footer was read.
#[derive(Debug, Clone)]
pub struct ReportReader {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
}

impl ReportReader {
    /// Opens a report; one that is no Parquet file or was cut short is [`Error::NotParquet`].
    pub fn open(path: &Path) -> Result<Self> {
        let file = open_file(path)?;
        let size_bytes = file
            .metadata()
            .map_err(|cause| unavailable(path, cause))?
            .len();
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
            .map_err(|cause| not_parquet(&footer_fault(path, size_bytes), cause))?;
        Ok(Self {
            path: path.to_owned(),
            metadata,
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

    /// Shows every row with its number, 1 for the first, until `visit` breaks or fails. A file
    /// that turns out damaged on the way is [`Error::NotParquet`]; the rows before it were shown.
    pub fn for_each_row<E: From<Error>>(
        &self,
        mut visit: impl FnMut(u64, &[Cell<'_>]) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let file = open_file(&self.path)?;
        let metadata = self.metadata.clone();
        let damaged =
            |cause: Cause, row: u64| not_parquet(&format!("it is damaged after row {row}"), cause);
        let batches = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(|cause| damaged(cause.into(), 0))?;
        let mut row_number = 0;
        for batch in batches {
            let batch = batch.map_err(|cause| damaged(cause.into(), row_number))?;
            let columns = batch.columns().iter().map(ReportColumn::of);
            let columns = columns
                .collect::<Result<Vec<_>, _>>()
                .map_err(|cause| damaged(cause.into(), row_number))?;
            let mut cells = Vec::with_capacity(columns.len());
            for row in 0..batch.num_rows() {
                row_number += 1;
                cells.clear();
                cells.extend(columns.iter().map(|column| column.cell(row)));
                if visit(row_number, &cells)?.is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
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
