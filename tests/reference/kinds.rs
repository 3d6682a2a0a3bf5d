//! Which rule of the product each kind of case is about.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    adds_up, attribution, comparison, funnel, maturity, money, objectives, restatement, roi,
};

/// The kinds whose rules other packages hold, and whose tests read the same folder; `cargo test`
/// runs them all.
const ELSEWHERE: [(&str, &[&str]); 4] = [
    (
        "bellwether-plugin-host",
        &[
            "robust_z",
            "weekday_log",
            "generalised_esd",
            "rate_change",
            "poisson_rate",
            "multiple_testing",
            "pacing",
            "platform_cap",
        ],
    ),
    (
        "bellwether-plugin-host",
        &[
            "allocate",
            "allocate_flexible",
            "allocate_grouped",
            "allocate_nonconcave",
            "allocate_robust",
            "error",
            "fit",
            "rounding",
        ],
    ),
    (
        "bellwether-plugin-host",
        &[
            "affordability",
            "audience",
            "composite",
            "conversion",
            "feedback",
            "offer",
            "price",
            "tone",
        ],
    ),
    (
        "bellwether-workflow",
        &[
            "any",
            "cancel_promotion",
            "performance_review",
            "resolve_mismatch",
            "terminate_agency",
        ],
    ),
];

/// The package whose tests run the cases of a kind, if it isn't these.
pub(super) fn package_of(kind: &str) -> Option<&'static str> {
    let found = ELSEWHERE.iter().find(|(_, kinds)| kinds.contains(&kind));
    found.map(|(package, _)| *package)
}

/// What the product says of a case's input, under the names of its expectation.
pub(super) fn computed(kind: &str, input: &Value) -> Result<Value, String> {
    match kind {
        "aggregate" => adds_up::aggregate(&read(input)?),
        "attribution" => attribution::windows(&read(input)?),
        "comparison" => comparison::compared(input),
        "currency" => money::converted(&read(input)?),
        "funnel" => funnel::funnel(&read(input)?),
        "maturity" => maturity::maturity(&read(input)?),
        "money" => money::rounded(&read(input)?),
        "objective_kpis" => objectives::kpis(&read(input)?),
        "restatement" => restatement::restated(&read(input)?),
        "roi" => roi::roi(&read(input)?),
        "roi_identity" => roi::identity(&read(input)?),
        _ => Err("no rule of the product is known for this kind of case".to_owned()),
    }
}

/// An input in the shape of its kind; a field that is not of it is a mistake, not left out.
pub(super) fn read<T: DeserializeOwned>(input: &Value) -> Result<T, String> {
    T::deserialize(input).map_err(|error| format!("the input can't be read: {error}"))
}
