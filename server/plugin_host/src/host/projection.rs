//! The declared columns of a table, checked against their declaration.
//!
//! An optional column that the table lacks is sent with every value missing.
//! Invariant: a column that a plugin does not declare is not in a projection, and so never leaves
//! the server.

use std::borrow::Cow;

use crate::abi::Column;
use crate::discovery::PluginDescriptor;
use crate::error::{Error, Result};
use crate::table::{ColumnData, InputTable};

/// What is sent of a table.
#[derive(Debug)]
pub(super) struct Projection<'a> {
    /// In the order of the declaration, of equal length.
    pub(super) columns: Vec<Cow<'a, ColumnData>>,
    /// The entity key of each row.
    pub(super) keys: Vec<&'a str>,
}

impl<'a> Projection<'a> {
    /// Picks the columns that the plugin declares.
    pub(super) fn of(plugin: &PluginDescriptor, table: &'a InputTable) -> Result<Self> {
        let declared = &plugin.metadata.input;
        let unfit = |what: String| Error::Input {
            plugin: plugin.name().to_owned(),
            what,
        };
        let key = table.column(&declared.entity_key);
        let Some(ColumnData::Utf8(keys)) = key else {
            return Err(unfit(format!(
                "column `{}` is no text",
                declared.entity_key
            )));
        };
        let mut columns = Vec::with_capacity(declared.columns.len());
        for column in &declared.columns {
            let data = fitting(column, table, keys.len()).map_err(unfit)?;
            columns.push(data);
        }
        if let Some(other) = columns.iter().find(|column| column.len() != keys.len()) {
            let lengths = format!("columns of {} and {} rows", keys.len(), other.len());
            return Err(unfit(lengths));
        }
        // `fitting` has refused a key column with missing values: its declaration can't be
        // nullable.
        let keys = keys.iter().flatten().map(String::as_str).collect();
        Ok(Self { columns, keys })
    }
}

fn fitting<'a>(
    column: &Column,
    table: &'a InputTable,
    rows: usize,
) -> Result<Cow<'a, ColumnData>, String> {
    let name = &column.name;
    let data = match table.column(name) {
        Some(data) => data,
        None if column.optional => {
            return Ok(Cow::Owned(ColumnData::missing(column.column_type, rows)));
        }
        None => return Err(format!("column `{name}` is missing")),
    };
    if data.column_type() != column.column_type {
        return Err(format!(
            "column `{name}` is {}, declared is {}",
            data.column_type(),
            column.column_type
        ));
    }
    if !column.nullable && data.has_nulls() {
        return Err(format!(
            "column `{name}` lacks values and is not declared as nullable"
        ));
    }
    Ok(Cow::Borrowed(data))
}
