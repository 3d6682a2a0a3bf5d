//! The input of `metrics`, and its way into the domain's `MetricRequest`.

use async_graphql::{ID, InputObject, OneofObject};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::BrandId;
use bellwether_domain::query::{self, CompareRequest, MetricRequest, RangeRequest};
use bellwether_domain::time::DateRange;
use bellwether_service::{Cursor, Reading, Staleness};

use super::filters::MetricsFilter;
use super::selection::Selection;
use super::shown::{HavingInput, LabelLevelInput, MetricsOrder, TopInput, conditions, orders};
use crate::scalars::{Date, DateTime, Decimal};
use crate::words::{
    CacheMode, DatasetName, Dimension, Fill, Grain, Metric, OnStale, RangeUnit, Weekday,
};

/// A metric query.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct MetricsInput {
    /// The brands whose facts are read, by their ids, such as `["brd_01ARZ3NDEKTSV4RRFFQ69G5FAV"]`; left out, all that the token may see.
    brands: Option<Vec<ID>>,
    /// The dataset that is read, such as `DELIVERY_DAILY`; left out, the first that knows all dimensions and metrics.
    dataset: Option<DatasetName>,
    /// The metrics of `table`, in this order, such as `[SPEND, ROAS]`; left out, those selected under `rows` and `totals`.
    metrics: Option<Vec<Metric>>,
    /// The agency's own metrics that are asked for by their names, at most 16, such as `["likes_per_mille"]`; their columns follow those of `metrics`.
    #[graphql(default)]
    custom_metrics: Vec<String>,
    /// The days that are read, such as `{last: {n: 28, unit: DAY}}` or `{between: {from: "2026-04-01", until: "2026-05-01"}}`.
    range: RangeInput,
    /// What the rows are grouped by, in the order of the table's columns, such as `[PERIOD, PLATFORM]`.
    #[graphql(default)]
    by: Vec<Dimension>,
    /// The names of campaign labels that the rows are grouped by too, at most 8, such as `["team"]`; their columns follow those of `by`.
    #[graphql(default)]
    labels: Vec<String>,
    /// The length of periods, such as `WEEK`; needs `PERIOD` in `by`, where the default is `DAY`.
    grain: Option<Grain>,
    /// The day weeks start on, such as `SUNDAY`; left out, the agency's. Needs grain `WEEK` or a range of weeks.
    week_start: Option<Weekday>,
    /// Which facts are kept, such as `{platform: {in: [META, TIKTOK]}, not: {campaignName: {contains: "test"}}}`.
    #[graphql(name = "where")]
    filter: Option<MetricsFilter>,
    /// Which rows are shown, by their cells: all conditions hold, at most 16, such as `{metric: SPEND, gte: "100"}`. Totals stay those of all rows.
    having: Option<Vec<HavingInput>>,
    /// What the rows are sorted by, such as `[{metric: SPEND, direction: DESC}]`; ties are broken by the dimensions of `by`.
    order_by: Option<Vec<MetricsOrder>>,
    /// How many of the sorted rows are shown, such as the first 5 of each brand: `{n: 5, per: [BRAND]}`. Totals stay those of all rows.
    top: Option<TopInput>,
    /// The levels of `totals`, each some dimensions of `by`: `[]` is the grand total, `[BRAND]` one total a brand. At most 16.
    #[graphql(default_with = "vec![Vec::new()]")]
    totals: Vec<Vec<Dimension>>,
    /// Further levels of `totals`, told apart by labels: `[{labels: ["team"]}]` is one total a team. At most 16 with those of `totals`.
    #[graphql(default)]
    totals_by_label: Vec<LabelLevelInput>,
    /// With which earlier range every row and total is compared, at the same snapshot, such as `{previousPeriod: {}}`.
    compare: Option<CompareInput>,
    /// What stands in the periods in which a group of the answer has no facts, such as `ZERO`; needs `PERIOD` in `by`.
    #[graphql(default_with = "Fill::None")]
    fill: Fill,
    /// Which attribution window is used, where campaigns report several, such as `{window: "7c1v"}`.
    attribution: Option<AttributionInput>,
    /// The time zone that the days are meant in, such as `Asia/Shanghai`: refused when the days of a campaign that is asked for are cut in another one, because days can't be cut anew.
    timezone: Option<String>,
    /// How old the newest facts of what is asked may be, such as `{maxAgeSeconds: 86400, onStale: FAIL}`; left out, of any age.
    staleness: Option<StalenessInput>,
    /// The code of the currency that all money is converted into, day by day, such as `USD`; left out, each campaign's money is in its own. A day without a rate makes the cell null, with the note `FX_RATE_MISSING`.
    currency: Option<String>,
    /// The share of net revenue that is left after the cost of goods, from 0 to 1, such as `"0.38"`: where no row reports that cost, profits and returns of the catalogue are estimated by it and noted `ESTIMATED`.
    assumed_margin: Option<Decimal>,
    /// Facts as they were known at this moment, such as `"2026-05-04T09:00:00Z"`; names, platforms and labels are the present ones.
    as_of: Option<DateTime>,
    /// What is wanted of the caches; `USE` unless somebody measures.
    #[graphql(default_with = "CacheMode::Use")]
    cache: CacheMode,
}

