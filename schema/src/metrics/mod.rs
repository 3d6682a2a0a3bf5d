//! Metrics over GraphQL: the input as `MetricRequest`, the answer as typed rows and as a table.
//!
//! `selection.rs` looks ahead at which metric and dimension fields the client selected, because
//! the selection is part of the question.
//! Invariant: a field resolver reads a cell that the service computed; nothing is computed here.

mod answer;
mod explain;
mod fields;
mod filters;
mod input;
mod of_objects;
mod row;
mod selection;
mod shown;
mod table;
mod values;

pub(crate) use answer::{DayRange, MetricsResult};
pub(crate) use explain::MetricsPlan;
pub(crate) use input::{BetweenInput, CompareInput, MetricsInput, RangeInput};
pub(crate) use of_objects::{Asked, ObjectMetrics, of_brand, of_campaign};
pub(crate) use row::MetricsRow;
pub(crate) use selection::Selection;
pub(crate) use selection::field_of_metric;
pub(crate) use table::table_columns;

#[cfg(test)]
mod tests;
