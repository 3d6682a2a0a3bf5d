//! A partition and those of its columns that a question reads.

use std::sync::Arc;

use crate::column::{Column, ColumnName};
use crate::partition::PartitionIndex;
use crate::{Error, Result};

/// What [`crate::aggregate`] reads: an index and some columns of it, shared with whoever keeps
/// them.
#[derive(Debug, Clone)]
pub struct PartitionView {
    /// Where the rows lie.
    pub index: Arc<PartitionIndex>,
    /// Columns of exactly this index.
    pub columns: Vec<(ColumnName, Arc<Column>)>,
}

impl PartitionView {
    /// How many bytes of memory its index and columns hold.
    pub fn size_bytes(&self) -> usize {
        let columns = self.columns.iter().map(|(_, column)| column.size_bytes());
        self.index.size_bytes() + columns.sum::<usize>()
    }

    /// The column of this name; one that is missing, or not of the index, breaks a rule.
    pub(crate) fn column(&self, name: ColumnName) -> Result<&Column> {
        let found = self.columns.iter().find(|(known, _)| *known == name);
        let (_, column) = found.ok_or(Error::BrokenRule {
            rule: "a partition is viewed with the columns that the plan reads",
        })?;
        if column.len() != self.index.n_rows() {
            return Err(Error::BrokenRule {
                rule: "a view's columns are of its index",
            });
        }
        Ok(column)
    }
}
