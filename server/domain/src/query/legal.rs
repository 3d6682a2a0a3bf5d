//! Which combinations are legal, and which dataset answers; every refusal says what is allowed.

use super::canonical::{BY_MAX, FILTER_VALUES_MAX, Filter, MetricRequest, ORDER_BY_MAX, OrderKey};
use super::dimension::Dimension;
use crate::dataset::{Dataset, DatasetName, ShapeRule};
use crate::error_code::Refusal;
use crate::metric::Metric;
use crate::money::Currency;

/// The datasets that answer metric queries, the preferred one first. Costs come in through the
/// metrics that need them.
const ANSWERING: [DatasetName; 2] = [DatasetName::DeliveryDaily, DatasetName::AudienceDaily];

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
];

pub(super) fn check_sizes(request: &MetricRequest) -> Result<(), Refusal> {
    if request.by.len() > BY_MAX {
        return Err(
            Refusal::limit("by_max", BY_MAX, format!("{} dimensions", request.by.len())).at("by"),
        );
    }
    let n_orders = request.order_by.len();
    if n_orders > ORDER_BY_MAX {
        return Err(Refusal::limit(
            "order_by_max",
            ORDER_BY_MAX,
            format!("{n_orders} sort keys"),
        )
        .at("orderBy"));
    }
    for filter in &request.filters {
        let n_values = filter.values.len();
        if n_values > FILTER_VALUES_MAX {
            let path = format!("where.{}", field_of(filter.dimension));
            return Err(Refusal::limit(
                "filter_values_max",
                FILTER_VALUES_MAX,
                format!("{n_values} values"),
            )
            .at(path));
        }
    }
    Ok(())
}

pub(super) fn check_by(request: &MetricRequest) -> Result<(), Refusal> {
    for (index, dimension) in request.by.iter().enumerate() {
        if request.by[..index].contains(dimension) {
            return Err(
                Refusal::invalid(format!("`{dimension}` stands in `by` twice"))
                    .at(format!("by[{index}]")),
            );
        }
    }
    if request.grain.is_some() && !request.by.contains(&Dimension::Period) {
        return Err(Refusal::invalid("`grain` needs `PERIOD` in `by`").at("grain"));
    }
    for selected in &request.selected_dimensions {
        let given = request
            .by
            .iter()
            .any(|by| *by == selected.what || by.determines(selected.what));
        // The currency of a row's money is known without grouping by it.
        if !given && selected.what != Dimension::Currency {
            let message = format!(
                "the answer is not grouped by `{0}`; add `{0}` to `by`",
                selected.what
            );
            return Err(Refusal::invalid(message).at(selected.path.clone()));
        }
    }
    for (index, order) in request.order_by.iter().enumerate() {
        if let OrderKey::Dimension(dimension) = order.key
            && !request.by.contains(&dimension)
        {
            let message = format!("rows can't be sorted by `{dimension}`, which is not in `by`");
            return Err(Refusal::invalid(message)
                .at(format!("orderBy[{index}].dimension"))
                .with_allowed(request.by.iter().map(|by| by.as_str())));
        }
    }
    Ok(())
}

pub(super) fn canonical_filters(filters: &[Filter]) -> Result<Vec<Filter>, Refusal> {
    let mut canonical: Vec<Filter> = Vec::new();
    for filter in filters {
        let path = format!("where.{}", field_of(filter.dimension));
        if filter.values.is_empty() {
            return Err(Refusal::invalid(
                "a filter without values keeps nothing; give at least one",
            )
            .at(path));
        }
        let mut values = filter
            .values
            .iter()
            .map(|value| canonical_value(filter.dimension, value))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|refusal| refusal.at(path))?;
        values.sort_unstable();
        values.dedup();
        canonical.push(Filter {
            dimension: filter.dimension,
            values,
        });
    }
    canonical.sort_by_key(|filter| filter.dimension);
    Ok(canonical)
}