/// A range of days: relative to today in the agency's time zone, or between two days.
#[derive(Debug, Clone, OneofObject)]
pub(crate) enum RangeInput {
    /// The last whole units before today; with `asOf`, before the day of that moment.
    Last(LastInput),
    /// From a day up to and without another.
    Between(BetweenInput),
}

/// The last whole units before today.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LastInput {
    /// How many units, 1 or more, such as `28`.
    n: i32,
    /// Which unit, such as `DAY`.
    unit: RangeUnit,
}

/// A half-open range of days.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct BetweenInput {
    /// The first day, such as `"2026-04-01"`.
    from: Date,
    /// The first day after the range: `"2026-05-01"` for all of April.
    until: Date,
}

impl BetweenInput {
    /// The days, which are at least one; `path` is the place of the input.
    pub(crate) fn days(&self, path: &str) -> Result<DateRange, Refusal> {
        let Self { from, until } = self;
        DateRange::new(from.0, until.0).ok_or_else(|| {
            let message = format!(
                "`{}` is not after `{}`; `until` is the first day after the range",
                until.0, from.0
            );
            Refusal::invalid(message).at(format!("{path}.until"))
        })
    }
}

/// With which range an answer is compared. Periods stand beside each other by their places, the
/// first beside the first; a range with more periods is cut to as many.
#[derive(Debug, Clone, OneofObject)]
pub(crate) enum CompareInput {
    /// The range of as many days just before; by months, quarters or years, of as many of these.
    PreviousPeriod(AlignmentInput),
    /// The same range of the year before, so that a month meets its like.
    PreviousYear(AlignmentInput),
    /// From a day up to and without another.
    Between(BetweenInput),
}

/// How an earlier range is laid beside the range.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct AlignmentInput {
    /// Whether weekdays meet their like: the shift is whole weeks, 52 of them for a year. By weeks it always is.
    #[graphql(default = false)]
    weekday_aligned: bool,
}

/// How old the newest facts of an answer may be.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct StalenessInput {
    /// The most seconds, 0 or more, such as `86400`, since the newest batch was committed of each dataset that the answer reads, of the brands asked for: of its own, and of `COSTS` where metrics need it and any were sent; with `asOf`, of the age at that moment.
    max_age_seconds: i32,
    /// What becomes of a question whose facts are older: `SERVE` answers with a warning, `FAIL` refuses.
    on_stale: OnStale,
}

impl From<&StalenessInput> for Staleness {
    fn from(input: &StalenessInput) -> Self {
        Self {
            max_age_s: input.max_age_seconds.into(),
            on_stale: input.on_stale.into(),
        }
    }
}

