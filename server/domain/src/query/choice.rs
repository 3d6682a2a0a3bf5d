//! Which dataset answers, and with which metrics. One query reads one dataset, with the costs that
//! join it: the first that knows every dimension and every metric.

use std::sync::Arc;

use super::canonical::OrderKey;
use super::column::MetricColumn;
use super::dimension::Dimension;
use super::request::MetricRequest;
use crate::dataset::{Dataset, DatasetName, ShapeRule};
use crate::error_code::Refusal;
use crate::metric::{CustomMetric, Metric};

/// The datasets that answer metric queries, the preferred one first. Costs come in through the
/// metrics that need them.
pub(crate) const ANSWERING: [DatasetName; 5] = [
    DatasetName::DeliveryDaily,
    DatasetName::AudienceDaily,
    DatasetName::DeliveryHourly,
    DatasetName::FeedbackDaily,
    DatasetName::Reach,
];

/// The metrics of a table for which none were named, where the dataset knows them.
const STANDARD: &[Metric] = &[
    Metric::Impressions,
    Metric::Clicks,
    Metric::VideoViews,
    Metric::Conversions,
    Metric::Spend,
    Metric::Revenue,
    Metric::Ctr,
    Metric::Cpc,
    Metric::Cpm,
    Metric::Cvr,
    Metric::Cpa,
    Metric::Roas,
    Metric::Roi,
    Metric::Reach,
    Metric::Frequency,
    Metric::Orders,
    Metric::Reviews,
    Metric::RefundRate,
    Metric::AverageRating,
    Metric::NegativeReviewRate,
    Metric::NegativeCommentRate,
];

pub(super) fn choose_dataset(
    request: &MetricRequest,
    tested: &[(Dimension, String)],
    custom_metrics: &[Arc<CustomMetric>],
) -> Result<DatasetName, Refusal> {
    let chosen = match request.dataset {
        Some(named) => named,
        None => first_fitting(request, tested, custom_metrics)?,
    };
    if !ANSWERING.contains(&chosen) {
        let message = format!(
            "`{chosen}` is not read on its own; its costs come with `total_cost`, `roi` and the like"
        );
        return Err(Refusal::invalid(message)
            .at("dataset")
            .with_allowed(ANSWERING.map(DatasetName::as_str)));
    }
    for (dimension, path) in places(request, tested) {
        if !dimension.is_known_in(chosen) {
            let known = Dimension::ALL
                .iter()
                .filter(|known| known.is_known_in(chosen));
            return Err(Refusal::invalid(format!("`{chosen}` has no `{dimension}`"))
                .at(path)
                .with_allowed(known.map(|known| known.as_str())));
        }
    }
    check_breakdown(request, tested, chosen)?;
    Ok(chosen)
}

/// The first dataset that knows every dimension and metric. Where none does, the first that knows
/// every dimension and most metrics, so that the refusal names the one metric that is too much.
fn first_fitting(
    request: &MetricRequest,
    tested: &[(Dimension, String)],
    custom_metrics: &[Arc<CustomMetric>],
) -> Result<DatasetName, Refusal> {
    let knows_dimensions = |dataset: &DatasetName| {
        places(request, tested).all(|(dimension, _)| dimension.is_known_in(*dataset))
    };
    let n_metrics = |dataset: DatasetName| {
        let metrics = metrics(request).filter(|(metric, _)| metric.may_be_asked_of(dataset));
        let customs = custom_metrics.iter();
        let customs = customs.filter(|metric| metric.draft.formula.may_be_asked_of(dataset));
        metrics.count() + customs.count()
    };
    let candidates = ANSWERING.into_iter().filter(knows_dimensions);
    // Of several with the same number `max_by_key` takes the last: the preferred, from behind.
    let best = candidates.rev().max_by_key(|dataset| n_metrics(*dataset));
    best.ok_or_else(|| dimensions_apart(request, tested))
}

/// Refuses dimensions that no dataset has together.
fn dimensions_apart(request: &MetricRequest, tested: &[(Dimension, String)]) -> Refusal {
    let knows = |dataset: DatasetName, dimension: Dimension| dimension.is_known_in(dataset);
    let mut so_far: Vec<Dimension> = Vec::new();
    for (dimension, path) in places(request, tested) {
        let together = |dataset: &DatasetName| so_far.iter().all(|one| knows(*dataset, *one));
        let fitting: Vec<DatasetName> = ANSWERING.into_iter().filter(together).collect();
        if !fitting.iter().any(|dataset| knows(*dataset, dimension)) {
            let others = so_far.iter().filter(|one| one.fact_column().is_some());
            let message = format!(
                "no dataset has `{dimension}` together with {}",
                listed(others.map(|one| one.as_str()))
            );
            let allowed = Dimension::ALL
                .iter()
                .filter(|one| fitting.iter().any(|dataset| knows(*dataset, **one)));
            return Refusal::invalid(message)
                .at(path)
                .with_allowed(allowed.map(|one| one.as_str()));
        }
        so_far.push(dimension);
    }
    Refusal::invalid("no dataset has these dimensions").at("by")
}

