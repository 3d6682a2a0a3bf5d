//! Answers in a form in which the model's and the product's can be compared and read.

use std::collections::BTreeMap;

use bellwether_domain::answer::{MetricTable, Row, RowKey};
use bellwether_domain::fact::Text;
use bellwether_domain::ids::BrandId;
use bellwether_domain::metric::{MetricCell, Value};
use bellwether_domain::query::Dimension;

use super::question::Question;
use super::report::BRANDS;

/// The cells of each group, by what it is grouped by, and those of the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) rows: BTreeMap<Vec<String>, Vec<String>>,
    pub(super) total: Vec<String>,
}

impl Answer {
    /// What the product answered.
    pub(super) fn of_table(
        table: &MetricTable,
        question: &Question,
        brands: &[BrandId],
    ) -> Result<Self, String> {
        let mut rows = BTreeMap::new();
        for row in &table.rows {
            let key = key_of(row, question, brands);
            if rows.insert(key.clone(), cells_of(row)).is_some() {
                return Err(format!("the answer has two rows of {key:?}"));
            }
        }
        if question.is_sorted {
            check_order(&table.rows)?;
        }
        Ok(Self {
            rows,
            total: cells_of(&table.total),
        })
    }

    /// Where two answers differ, a line a place; `None` when they are equal.
    pub(super) fn difference(&self, expected: &Self) -> Option<String> {
        let mut lines = Vec::new();
        let mut keys: Vec<_> = self.rows.keys().chain(expected.rows.keys()).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            let (got, wanted) = (self.rows.get(key), expected.rows.get(key));
            if got != wanted {
                lines.push(format!("{key:?}: product {got:?}, model {wanted:?}"));
            }
        }
        if self.total != expected.total {
            let (got, wanted) = (&self.total, &expected.total);
            lines.push(format!("total: product {got:?}, model {wanted:?}"));
        }
        (!lines.is_empty()).then(|| lines.join("\n    "))
    }
}

fn key_of(row: &Row, question: &Question, brands: &[BrandId]) -> Vec<String> {
    let key: &RowKey = &row.key;
    let text = |text: &Option<Text>| text.as_deref().unwrap_or_default().to_owned();
    let value = |by: &Dimension| match by {
        Dimension::Period => key.period.map_or_else(String::new, |day| day.to_string()),
        Dimension::Hour => key
            .hour
            .map_or_else(String::new, |hour| format!("{hour:02}")),
        Dimension::Brand => {
            let place = brands.iter().position(|id| Some(*id) == key.brand);
            place.map_or_else(String::new, |place| BRANDS[place].to_owned())
        }
        Dimension::Platform => key.platform.map_or_else(String::new, |it| it.to_string()),
        Dimension::Campaign => {
            let id = key.campaign.map_or_else(String::new, |id| id.to_string());
            format!("{id} {}", text(&row.campaign_name))
        }
        Dimension::Currency => key
            .currency
            .map_or_else(String::new, |it| it.code().to_owned()),
        Dimension::Country => text(&key.country),
        Dimension::Age => text(&key.age),
        Dimension::Gender => text(&key.gender),
        Dimension::Product => text(&key.product),
    };
    let labels = key.labels.iter().map(text);
    question.by.iter().map(value).chain(labels).collect()
}

fn cells_of(row: &Row) -> Vec<String> {
    row.cells.iter().map(cell_of).collect()
}

fn cell_of(cell: &MetricCell) -> String {
    let value = match cell.value {
        None => "null".to_owned(),
        Some(Value::Count(count)) => count.to_string(),
        Some(Value::Decimal(decimal) | Value::Ratio(decimal)) => plain(&decimal.to_string()),
    };
    match cell.note {
        None => value,
        Some(note) => format!("{value} {note}"),
    }
}

/// Rows that are sorted by the first metric have the largest first and those without one last.
fn check_order(rows: &[Row]) -> Result<(), String> {
    let values: Vec<_> = rows
        .iter()
        .map(|row| row.cells[0].value.map(Value::decimal))
        .collect();
    let is_sorted = values.windows(2).all(|pair| match (pair[0], pair[1]) {
        (Some(one), Some(next)) => one >= next,
        (None, Some(_)) => false,
        (_, None) => true,
    });
    if is_sorted {
        return Ok(());
    }
    Err(format!("the rows are not sorted: {values:?}"))
}

/// Millionths as a decimal.
pub(super) fn shown(millionths: i128) -> String {
    scaled(millionths, 6)
}

/// A quotient to ten places, halves away from zero.
pub(super) fn quotient(above: i128, below: i128) -> String {
    if below == 0 {
        return "null ZERO_DENOMINATOR".to_owned();
    }
    let above = above * 10_i128.pow(10);
    scaled((above.abs() * 2 + below) / (below * 2) * above.signum(), 10)
}

fn scaled(number: i128, places: usize) -> String {
    let digits = format!("{:0>width$}", number.abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let sign = if number < 0 { "-" } else { "" };
    plain(&format!("{sign}{whole}.{fraction}"))
}

/// A decimal without idle zeros.
fn plain(decimal: &str) -> String {
    if !decimal.contains('.') {
        return decimal.to_owned();
    }
    decimal
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}
