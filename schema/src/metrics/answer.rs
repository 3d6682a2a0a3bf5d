//! The answer of `metrics`: one page of rows, the totals, the page as a table, and what to know of
//! the numbers.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::metric::Metric;
use bellwether_domain::money::Currency;
use bellwether_domain::query::{MetricColumn, MetricQuery};
use bellwether_domain::time::DateRange;
use bellwether_service::MetricsAnswer;

use super::row::{MetricsRow, RowPlace};
use super::table::{self, MetricsTable, TableOf};
use crate::context::ContextExt;
use crate::paging::PageInfo;
use crate::refusal::resolver_error;
use crate::scalars::{Amounts, Date, DateTime};
use crate::words::{CacheState, DecimalForm, TableShape, WarningCode};

/// A page of an answer.
#[derive(Debug)]
pub(crate) struct MetricsResult {
    answer: Arc<AnswerPage>,
    /// The columns of the table's cells, in their order.
    table_columns: Vec<MetricColumn>,
}

/// An answer and the rows of it that are on this page.
#[derive(Debug)]
pub(crate) struct AnswerPage {
    pub(super) answer: MetricsAnswer,
    /// At a metric's number, its place among the cells of a row.
    pub(super) places: Vec<Option<usize>>,
    from: usize,
    until: usize,
}

impl MetricsResult {
    /// The page of an answer that begins after `offset` rows and has at most `size`. Its table
    /// shows the metrics that were named, else those selected as fields.
    pub(crate) fn new(
        answer: MetricsAnswer,
        named: Vec<Metric>,
        selected: Vec<Metric>,
        offset: usize,
        size: usize,
    ) -> Self {
        let table = answer.table();
        let n_rows = table.rows.len();
        let from = offset.min(n_rows);
        let until = from.saturating_add(size).min(n_rows);
        let places = places(&table.query);
        let table_columns = table::table_columns(named, selected, &table.query);
        let answer = AnswerPage {
            answer,
            places,
            from,
            until,
        };
        Self {
            answer: Arc::new(answer),
            table_columns,
        }
    }
}

/// At a metric's number, its place among the cells of a row.
fn places(query: &MetricQuery) -> Vec<Option<usize>> {
    let place = |metric: &Metric| query.metrics.iter().position(|known| known == metric);
    Metric::ALL.iter().map(place).collect()
}

impl MetricsResult {
    fn shown(
        &self,
        what: TableOf,
        decimals: DecimalForm,
        shape: TableShape,
    ) -> Result<MetricsTable> {
        let amounts = match decimals {
            DecimalForm::String => Amounts::AsText,
            DecimalForm::Number => Amounts::AsNumbers,
        };
        let answer = self.answer.answer.table();
        let table = table::table(answer, what, &self.table_columns, amounts, shape);
        table.map_err(|refusal: Refusal| resolver_error(&refusal))
    }
}

impl AnswerPage {
    /// The page of all rows of an answer.
    pub(super) fn whole(answer: MetricsAnswer) -> Self {
        let until = answer.table().rows.len();
        Self {
            places: places(&answer.table().query),
            answer,
            from: 0,
            until,
        }
    }

    fn page_info(&self) -> PageInfo {
        let cursor = |offset| self.answer.cursor(offset).encode();
        let has_rows = self.from < self.until;
        PageInfo {
            has_next_page: self.until < self.answer.table().rows.len(),
            has_previous_page: self.from > 0,
            start_cursor: has_rows.then(|| cursor(self.from + 1)),
            end_cursor: has_rows.then(|| cursor(self.until)),
        }
    }
}

/// The answer to a metric query: one page of its rows, and the totals of all of them.
#[Object]
impl MetricsResult {
    /// The rows of this page, typed; up to some thousand rows, beyond which `table` is cheaper.
    async fn rows(&self) -> Vec<MetricsRow> {
        (self.answer.from..self.answer.until)
            .map(|index| MetricsRow {
                page: Arc::clone(&self.answer),
                place: RowPlace::Group(index),
            })
            .collect()
    }

    /// The totals that the input's `totals` asks for, over all rows, on this page or not, and also those that `having` or `top` leave out; computed from components.
    async fn totals(&self) -> Vec<MetricsRow> {
        (0..self.answer.answer.table().totals.len())
            .map(|index| MetricsRow {
                page: Arc::clone(&self.answer),
                place: RowPlace::Total(index),
            })
            .collect()
    }

