//! From summed components to the table that a client sees.
//!
//! [`GroupSums`] holds the sums of all groups as dense arrays, [`Tally`] those of one group as a
//! short list; money is apart by currency in both. [`MetricTable::of_sums`] evaluates every metric
//! for every group and for the grand total, and sorts.
//! Invariant: a total is computed from components, never from cells.

mod order;
mod sums;
mod table;
mod tally;
#[cfg(test)]
mod tests;

pub use sums::{GroupSums, SumColumn};
pub use table::{GROUPS_MAX, Labels, MetricTable, Row};
pub use tally::{RowKey, Tally};
