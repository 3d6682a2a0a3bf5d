//! Which rows are shown and in which order: conditions on cells, sort keys, and how many.

use async_graphql::InputObject;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::query::{
    Comparator, HavingRequest, LabelLevelRequest, MetricColumn, Order, OrderKey, TopRequest,
};

use crate::scalars::Decimal;
use crate::words::{CellPart, Dimension, Metric, SortDirection};

/// A condition on a metric's cells: all of its bounds hold, of which it has at least one. A cell
/// without a value never passes.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct HavingInput {
    /// The metric, such as `SPEND`; exactly one of this and `customMetric`.
    metric: Option<Metric>,
    /// The agency's own metric of this name, such as `"likes_per_mille"`, which must stand in `customMetrics`.
    custom_metric: Option<String>,
    /// Which number of the metric's cells, such as `DELTA`; all but `VALUE` need `compare`.
    #[graphql(default_with = "CellPart::Value")]
    of: CellPart,
    /// Above this, such as `"100"`.
    gt: Option<Decimal>,
    /// This or above, such as `"100"`.
    gte: Option<Decimal>,
    /// Below this, such as `"0.5"`.
    lt: Option<Decimal>,
    /// This or below, such as `"0.5"`.
    lte: Option<Decimal>,
    /// Exactly this, such as `"0"`.
    eq: Option<Decimal>,
    /// Anything but this, such as `"0"`.
    ne: Option<Decimal>,
}

/// A sort key: exactly one of `metric`, `customMetric`, `dimension` and `label`.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct MetricsOrder {
    /// Sorts by this metric, such as `SPEND`.
    metric: Option<Metric>,
    /// Sorts by the agency's own metric of this name, which must stand in `customMetrics`.
    custom_metric: Option<String>,
    /// By which number of the metric's cells; all but `VALUE` need `compare`.
    #[graphql(default_with = "CellPart::Value")]
    of: CellPart,
    /// Sorts by this dimension, such as `PERIOD`, which must stand in `by`.
    dimension: Option<Dimension>,
    /// Sorts by the label of this name, such as `"team"`, which must stand in `labels`; rows without it first.
    label: Option<String>,
    /// Which comes first: the smallest with `ASC`, the largest with `DESC`.
    #[graphql(default_with = "SortDirection::Asc")]
    direction: SortDirection,
}

/// How many rows are shown: the first in the order of the answer.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct TopInput {
    /// How many, 1 to 10,000, such as `5`.
    n: i32,
    /// Of each combination of these dimensions, such as `[BRAND]`, which must stand in `by`; of all rows for none.
    #[graphql(default)]
    per: Vec<Dimension>,
    /// Of each combination of these labels too, such as `["team"]`, which must stand in `labels`.
    #[graphql(default)]
    per_labels: Vec<String>,
}

/// A level of totals that labels tell apart, such as `{labels: ["team"]}` or `{labels: ["team"], by: [PLATFORM]}`.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LabelLevelInput {
    /// Some of the labels of the question's `labels`, at least one.
    labels: Vec<String>,
    /// Some of the dimensions of `by`.
    #[graphql(default)]
    by: Vec<Dimension>,
}

/// The conditions of a question that asks for these custom metrics.
pub(super) fn conditions(
    conditions: Vec<HavingInput>,
    customs: &[String],
) -> Result<Vec<HavingRequest>, Refusal> {
    let conditions = conditions.into_iter().enumerate();
    let checked = conditions.map(|(index, having)| {
        let column = match (having.metric, &having.custom_metric) {
            (Some(metric), None) => MetricColumn::Metric(metric.into()),
            (None, Some(name)) => custom_column(name, customs),
            _ => {
                let message = "a condition has exactly one of `metric` and `customMetric`";
                return Err(Refusal::invalid(message).at(format!("having[{index}]")));
            }
        };
        Ok(having.into_request(column))
    });
    checked.collect()
}

/// The column of a custom metric; one that is not asked for has a place behind the last, which is
/// refused with the rest of the question.
fn custom_column(name: &str, customs: &[String]) -> MetricColumn {
    let place = customs.iter().position(|known| known == name);
    MetricColumn::Custom(place.unwrap_or(customs.len()))
}

impl HavingInput {
    fn into_request(self, column: MetricColumn) -> HavingRequest {
        let having = self;
        let bounds = [
            (Comparator::Gt, having.gt),
            (Comparator::Gte, having.gte),
            (Comparator::Lt, having.lt),
            (Comparator::Lte, having.lte),
            (Comparator::Eq, having.eq),
            (Comparator::Ne, having.ne),
        ];
        let bounds = bounds.into_iter();
        HavingRequest {
            column,
            part: having.of.into(),
            bounds: bounds
                .filter_map(|(comparator, bound)| Some((comparator, bound?.0)))
                .collect(),
        }
    }
}

impl From<LabelLevelInput> for LabelLevelRequest {
    fn from(level: LabelLevelInput) -> Self {
        Self {
            labels: level.labels,
            by: level.by.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<TopInput> for TopRequest {
    fn from(top: TopInput) -> Self {
        Self {
            n: top.n.into(),
            per: top.per.into_iter().map(Into::into).collect(),
            per_labels: top.per_labels,
        }
    }
}

pub(super) fn orders(
    orders: Vec<MetricsOrder>,
    labels: &[String],
    customs: &[String],
) -> Result<Vec<Order>, Refusal> {
    let checked = orders.into_iter().enumerate().map(|(index, order)| {
        let part = order.of.into();
        let named = (
            order.metric,
            order.custom_metric,
            order.dimension,
            order.label,
        );
        let key = match named {
            (Some(metric), None, None, None) => {
                OrderKey::Metric(MetricColumn::Metric(metric.into()), part)
            }
            (None, Some(name), None, None) => {
                OrderKey::Metric(custom_column(&name, customs), part)
            }
            (None, None, Some(dimension), None) => OrderKey::Dimension(dimension.into()),
            // A place behind the last label is refused with the rest of the question.
            (None, None, None, Some(label)) => OrderKey::Label(
                labels
                    .iter()
                    .position(|known| *known == label)
                    .unwrap_or(labels.len()),
            ),
            _ => {
                return Err(Refusal::invalid(
                    "a sort key has exactly one of `metric`, `customMetric`, `dimension` and `label`",
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
