//! A column of a partition in memory: whole numbers, each in the narrowest integer that holds all
//! of them.
//!
//! Invariant: immutable; a missing value is stored as 0, so that sums need no look at what is
//! missing. Text never stands here, only its code.

mod narrow;
mod raw;
mod sum;

use arrow::buffer::NullBuffer;

pub(crate) use narrow::{Narrow, by_width};
pub(crate) use raw::RawColumn;
pub(crate) use sum::{Addend, Sum};

/// Which column of a partition: a key dimension's codes, or a measure's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ColumnName {
    /// The codes of the dataset's dimension at this place.
    Dimension(usize),
    /// The values of the dataset's measure at this place.
    Measure(usize),
}

/// One column of a partition; see [`crate::PartitionView`].
#[derive(Debug, Clone)]
pub struct Column {
    /// The values divided by `divisor`; 0 where missing.
    pub(crate) values: Narrow,
    /// What all values are multiples of: money in micros is mostly whole cents.
    pub(crate) divisor: i64,
    /// The highest of `values`; of a dimension, its highest code.
    pub(crate) highest: i64,
    pub(crate) present: Present,
}

/// Which rows of a column have a value.
#[derive(Debug, Clone)]
pub(crate) enum Present {
    /// All.
    All,
    /// Those that are valid here.
    Nulls(NullBuffer),
    /// In a roll-up: by row, how many of the rows that were put together have one.
    Counts(Narrow),
}

impl Column {
    /// How many bytes of memory it holds.
    pub fn size_bytes(&self) -> usize {
        let present = match &self.present {
            Present::All => 0,
            Present::Nulls(nulls) => nulls.buffer().capacity(),
            Present::Counts(counts) => counts.size_bytes(),
        };
        size_of::<Self>() + self.values.size_bytes() + present
    }

    /// Whether any row lacks a value.
    pub fn has_nulls(&self) -> bool {
        !matches!(self.present, Present::All)
    }

    /// How many bytes a row takes.
    pub fn row_bytes(&self) -> usize {
        self.values.width()
    }

    /// How many rows it has.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The value of a row; `None` when missing.
    #[cfg(test)]
    pub(crate) fn value(&self, row: usize) -> Option<i64> {
        let is_present = match &self.present {
            Present::All => true,
            Present::Nulls(nulls) => nulls.is_valid(row),
            Present::Counts(counts) => counts.value(row) > 0,
        };
        is_present.then(|| self.values.value(row) * self.divisor)
    }
}
