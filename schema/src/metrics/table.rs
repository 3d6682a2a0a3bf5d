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
use bellwether_domain::query::{CellPart, Dimension, DimensionColumn, MetricColumn, MetricQuery};

use crate::scalars::{Amounts, Json, json_of};
use crate::words::{self, ColumnType, TableShape};

/// A table: columns, and rows of values.
#[derive(Debug, SimpleObject)]
pub(crate) struct MetricsTable {
    /// The columns: those of the dimensions of `by`, then `label_<name>` for each of `labels`, then the metrics, then those of `customMetrics`; with `compare` each metric is followed by `<metric>_previous`, `<metric>_delta` and `<metric>_delta_ratio`.
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

/// The columns of a table's cells: those of the metrics, and of the custom metrics asked for.
pub(super) fn table_columns(
    named: Vec<Metric>,
    selected: Vec<Metric>,
    query: &MetricQuery,
) -> Vec<MetricColumn> {
    let metrics = table_metrics(named, selected, &query.metrics).into_iter();
    let metrics = metrics.map(MetricColumn::Metric);
    let customs = (0..query.custom_metrics.len()).map(MetricColumn::Custom);
    metrics.chain(customs).collect()
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

/// What a table shows of an answer.
#[derive(Debug)]
pub(super) enum TableOf {
    /// These of its rows.
    Rows(Range<usize>),
    /// Its totals.
    Totals,
}

/// A column: where its cells are, and which of their numbers it shows.
#[derive(Debug, Clone, Copy)]
struct CellColumn {
    column: MetricColumn,
    place: Option<usize>,
    part: CellPart,
}

/// Rows or totals of an answer as a table.
pub(super) fn table(
    answer: &MetricTable,
    what: TableOf,
    shown: &[MetricColumn],
    amounts: Amounts,
    shape: TableShape,
) -> Result<MetricsTable, Refusal> {
    let by = answer.query.by.iter();
    let cells = cell_columns(&answer.query, shown);
    let mut columns: Vec<MetricsColumn> = match what {
        TableOf::Rows(_) => Vec::new(),
        TableOf::Totals => vec![text_column("level"), text_column("level_by")],
    };
    columns.extend(by.flat_map(|it| it.columns()).map(dimension_column));
    let labels = answer.query.labels.iter();
    // Their names can't be those of metrics or dimensions.
    columns.extend(labels.map(|name| text_column(&format!("label_{name}"))));
    let currency = answer.total.currency;
    columns.extend(cells.iter().map(|cell| {
        let query = &answer.query;
        metric_column(query, *cell, currency)
    }));
    let names: Vec<Name> = columns.iter().map(|it| Name::new(&it.name)).collect();
    let shaped = |mut values: Vec<Value>, row: &Row| {
        add_values(&mut values, row, &answer.query, &cells, amounts)?;
        Ok(match shape {
            TableShape::Arrays => Value::List(values),
            TableShape::Records => record(&names, values),
        })
    };
    let rows: Result<Vec<Value>, Refusal> = match what {
        TableOf::Rows(page) => {
            let rows = answer.rows[page].iter();
            rows.map(|row| shaped(Vec::new(), row)).collect()
        }
        TableOf::Totals => {
            let totals = answer.totals.iter();
            totals
                .map(|total| shaped(level_values(&total.level), &total.row))
                .collect()
        }
    };
    Ok(MetricsTable {
        columns,
        rows: Json(Value::List(rows?)),
    })
}

/// The columns of cells: one for each metric, and one for each further part where the query
/// compares.
fn cell_columns(query: &MetricQuery, shown: &[MetricColumn]) -> Vec<CellColumn> {
    let parts = match query.compare {
        None => &CellPart::ALL[..1],
        Some(_) => CellPart::ALL,
    };
    let columns = shown.iter().flat_map(|column| {
        let place = query.place_of(*column);
        parts.iter().map(move |part| CellColumn {
            column: *column,
            place,
            part: *part,
        })
    });
    columns.collect()
}

/// Adds the values of a row's columns from the dimensions on.
fn add_values(
    values: &mut Vec<Value>,
    row: &Row,
    query: &MetricQuery,
    cells: &[CellColumn],
    amounts: Amounts,
) -> Result<(), Refusal> {
    values.extend(query.by.iter().flat_map(|by| dimension_values(row, *by)));
    // A total has no labels.
    let label = |place: usize| row.key.labels.get(place).and_then(Option::as_deref);
    values.extend((0..query.labels.len()).map(|place| text(label(place))));
    for column in cells {
        let cell = column.place.and_then(|place| row.cell(place, column.part));
        let value = cell.and_then(|cell| cell.value);
        values.push(value.map_or(Ok(Value::Null), |value| json_of(value, amounts))?);
    }
    Ok(())
}

/// The values of the columns that tell a total's level.
fn level_values(level: &[Dimension]) -> Vec<Value> {
    let dimensions: Vec<&str> = level.iter().map(|dimension| dimension.as_str()).collect();
    let name = words::TotalsLevel::of(level);
    vec![
        async_graphql::resolver_utils::enum_value(name),
        Value::String(dimensions.join(",")),
    ]
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

fn text_column(name: &str) -> MetricsColumn {
    MetricsColumn {
        name: name.to_owned(),
        column_type: ColumnType::String,
        unit: None,
        currency: None,
    }
}

fn metric_column(
    query: &MetricQuery,
    column: CellColumn,
    currency: Option<Currency>,
) -> MetricsColumn {
    let unit = match column.part {
        CellPart::DeltaRatio => Unit::Ratio,
        CellPart::Value | CellPart::Previous | CellPart::Delta => query.unit_of(column.column),
    };
    let name = match column.column {
        MetricColumn::Metric(metric) => metric.as_str(),
        MetricColumn::Custom(place) => query.custom_metrics[place].name(),
    };
    MetricsColumn {
        name: format!("{name}{}", column.part.suffix()),
        column_type: match unit {
            Unit::Count => ColumnType::Count,
            Unit::Conversions | Unit::Money | Unit::MoneyPerEvent | Unit::EventsPerMoney => {
                ColumnType::Decimal
            }
            Unit::Ratio => ColumnType::Float,
        },
        unit: Some(unit.into()),
        currency: currency
            .filter(|_| unit.is_of_currency())
            .map(Currency::code),
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

fn record(names: &[Name], values: Vec<Value>) -> Value {
    let fields = names.iter().cloned().zip(values);
    Value::Object(fields.collect::<IndexMap<_, _>>())
}
