//! The answers to the batches of one run, put together to one table.
//!
//! Invariant: the answers were checked before; nothing is refused here.

use super::projection::Projection;
use crate::abi::{Column, Kind};
use crate::discovery::PluginDescriptor;
use crate::slices::Slice;
use crate::table::{ColumnData, NamedColumn, OutputTable};

/// The answers of all slices, put together.
#[derive(Debug)]
pub(super) struct Answered<'a> {
    /// Only a scorer's rows have one entity each.
    keys: Option<Keys<'a>>,
    declared: &'a [Column],
    columns: Vec<ColumnData>,
}

/// The entity of each answered row.
#[derive(Debug)]
struct Keys<'a> {
    column: &'a str,
    of_input: &'a [&'a str],
    answered: Vec<Option<String>>,
}

impl<'a> Answered<'a> {
    pub(super) fn new(plugin: &'a PluginDescriptor, projection: &'a Projection<'_>) -> Self {
        let metadata = &plugin.metadata;
        let keys = Keys {
            column: &metadata.input.entity_key,
            of_input: &projection.keys,
            answered: Vec::new(),
        };
        let declared = &metadata.output.columns;
        let empty = |column: &Column| ColumnData::empty(column.column_type);
        Self {
            keys: (metadata.kind == Kind::Scorer).then_some(keys),
            declared,
            columns: declared.iter().map(empty).collect(),
        }
    }

    pub(super) fn append(&mut self, slice: &Slice, columns: Vec<ColumnData>) {
        if let Some(keys) = &mut self.keys {
            let entities = slice.entities.iter();
            let of_slice = entities.map(|&row| Some(keys.of_input[row].to_owned()));
            keys.answered.extend(of_slice);
        }
        for (all, more) in self.columns.iter_mut().zip(columns) {
            all.append(more);
        }
    }

    pub(super) fn table(self) -> OutputTable {
        let keys = self.keys.map(|keys| NamedColumn {
            name: keys.column.to_owned(),
            data: ColumnData::Utf8(keys.answered),
        });
        let named = self.declared.iter().zip(self.columns);
        let columns = named.map(|(column, data)| NamedColumn {
            name: column.name.clone(),
            data,
        });
        OutputTable {
            columns: keys.into_iter().chain(columns).collect(),
        }
    }
}
