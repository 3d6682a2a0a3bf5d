//! From what a client asked to the canonical query.

use super::dimension::Dimension;
use super::range::{Grain, RangeRequest};
use super::{choice, labels, legal};
use crate::dataset::{Dataset, DatasetName};
use crate::error_code::Refusal;
use crate::ids::BrandId;
use crate::metric::{Component, Metric};
use crate::time::{Date, DateRange, Weekday};

/// The most dimensions that one query may group by: all of them.
pub const BY_MAX: usize = Dimension::ALL.len();

/// The most values that one filter may list.
pub const FILTER_VALUES_MAX: usize = 1_000;

/// The most labels that one query may group by, and the most that it may filter by.
pub const LABELS_MAX: usize = 8;

/// The most sort keys of one query.
pub const ORDER_BY_MAX: usize = 8;

/// A field that the client selected under `rows` or `totals`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedField<T> {
    /// What it shows.
    pub what: T,
    /// Where it stands in the document, such as `rows.cogs`.
    pub path: String,
}

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
    /// A metric; rows without a value come last in either direction.
    Metric(Metric),
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

/// A metric query as a client wrote it.
#[derive(Debug, Clone)]
pub struct MetricRequest {
    /// The brands whose facts are read; `None` means all that the caller may see.
    pub brands: Option<Vec<BrandId>>,
    /// The dataset, when the client named one.
    pub dataset: Option<DatasetName>,
    /// The metrics that the client named.
    pub metrics: Vec<Metric>,
    /// The metrics selected as fields.
    pub selected_metrics: Vec<SelectedField<Metric>>,
    /// The dimensions selected as fields.
    pub selected_dimensions: Vec<SelectedField<Dimension>>,
    /// The range of days.
    pub range: RangeRequest,
    /// What is grouped by.
    pub by: Vec<Dimension>,
    /// The names of the campaign labels that are grouped by too, in the order of the columns.
    pub labels: Vec<String>,
    /// The length of periods, when the client named one.
    pub grain: Option<Grain>,
    /// What is kept.
    pub filters: Vec<Filter>,
    /// Which labels' campaigns are kept.
    pub label_filters: Vec<LabelFilter>,
    /// How rows are sorted.
    pub order_by: Vec<Order>,
    /// Which attribution window is used.
    pub attribution: Attribution,
}

/// What a request is planned in: what the caller may see, and the agency's calendar.
#[derive(Debug, Clone)]
pub struct PlanContext {
    /// The brands that the caller may see.
    pub visible_brands: Vec<BrandId>,
    /// Today in the agency's zone.
    pub today: Date,
    /// The day its weeks start on.
    pub week_start: Weekday,
    /// The names of the labels that the visible campaigns have.
    pub label_names: Vec<String>,
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
    /// What is kept, sorted by dimension, one filter a dimension.
    pub filters: Vec<Filter>,
    /// Which labels' campaigns are kept, sorted by name, one filter a label.
    pub label_filters: Vec<LabelFilter>,
    /// How rows are sorted; ties are broken by the grouping columns.
    pub order_by: Vec<Order>,
    /// Which attribution window is used.
    pub attribution: Attribution,
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
            + size_of_val(self.by.as_slice())
            + size_of_val(self.order_by.as_slice())
            + texts(&self.labels)
            + filters.sum::<usize>()
            + label_filters.sum::<usize>()
            + self.attribution.window.as_ref().map_or(0, String::len)
    }
}

impl MetricRequest {
    /// The canonical query, or the first thing that is not legal in it.
    pub fn plan(&self, context: &PlanContext) -> Result<MetricQuery, Refusal> {
        legal::check_sizes(self)?;
        legal::check_by(self)?;
        let filters = legal::canonical_filters(&self.filters)?;
        labels::check(self, &context.label_names)?;
        let dataset = choice::choose_dataset(self, &filters)?;
        let metrics = choice::choose_metrics(self, dataset)?;
        let grain = self
            .by
            .contains(&Dimension::Period)
            .then(|| self.grain.unwrap_or(Grain::Day));
        let brands = self.choose_brands(&context.visible_brands)?;
        Ok(MetricQuery {
            brands,
            dataset,
            metrics,
            range: self.range.resolve(context.today, context.week_start)?,
            by: self.by.clone(),
            labels: self.labels.clone(),
            grain,
            week_start: (grain == Some(Grain::Week)).then_some(context.week_start),
            filters,
            label_filters: labels::canonical_filters(&self.label_filters),
            order_by: self.order_by.clone(),
            attribution: self.attribution.clone(),
        })
    }

    /// The brands to read, sorted and distinct; one that the caller can't see does not exist.
    fn choose_brands(&self, visible: &[BrandId]) -> Result<Vec<BrandId>, Refusal> {
        let mut brands = self.brands.clone().unwrap_or_else(|| visible.to_vec());
        if let Some(index) = brands.iter().position(|brand| !visible.contains(brand)) {
            return Err(Refusal::not_found("brand", brands[index]).at(format!("brands[{index}]")));
        }
        brands.sort_unstable();
        brands.dedup();
        Ok(brands)
    }
}

impl MetricQuery {
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
        components.sort_unstable();
        components.dedup();
        components
    }

    /// Whether the answer needs costs beside media, and its dataset has them at its grain.
    pub fn needs_costs(&self) -> bool {
        Dataset::of(self.dataset).takes_costs
            && self.metrics.iter().any(|metric| metric.needs_costs())
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
        let week_start = self.week_start.unwrap_or(Weekday::Monday);
        let first = grain.period_of(touched.from(), week_start);
        let names = std::iter::successors(Some(first), |first| Some(grain.end_of(*first)));
        let names = names.take_while(|first| *first < touched.until());
        let cut = |first: Date| {
            let period = DateRange::new(first, grain.end_of(first))?;
            Some((Some(first), period.intersect(&self.range)?))
        };
        names.filter_map(cut).collect()
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
