//! Amounts as they can be paid, and converted day by day.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_domain::money::Currency;
use bellwether_domain::rates::{
    Exact, MissingRate, NotConverted, Rate, RatePair, RateTable, convert,
};
use bellwether_domain::time::{Date, day_number, parse_date};
use serde::Deserialize;
use serde_json::{Value, json};

use super::adds_up::roas;
use super::given::{Number, micros};
use super::written::{CENTS, FOUR, cell, decimal};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Amounts {
    values: Vec<Amount>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Amount {
    currency: String,
    amount: Number,
}

pub(super) fn rounded(given: &Amounts) -> Result<Value, String> {
    let mut rounded = Vec::new();
    let mut minor = Vec::new();
    for Amount {
        currency,
        amount: Number(amount),
    } in &given.values
    {
        let currency = currency_of(currency)?;
        rounded.push(currency.rounded(*amount).to_string());
        minor.push(currency.minor_units(*amount));
    }
    Ok(json!({ "rounded": rounded, "minor": minor }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Converted {
    reporting: String,
    rates_to_reporting: BTreeMap<String, BTreeMap<String, String>>,
    rows: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    date: String,
    currency: String,
    spend: Number,
    value: Number,
}

pub(super) fn converted(given: &Converted) -> Result<Value, String> {
    let rates = rates(given)?;
    let mut sums = [Exact::default(); 2];
    let mut missing = BTreeSet::new();
    for row in &given.rows {
        let (day, currency) = (day(&row.date)?, currency_of(&row.currency)?);
        for (sum, amount) in sums.iter_mut().zip([row.spend.0, row.value.0]) {
            match convert(micros(amount)?.into(), currency, day_number(day), &rates) {
                Ok(exact) => *sum = sum.plus(exact).ok_or("the sum does not fit")?,
                Err(NotConverted::RateMissing) => {
                    missing.insert(MissingRate { day, currency });
                }
                Err(NotConverted::TooLarge) => return Err("an amount does not fit".to_owned()),
            }
        }
    }
    if !missing.is_empty() {
        return Ok(refused(&missing));
    }
    let [spend, value] = sums.map(|sum| Number(sum.rounded(6)));
    Ok(json!({
        "spend": decimal(spend.0, CENTS),
        "value": decimal(value.0, CENTS),
        "roas": cell(roas([(spend, value)])?, FOUR),
    }))
}

fn refused(missing: &BTreeSet<MissingRate>) -> Value {
    let told = missing
        .iter()
        .map(|it| json!({ "date": it.day.to_string(), "currency": it.currency.code() }));
    json!({ "error": "FX_RATE_MISSING", "missing": told.collect::<Vec<_>>() })
}

fn rates(given: &Converted) -> Result<RateTable, String> {
    let to = currency_of(&given.reporting)?;
    let mut rates = Vec::new();
    for (text, of_day) in &given.rates_to_reporting {
        for (from, rate) in of_day {
            let pair = RatePair {
                day: day(text)?,
                from: currency_of(from)?,
                to,
            };
            rates.push((
                pair,
                Rate::parse(rate).map_err(|refusal| refusal.to_string())?,
            ));
        }
    }
    Ok(RateTable::new(to, rates))
}

fn day(text: &str) -> Result<Date, String> {
    parse_date(text).map_err(|refusal| refusal.to_string())
}

fn currency_of(code: &str) -> Result<Currency, String> {
    Currency::parse(code).map_err(|refusal| refusal.to_string())
}
