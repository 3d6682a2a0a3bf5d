//! From summed components to the table that a client sees.
//!
//! [`Tally`] holds one group's components, money apart by currency; [`MetricTable::build`]
//! evaluates every metric for every group and for the grand total, and sorts.
//! Invariant: a total is computed from components, never from cells.

mod order;
mod table;
mod tally;
#[cfg(test)]
mod tests;

pub use table::{GROUPS_MAX, Labels, MetricTable, Row};
pub use tally::{RowKey, Tally};
