//! A page of an answer as a table: typed columns, and rows as plain JSON.
//!
//! Invariant: the columns' names, types and units follow from the question alone, never from the
//! data or the cache.

use std::ops::Range;

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, SimpleObject, Value};
use bellwether_domain::answer::{
    AnswerColumn, AnswerValue, Layout, MetricTable, Row, label_column, shown_metrics,
};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::metric::{self, Metric, Unit};
use bellwether_domain::money::Currency;
use bellwether_domain::query::{Level, MetricColumn, MetricQuery};

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
pub(crate) fn table_columns(
    named: Vec<Metric>,
    selected: Vec<Metric>,
    query: &MetricQuery,
) -> Vec<MetricColumn> {
    let metrics = shown_metrics(named, selected, &query.metrics).into_iter();
    let metrics = metrics.map(MetricColumn::Metric);
    let customs = (0..query.custom_metrics.len()).map(MetricColumn::Custom);
    metrics.chain(customs).collect()
}

/// What a table shows of an answer.
#[derive(Debug)]
pub(super) enum TableOf {
    /// These of its rows.
    Rows(Range<usize>),
    /// Its totals.
    Totals,
}

/// Rows or totals of an answer as a table.
pub(super) fn table(
    answer: &MetricTable,
    what: TableOf,
    shown: &[MetricColumn],
    amounts: Amounts,
    shape: TableShape,
) -> Result<MetricsTable, Refusal> {
    let layout = Layout::new(&answer.query, shown);
    let mut columns: Vec<MetricsColumn> = match what {
        TableOf::Rows(_) => Vec::new(),
        TableOf::Totals => ["level", "level_by"]
            .map(|name| MetricsColumn::of(&AnswerColumn::text(name), None))
            .into(),
    };
    let currency = answer.total.currency;
    let of_layout = layout.columns().iter();
    columns.extend(of_layout.map(|column| MetricsColumn::of(column, currency)));
    let names: Vec<Name> = columns.iter().map(|it| Name::new(&it.name)).collect();
    let shaped = |mut values: Vec<Value>, row: &Row| {
        let mut found = Vec::with_capacity(layout.columns().len());
        layout.add_values(row, &mut found);
        for value in found {
            values.push(json_of_value(value, amounts)?);
        }
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
                .map(|total| shaped(level_values(&total.level, &answer.query), &total.row))
                .collect()
        }
    };
    Ok(MetricsTable {
        columns,
        rows: Json(Value::List(rows?)),
    })
}

fn json_of_value(value: AnswerValue, amounts: Amounts) -> Result<Value, Refusal> {
    match value {
        AnswerValue::Null => Ok(Value::Null),
        AnswerValue::Date(date) => Ok(Value::String(date.to_string())),
        AnswerValue::Text(text) => Ok(Value::String(text)),
        AnswerValue::Count(count) => json_of(metric::Value::Count(count), amounts),
        AnswerValue::Decimal(amount) => json_of(metric::Value::Decimal(amount), amounts),
        AnswerValue::Float(ratio) => json_of(metric::Value::Ratio(ratio), amounts),
    }
}

/// The values of the columns that tell a total's level.
fn level_values(level: &Level, query: &MetricQuery) -> Vec<Value> {
    let dimensions = level.by.iter();
    let dimensions = dimensions.map(|dimension| dimension.as_str().to_owned());
    let labels = level
        .labels
        .iter()
        .filter_map(|place| query.labels.get(*place));
    let labels = labels.map(|name| label_column(name));
    let dimensions: Vec<String> = dimensions.chain(labels).collect();
    let name = words::TotalsLevel::of(level);
    vec![
        async_graphql::resolver_utils::enum_value(name),
        Value::String(dimensions.join(",")),
    ]
}

impl MetricsColumn {
    /// The column of an answer whose money is all of this currency, if of one.
    fn of(column: &AnswerColumn, currency: Option<Currency>) -> Self {
        let is_of_currency = column.unit.is_some_and(Unit::is_of_currency);
        Self {
            name: column.name.clone(),
            column_type: column.column_type.into(),
            unit: column.unit.map(Into::into),
            currency: currency.filter(|_| is_of_currency).map(Currency::code),
        }
    }
}

fn record(names: &[Name], values: Vec<Value>) -> Value {
    let fields = names.iter().cloned().zip(values);
    Value::Object(fields.collect::<IndexMap<_, _>>())
}
