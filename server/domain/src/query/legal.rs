//! Which combinations are legal; every refusal says what is allowed.

use super::canonical::{BY_MAX, ORDER_BY_MAX, OrderKey};
use super::dimension::Dimension;
use super::fill;
use super::range::{Grain, RangeRequest, RangeUnit};
use super::request::MetricRequest;
use crate::dataset::HOURS;
use crate::error_code::Refusal;
use crate::money::Currency;

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
    let is_by_weeks = request.grain == Some(Grain::Week)
        || matches!(
            request.range,
            RangeRequest::Last {
                unit: RangeUnit::Week,
                ..
            }
        );
    if request.week_start.is_some() && !is_by_weeks {
        let message = "`weekStart` needs grain `WEEK` or a range of weeks";
        return Err(Refusal::invalid(message).at("weekStart"));
    }
    fill::check(request)?;
    check_selected(request)?;
    check_order(request)
}

fn check_selected(request: &MetricRequest) -> Result<(), Refusal> {
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
    Ok(())
}

fn check_order(request: &MetricRequest) -> Result<(), Refusal> {
    for (index, order) in request.order_by.iter().enumerate() {
        if let OrderKey::Metric(_, part) = order.key {
            request.require_compared(part, || format!("orderBy[{index}].of"))?;
        }
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

/// The value as facts and records hold it: countries and genders are kept in capitals, so that
/// `us` finds `US`, and a currency must be one.
pub(super) fn canonical_value(dimension: Dimension, value: &str) -> Result<String, Refusal> {
    match dimension {
        Dimension::Currency => {
            Currency::parse(&value.to_uppercase()).map(|currency| currency.code().to_owned())
        }
        Dimension::Country | Dimension::Gender => Ok(value.to_uppercase()),
        Dimension::Hour => value
            .parse::<usize>()
            .ok()
            .and_then(|hour| HOURS.get(hour))
            .map(|hour| (*hour).to_owned())
            .ok_or_else(|| Refusal::invalid(format!("`{value}` is no hour of a day; use 0 to 23"))),
        _ => Ok(value.to_owned()),
    }
}
