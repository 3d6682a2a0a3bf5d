//! The canonical query: what was asked, checked, and equal for equal questions.

use std::sync::Arc;

use super::column::MetricColumn;
use super::compare::Compare;
use super::condition::Condition;
use super::conversion::Conversion;
use super::dimension::Dimension;
use super::fill::Fill;
use super::having::Having;
use super::levels::Level;
use super::part::CellPart;
use super::range::Grain;
use super::top::Top;
use crate::calendar::{Calendar, MonthOfYear};
use crate::dataset::{Dataset, DatasetName};
use crate::ids::BrandId;
use crate::metric::{AssumedMargin, Component, CustomMetric, Fineness, Metric, Unit};
use crate::time::{Date, DateRange, Weekday};

/// The most dimensions that one query may group by: all of them.
pub const BY_MAX: usize = Dimension::ALL.len();

/// The most values that one filter may list.
pub const FILTER_VALUES_MAX: usize = 1_000;

/// The most labels that one query may group by, and the most that it may filter by.
pub const LABELS_MAX: usize = 8;

/// The most sort keys of one query.
pub const ORDER_BY_MAX: usize = 8;

/// Keeps only facts whose value of the dimension is one of these.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Filter {
    /// The dimension; never the period.
    pub dimension: Dimension,
    /// The accepted values as text: ids, words or names; sorted and distinct once canonical.
    pub values: Vec<String>,
}

/// Keeps only facts of campaigns whose label of this name has one of these values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LabelFilter {
    /// The label's name.
    pub name: String,
    /// The accepted values; sorted and distinct once canonical.
    pub values: Vec<String>,
}

/// What rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderKey {
    /// A number of a metric's cells; rows without one come last in either direction.
    Metric(MetricColumn, CellPart),
    /// A dimension that is grouped by.
    Dimension(Dimension),
    /// The label at this place of those that are grouped by.
    Label(usize),
}

/// One sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Order {
    /// By what.
    pub key: OrderKey,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// Which attribution window an answer uses, where campaigns report several.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Attribution {
    /// Only facts of this window; `None` takes each campaign's own.
    pub window: Option<String>,
    /// Whether campaigns of different windows may stand in one answer.
    pub accept_mixed: bool,
}

/// A checked query in canonical form: equal for equal questions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MetricQuery {
    /// The brands whose facts are read, sorted and distinct.
    pub brands: Vec<BrandId>,
    /// The dataset that is read.
    pub dataset: DatasetName,
    /// The metrics of the answer, in the catalogue's order.
    pub metrics: Vec<Metric>,
    /// The custom metrics of the answer, whose cells follow those of the metrics.
    pub custom_metrics: Vec<Arc<CustomMetric>>,
    /// The days.
    pub range: DateRange,
    /// What is grouped by, in the order of the columns.
    pub by: Vec<Dimension>,
    /// The names of the campaign labels that are grouped by, in the order of the columns.
    pub labels: Vec<String>,
    /// The length of periods; only with `PERIOD` in `by`.
    pub grain: Option<Grain>,
    /// The day weeks start on; only with grain `WEEK`.
    pub week_start: Option<Weekday>,
    /// The month fiscal years start in, for grain `QUARTER` one of the first three; only with
    /// these two grains.
    pub year_start: Option<MonthOfYear>,
    /// What is kept, sorted by dimension, one filter a dimension.
    pub filters: Vec<Filter>,
    /// Which labels' campaigns are kept, sorted by name, one filter a label.
    pub label_filters: Vec<LabelFilter>,
    /// What else must hold of campaigns and facts for them to be kept.
    pub condition: Option<Condition>,
    /// What a row's cells must be for it to be shown.
    pub having: Vec<Having>,
    /// How rows are sorted; ties are broken by the grouping columns.
    pub order_by: Vec<Order>,
    /// How many of the sorted rows are shown.
    pub top: Option<Top>,
    /// The levels of totals.
    pub totals: Vec<Level>,
    /// With what the answer is compared.
    pub compare: Option<Compare>,
    /// What stands in periods without facts.
    pub fill: Fill,
    /// Which attribution window is used.
    pub attribution: Attribution,
    /// Into which currency its money is converted; only where something of it is money.
    pub conversion: Option<Conversion>,
    /// The day that it is asked on, where some of its days may still change on it; the planner
    /// leaves it out.
    pub asked_on: Option<Date>,
    /// The margin by which the cost of goods is estimated where no row reports it; only where a
    /// metric of the answer is made of it.
    pub assumed_margin: Option<AssumedMargin>,
}

impl MetricQuery {
    /// About how many bytes of memory it holds.
    pub fn size_bytes(&self) -> usize {
        let texts = |texts: &[String]| -> usize {
            let sizes = texts.iter().map(|text| size_of::<String>() + text.len());
            sizes.sum()
        };
        let filters = self.filters.iter();
        let filters = filters.map(|it| size_of::<Filter>() + texts(&it.values));
        let label_filters = self.label_filters.iter();
        let label_filters =
            label_filters.map(|it| size_of::<LabelFilter>() + it.name.len() + texts(&it.values));
        size_of::<Self>()
            + size_of_val(self.brands.as_slice())
            + size_of_val(self.metrics.as_slice())
            + self
                .custom_metrics
                .iter()
                .map(|it| size_of_val(it) + it.size_bytes())
                .sum::<usize>()
            + size_of_val(self.by.as_slice())
            + size_of_val(self.having.as_slice())
            + size_of_val(self.order_by.as_slice())
            + self.top.as_ref().map_or(0, |top| top.per.size_bytes())
            + self.totals.iter().map(Level::size_bytes).sum::<usize>()
            + texts(&self.labels)
            + filters.sum::<usize>()
            + label_filters.sum::<usize>()
            + self.condition.as_ref().map_or(0, Condition::size_bytes)
            + self.attribution.window.as_ref().map_or(0, String::len)
    }
}

