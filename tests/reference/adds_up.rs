//! Ratios of several days: of their sums, never the mean of their ratios.

use bellwether_domain::comparison;
use bellwether_domain::metric::{Metric, MetricCell, Value, evaluate};
use bellwether_domain::money::Decimal;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::given::{Given, Number};
use super::written::{FOUR, cell, decimal, or_null};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Days {
    days: Vec<Day>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Day {
    spend: Number,
    value: Number,
}

pub(super) fn aggregate(given: &Days) -> Result<Json, String> {
    let days = given.days.iter().map(|day| (day.spend, day.value));
    let of_days = days.clone().map(|day| roas([day]));
    let of_days: Vec<MetricCell> = of_days.collect::<Result<_, _>>()?;
    let known: Vec<Decimal> = of_days
        .iter()
        .filter_map(|cell| cell.value.map(Value::decimal))
        .collect();
    Ok(json!({
        "roas": cell(roas(days)?, FOUR),
        "wrong_mean_of_ratios": or_null(comparison::mean(&known), |mean| decimal(mean, FOUR)),
    }))
}

/// The return on ad spend of days, each its spend and its value.
pub(super) fn roas(days: impl IntoIterator<Item = (Number, Number)>) -> Result<MetricCell, String> {
    let mut sums = Given::default();
    for (spend, value) in days {
        sums = sums
            .measure("spend", Some(spend))?
            .measure("revenue", Some(value))?;
    }
    Ok(evaluate(Metric::Roas, &sums))
}
