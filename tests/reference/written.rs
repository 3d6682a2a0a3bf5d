//! Numbers as the cases write them: decimals of fixed places, rounded half away from zero.

use bellwether_domain::metric::{MetricCell, Value};
use bellwether_domain::money::{Decimal, RoundingStrategy};
use serde_json::Value as Json;

/// The decimal places of money.
pub(super) const CENTS: u32 = 2;

/// The decimal places of ratios and percentages.
pub(super) const FOUR: u32 = 4;

pub(super) fn decimal(number: Decimal, places: u32) -> Json {
    let away = RoundingStrategy::MidpointAwayFromZero;
    let mut rounded = number.round_dp_with_strategy(places, away);
    rounded.rescale(places);
    let rounded = if rounded.is_zero() {
        rounded.abs()
    } else {
        rounded
    };
    Json::String(rounded.to_string())
}

pub(super) fn percent(ratio: Decimal, places: u32) -> Json {
    decimal(ratio * Decimal::ONE_HUNDRED, places)
}

/// What there is as it is written, and null where there is nothing.
pub(super) fn or_null(number: Option<Decimal>, write: impl Fn(Decimal) -> Json) -> Json {
    number.map_or(Json::Null, write)
}

/// A metric's cell; counts stay whole.
pub(super) fn cell(cell: MetricCell, places: u32) -> Json {
    match cell.value {
        Some(Value::Count(count)) => Json::String(count.to_string()),
        value => or_null(value.map(Value::decimal), |number| decimal(number, places)),
    }
}

pub(super) fn cell_percent(cell: MetricCell) -> Json {
    or_null(cell.value.map(Value::decimal), |ratio| percent(ratio, FOUR))
}
