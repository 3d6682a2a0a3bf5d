//! A batch on its way from the server to a child: one Arrow IPC stream.
//!
//! IPC with its schema is right in this direction: a reader that panics costs only the child.
//! Invariant: nothing that comes from a child is read here.

use std::io::Cursor;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringArray, StructArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;

use crate::abi::{Column, ColumnType};
use crate::table::ColumnData;

/// These rows of the declared columns, which stand in the order of the declaration.
pub(crate) fn encode(
    declared: &[Column],
    columns: &[&ColumnData],
    rows: &Range<usize>,
) -> Result<Vec<u8>, ArrowError> {
    let fields: Vec<Field> = declared
        .iter()
        .map(|column| Field::new(&column.name, data_type(column.column_type), column.nullable))
        .collect();
    let arrays = columns.iter().map(|data| array_of(data, rows)).collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?;
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema())?;
    writer.write(&batch)?;
    writer.into_inner()
}

/// The batch that a stream holds, as the struct array that the ABI asks for.
pub(crate) fn decode(stream: &[u8]) -> Result<StructArray, ArrowError> {
    let mut reader = StreamReader::try_new(Cursor::new(stream), None)?;
    let absent = || ArrowError::IpcError("the stream holds no batch".to_owned());
    let batch = reader.next().ok_or_else(absent)??;
    Ok(StructArray::from(batch))
}

fn data_type(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Int64 => DataType::Int64,
        ColumnType::Float64 => DataType::Float64,
        ColumnType::Utf8 => DataType::Utf8,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::Decimal => DataType::Decimal128(38, 6),
    }
}

fn array_of(data: &ColumnData, rows: &Range<usize>) -> ArrayRef {
    let rows = rows.clone();
    match data {
        ColumnData::Bool(values) => Arc::new(BooleanArray::from(values[rows].to_vec())),
        ColumnData::Int64(values) => Arc::new(Int64Array::from(values[rows].to_vec())),
        ColumnData::Float64(values) => Arc::new(Float64Array::from(values[rows].to_vec())),
        ColumnData::Utf8(values) => Arc::new(StringArray::from_iter(&values[rows])),
        ColumnData::Date(values) => Arc::new(Date32Array::from(values[rows].to_vec())),
        ColumnData::Timestamp(values) => {
            Arc::new(TimestampMicrosecondArray::from(values[rows].to_vec()).with_timezone("UTC"))
        }
        ColumnData::Decimal(values) => Arc::new(
            Decimal128Array::from(values[rows].to_vec())
                .with_data_type(DataType::Decimal128(38, 6)),
        ),
    }
}
