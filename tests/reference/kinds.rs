//! Which rule of the product each kind of case is about.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    adds_up, attribution, comparison, funnel, maturity, money, objectives, restatement, roi,
};

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
        "roi_identity" => roi::identity(),
        _ => Err("no rule of the product is known for this kind of case".to_owned()),
    }
}

/// An input in the shape of its kind; a field that is not of it is a mistake, not left out.
pub(super) fn read<T: DeserializeOwned>(input: &Value) -> Result<T, String> {
    T::deserialize(input).map_err(|error| format!("the input can't be read: {error}"))
}
