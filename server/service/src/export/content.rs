//! What of an answer is exported: its rows in the columns of `table`, then a column for the
//! currency of each row's money, then one for notes.
//!
//! Totals are left out: whoever adds up a column of a file would count them twice.
//! Invariant: what can't be written is refused before the first byte.

use std::ops::Range;

use bellwether_domain::answer::{AnswerColumn, AnswerValue, COUNT_MAX, Layout, Row};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::export::{CURRENCY_COLUMN, ExportFormat, NOTES_COLUMN};
use bellwether_domain::metric::{Unit, Value};
use bellwether_domain::query::{Dimension, MetricColumn, MetricQuery};
use bellwether_domain::segment::Snapshot;
use bellwether_domain::time::Date;
use bellwether_store::fits_decimal_column;

use crate::analytics::MetricsAnswer;

/// The most digits before the point of a decimal in Arrow and Parquet.
pub(super) const EXPORT_DECIMAL_DIGITS_MAX: u32 = 28;

/// The rows of an answer as columns.
#[derive(Debug, Clone)]
pub struct ExportContent {
    answer: MetricsAnswer,
    layout: Layout,
    columns: Vec<AnswerColumn>,
    has_currency: bool,
}

impl ExportContent {
    /// What is exported of an answer that shows these metrics.
    pub fn new(answer: MetricsAnswer, shown: &[MetricColumn]) -> Self {
        let query = &answer.table().query;
        let layout = Layout::new(query, shown);
        let mut columns = layout.columns().to_vec();
        let has_money = columns.iter().any(is_of_money);
        let has_currency = has_money && !query.by.contains(&Dimension::Currency);
        if has_currency {
            columns.push(AnswerColumn::text(CURRENCY_COLUMN));
        }
        columns.push(AnswerColumn::text(NOTES_COLUMN));
        Self {
            answer,
            layout,
            columns,
            has_currency,
        }
    }

    /// The columns, in their order.
    pub fn columns(&self) -> &[AnswerColumn] {
        &self.columns
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.answer.table().rows.len()
    }

    /// The snapshot that the numbers were computed from.
    pub fn snapshot(&self) -> Snapshot {
        self.answer.snapshot
    }

    /// The name of the file.
    pub fn file_name(&self, format: ExportFormat) -> String {
        file_name(&self.answer.table().query, format)
    }

    /// The values of these rows, one for each column.
    pub(super) fn rows(&self, rows: Range<usize>) -> Vec<Vec<AnswerValue>> {
        let rows = self.answer.table().rows[rows].iter();
        rows.map(|row| self.values(row)).collect()
    }

    fn values(&self, row: &Row) -> Vec<AnswerValue> {
        let mut values = Vec::with_capacity(self.columns.len());
        self.layout.add_values(row, &mut values);
        let text = |text: Option<String>| text.map_or(AnswerValue::Null, AnswerValue::Text);
        if self.has_currency {
            values.push(text(row.currency.map(|it| it.code().to_owned())));
        }
        values.push(text(self.layout.notes(row)));
        values
    }

    /// Refuses more rows than may be exported, those that come before in the file included, and
    /// numbers that the format can't hold.
    pub(super) fn check(
        &self,
        format: ExportFormat,
        n_before: usize,
        rows_max: usize,
    ) -> Result<(), Refusal> {
        let n_rows = n_before.saturating_add(self.n_rows());
        if n_rows > rows_max {
            let what = format!("an export of {n_rows} rows");
            return Err(Refusal::limit("export_rows_max", rows_max, what).at("input"));
        }
        let rows = self.answer.table().rows.iter();
        let mut numbers = rows.flat_map(|row| self.layout.numbers(row));
        numbers.try_for_each(|number| check_number(number, format))
    }
}

/// The name of the file with the answer to a question: the dataset, the first and the last day.
pub(super) fn file_name(query: &MetricQuery, format: ExportFormat) -> String {
    let (from, until): (Date, Date) = (query.range.from(), query.range.until());
    let last = until.yesterday().unwrap_or(until);
    let (dataset, extension) = (query.dataset.as_str(), format.extension());
    format!("{dataset}_{from}_{last}.{extension}")
}

fn is_of_money(column: &AnswerColumn) -> bool {
    column.unit.is_some_and(Unit::is_of_currency)
}

fn check_number(number: Value, format: ExportFormat) -> Result<(), Refusal> {
    match number {
        Value::Count(count) if count.unsigned_abs() > COUNT_MAX.into() => {
            let what = format!("a count of {count}");
            Err(Refusal::limit("count_max", COUNT_MAX, what))
        }
        Value::Decimal(amount) if format != ExportFormat::Csv && !fits_decimal_column(amount) => {
            let what = format!("the digits before the point of {amount}");
            let (limit, max) = ("export_decimal_digits_max", EXPORT_DECIMAL_DIGITS_MAX);
            Err(Refusal::limit(limit, max, what))
        }
        Value::Count(_) | Value::Decimal(_) | Value::Ratio(_) => Ok(()),
    }
}
