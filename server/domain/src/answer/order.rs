//! The order of rows: by the sort keys asked for, then by the grouping columns, so that equal
//! questions always come in equal order.

use std::cmp::Ordering;

use super::table::Row;
use super::tally::RowKey;
use crate::campaign::Platform;
use crate::metric::Metric;
use crate::query::{Dimension, MetricQuery, OrderKey};

pub(super) fn sort(rows: &mut [Row], query: &MetricQuery) {
    rows.sort_by(|a, b| {
        query
            .order_by
            .iter()
            .map(|order| match order.key {
                OrderKey::Metric(metric) => by_metric(a, b, query, metric, order.descending),
                OrderKey::Dimension(dimension) => {
                    directed(by_dimension(&a.key, &b.key, dimension), order.descending)
                }
            })
            .find(|ordering| ordering.is_ne())
            .unwrap_or_else(|| by_grouping(&a.key, &b.key, query))
    });
}

fn by_grouping(a: &RowKey, b: &RowKey, query: &MetricQuery) -> Ordering {
    let columns = query
        .by
        .iter()
        .map(|dimension| by_dimension(a, b, *dimension));
    columns.fold(Ordering::Equal, Ordering::then)
}

/// Rows without a value come last in either direction.
fn by_metric(a: &Row, b: &Row, query: &MetricQuery, metric: Metric, descending: bool) -> Ordering {
    let place = query.metrics.iter().position(|known| *known == metric);
    let value = |row: &Row| {
        place
            .and_then(|place| row.cells[place].value)
            .map(crate::metric::Value::decimal)
    };
    match (value(a), value(b)) {
        (Some(a), Some(b)) => directed(a.cmp(&b), descending),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

fn by_dimension(a: &RowKey, b: &RowKey, dimension: Dimension) -> Ordering {
    match dimension {
        Dimension::Period => a.period.cmp(&b.period),
        Dimension::Brand => a.brand.cmp(&b.brand),
        Dimension::Platform => a
            .platform
            .map(Platform::as_str)
            .cmp(&b.platform.map(Platform::as_str)),
        Dimension::Campaign => a.campaign.cmp(&b.campaign),
        Dimension::Currency => a.currency.cmp(&b.currency),
        Dimension::Country => a.country.cmp(&b.country),
        Dimension::Age => a.age.cmp(&b.age),
        Dimension::Gender => a.gender.cmp(&b.gender),
    }
}

fn directed(ordering: Ordering, descending: bool) -> Ordering {
    if descending {
        ordering.reverse()
    } else {
        ordering
    }
}
