//! Between [`Table`] and Arrow's struct arrays, checked against the declared columns.
//!
//! Invariant: the only place that knows both; nothing here looks through a pointer.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array,
    StringArray, StructArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Field, Fields, Float64Type, Int64Type, TimeUnit,
    TimestampMicrosecondType,
};
use bellwether_plugin_abi::{Column, ColumnType};

use crate::table::{Table, Values};

/// A struct array with these columns in this order, or which column of the table does not fit.
pub(crate) fn struct_of_table(table: &Table, columns: &[Column]) -> Result<StructArray, String> {
    let mut fields = Vec::with_capacity(columns.len());
    let mut arrays = Vec::with_capacity(columns.len());
    for column in columns {
        let values = values_of(table, column)?;
        let data_type = data_type(column.column_type);
        fields.push(Field::new(&column.name, data_type, column.nullable));
        arrays.push(array_of(values));
    }
    StructArray::try_new(Fields::from(fields), arrays, None).map_err(|error| error.to_string())
}

/// The table's column for a declared one: there, of its type and with as many rows as the first.
fn values_of<'a>(table: &'a Table, column: &Column) -> Result<&'a Values, String> {
    let name = &column.name;
    let values = table
        .column(name)
        .ok_or_else(|| format!("column `{name}` is declared and missing"))?;
    if values.column_type() != column.column_type {
        return Err(format!(
            "column `{name}` is {}, declared is {}",
            values.column_type(),
            column.column_type
        ));
    }
    if values.len() != table.rows() {
        return Err(format!(
            "column `{name}` has {} rows, the first column has {}",
            values.len(),
            table.rows()
        ));
    }
    Ok(values)
}

/// The Arrow type of a column type.
pub(crate) fn data_type(column_type: ColumnType) -> DataType {
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

fn array_of(values: &Values) -> ArrayRef {
    match values {
        Values::Bool(values) => Arc::new(BooleanArray::from(values.clone())),
        Values::Int64(values) => Arc::new(Int64Array::from(values.clone())),
        Values::Float64(values) => Arc::new(Float64Array::from(values.clone())),
        Values::Utf8(values) => Arc::new(StringArray::from(values.clone())),
        Values::Date(values) => Arc::new(Date32Array::from(values.clone())),
        Values::Timestamp(values) => {
            Arc::new(TimestampMicrosecondArray::from(values.clone()).with_timezone("UTC"))
        }
        Values::Decimal(values) => Arc::new(
            Decimal128Array::from(values.clone()).with_data_type(DataType::Decimal128(38, 6)),
        ),
    }
}

/// The table of a struct array whose columns were checked against the declared ones.
pub(crate) fn table_of_struct(array: &StructArray) -> Result<Table, String> {
    let mut table = Table::new();
    for (field, column) in array.fields().iter().zip(array.columns()) {
        table = table.with(field.name(), values_of_array(column)?);
    }
    Ok(table)
}

fn values_of_array(array: &ArrayRef) -> Result<Values, String> {
    Ok(match array.data_type() {
        DataType::Boolean => Values::Bool(array.as_boolean().iter().collect()),
        DataType::Int64 => Values::Int64(array.as_primitive::<Int64Type>().iter().collect()),
        DataType::Float64 => Values::Float64(array.as_primitive::<Float64Type>().iter().collect()),
        DataType::Utf8 => {
            let texts = array.as_string::<i32>().iter();
            Values::Utf8(texts.map(|text| text.map(str::to_owned)).collect())
        }
        DataType::Date32 => Values::Date(array.as_primitive::<Date32Type>().iter().collect()),
        DataType::Timestamp(TimeUnit::Microsecond, _) => Values::Timestamp(
            array
                .as_primitive::<TimestampMicrosecondType>()
                .iter()
                .collect(),
        ),
        DataType::Decimal128(38, 6) => {
            Values::Decimal(array.as_primitive::<Decimal128Type>().iter().collect())
        }
        other => return Err(format!("{other} is no type of a plugin's column")),
    })
}