/// Which attribution window is used.
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct AttributionInput {
    /// Only facts of this window, such as `"7c1v"`, or `"unspecified"` for those that name none; left out, each campaign's own.
    window: Option<String>,
    /// Whether campaigns of different windows may stand in one answer, or be compared in it.
    #[graphql(default = false)]
    accept_mixed: bool,
}

impl MetricsInput {
    /// The metrics that the client named, each once, in its order.
    pub(crate) fn named_metrics(&self) -> Vec<bellwether_domain::metric::Metric> {
        let mut named = Vec::new();
        for metric in self.metrics.iter().flatten() {
            let metric = (*metric).into();
            if !named.contains(&metric) {
                named.push(metric);
            }
        }
        named
    }

    /// Whether it asks for facts as they once were known.
    pub(crate) fn is_of_the_past(&self) -> bool {
        self.as_of.is_some()
    }

    /// How the question is read, beginning at the page after a cursor.
    pub(crate) fn reading(&self, cursor: Option<Cursor>) -> Reading {
        Reading {
            cursor,
            as_of: self.as_of.map(|moment| moment.0),
            cache: self.cache.into(),
            staleness: self.staleness.as_ref().map(Into::into),
        }
    }

    /// The question of this input and of what is selected of its answer.
    pub(crate) fn into_request(self, selection: Selection) -> Result<MetricRequest, Refusal> {
        let named_metrics = self.named_metrics();
        let attribution = self.attribution.unwrap_or_default();
        let filter = self.filter.unwrap_or_default();
        Ok(MetricRequest {
            metrics: named_metrics,
            brands: self.brands.as_deref().map(brand_ids).transpose()?,
            dataset: self.dataset.map(Into::into),
            selected_metrics: selection.metrics,
            selected_dimensions: selection.dimensions,
            range: self.range.into(),
            by: dimensions(self.by),
            grain: self.grain.map(Into::into),
            week_start: self.week_start.map(Into::into),
            filter: filter.into_request("where")?,
            having: conditions(self.having.unwrap_or_default(), &self.custom_metrics)?,
            order_by: orders(
                self.order_by.unwrap_or_default(),
                &self.labels,
                &self.custom_metrics,
            )?,
            custom_metrics: self.custom_metrics,
            top: self.top.map(Into::into),
            totals: self.totals.into_iter().map(dimensions).collect(),
            label_totals: self.totals_by_label.into_iter().map(Into::into).collect(),
            compare: self.compare.map(Into::into),
            fill: self.fill.into(),
            labels: self.labels,
            attribution: query::Attribution {
                window: attribution.window,
                accept_mixed: attribution.accept_mixed,
            },
            timezone: self.timezone,
            currency: self.currency,
            assumed_margin: self.assumed_margin.map(|share| share.0),
        })
    }
}

fn dimensions(words: Vec<Dimension>) -> Vec<query::Dimension> {
    words.into_iter().map(Into::into).collect()
}

fn brand_ids(ids: &[ID]) -> Result<Vec<BrandId>, Refusal> {
    let parsed = ids.iter().enumerate().map(|(index, id)| {
        id.parse()
            .map_err(|refusal: Refusal| refusal.at(format!("brands[{index}]")))
    });
    parsed.collect()
}

impl From<RangeInput> for RangeRequest {
    fn from(range: RangeInput) -> Self {
        match range {
            RangeInput::Last(last) => Self::Last {
                n: last.n.into(),
                unit: last.unit.into(),
            },
            RangeInput::Between(between) => Self::Between {
                from: between.from.0,
                until: between.until.0,
            },
        }
    }
}

impl From<CompareInput> for CompareRequest {
    fn from(compare: CompareInput) -> Self {
        match compare {
            CompareInput::PreviousPeriod(alignment) => Self::PreviousPeriod {
                weekday_aligned: alignment.weekday_aligned,
            },
            CompareInput::PreviousYear(alignment) => Self::PreviousYear {
                weekday_aligned: alignment.weekday_aligned,
            },
            CompareInput::Between(between) => Self::Between {
                from: between.from.0,
                until: between.until.0,
            },
        }
    }
}
