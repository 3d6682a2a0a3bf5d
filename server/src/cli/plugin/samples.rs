//! Made-up rows of whatever columns a plugin declares.
//!
//! Invariant: the same rows every time, so that a report can be repeated.

use bellwether_plugin_host::abi::{Column, ColumnType, Input};
use bellwether_plugin_host::{ColumnData, InputTable, NamedColumn};

/// What is particular about a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    /// Ordinary ones.
    Ordinary,
    /// Every third value of nullable columns is missing.
    SomeMissing,
    /// All values of nullable columns are missing.
    AllMissing,
    /// Not a number, infinities, the ends of whole numbers, empty texts.
    Extreme,
}

/// So many rows, of which `rows_of_entity` belong to one entity.
pub(super) fn table(
    input: &Input,
    values: Values,
    rows: usize,
    rows_of_entity: usize,
) -> InputTable {
    let keys = [Some(&input.entity_key), input.partition_by.as_ref()];
    let named = |column: &Column| {
        let is_key = keys.contains(&Some(&column.name));
        let data = if is_key {
            let entity = |row: usize| Some(format!("cmp_{:09}", row / rows_of_entity));
            ColumnData::Utf8((0..rows).map(entity).collect())
        } else {
            data(column, values, rows)
        };
        NamedColumn {
            name: column.name.clone(),
            data,
        }
    };
    InputTable {
        columns: input.columns.iter().map(named).collect(),
    }
}

fn data(column: &Column, values: Values, rows: usize) -> ColumnData {
    let is_there = |row: usize| match values {
        Values::SomeMissing => !column.nullable || !row.is_multiple_of(3),
        Values::AllMissing => !column.nullable,
        Values::Ordinary | Values::Extreme => true,
    };
    let is_extreme = values == Values::Extreme;
    let rows = 0..rows;
    match column.column_type {
        ColumnType::Bool => ColumnData::Bool(
            rows.map(|row| is_there(row).then_some(row.is_multiple_of(2)))
                .collect(),
        ),
        ColumnType::Int64 => {
            let value = |row| {
                if is_extreme {
                    whole_end(row)
                } else {
                    ordinary(row)
                }
            };
            ColumnData::Int64(rows.map(|row| is_there(row).then(|| value(row))).collect())
        }
        ColumnType::Float64 => {
            let value = |row| {
                if is_extreme {
                    float_end(row)
                } else {
                    fraction(row)
                }
            };
            ColumnData::Float64(rows.map(|row| is_there(row).then(|| value(row))).collect())
        }
        ColumnType::Utf8 => {
            let value = |row| {
                if is_extreme {
                    String::new()
                } else {
                    format!("text {}", row % 10)
                }
            };
            ColumnData::Utf8(rows.map(|row| is_there(row).then(|| value(row))).collect())
        }
        ColumnType::Date => {
            ColumnData::Date(rows.map(|row| is_there(row).then(|| day(row))).collect())
        }
        ColumnType::Timestamp => {
            let moment = |row| i64::from(day(row)) * 86_400_000_000;
            ColumnData::Timestamp(rows.map(|row| is_there(row).then(|| moment(row))).collect())
        }
        ColumnType::Decimal => {
            let value = |row| i128::from(ordinary(row));
            ColumnData::Decimal(rows.map(|row| is_there(row).then(|| value(row))).collect())
        }
    }
}

/// Up to a thousand million, without a visible order.
fn ordinary(row: usize) -> i64 {
    let mixed = row.wrapping_mul(2_654_435_761) % 1_000_000_000;
    i64::try_from(mixed).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "below a thousand million")]
fn fraction(row: usize) -> f64 {
    ordinary(row) as f64 / 1e6
}

fn day(row: usize) -> i32 {
    20_000 + i32::try_from(row % 400).unwrap_or_default()
}

fn whole_end(row: usize) -> i64 {
    [i64::MAX, i64::MIN, 0, -1][row % 4]
}

fn float_end(row: usize) -> f64 {
    [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 0.0][row % 5]
}
