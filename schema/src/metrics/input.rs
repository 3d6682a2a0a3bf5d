//! The input of `metrics`, and its way into the domain's `MetricRequest`.

use async_graphql::{ID, InputObject, OneofObject};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::query::{self, Filter, MetricRequest, Order, OrderKey, RangeRequest};

use bellwether_service::{Cursor, Reading};

use super::selection::Selection;
use crate::scalars::{Date, DateTime};
use crate::words::{
    CacheMode, DatasetName, Dimension, Grain, Metric, Platform, RangeUnit, SortDirection,
};

/// A metric query.
#[derive(Debug, InputObject)]
pub(crate) struct MetricsInput {
    /// The brands whose facts are read; left out, all that the token may see.
    brands: Option<Vec<ID>>,
    /// The dataset that is read; left out, the first that knows all dimensions and metrics.
    dataset: Option<DatasetName>,
    /// The metrics of `table`, in this order; left out, those selected under `rows` and `totals`.
    metrics: Option<Vec<Metric>>,
    /// The days that are read.
    range: RangeInput,
    /// What the rows are grouped by, in the order of the table's columns.
    #[graphql(default)]
    by: Vec<Dimension>,
    /// The names of campaign labels that the rows are grouped by too, at most 8; their columns follow those of `by`.
    #[graphql(default)]
    labels: Vec<String>,
    /// The length of periods; needs `PERIOD` in `by`, where the default is `DAY`.
    grain: Option<Grain>,
    /// Which facts are kept; all of its filters hold at once.
    #[graphql(name = "where")]
    filter: Option<MetricsFilter>,
    /// What the rows are sorted by; ties are broken by the dimensions of `by`.
    order_by: Option<Vec<MetricsOrder>>,
    /// Which attribution window is used, where campaigns report several.
    attribution: Option<AttributionInput>,
    /// Facts as they were known at this moment; names, platforms and labels are the present ones.
    as_of: Option<DateTime>,
    /// What is wanted of the caches.
    #[graphql(default_with = "CacheMode::Use")]
    cache: CacheMode,
}

/// A range of days: relative to today in the agency's time zone, or between two days.
#[derive(Debug, OneofObject)]
pub(crate) enum RangeInput {
    /// The last whole units before today.
    Last(LastInput),
    /// From a day up to and without another.
    Between(BetweenInput),
}

/// The last whole units before today.
#[derive(Debug, InputObject)]
pub(crate) struct LastInput {
    /// How many units, 1 or more.
    n: i32,
    /// Which unit.
    unit: RangeUnit,
}

/// A half-open range of days.
#[derive(Debug, InputObject)]
pub(crate) struct BetweenInput {
    /// The first day.
    from: Date,
    /// The first day after the range.
    until: Date,
}

/// Which facts are kept, by dimension.
#[derive(Debug, Default, InputObject)]
pub(crate) struct MetricsFilter {
    /// By the campaign's platform.
    platform: Option<PlatformFilter>,
    /// By brand.
    brand: Option<IdFilter>,
    /// By campaign.
    campaign: Option<IdFilter>,
    /// By the campaign's labels; all hold at once.
    labels: Option<Vec<LabelFilter>>,
    /// By the campaign's currency.
    currency: Option<TextFilter>,
    /// By the audience's country.
    country: Option<TextFilter>,
    /// By the audience's age group.
    age: Option<TextFilter>,
    /// By the audience's gender.
    gender: Option<TextFilter>,
    /// By the hour of the day, 0 to 23, in the ad account's zone.
    hour: Option<HourFilter>,
    /// By the product that feedback speaks of.
    product: Option<TextFilter>,
}

/// A filter on platforms: exactly one of `eq` and `in`.
#[derive(Debug, InputObject)]
pub(crate) struct PlatformFilter {
    /// Keeps this platform.
    eq: Option<Platform>,
    /// Keeps these platforms.
    #[graphql(name = "in")]
    any_of: Option<Vec<Platform>>,
}

/// A filter on ids: exactly one of `eq` and `in`.
#[derive(Debug, InputObject)]
pub(crate) struct IdFilter {
    /// Keeps this id.
    eq: Option<ID>,
    /// Keeps these ids.
    #[graphql(name = "in")]
    any_of: Option<Vec<ID>>,
}

/// A filter on texts: exactly one of `eq` and `in`.
#[derive(Debug, InputObject)]
pub(crate) struct TextFilter {
    /// Keeps this text.
    eq: Option<String>,
    /// Keeps these texts.
    #[graphql(name = "in")]
    any_of: Option<Vec<String>>,
}

/// A filter on hours of the day: exactly one of `eq` and `in`.
#[derive(Debug, InputObject)]
pub(crate) struct HourFilter {
    /// Keeps this hour.
    eq: Option<i32>,
    /// Keeps these hours.
    #[graphql(name = "in")]
    any_of: Option<Vec<i32>>,
}

/// A filter on a label of campaigns: exactly one of `eq` and `in`. Campaigns without the label are
/// left out.
#[derive(Debug, InputObject)]
pub(crate) struct LabelFilter {
    /// The label's name.
    name: String,
    /// Keeps this value.
    eq: Option<String>,
    /// Keeps these values.
    #[graphql(name = "in")]
    any_of: Option<Vec<String>>,
}

/// A sort key: exactly one of `metric`, `dimension` and `label`.
#[derive(Debug, InputObject)]
pub(crate) struct MetricsOrder {
    /// Sorts by this metric.
    metric: Option<Metric>,
    /// Sorts by this dimension, which must stand in `by`.
    dimension: Option<Dimension>,
    /// Sorts by the label of this name, which must stand in `labels`; rows without it first.
    label: Option<String>,
    /// Which comes first.
    #[graphql(default_with = "SortDirection::Asc")]
    direction: SortDirection,
}