fn check_breakdown(
    request: &MetricRequest,
    tested: &[(Dimension, String)],
    chosen: DatasetName,
) -> Result<(), Refusal> {
    let names_a_breakdown =
        places(request, tested).any(|(dimension, _)| dimension.fact_column().is_some());
    if Dataset::of(chosen).shape_rule == ShapeRule::Breakdown && !names_a_breakdown {
        let message = format!(
            "`{chosen}` holds breakdowns, which never stand for a campaign's total; group or filter by one, or use `delivery_daily`"
        );
        return Err(Refusal::invalid(message)
            .at("by")
            .with_allowed(["COUNTRY", "AGE", "GENDER"]));
    }
    Ok(())
}

/// Every dimension that the question needs, with its place in the input.
fn places<'a>(
    request: &'a MetricRequest,
    tested: &'a [(Dimension, String)],
) -> impl Iterator<Item = (Dimension, String)> + 'a {
    let by = request
        .by
        .iter()
        .enumerate()
        .map(|(index, dimension)| (*dimension, format!("by[{index}]")));
    by.chain(tested.iter().cloned())
}

/// Every metric that the question asks for, with its place in the input or document.
fn metrics(request: &MetricRequest) -> impl Iterator<Item = (Metric, String)> + '_ {
    let named = request
        .metrics
        .iter()
        .enumerate()
        .map(|(index, metric)| (*metric, format!("metrics[{index}]")));
    let selected = request
        .selected_metrics
        .iter()
        .map(|field| (field.what, field.path.clone()));
    let ordered = request
        .order_by
        .iter()
        .enumerate()
        .filter_map(|(index, order)| match order.key {
            OrderKey::Metric(MetricColumn::Metric(metric), _) => {
                Some((metric, format!("orderBy[{index}].metric")))
            }
            OrderKey::Metric(MetricColumn::Custom(_), _)
            | OrderKey::Dimension(_)
            | OrderKey::Label(_) => None,
        });
    let conditions = request.having.iter().enumerate();
    let conditions = conditions.filter_map(|(index, having)| match having.column {
        MetricColumn::Metric(metric) => Some((metric, format!("having[{index}].metric"))),
        MetricColumn::Custom(_) => None,
    });
    named.chain(selected).chain(ordered).chain(conditions)
}

pub(super) fn choose_metrics(
    request: &MetricRequest,
    dataset: DatasetName,
) -> Result<Vec<Metric>, Refusal> {
    let mut chosen = Vec::new();
    for (metric, path) in metrics(request) {
        if !metric.may_be_asked_of(dataset) {
            return Err(not_in(request, metric, dataset).at(path));
        }
        chosen.push(metric);
    }
    let names_none = request.metrics.is_empty() && request.custom_metrics.is_empty();
    if names_none && request.selected_metrics.is_empty() {
        chosen.extend(STANDARD.iter().filter(|metric| metric.is_known_in(dataset)));
    }
    chosen.sort_unstable();
    chosen.dedup();
    Ok(chosen)
}

/// Refuses a metric that the dataset can't have, with the datasets that have it.
fn not_in(request: &MetricRequest, metric: Metric, dataset: DatasetName) -> Refusal {
    let known = Metric::ALL
        .iter()
        .filter(|known| known.is_known_in(dataset));
    let having = ANSWERING
        .into_iter()
        .filter(|other| metric.may_be_asked_of(*other));
    let others = metrics(request).filter(|(other, _)| other.may_be_asked_of(dataset));
    let mut others: Vec<Metric> = others.map(|(other, _)| other).collect();
    others.sort_unstable();
    others.dedup();
    let why = if request.dataset.is_some() || others.is_empty() {
        String::from("which this query reads")
    } else {
        let others = listed(others.iter().map(|other| other.as_str()));
        format!("which answers {others}")
    };
    Refusal::invalid(format!(
        "`{metric}` is not in `{dataset}`, {why}; one query reads one dataset, and `{metric}` is in {}",
        listed(having.map(DatasetName::as_str))
    ))
    .with_allowed(known.map(|known| known.as_str()))
}

/// Names in back-ticks, with commas.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
