//! A page of an answer as a table: typed columns, and rows as plain JSON.
//!
//! Invariant: the columns' names, types and units follow from the question alone, never from the
//! data or the cache.

use std::ops::Range;

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, SimpleObject, Value};
use bellwether_domain::answer::{MetricTable, Row};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::metric::{Metric, Unit};
use bellwether_domain::money::Currency;
use bellwether_domain::query::{Dimension, DimensionColumn};

use crate::scalars::{Amounts, Json, json_of};
use crate::words::{self, ColumnType, TableShape};

/// A table: columns, and rows of values.
#[derive(Debug, SimpleObject)]
pub(crate) struct MetricsTable {
    /// The columns: those of the dimensions of `by`, then `label_<name>` for each of `labels`, then the metrics.
    pub(super) columns: Vec<MetricsColumn>,
    /// The rows of the page, each in the shape that was asked for; null where there is no value.
    pub(super) rows: Json,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(crate) struct MetricsColumn {
    /// Its name in snake case.
    pub(super) name: String,
    /// The type of its values.
    #[graphql(name = "type")]
    pub(super) column_type: ColumnType,
    /// What its numbers are counted in; null for dimensions.
    pub(super) unit: Option<words::Unit>,
    /// The currency of its money where the whole answer has just one; else group by `CURRENCY`.
    pub(super) currency: Option<&'static str>,
}

/// The metrics of a table's columns: those named, else those selected as fields, else all that the
/// answer holds, which then are the dataset's standard ones.
pub(super) fn table_metrics(
    named: Vec<Metric>,
    selected: impl IntoIterator<Item = Metric>,
    held: &[Metric],
) -> Vec<Metric> {
    if !named.is_empty() {
        return named;
    }
    let mut metrics: Vec<Metric> = selected.into_iter().collect();
    if metrics.is_empty() {
        return held.to_vec();
    }
    metrics.sort_unstable();
    metrics.dedup();
    metrics
}

/// These rows of an answer as a table.
pub(super) fn table(
    answer: &MetricTable,
    page: Range<usize>,
    metrics: &[Metric],
    amounts: Amounts,
    shape: TableShape,
) -> Result<MetricsTable, Refusal> {
    let currency = answer.total.currency;
    let by = &answer.query.by;
    let mut columns: Vec<MetricsColumn> = by
        .iter()
        .flat_map(|dimension| dimension.columns())
        .map(dimension_column)
        .collect();
    columns.extend(answer.query.labels.iter().map(|name| label_column(name)));
    columns.extend(
        metrics
            .iter()
            .map(|metric| metric_column(*metric, currency)),
    );
    let held = &answer.query.metrics;
    let places: Vec<Option<usize>> = metrics
        .iter()
        .map(|metric| held.iter().position(|known| known == metric))
        .collect();
    let names: Vec<Name> = columns.iter().map(|it| Name::new(&it.name)).collect();
    let mut rows = Vec::with_capacity(page.len());
    for row in &answer.rows[page] {
        let mut values: Vec<Value> = by
            .iter()
            .flat_map(|dimension| dimension_values(row, *dimension))
            .collect();
        values.extend(row.key.labels.iter().map(|value| text(value.as_deref())));
        for place in &places {
            values.push(cell_value(row, *place, amounts)?);
        }
        rows.push(match shape {
            TableShape::Arrays => Value::List(values),
            TableShape::Records => record(&names, values),
        });
    }
    Ok(MetricsTable {
        columns,
        rows: Json(Value::List(rows)),
    })
}

fn dimension_column(column: &DimensionColumn) -> MetricsColumn {
    MetricsColumn {
        name: column.name.to_owned(),
        column_type: match column.kind {
            "DATE" => ColumnType::Date,
            "ID" => ColumnType::Id,
            "COUNT" => ColumnType::Count,
            _ => ColumnType::String,
        },
        unit: None,
        currency: None,
    }
}

/// The column of a label; its name can't be that of a metric or dimension.
fn label_column(name: &str) -> MetricsColumn {
    MetricsColumn {
        name: format!("label_{name}"),
        column_type: ColumnType::String,
        unit: None,
        currency: None,
    }
}

fn metric_column(metric: Metric, currency: Option<Currency>) -> MetricsColumn {
    let unit = metric.definition().unit;
    let is_money = matches!(unit, Unit::Money | Unit::MoneyPerEvent);
    MetricsColumn {
        name: metric.as_str().to_owned(),
        column_type: match unit {
            Unit::Count => ColumnType::Count,
            Unit::Conversions | Unit::Money | Unit::MoneyPerEvent => ColumnType::Decimal,
            Unit::Ratio => ColumnType::Float,
        },
        unit: Some(unit.into()),
        currency: currency.filter(|_| is_money).map(Currency::code),
    }
}

/// The values of the dimension's columns, in their order.
fn dimension_values(row: &Row, dimension: Dimension) -> Vec<Value> {
    let key = &row.key;
    match dimension {
        Dimension::Period => vec![text(key.period)],
        Dimension::Hour => vec![key.hour.map_or(Value::Null, Value::from)],
        Dimension::Brand => vec![text(key.brand), text(row.brand_name.as_deref())],
        Dimension::Platform => vec![text(key.platform)],
        Dimension::Campaign => vec![text(key.campaign), text(row.campaign_name.as_deref())],
        Dimension::Currency => vec![text(key.currency.or(row.currency))],
        Dimension::Country => vec![text(key.country.as_deref())],
        Dimension::Age => vec![text(key.age.as_deref())],
        Dimension::Gender => vec![text(key.gender.as_deref())],
        Dimension::Product => vec![text(key.product.as_deref())],
    }
}

fn text(value: Option<impl ToString>) -> Value {
    value.map_or(Value::Null, |value| Value::String(value.to_string()))
}

fn cell_value(row: &Row, place: Option<usize>, amounts: Amounts) -> Result<Value, Refusal> {
    let value = place.and_then(|place| row.cells[place].value);
    value.map_or(Ok(Value::Null), |value| json_of(value, amounts))
}

fn record(names: &[Name], values: Vec<Value>) -> Value {
    let fields = names.iter().cloned().zip(values);
    Value::Object(fields.collect::<IndexMap<_, _>>())
}