pub(super) fn choose_dataset(
    request: &MetricRequest,
    filters: &[Filter],
) -> Result<DatasetName, Refusal> {
    let chosen = match request.dataset {
        Some(named) => named,
        None => ANSWERING
            .into_iter()
            .find(|dataset| {
                places(request, filters).all(|(dimension, _)| dimension.is_known_in(*dataset))
            })
            .unwrap_or(DatasetName::AudienceDaily),
    };
    if !ANSWERING.contains(&chosen) {
        let message = format!(
            "`{chosen}` is not read on its own; its costs come with `total_cost`, `roi` and the like"
        );
        return Err(Refusal::invalid(message)
            .at("dataset")
            .with_allowed(ANSWERING.map(DatasetName::as_str)));
    }
    for (dimension, path) in places(request, filters) {
        if !dimension.is_known_in(chosen) {
            let known = Dimension::ALL
                .iter()
                .filter(|known| known.is_known_in(chosen));
            return Err(Refusal::invalid(format!("`{chosen}` has no `{dimension}`"))
                .at(path)
                .with_allowed(known.map(|known| known.as_str())));
        }
    }
    let names_a_breakdown =
        places(request, filters).any(|(dimension, _)| dimension.fact_column().is_some());
    if Dataset::of(chosen).shape_rule == ShapeRule::Breakdown && !names_a_breakdown {
        let message = format!(
            "`{chosen}` holds breakdowns, which never stand for a campaign's total; group or filter by one, or use `delivery_daily`"
        );
        return Err(Refusal::invalid(message)
            .at("by")
            .with_allowed(["COUNTRY", "AGE", "GENDER"]));
    }
    Ok(chosen)
}

/// Every dimension that the question needs, with its place in the input.
fn places<'a>(
    request: &'a MetricRequest,
    filters: &'a [Filter],
) -> impl Iterator<Item = (Dimension, String)> + 'a {
    let by = request
        .by
        .iter()
        .enumerate()
        .map(|(index, dimension)| (*dimension, format!("by[{index}]")));
    by.chain(filters.iter().map(|filter| {
        (
            filter.dimension,
            format!("where.{}", field_of(filter.dimension)),
        )
    }))
}

pub(super) fn choose_metrics(
    request: &MetricRequest,
    dataset: DatasetName,
) -> Result<Vec<Metric>, Refusal> {
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
            OrderKey::Metric(metric) => Some((metric, format!("orderBy[{index}].metric"))),
            OrderKey::Dimension(_) => None,
        });
    let mut chosen = Vec::new();
    for (metric, path) in named.chain(selected).chain(ordered) {
        check_metric(metric, dataset, path)?;
        chosen.push(metric);
    }
    if request.metrics.is_empty() && request.selected_metrics.is_empty() {
        chosen.extend(STANDARD.iter().filter(|metric| metric.is_known_in(dataset)));
    }
    chosen.sort_unstable();
    chosen.dedup();
    Ok(chosen)
}

/// A measure that the dataset doesn't have is a mistake; a formula that lacks costs at this grain
/// is null with a note instead, so that one document serves every grain.
fn check_metric(metric: Metric, dataset: DatasetName, path: String) -> Result<(), Refusal> {
    let Some(measure) = metric.measure() else {
        return Ok(());
    };
    if Dataset::of(dataset).measure_index(measure).is_some() {
        return Ok(());
    }
    let known = Metric::ALL
        .iter()
        .filter(|known| known.is_known_in(dataset));
    let message =
        format!("`{metric}` is not in `{dataset}`, which the dimensions of this query need");
    Err(Refusal::invalid(message)
        .at(path)
        .with_allowed(known.map(|known| known.as_str())))
}

/// The value as facts and records hold it: countries and genders are kept in capitals, so that
/// `us` finds `US`, and a currency must be one.
fn canonical_value(dimension: Dimension, value: &str) -> Result<String, Refusal> {
    match dimension {
        Dimension::Currency => {
            Currency::parse(&value.to_uppercase()).map(|currency| currency.code().to_owned())
        }
        Dimension::Country | Dimension::Gender => Ok(value.to_uppercase()),
        _ => Ok(value.to_owned()),
    }
}

fn field_of(dimension: Dimension) -> String {
    dimension.as_str().to_ascii_lowercase()
}
