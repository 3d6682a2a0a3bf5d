//! Writes the columns of an answer as an Arrow stream or a Parquet file.
//!
//! Streams: one batch is in memory at a time, of Parquet one row group, encoded.
//! Invariant: the types of the columns follow from the columns alone, never from the values.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, RecordBatch,
    StringBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::ipc::writer::StreamWriter;
use bellwether_domain::answer::{AnswerColumn, AnswerValue, ColumnType};
use bellwether_domain::money::Decimal;
use bellwether_domain::time::day_number;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::error::Cause;
use crate::{Error, Result};

/// Digits of a decimal column: all that 128 bits hold.
const DECIMAL_DIGITS: u8 = 38;

/// Decimal places of a decimal column: those that quotients are rounded to.
const DECIMAL_PLACES: i8 = 10;

/// Rows of a Parquet row group: some megabytes of an answer's columns.
const ROW_GROUP_ROWS: usize = 16 * 1024;

/// As what a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// An Arrow IPC stream.
    Arrow,
    /// A Parquet file.
    Parquet,
}

/// A table that is being written.
pub struct TableWriter<W: Write + Send> {
    schema: SchemaRef,
    columns: Vec<AnswerColumn>,
    file: Columnar<W>,
}

impl<W: Write + Send> std::fmt::Debug for TableWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableWriter")
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

enum Columnar<W: Write + Send> {
    Arrow(Box<StreamWriter<W>>),
    Parquet(Box<ArrowWriter<W>>),
}

impl<W: Write + Send> TableWriter<W> {
    /// Begins a table of these columns.
    pub fn new(format: TableFormat, columns: Vec<AnswerColumn>, sink: W) -> Result<Self> {
        let field = |it: &AnswerColumn| Field::new(&it.name, data_type(it.column_type), true);
        let fields: Vec<Field> = columns.iter().map(field).collect();
        let schema = Arc::new(Schema::new(fields));
        let file = match format {
            TableFormat::Arrow => {
                let writer = StreamWriter::try_new(sink, &schema);
                Columnar::Arrow(Box::new(writer.map_err(unwritten)?))
            }
            TableFormat::Parquet => {
                let properties = WriterProperties::builder()
                    .set_compression(Compression::ZSTD(ZstdLevel::default()))
                    .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
                    .build();
                let writer = ArrowWriter::try_new(sink, Arc::clone(&schema), Some(properties));
                Columnar::Parquet(Box::new(writer.map_err(unwritten)?))
            }
        };
        Ok(Self {
            schema,
            columns,
            file,
        })
    }

    /// Adds rows, each with a value for every column.
    pub fn write(&mut self, rows: &[Vec<AnswerValue>]) -> Result<()> {
        let columns = self.columns.iter().enumerate();
        let arrays = columns.map(|(place, column)| {
            let mut building = Building::of(column.column_type);
            for row in rows {
                let added = row.get(place).and_then(|value| building.push(value));
                added.ok_or(Error::BrokenRule {
                    rule: "a row of a table has a value of its type for every column",
                })?;
            }
            Ok(building.finish())
        });
        let arrays = arrays.collect::<Result<Vec<ArrayRef>>>()?;
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(unwritten)?;
        match &mut self.file {
            Columnar::Arrow(writer) => writer.write(&batch).map_err(unwritten),
            Columnar::Parquet(writer) => writer.write(&batch).map_err(unwritten),
        }
    }

    /// Writes what ends the table.
    pub fn finish(self) -> Result<()> {
        match self.file {
            Columnar::Arrow(mut writer) => writer.finish().map_err(unwritten),
            Columnar::Parquet(writer) => writer.close().map(|_| ()).map_err(unwritten),
        }
    }
}

/// Whether a decimal column can hold the number.
pub fn fits_decimal_column(amount: Decimal) -> bool {
    unscaled(amount).is_some()
}

fn unwritten(cause: impl Into<Cause>) -> Error {
    Error::unavailable("a table that is being written", cause)
}

