//! Real readers of each format: what they find, as the columns and rows of `table`.

use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, Schema};
use arrow::ipc::reader::StreamReader;
use bellwether_domain::money::Decimal;
use bellwether_domain::time::date_of_day_number;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

/// What stands in a file.
#[derive(Debug, PartialEq)]
pub(super) struct Found {
    /// Names and types, these in the words of `table`.
    pub(super) columns: Vec<(String, &'static str)>,
    pub(super) rows: Vec<Vec<Value>>,
}

impl Found {
    pub(super) fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// The names and fields of CSV.
pub(super) fn csv(bytes: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(bytes);
    let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let names = texts(reader.headers().expect("a line of names"));
    let records = reader
        .records()
        .map(|record| texts(&record.expect("a record")));
    (names, records.collect())
}

/// What stands in an Arrow stream.
pub(super) fn arrow(bytes: &[u8]) -> Found {
    let reader = StreamReader::try_new(bytes, None).expect("an Arrow stream");
    let schema = reader.schema();
    let batches = reader.map(|batch| batch.expect("a whole batch"));
    found(&schema, batches)
}

/// What stands in a Parquet file.
pub(super) fn parquet(bytes: Vec<u8>) -> Found {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes));
    let reader = reader.expect("a Parquet file");
    let schema = Arc::clone(reader.schema());
    let batches = reader.build().expect("readable row groups");
    found(&schema, batches.map(|batch| batch.expect("a whole batch")))
}

fn found(schema: &Schema, batches: impl Iterator<Item = RecordBatch>) -> Found {
    let columns = schema.fields().iter();
    let columns = columns.map(|field| (field.name().clone(), word_of(field.data_type())));
    Found {
        columns: columns.collect(),
        rows: batches.flat_map(|batch| rows_of(&batch)).collect(),
    }
}

fn word_of(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Date32 => "DATE",
        DataType::Utf8 => "STRING",
        DataType::Int64 => "COUNT",
        DataType::Decimal128(38, 10) => "DECIMAL",
        DataType::Float64 => "FLOAT",
        other => panic!("no column of an export is {other}"),
    }
}

fn rows_of(batch: &RecordBatch) -> Vec<Vec<Value>> {
    let columns = batch.columns();
    let row = |row| {
        columns
            .iter()
            .map(|column| value(column.as_ref(), row))
            .collect()
    };
    (0..batch.num_rows()).map(row).collect()
}

fn value(column: &dyn Array, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Date32 => {
            let day = column.as_primitive::<Date32Type>().value(row);
            json!(date_of_day_number(day).expect("a day").to_string())
        }
        DataType::Utf8 => json!(column.as_string::<i32>().value(row)),
        DataType::Int64 => json!(column.as_primitive::<Int64Type>().value(row)),
        DataType::Decimal128(..) => {
            let text = column.as_primitive::<Decimal128Type>().value_as_string(row);
            let amount: Decimal = text.parse().expect("a decimal");
            json!(amount.normalize().to_string())
        }
        _ => json!(column.as_primitive::<Float64Type>().value(row)),
    }
}
