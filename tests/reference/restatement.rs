//! What was known of days at several moments, while the platform restated them.

use bellwether_domain::comparison::relative;
use bellwether_domain::money::Decimal;
use bellwether_domain::restatement::{Revision, as_of};
use bellwether_domain::time::{Date, Timestamp, parse_date};
use serde::Deserialize;
use serde_json::{Value, json};

use super::adds_up::roas;
use super::given::Number;
use super::written::{CENTS, FOUR, cell, decimal, or_null, percent};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Restated {
    revisions: Vec<Given>,
    as_of: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    date: String,
    received_at: String,
    spend: Number,
    value: Number,
}

type Day = Revision<Date, (Decimal, Decimal)>;

pub(super) fn restated(given: &Restated) -> Result<Value, String> {
    let revisions = given.revisions.iter().map(revision);
    let revisions: Vec<Day> = revisions.collect::<Result<_, _>>()?;
    let mut results = Vec::new();
    let mut values = Vec::new();
    for text in &given.as_of {
        let known = as_of(&revisions, moment(text)?);
        let days = known.values();
        let spend: Decimal = days.clone().map(|(spend, _)| *spend).sum();
        let value: Decimal = days.clone().map(|(_, value)| *value).sum();
        let roas = roas(days.map(|(spend, value)| (Number(*spend), Number(*value))))?;
        results.push(json!({
            "spend": decimal(spend, CENTS),
            "value": decimal(value, CENTS),
            "roas": cell(roas, FOUR),
        }));
        values.push(value);
    }
    let (first, last) = (values.first().copied(), values.last().copied());
    let change = first
        .zip(last)
        .and_then(|(first, last)| relative(last - first, first));
    Ok(json!({
        "results": results,
        "value_delta_pct_last_vs_first": or_null(change, |ratio| percent(ratio, FOUR)),
    }))
}

fn revision(given: &Given) -> Result<Day, String> {
    Ok(Revision {
        key: parse_date(&given.date).map_err(|refusal| refusal.to_string())?,
        received_at: moment(&given.received_at)?,
        value: (given.spend.0, given.value.0),
    })
}

fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|error| format!("`{text}`: {error}"))
}