    /// The rows of this page as columns and values, for tables and data frames.
    #[expect(clippy::unused_async, reason = "fields of objects are async functions")]
    async fn table(
        &self,
        #[graphql(
            desc = "How exact decimals are written.",
            default_with = "DecimalForm::String"
        )]
        decimals: DecimalForm,
        #[graphql(desc = "What a row is.", default_with = "TableShape::Arrays")] shape: TableShape,
    ) -> Result<MetricsTable> {
        self.shown(
            TableOf::Rows(self.answer.from..self.answer.until),
            decimals,
            shape,
        )
    }

    /// The totals as columns and values: as `table`, after `level` (`GRAND` or `SUBTOTAL`) and `level_by`, the columns of the level's dimensions and labels with commas, such as `PLATFORM,label_team`.
    #[expect(clippy::unused_async, reason = "fields of objects are async functions")]
    async fn totals_table(
        &self,
        #[graphql(
            desc = "How exact decimals are written.",
            default_with = "DecimalForm::String"
        )]
        decimals: DecimalForm,
        #[graphql(desc = "What a row is.", default_with = "TableShape::Arrays")] shape: TableShape,
    ) -> Result<MetricsTable> {
        self.shown(TableOf::Totals, decimals, shape)
    }

    /// How many rows the whole answer has, after `having` and `top`.
    async fn row_count(&self) -> i32 {
        // `groups_max` is far below what an `Int` holds.
        i32::try_from(self.answer.answer.table().rows.len()).unwrap_or(i32::MAX)
    }

    /// Where this page lies; its cursors pin the snapshot, so that all pages come from the same numbers.
    async fn page_info(&self) -> PageInfo {
        self.answer.page_info()
    }

    /// What to know of the numbers.
    async fn meta(&self) -> ResultMeta {
        ResultMeta {
            answer: self.answer.answer.clone(),
        }
    }
}

/// What to know of an answer's numbers.
#[derive(Debug)]
pub(crate) struct ResultMeta {
    answer: MetricsAnswer,
}

/// What to know of an answer's numbers.
#[Object]
impl ResultMeta {
    /// The snapshot that the numbers were computed from.
    async fn snapshot(&self) -> ID {
        self.answer.snapshot.to_string().into()
    }

    /// How the answer came about.
    async fn cache(&self) -> CacheState {
        self.answer.cache().into()
    }

    /// How many partitions, months of the dataset, the answer is made of.
    async fn partitions(&self) -> i32 {
        count(self.answer.n_partitions())
    }

    /// How many partitions' sums were computed for this answer; none for a `HIT`.
    async fn partitions_computed(&self) -> i32 {
        count(self.answer.n_partitions_computed())
    }

    /// The last day of the range of which any fact is known; null when there is none.
    async fn data_through(&self) -> Option<Date> {
        self.answer.data_through().map(Date)
    }

    /// The first day of the range of whose facts the platforms may still change the numbers, so that cells with it or later days have the note `PROVISIONAL`; null when all of them are final. With `asOf`, as it was then.
    async fn provisional_from(&self) -> Option<Date> {
        self.answer.provisional_from().map(Date)
    }

    /// The days that were read.
    async fn range(&self) -> DayRange {
        DayRange::of(self.answer.table().query.range)
    }

    /// The days that the answer is compared with; null without `compare`.
    async fn previous_range(&self) -> Option<DayRange> {
        let compare = self.answer.table().query.compare;
        compare.map(|compare| DayRange::of(compare.range))
    }

    /// When the numbers were computed.
    async fn computed_at(&self) -> DateTime {
        DateTime(self.answer.computed_at())
    }

    /// The agency's time zone, in which today and relative ranges are meant.
    async fn timezone(&self, ctx: &Context<'_>) -> Result<String> {
        let state = ctx.state();
        let viewer = state.answer(state.services.viewer(&state.scope).await)?;
        Ok(viewer.agency.timezone.to_string())
    }

    /// When the newest batch of the answer's dataset and brands was committed; null when there is none.
    async fn committed_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let state = ctx.state();
        let newest = state.services.committed_at(&state.scope, &self.answer);
        Ok(state.answer(newest.await)?.map(DateTime))
    }

    /// The currency of the answer's money: the one that `currency` asks for, else that of the grand total; null without money or with several currencies.
    async fn currency(&self) -> Option<&str> {
        let table = self.answer.table();
        let asked = table.query.conversion.map(|conversion| conversion.into);
        let currency = asked.or(table.total.currency);
        currency.map(Currency::code)
    }

    /// What an analyst should know beside the numbers.
    async fn warnings(&self) -> Vec<Warning> {
        let warnings = self.answer.warnings();
        warnings
            .map(|warning| Warning {
                code: warning.code.into(),
                message: warning.message.clone(),
            })
            .collect()
    }
}

fn count(n: usize) -> i32 {
    // There are as many partitions as months.
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// A half-open range of days.
#[derive(Debug, SimpleObject)]
pub(crate) struct DayRange {
    /// The first day.
    from: Date,
    /// The first day after the range.
    until: Date,
}

impl DayRange {
    pub(crate) fn of(range: DateRange) -> Self {
        Self {
            from: Date(range.from()),
            until: Date(range.until()),
        }
    }
}

/// One thing to know of an answer.
#[derive(Debug, SimpleObject)]
pub(crate) struct Warning {
    /// What kind of thing.
    code: WarningCode,
    /// The sentence.
    message: String,
}