const fn data_type(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Date => DataType::Date32,
        ColumnType::Id | ColumnType::String => DataType::Utf8,
        ColumnType::Count => DataType::Int64,
        ColumnType::Decimal => DataType::Decimal128(DECIMAL_DIGITS, DECIMAL_PLACES),
        ColumnType::Float => DataType::Float64,
    }
}

/// One column of a batch that is being filled.
enum Building {
    Day(Date32Builder),
    Text(StringBuilder),
    Count(Int64Builder),
    Decimal(Decimal128Builder),
    Float(Float64Builder),
}

impl Building {
    fn of(column_type: ColumnType) -> Self {
        match column_type {
            ColumnType::Date => Self::Day(Date32Builder::new()),
            ColumnType::Id | ColumnType::String => Self::Text(StringBuilder::new()),
            ColumnType::Count => Self::Count(Int64Builder::new()),
            ColumnType::Decimal => {
                let builder = Decimal128Builder::new();
                Self::Decimal(builder.with_data_type(data_type(column_type)))
            }
            ColumnType::Float => Self::Float(Float64Builder::new()),
        }
    }

    /// Adds a value; `None` when the column can't hold it.
    fn push(&mut self, value: &AnswerValue) -> Option<()> {
        match (self, value) {
            (Self::Day(column), AnswerValue::Null) => column.append_null(),
            (Self::Text(column), AnswerValue::Null) => column.append_null(),
            (Self::Count(column), AnswerValue::Null) => column.append_null(),
            (Self::Decimal(column), AnswerValue::Null) => column.append_null(),
            (Self::Float(column), AnswerValue::Null) => column.append_null(),
            (Self::Day(column), AnswerValue::Date(day)) => column.append_value(day_number(*day)),
            (Self::Text(column), AnswerValue::Text(text)) => column.append_value(text),
            (Self::Count(column), AnswerValue::Count(count)) => {
                column.append_value(i64::try_from(*count).ok()?);
            }
            (Self::Decimal(column), AnswerValue::Decimal(amount)) => {
                column.append_value(unscaled(*amount)?);
            }
            (Self::Float(column), AnswerValue::Float(ratio)) => {
                column.append_value(ratio.to_string().parse().ok()?);
            }
            _ => return None,
        }
        Some(())
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Day(mut column) => Arc::new(column.finish()),
            Self::Text(mut column) => Arc::new(column.finish()),
            Self::Count(mut column) => Arc::new(column.finish()),
            Self::Decimal(mut column) => Arc::new(column.finish()),
            Self::Float(mut column) => Arc::new(column.finish()),
        }
    }
}

/// The number in units of the column's last place; `None` when it has more places or digits.
fn unscaled(amount: Decimal) -> Option<i128> {
    let amount = amount.normalize();
    let places = u32::from(DECIMAL_PLACES.unsigned_abs()).checked_sub(amount.scale())?;
    let scaled = amount.mantissa().checked_mul(10_i128.pow(places))?;
    (scaled.unsigned_abs() < 10_u128.pow(DECIMAL_DIGITS.into())).then_some(scaled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn decimals_have_ten_places_and_thirty_eight_digits() {
        assert_eq!(unscaled(amount("12.50")), Some(125_000_000_000));
        assert_eq!(unscaled(amount("-0.0000000001")), Some(-1));
        assert!(fits_decimal_column(amount("9999999999999999999999999999")));
        assert!(!fits_decimal_column(amount(
            "10000000000000000000000000000"
        )));
        assert!(!fits_decimal_column(amount("0.00000000001")));
    }

    #[test]
    fn a_value_of_another_type_is_a_broken_rule() {
        let mut writer = TableWriter::new(
            TableFormat::Arrow,
            vec![AnswerColumn::text("name")],
            Vec::new(),
        )
        .unwrap();
        let rows = [vec![AnswerValue::Count(1)]];
        assert!(matches!(writer.write(&rows), Err(Error::BrokenRule { .. })));
    }
}
