//! An answer as columns and values: what tables over GraphQL and exported files have in common.
//!
//! Invariant: the columns' names, order, types and units follow from the question alone, never from
//! the data or the cache.

use super::table::Row;
use crate::metric::{Metric, Unit, Value};
use crate::money::Decimal;
use crate::query::{CellPart, Dimension, DimensionColumn, MetricColumn, MetricQuery};
use crate::time::Date;

/// The largest count of a table: the largest integer that every client reads exactly, 2^53.
pub const COUNT_MAX: u64 = 1 << 53;

/// The type of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// A day.
    Date,
    /// An id, as text.
    Id,
    /// A text.
    String,
    /// A whole number.
    Count,
    /// An exact decimal of at most ten places.
    Decimal,
    /// A number with a fraction.
    Float,
}

/// The name of the column of a label that is grouped by.
pub fn label_column(name: &str) -> String {
    format!("label_{name}")
}

/// One column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerColumn {
    /// Its name in snake case.
    pub name: String,
    /// The type of its values.
    pub column_type: ColumnType,
    /// What its numbers are counted in; `None` for dimensions and labels.
    pub unit: Option<Unit>,
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerValue {
    /// There is none.
    Null,
    /// A day, of a `Date` column.
    Date(Date),
    /// An id or a text, of an `Id` or `String` column.
    Text(String),
    /// A whole number, of a `Count` column.
    Count(i128),
    /// An exact decimal, of a `Decimal` column.
    Decimal(Decimal),
    /// A number with a fraction, exact to ten places, of a `Float` column.
    Float(Decimal),
}

/// Which columns an answer is shown in, and how its rows fill them.
#[derive(Debug, Clone)]
pub struct Layout {
    columns: Vec<AnswerColumn>,
    by: Vec<Dimension>,
    n_labels: usize,
    cells: Vec<CellColumn>,
}

/// A column of cells: where they are, and which of their numbers it shows.
#[derive(Debug, Clone, Copy)]
struct CellColumn {
    column: MetricColumn,
    place: Option<usize>,
    part: CellPart,
}

impl Layout {
    /// The columns of a question's dimensions and labels, then those of these metrics.
    pub fn new(query: &MetricQuery, shown: &[MetricColumn]) -> Self {
        let cells = cell_columns(query, shown);
        let dimensions = query.by.iter().flat_map(|by| by.columns());
        let mut columns: Vec<AnswerColumn> = dimensions.map(dimension_column).collect();
        // Their names can't be those of metrics or dimensions.
        let labels = query.labels.iter();
        columns.extend(labels.map(|name| AnswerColumn::text(&label_column(name))));
        columns.extend(cells.iter().map(|cell| metric_column(query, *cell)));
        Self {
            columns,
            by: query.by.clone(),
            n_labels: query.labels.len(),
            cells,
        }
    }

    /// The columns, in their order.
    pub fn columns(&self) -> &[AnswerColumn] {
        &self.columns
    }

    /// Adds the values of a row, one for each column.
    pub fn add_values(&self, row: &Row, values: &mut Vec<AnswerValue>) {
        for by in &self.by {
            add_dimension_values(row, *by, values);
        }
        // A total has the labels of its level.
        let label = |place: usize| row.key.labels.get(place).and_then(Option::as_deref);
        values.extend((0..self.n_labels).map(|place| text(label(place))));
        values.extend(self.cells.iter().map(|cell| cell.value_of(row)));
    }

    /// The numbers of a row, those of dimensions left out.
    pub fn numbers<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = Value> + 'a {
        let cells = self.cells.iter();
        cells.filter_map(|cell| row.cell(cell.place?, cell.part)?.value)
    }

    /// Why cells of a row are null or how they are to be read, as `column:CODE` with semicolons
    /// between them, in the order of the columns; `None` where there is nothing to say.
    pub fn notes(&self, row: &Row) -> Option<String> {
        let first = self.columns.len() - self.cells.len();
        let mut notes = String::new();
        for (cell, column) in self.cells.iter().zip(&self.columns[first..]) {
            let found = cell.place.and_then(|place| row.cell(place, cell.part));
            if let Some(note) = found.and_then(|cell| cell.note) {
                if !notes.is_empty() {
                    notes.push(';');
                }
                notes.push_str(&column.name);
                notes.push(':');
                notes.push_str(note.as_str());
            }
        }
        (!notes.is_empty()).then_some(notes)
    }
}

impl AnswerColumn {
    /// A column of texts.
    pub fn text(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            column_type: ColumnType::String,
            unit: None,
        }
    }
}

impl CellColumn {
    fn value_of(&self, row: &Row) -> AnswerValue {
        let cell = self.place.and_then(|place| row.cell(place, self.part));
        match cell.and_then(|cell| cell.value) {
            None => AnswerValue::Null,
            Some(Value::Count(count)) => AnswerValue::Count(count),
            Some(Value::Decimal(amount)) => AnswerValue::Decimal(amount),
            Some(Value::Ratio(ratio)) => AnswerValue::Float(ratio),
        }
    }
}

/// The metrics of a table's columns: those named, else those selected as fields, else all that the
/// answer holds, which then are the dataset's standard ones.
pub fn shown_metrics(
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

fn dimension_column(column: &DimensionColumn) -> AnswerColumn {
    AnswerColumn {
        column_type: match column.kind {
            "DATE" => ColumnType::Date,
            "ID" => ColumnType::Id,
            "COUNT" => ColumnType::Count,
            _ => ColumnType::String,
        },
        ..AnswerColumn::text(column.name)
    }
}

fn metric_column(query: &MetricQuery, column: CellColumn) -> AnswerColumn {
    let unit = match column.part {
        CellPart::DeltaRatio => Unit::Ratio,
        CellPart::Value | CellPart::Previous | CellPart::Delta => query.unit_of(column.column),
    };
    let name = match column.column {
        MetricColumn::Metric(metric) => metric.as_str(),
        MetricColumn::Custom(place) => query.custom_metrics[place].name(),
    };
    AnswerColumn {
        name: format!("{name}{}", column.part.suffix()),
        column_type: match unit {
            Unit::Count => ColumnType::Count,
            Unit::Conversions | Unit::Money | Unit::MoneyPerEvent | Unit::EventsPerMoney => {
                ColumnType::Decimal
            }
            Unit::Ratio => ColumnType::Float,
        },
        unit: Some(unit),
    }
}

/// Adds the values of the dimension's columns, in their order.
fn add_dimension_values(row: &Row, dimension: Dimension, values: &mut Vec<AnswerValue>) {
    let key = &row.key;
    values.push(match dimension {
        Dimension::Period => key.period.map_or(AnswerValue::Null, AnswerValue::Date),
        Dimension::Hour => key
            .hour
            .map_or(AnswerValue::Null, |hour| AnswerValue::Count(hour.into())),
        Dimension::Brand => text(key.brand),
        Dimension::Platform => text(key.platform),
        Dimension::Campaign => text(key.campaign),
        Dimension::Currency => text(key.currency.or(row.currency)),
        Dimension::Country => text(key.country.as_deref()),
        Dimension::Age => text(key.age.as_deref()),
        Dimension::Gender => text(key.gender.as_deref()),
        Dimension::Product => text(key.product.as_deref()),
    });
    match dimension {
        Dimension::Brand => values.push(text(row.brand_name.as_deref())),
        Dimension::Campaign => values.push(text(row.campaign_name.as_deref())),
        _ => {}
    }
}

fn text(value: Option<impl ToString>) -> AnswerValue {
    value.map_or(AnswerValue::Null, |value| {
        AnswerValue::Text(value.to_string())
    })
}
