//! A metric query as a client wrote it, and its way to the canonical query.

use std::sync::Arc;

use super::canonical::{Attribution, MetricQuery, Order};
use super::compare::{Asked, CompareRequest};
use super::dimension::Dimension;
use super::fill::Fill;
use super::filter::{self, FilterRequest};
use super::having::{self, HavingRequest};
use super::levels::LabelLevelRequest;
use super::part::CellPart;
use super::range::{Grain, RangeRequest};
use super::top::{self, TopRequest};
use super::{choice, conversion, custom, labels, legal, levels};
use crate::calendar::Calendar;
use crate::dataset::DatasetName;
use crate::error_code::Refusal;
use crate::ids::BrandId;
use crate::metric::{AssumedMargin, CustomMetric, Metric};
use crate::money::Decimal;
use crate::rates::RatesRevision;
use crate::time::{Date, Weekday};

/// A field that the client selected under `rows` or `totals`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedField<T> {
    /// What it shows.
    pub what: T,
    /// Where it stands in the document, such as `rows.cogs`.
    pub path: String,
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
    /// The names of the agency's own metrics that are asked for, in the order of their columns.
    pub custom_metrics: Vec<String>,
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
    /// The day weeks start on, when not the agency's.
    pub week_start: Option<Weekday>,
    /// Which facts are kept.
    pub filter: FilterRequest,
    /// What a row's cells must be for it to be shown.
    pub having: Vec<HavingRequest>,
    /// How rows are sorted.
    pub order_by: Vec<Order>,
    /// How many of the sorted rows are shown.
    pub top: Option<TopRequest>,
    /// The levels of totals that labels tell apart.
    pub label_totals: Vec<LabelLevelRequest>,
    /// The levels of totals, each a part of `by`.
    pub totals: Vec<Vec<Dimension>>,
    /// With what the answer is compared.
    pub compare: Option<CompareRequest>,
    /// What stands in periods without facts.
    pub fill: Fill,
    /// Which attribution window is used.
    pub attribution: Attribution,
    /// The time zone that the days are meant in; refused where they are cut in another.
    pub timezone: Option<String>,
    /// The code of the currency that all money is converted into, such as `USD`.
    pub currency: Option<String>,
    /// The share of net revenue that is left after the cost of goods, where none is reported.
    pub assumed_margin: Option<Decimal>,
}

/// What a request is planned in: what the caller may see, and the agency's calendar.
#[derive(Debug, Clone)]
pub struct PlanContext {
    /// The brands that the caller may see.
    pub visible_brands: Vec<BrandId>,
    /// Today in the agency's zone.
    pub today: Date,
    /// Where its periods begin.
    pub calendar: Calendar,
    /// The names of the labels that the visible campaigns have.
    pub label_names: Vec<String>,
    /// The agency's own metrics, each in its newest revision.
    pub custom_metrics: Vec<Arc<CustomMetric>>,
    /// The revision of exchange rates that the answer is read at.
    pub rates: RatesRevision,
}

impl MetricRequest {
    /// The question for all facts of a range of days as one number each, with a grand total: what
    /// further fields say is added to it.
    pub fn over(range: RangeRequest) -> Self {
        Self {
            brands: None,
            dataset: None,
            metrics: Vec::new(),
            custom_metrics: Vec::new(),
            selected_metrics: Vec::new(),
            selected_dimensions: Vec::new(),
            range,
            by: Vec::new(),
            labels: Vec::new(),
            grain: None,
            week_start: None,
            filter: FilterRequest::default(),
            having: Vec::new(),
            order_by: Vec::new(),
            top: None,
            totals: vec![Vec::new()],
            label_totals: Vec::new(),
            compare: None,
            fill: Fill::None,
            attribution: Attribution::default(),
            timezone: None,
            currency: None,
            assumed_margin: None,
        }
    }

    /// The canonical query, or the first thing that is not legal in it.
    pub fn plan(&self, context: &PlanContext) -> Result<MetricQuery, Refusal> {
        legal::check_sizes(self)?;
        legal::check_by(self)?;
        let kept = filter::canonical(&self.filter, &context.label_names)?;
        labels::check(self, &context.label_names)?;
        let custom_metrics = custom::asked(self, &context.custom_metrics)?;
        let dataset = choice::choose_dataset(self, &kept.places, &custom_metrics)?;
        custom::check_dataset(&custom_metrics, dataset)?;
        let metrics = choice::choose_metrics(self, dataset)?;
        let assumed_margin = self.margin_for(&metrics)?;
        let brands = self.choose_brands(&context.visible_brands)?;
        let asked = self.asked_periods(context)?;
        let grain = asked.grain;
        let year_start = match grain {
            Some(Grain::Year) => Some(asked.calendar.year_start),
            Some(Grain::Quarter) => Some(asked.calendar.year_start.in_first_quarter()),
            None | Some(Grain::Day | Grain::Week | Grain::Month) => None,
        };
        let compare = self.compare.map(|compare| compare.resolve(asked));
        let mut query = MetricQuery {
            brands,
            dataset,
            metrics,
            custom_metrics,
            range: asked.range,
            by: self.by.clone(),
            labels: self.labels.clone(),
            grain,
            week_start: (grain == Some(Grain::Week)).then_some(asked.calendar.week_start),
            year_start,
            filters: kept.filters,
            label_filters: kept.label_filters,
            condition: kept.condition,
            having: having::canonical(self)?,
            order_by: self.order_by.clone(),
            top: top::canonical(self)?,
            totals: levels::canonical(self)?,
            compare: compare.transpose()?,
            fill: self.fill,
            attribution: self.attribution.clone(),
            assumed_margin,
            conversion: None,
            asked_on: None,
        };
        query.conversion = conversion::canonical(self, &query.components(), context.rates)?;
        Ok(query)
    }

    /// The margin that is assumed; none where no metric of the answer needs it, so that such
    /// answers are the same with and without.
    fn margin_for(&self, metrics: &[Metric]) -> Result<Option<AssumedMargin>, Refusal> {
        let margin = self.assumed_margin.map(AssumedMargin::new).transpose();
        let margin = margin.map_err(|refusal| refusal.at("assumedMargin"))?;
        let is_needed = metrics
            .iter()
            .any(|metric| AssumedMargin::concerns(*metric));
        Ok(margin.filter(|_| is_needed))
    }

    /// The days, and how they fall into periods.
    fn asked_periods(&self, context: &PlanContext) -> Result<Asked, Refusal> {
        let calendar = Calendar {
            week_start: self.week_start.unwrap_or(context.calendar.week_start),
            ..context.calendar
        };
        let has_periods = self.by.contains(&Dimension::Period);
        Ok(Asked {
            range: self.range.resolve(context.today, calendar.week_start)?,
            grain: has_periods.then(|| self.grain.unwrap_or(Grain::Day)),
            calendar,
        })
    }

    /// Refuses a part of cells that only a comparison gives, where none is asked for.
    pub(super) fn require_compared(
        &self,
        part: CellPart,
        path: impl FnOnce() -> String,
    ) -> Result<(), Refusal> {
        if part == CellPart::Value || self.compare.is_some() {
            return Ok(());
        }
        let message = format!("`{part}` needs `compare`, which says what is compared with");
        Err(Refusal::invalid(message)
            .at(path())
            .with_allowed([CellPart::Value.as_str()]))
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
