//! Which rows of an answer are shown: those whose cells pass, and the first of each group.
//!
//! Invariant: only rows are cut; totals are computed from all groups.

use std::collections::HashMap;

use super::table::Row;
use super::tally::RowKey;
use crate::metric::Value;
use crate::query::{Having, MetricQuery};

/// The rows whose cells pass all conditions; a cell without a value passes none.
pub(super) fn passing(mut rows: Vec<Row>, query: &MetricQuery) -> Vec<Row> {
    let conditions: Vec<(Option<usize>, &Having)> = query
        .having
        .iter()
        .map(|having| (query.place_of(having.column), having))
        .collect();
    rows.retain(|row| {
        conditions.iter().all(|(place, having)| {
            let cell = place.and_then(|place| row.cell(place, having.part));
            let value = cell.and_then(|cell| cell.value).map(Value::decimal);
            value.is_some_and(|value| having.comparator.holds(value, having.bound))
        })
    });
    rows
}

/// The first rows of each combination of the dimensions and labels that `top` names, in the order at hand.
pub(super) fn first(mut rows: Vec<Row>, query: &MetricQuery) -> Vec<Row> {
    let Some(top) = &query.top else {
        return rows;
    };
    let mut n_kept: HashMap<RowKey, usize> = HashMap::new();
    rows.retain(|row| {
        let n_kept = n_kept.entry(row.key.at_level(&top.per)).or_default();
        *n_kept += 1;
        *n_kept <= top.n
    });
    rows
}
