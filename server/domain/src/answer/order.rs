//! The order of rows: by the sort keys asked for, then by the grouping columns, so that equal
//! questions always come in equal order.

use std::cmp::Ordering;

use super::table::Row;
use super::tally::RowKey;
use crate::campaign::Platform;
use crate::metric::Value;
use crate::money::Decimal;
use crate::query::{Dimension, MetricQuery, Order, OrderKey};

/// The rows in the order that the query asks for. Rows are large, so their places are sorted and
/// each row moves once.
pub(super) fn sorted(rows: Vec<Row>, query: &MetricQuery) -> Vec<Row> {
    let keys: Vec<SortKey> = query
        .order_by
        .iter()
        .map(|order| SortKey::new(order, &rows, query))
        .collect();
    let mut places: Vec<usize> = (0..rows.len()).collect();
    places.sort_unstable_by(|a, b| {
        let (key_a, key_b) = (&rows[*a].key, &rows[*b].key);
        let mut by_keys = keys.iter().map(|key| key.compare(*a, *b, key_a, key_b));
        by_keys
            .find(|ordering| ordering.is_ne())
            .unwrap_or_else(|| by_grouping(key_a, key_b, query))
    });
    let mut rows: Vec<Option<Row>> = rows.into_iter().map(Some).collect();
    let ordered = places.into_iter().filter_map(|place| rows[place].take());
    ordered.collect()
}

/// One sort key, with the values of a metric looked up once.
struct SortKey {
    by: By,
    descending: bool,
}

enum By {
    /// At a row's place, its value.
    Metric(Vec<Option<Decimal>>),
    Dimension(Dimension),
    Label(usize),
}

impl SortKey {
    fn new(order: &Order, rows: &[Row], query: &MetricQuery) -> Self {
        let by = match order.key {
            OrderKey::Metric(column, part) => {
                let place = query.place_of(column);
                let value = |row: &Row| row.cell(place?, part)?.value.map(Value::decimal);
                By::Metric(rows.iter().map(value).collect())
            }
            OrderKey::Dimension(dimension) => By::Dimension(dimension),
            OrderKey::Label(place) => By::Label(place),
        };
        let descending = order.descending;
        Self { by, descending }
    }

    fn compare(&self, a: usize, b: usize, key_a: &RowKey, key_b: &RowKey) -> Ordering {
        match &self.by {
            By::Metric(values) => self.by_value(values[a], values[b]),
            By::Dimension(dimension) => self.directed(by_dimension(key_a, key_b, *dimension)),
            By::Label(place) => {
                self.directed(key_a.labels.get(*place).cmp(&key_b.labels.get(*place)))
            }
        }
    }

    /// Rows without a value come last in either direction.
    fn by_value(&self, a: Option<Decimal>, b: Option<Decimal>) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) => self.directed(a.cmp(&b)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }

    fn directed(&self, ordering: Ordering) -> Ordering {
        if self.descending {
            ordering.reverse()
        } else {
            ordering
        }
    }
}

/// By the grouping columns; what they leave equal, such as the costs of two brands without a
/// campaign, by the whole key.
fn by_grouping(a: &RowKey, b: &RowKey, query: &MetricQuery) -> Ordering {
    let columns = query.by.iter();
    columns
        .map(|dimension| by_dimension(a, b, *dimension))
        .find(|ordering| ordering.is_ne())
        .unwrap_or_else(|| a.labels.cmp(&b.labels))
        .then_with(|| a.cmp(b))
}

fn by_dimension(a: &RowKey, b: &RowKey, dimension: Dimension) -> Ordering {
    match dimension {
        Dimension::Period => a.period.cmp(&b.period),
        Dimension::Hour => a.hour.cmp(&b.hour),
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
        Dimension::Product => a.product.cmp(&b.product),
    }
}
