//! Writes a Parquet report in a dataset's own column names, as a platform would send it.
//!
//! Streams: one batch is in memory at a time.
//! Invariant: what it writes, [`crate::ReportReader`] reads back as the same cells.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Builder, Decimal128Builder, Int64Builder, RecordBatch, StringBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use bellwether_domain::dataset::{Dataset, MeasureKind, TimeColumns};
use bellwether_domain::money::{Decimal, micros_of};
use bellwether_domain::sample::Cell;
use bellwether_domain::time::day_number;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::encode::ROW_GROUP_ROWS;
use crate::error::Cause;
use crate::{Error, Result};

/// Digits of a decimal column; 18 are the most that fit 64 bits in every reader.
const DECIMAL_DIGITS: u8 = 18;

/// Decimal places of a decimal column: micros.
const DECIMAL_PLACES: i8 = 6;

/// The largest number of millionths, either way, that [`DECIMAL_DIGITS`] hold.
const DECIMAL_MAX: i64 = 999_999_999_999_999_999;

/// A report file that is being written.
#[derive(Debug)]
pub struct ReportWriter {
    path: PathBuf,
    names: Vec<&'static str>,
    schema: SchemaRef,
    columns: Vec<Column>,
    n_pending: usize,
    file: ArrowWriter<BufWriter<File>>,
}

impl ReportWriter {
    /// Begins a report of the dataset at the path; a file that is there is replaced.
    pub fn create(path: &Path, dataset: &Dataset) -> Result<Self> {
        Self::create_with(path, dataset, &[])
    }

    /// The same with text columns after the dataset's own, such as `platform`.
    pub fn create_with(
        path: &Path,
        dataset: &Dataset,
        texts_after: &[&'static str],
    ) -> Result<Self> {
        let mut columns = columns_of(dataset);
        columns.extend(
            texts_after
                .iter()
                .map(|_| Column::Text(StringBuilder::new())),
        );
        let mut names = dataset.column_names();
        names.extend(texts_after);
        let field =
            |(name, column): (&&'static str, &Column)| Field::new(*name, column.data_type(), true);
        let fields: Vec<Field> = names.iter().zip(&columns).map(field).collect();
        let schema = Arc::new(Schema::new(fields));
        let failed = |cause: Cause| Error::unavailable(path.display().to_string(), cause);
        let file = File::create(path).map_err(|cause| failed(cause.into()))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .build();
        let file =
            ArrowWriter::try_new(BufWriter::new(file), Arc::clone(&schema), Some(properties))
                .map_err(|cause| failed(cause.into()))?;
        Ok(Self {
            path: path.to_owned(),
            names,
            schema,
            columns,
            n_pending: 0,
            file,
        })
    }

    /// Adds a row, its cells in the order of [`Dataset::column_names`], then those of the columns
    /// after them. A cell of a wrong type is [`Error::UnwritableCell`], and the report can't be
    /// continued after it.
    pub fn write(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        if cells.len() != self.columns.len() {
            return Err(Error::BrokenRule {
                rule: "a row has a cell for every column",
            });
        }
        for ((column, cell), name) in self.columns.iter_mut().zip(cells).zip(&self.names) {
            column
                .push(cell)
                .ok_or(Error::UnwritableCell { column: name })?;
        }
        self.n_pending += 1;
        if self.n_pending == ROW_GROUP_ROWS {
            return self.write_pending();
        }
        Ok(())
    }

    /// Writes what is left and the footer.
    pub fn finish(mut self) -> Result<()> {
        self.write_pending()?;
        let path = self.path.display().to_string();
        let ended = self
            .file
            .into_inner()
            .map_err(|cause| Error::unavailable(path.as_str(), cause))?;
        ended
            .into_inner()
            .map_err(|cause| Error::unavailable(path, cause.into_error()))?;
        Ok(())
    }

    fn write_pending(&mut self) -> Result<()> {
        let arrays = self.columns.iter_mut().map(Column::finish).collect();
        self.n_pending = 0;
        let failed = |cause: Cause| Error::unavailable(self.path.display().to_string(), cause);
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays)
            .map_err(|cause| failed(cause.into()))?;
        self.file
            .write(&batch)
            .map_err(|cause| failed(cause.into()))
    }
}

/// One column of the batch that is being filled.
#[derive(Debug)]
enum Column {
    Text(StringBuilder),
    Day(Date32Builder),
    Count(Int64Builder),
    Decimal(Decimal128Builder),
}

fn columns_of(dataset: &Dataset) -> Vec<Column> {
    let n_days = match dataset.time {
        TimeColumns::Day => 1,
        TimeColumns::Range => 2,
    };
    let n_texts = 1 + dataset.dimensions.len() + usize::from(dataset.attribution);
    let days = (0..n_days).map(|_| Column::Day(Date32Builder::new()));
    let texts = (0..n_texts).map(|_| Column::Text(StringBuilder::new()));
    let measures = dataset.measures.iter().map(|measure| match measure.kind {
        MeasureKind::Count => Column::Count(Int64Builder::new()),
        MeasureKind::Choice(_) => Column::Text(StringBuilder::new()),
        MeasureKind::Conversions | MeasureKind::Money => {
            let decimals = DataType::Decimal128(DECIMAL_DIGITS, DECIMAL_PLACES);
            Column::Decimal(Decimal128Builder::new().with_data_type(decimals))
        }
    });
    days.chain(texts).chain(measures).collect()
}

impl Column {
    fn data_type(&self) -> DataType {
        match self {
            Self::Text(_) => DataType::Utf8,
            Self::Day(_) => DataType::Date32,
            Self::Count(_) => DataType::Int64,
            Self::Decimal(_) => DataType::Decimal128(DECIMAL_DIGITS, DECIMAL_PLACES),
        }
    }

    /// Adds the cell; `None` when the column can't hold it.
    fn push(&mut self, cell: &Cell<'_>) -> Option<()> {
        match (self, cell) {
            (Self::Text(column), Cell::Missing) => column.append_null(),
            (Self::Day(column), Cell::Missing) => column.append_null(),
            (Self::Count(column), Cell::Missing) => column.append_null(),
            (Self::Decimal(column), Cell::Missing) => column.append_null(),
            (Self::Text(column), Cell::Text(text)) => column.append_value(text),
            (Self::Day(column), Cell::Date(date)) => column.append_value(day_number(*date)),
            (Self::Count(column), Cell::Integer(count)) => column.append_value(*count),
            (Self::Decimal(column), Cell::Integer(whole)) => {
                column.append_value(millionths(Decimal::from(*whole))?);
            }
            (Self::Decimal(column), Cell::Decimal(amount)) => {
                column.append_value(millionths(*amount)?);
            }
            _ => return None,
        }
        Some(())
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(column) => Arc::new(column.finish()),
            Self::Day(column) => Arc::new(column.finish()),
            Self::Count(column) => Arc::new(column.finish()),
            Self::Decimal(column) => Arc::new(column.finish()),
        }
    }
}

fn millionths(amount: Decimal) -> Option<i128> {
    let micros = micros_of(amount).ok()?;
    (-DECIMAL_MAX..=DECIMAL_MAX)
        .contains(&micros)
        .then_some(i128::from(micros))
}