impl MetricQuery {
    /// The columns of cells, in the order of a row's cells.
    pub fn columns(&self) -> impl Iterator<Item = MetricColumn> {
        let metrics = self.metrics.iter().copied().map(MetricColumn::Metric);
        metrics.chain((0..self.custom_metrics.len()).map(MetricColumn::Custom))
    }

    /// The place of a column among a row's cells, if the answer has it.
    pub fn place_of(&self, column: MetricColumn) -> Option<usize> {
        match column {
            MetricColumn::Metric(metric) => self.metrics.iter().position(|it| *it == metric),
            MetricColumn::Custom(place) => {
                (place < self.custom_metrics.len()).then(|| self.metrics.len() + place)
            }
        }
    }

    /// What the values of a column that the answer has are counted in.
    pub fn unit_of(&self, column: MetricColumn) -> Unit {
        match column {
            MetricColumn::Metric(metric) => metric.definition().unit,
            MetricColumn::Custom(place) => self.custom_metrics[place].draft.formula.unit(),
        }
    }

    /// Whether any number of the answer depends on the attribution window of its facts.
    pub fn is_attributed(&self) -> bool {
        let mut customs = self.custom_metrics.iter();
        self.metrics.iter().any(|metric| metric.is_attributed())
            || customs.any(|metric| metric.draft.formula.is_attributed())
    }

    /// The components that the answer's metrics are made of, sorted and distinct.
    pub fn components(&self) -> Vec<Component> {
        let formulas = self
            .metrics
            .iter()
            .map(|metric| metric.definition().formula);
        let mut components: Vec<Component> = formulas
            .flat_map(|formula| {
                formula
                    .terms()
                    .map(|term| term.component)
                    .collect::<Vec<_>>()
            })
            .collect();
        let customs = self.custom_metrics.iter();
        components.extend(customs.flat_map(|metric| metric.draft.formula.components()));
        components.sort_unstable();
        components.dedup();
        components
    }

    /// What the sums of its components are counted in.
    pub fn fineness(&self) -> Fineness {
        if self.conversion.is_some() {
            Fineness::Converted
        } else {
            Fineness::Stored
        }
    }

    /// Whether the answer needs costs beside media, and its dataset has them at its grain.
    pub fn needs_costs(&self) -> bool {
        Dataset::of(self.dataset).takes_costs
            && (self.metrics.iter().any(|metric| metric.needs_costs())
                || self
                    .custom_metrics
                    .iter()
                    .any(|metric| metric.draft.formula.needs_costs()))
    }

    /// Where its periods begin.
    pub fn calendar(&self) -> Calendar {
        Calendar {
            week_start: self.week_start.unwrap_or(Weekday::Monday),
            year_start: self.year_start.unwrap_or(MonthOfYear::January),
        }
    }

    /// The first day of the period in which the day lies; `None` when all days are one.
    pub fn period_of(&self, day: Date) -> Option<Date> {
        let grain = self.grain?;
        Some(grain.period_of(day, self.calendar()))
    }

    /// The first days of the periods of its range, in order; none when all days are one.
    pub fn periods(&self) -> Vec<Date> {
        let periods = |grain: Grain| grain.periods(self.range, self.calendar()).collect();
        self.grain.map_or_else(Vec::new, periods)
    }

    /// The periods asked for that these days touch: the name of each, its first day, and its days
    /// within the range. Without a grain it is the range itself, which has no name.
    pub fn periods_touching(&self, days: &DateRange) -> Vec<(Option<Date>, DateRange)> {
        let Some(touched) = days.intersect(&self.range) else {
            return Vec::new();
        };
        let Some(grain) = self.grain else {
            return vec![(None, self.range)];
        };
        let cut = |first: Date| {
            let period = DateRange::new(first, grain.end_of(first))?;
            Some((Some(first), period.intersect(&self.range)?))
        };
        let periods = grain.periods(touched, self.calendar());
        periods.filter_map(cut).collect()
    }

    /// The question for what the answer is compared with.
    pub fn previous(&self) -> Option<Self> {
        let compare = self.compare?;
        Some(Self {
            range: compare.range,
            compare: None,
            ..self.clone()
        })
    }

    /// The dimensions that only facts know and that the condition tells them apart by, beside those
    /// that are grouped by; sorted and distinct.
    pub fn tested_dimensions(&self) -> Vec<Dimension> {
        let tests = self.condition.iter().flat_map(Condition::tests);
        let mut tested: Vec<Dimension> = tests
            .filter_map(|test| test.subject.fact_dimension())
            .filter(|dimension| !self.by.contains(dimension))
            .collect();
        tested.sort_unstable();
        tested.dedup();
        tested
    }

    /// Whether every row of the answer is of just one campaign, because a filter names it.
    pub fn is_of_one_campaign(&self) -> bool {
        self.filter(Dimension::Campaign)
            .is_some_and(|campaigns| campaigns.len() == 1)
    }

    /// Whether a campaign with these labels passes the label filters; `label` gives the value of
    /// its label of a name.
    pub fn keeps_labels<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        self.label_filters.iter().all(|filter| {
            label(&filter.name)
                .is_some_and(|value| filter.values.iter().any(|accepted| accepted == value))
        })
    }

    /// The values that the filter on this dimension accepts, if there is one.
    pub fn filter(&self, dimension: Dimension) -> Option<&[String]> {
        let filter = self
            .filters
            .iter()
            .find(|filter| filter.dimension == dimension);
        filter.map(|filter| filter.values.as_slice())
    }
}