/// Which attribution window is used.
#[derive(Debug, Default, InputObject)]
pub(crate) struct AttributionInput {
    /// Only facts of this window; left out, each campaign's own.
    window: Option<String>,
    /// Whether campaigns of different windows may stand in one answer.
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

    /// How the question is read, beginning at the page after a cursor.
    pub(crate) fn reading(&self, cursor: Option<Cursor>) -> Reading {
        Reading {
            cursor,
            as_of: self.as_of.map(|moment| moment.0),
            cache: self.cache.into(),
        }
    }

    /// The question of this input and of what is selected of its answer.
    pub(crate) fn into_request(self, selection: Selection) -> Result<MetricRequest, Refusal> {
        let named_metrics = self.named_metrics();
        let attribution = self.attribution.unwrap_or_default();
        let mut filter = self.filter.unwrap_or_default();
        let label_filters = label_filters(filter.labels.take().unwrap_or_default())?;
        Ok(MetricRequest {
            metrics: named_metrics,
            brands: self.brands.as_deref().map(brand_ids).transpose()?,
            dataset: self.dataset.map(Into::into),
            selected_metrics: selection.metrics,
            selected_dimensions: selection.dimensions,
            range: self.range.into(),
            by: self.by.into_iter().map(Into::into).collect(),
            grain: self.grain.map(Into::into),
            filters: filter.into_filters()?,
            label_filters,
            order_by: orders(self.order_by.unwrap_or_default(), &self.labels)?,
            labels: self.labels,
            attribution: query::Attribution {
                window: attribution.window,
                accept_mixed: attribution.accept_mixed,
            },
        })
    }
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

fn orders(orders: Vec<MetricsOrder>, labels: &[String]) -> Result<Vec<Order>, Refusal> {
    let checked = orders.into_iter().enumerate().map(|(index, order)| {
        let key = match (order.metric, order.dimension, order.label) {
            (Some(metric), None, None) => OrderKey::Metric(metric.into()),
            (None, Some(dimension), None) => OrderKey::Dimension(dimension.into()),
            // A place behind the last label is refused with the rest of the question.
            (None, None, Some(label)) => OrderKey::Label(
                labels
                    .iter()
                    .position(|known| *known == label)
                    .unwrap_or(labels.len()),
            ),
            _ => {
                return Err(Refusal::invalid(
                    "a sort key has exactly one of `metric`, `dimension` and `label`",
                )
                .at(format!("orderBy[{index}]")));
            }
        };
        Ok(Order {
            key,
            descending: order.direction == SortDirection::Desc,
        })
    });
    checked.collect()
}

fn label_filters(filters: Vec<LabelFilter>) -> Result<Vec<query::LabelFilter>, Refusal> {
    let checked = filters.into_iter().enumerate().map(|(index, filter)| {
        let values = values_of(filter.eq, filter.any_of)
            .map_err(|refusal| refusal.at(format!("where.labels[{index}]")))?;
        Ok(query::LabelFilter {
            name: filter.name,
            values,
        })
    });
    checked.collect()
}

/// The values of a filter, of which exactly one of `eq` and `in` is given.
fn values_of<T>(eq: Option<T>, any_of: Option<Vec<T>>) -> Result<Vec<T>, Refusal> {
    match (eq, any_of) {
        (Some(value), None) => Ok(vec![value]),
        (None, Some(values)) => Ok(values),
        _ => Err(Refusal::invalid(
            "a filter has exactly one of `eq` and `in`",
        )),
    }
}

impl MetricsFilter {
    fn into_filters(self) -> Result<Vec<Filter>, Refusal> {
        use query::Dimension as By;
        let mut filters = Filters::default();
        if let Some(filter) = self.platform {
            let word = |platform: Platform| {
                bellwether_domain::campaign::Platform::from(platform).to_string()
            };
            filters.add(By::Platform, filter.eq, filter.any_of, |platform| {
                Ok(word(platform))
            })?;
        }
        if let Some(filter) = self.brand {
            filters.add(By::Brand, filter.eq, filter.any_of, |id| {
                Ok(id.parse::<BrandId>()?.to_string())
            })?;
        }
        if let Some(filter) = self.campaign {
            filters.add(By::Campaign, filter.eq, filter.any_of, |id| {
                Ok(id.parse::<CampaignId>()?.to_string())
            })?;
        }
        if let Some(filter) = self.hour {
            filters.add(By::Hour, filter.eq, filter.any_of, |hour| {
                Ok(hour.to_string())
            })?;
        }
        let of_texts = [
            (By::Currency, self.currency),
            (By::Country, self.country),
            (By::Age, self.age),
            (By::Gender, self.gender),
            (By::Product, self.product),
        ];
        for (dimension, filter) in of_texts {
            if let Some(filter) = filter {
                filters.add(dimension, filter.eq, filter.any_of, Ok)?;
            }
        }
        Ok(filters.added)
    }
}

/// The filters that were given so far.
#[derive(Default)]
struct Filters {
    added: Vec<Filter>,
}

impl Filters {
    fn add<T>(
        &mut self,
        dimension: query::Dimension,
        eq: Option<T>,
        any_of: Option<Vec<T>>,
        text_of: impl Fn(T) -> Result<String, Refusal>,
    ) -> Result<(), Refusal> {
        let path = format!("where.{}", dimension.as_str().to_ascii_lowercase());
        let texts = |values: Vec<T>| values.into_iter().map(text_of).collect();
        let values = values_of(eq, any_of)
            .and_then(texts)
            .map_err(|refusal| refusal.at(path))?;
        self.added.push(Filter { dimension, values });
        Ok(())
    }
}
