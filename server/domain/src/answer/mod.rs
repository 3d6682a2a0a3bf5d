//! From summed components to the table that a client sees.
//!
//! [`GroupSums`] holds the sums of all groups as dense arrays, [`Tally`] those of one group as a
//! short list; money is apart by currency in both. [`MetricTable::of_sums`] puts the groups of the
//! range and of the one compared with side by side (`sides`), evaluates every metric for every
//! group and every level of totals (`cells`, `compared`), sorts (`order`) and cuts (`cut`).
//! [`Layout`] shows it in columns, for tables and files.
//! Invariant: a total is computed from components, never from cells.

mod cells;
mod compared;
mod cut;
mod layout;
mod order;
mod sides;
mod sums;
mod table;
mod tally;
#[cfg(test)]
mod tests;

pub use compared::Compared;
pub use layout::{
    AnswerColumn, AnswerValue, COUNT_MAX, ColumnType, Layout, label_column, shown_metrics,
};
pub use sums::{GroupSums, SumColumn};
pub use table::{GROUPS_MAX, Labels, MetricTable, Row, Total};
pub use tally::{RowKey, Tally};
