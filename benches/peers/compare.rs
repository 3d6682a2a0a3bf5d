//! Whether both sides say the same: sums to the last digit, ratios to a billionth.

use std::collections::BTreeMap;

use serde_json::Value;

use super::client::Answer;
use super::duckdb::PeerAnswer;
use super::questions::Question;

/// How far ratios may lie apart, relatively.
const RATIO_TOLERANCE: f64 = 1e-9;

/// Bellwether sends ratios with ten decimals; half of the last one is rounding.
const RATIO_ROUNDING: f64 = 0.5e-10;

/// Sums that both sides hold in millionths.
const IN_MILLIONTHS: [&str; 5] = ["conversions", "spend", "revenue", "refunds", "cogs"];

/// The differences found, as sentences for people; at most this many are told.
const DIFFERENCES_MAX: usize = 5;

/// What differs; nothing when both are equal.
pub(crate) fn differences(question: &Question, ours: &Answer, theirs: &PeerAnswer) -> Vec<String> {
    let mut found = Vec::new();
    if ours.rows.len() != theirs.rows.len() {
        found.push(format!(
            "`{}`: {} rows, DuckDB has {}",
            question.name,
            ours.rows.len(),
            theirs.rows.len()
        ));
    }
    let places: Vec<Option<usize>> = theirs
        .columns
        .iter()
        .map(|name| ours.columns.iter().position(|column| column == name))
        .collect();
    let n_keys = question.by.len();
    let expected: BTreeMap<String, &Vec<Value>> = theirs
        .rows
        .iter()
        .map(|row| (row[..n_keys].iter().map(Value::to_string).collect(), row))
        .collect();
    for row in &ours.rows {
        let cell = |place: usize| places[place].and_then(|place| row.get(place));
        let key: String = (0..n_keys).filter_map(cell).map(Value::to_string).collect();
        let Some(theirs_row) = expected.get(&key) else {
            found.push(format!("`{}`: DuckDB lacks the row {key}", question.name));
            continue;
        };
        for place in n_keys..theirs.columns.len() {
            let name = &theirs.columns[place];
            let (our_value, their_value) = (cell(place), &theirs_row[place]);
            if !our_value.is_some_and(|value| same(name, value, their_value)) {
                found.push(format!(
                    "`{}`: row {key}, {name}: {our_value:?}, DuckDB says {their_value}",
                    question.name
                ));
            }
        }
    }
    if question.top.is_some() && ours.rows.len() == theirs.rows.len() {
        let in_order = ours.rows.iter().zip(&theirs.rows).all(|(ours, theirs)| {
            let place = |key: usize| places[key].and_then(|place| ours.get(place));
            (0..n_keys).all(|key| place(key) == theirs.get(key))
        });
        if !in_order {
            found.push(format!("`{}`: another order of rows", question.name));
        }
    }
    found.truncate(DIFFERENCES_MAX);
    found
}

fn same(name: &str, ours: &Value, theirs: &Value) -> bool {
    if name == "roi" {
        let (Some(ours), Some(theirs)) = (ours.as_f64(), theirs.as_f64()) else {
            return ours.is_null() && theirs.is_null();
        };
        let apart = (ours - theirs).abs();
        return apart <= RATIO_TOLERANCE * theirs.abs() + RATIO_ROUNDING;
    }
    if ours.is_null() || theirs.is_null() {
        return ours == theirs;
    }
    let ours = if IN_MILLIONTHS.contains(&name) {
        ours.as_str().and_then(millionths)
    } else {
        ours.as_i64().map(i128::from)
    };
    ours.is_some() && ours == theirs.as_i64().map(i128::from)
}

/// An exact decimal in millionths; `None` if it has more digits than that.
fn millionths(decimal: &str) -> Option<i128> {
    let (sign, digits) = match decimal.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, decimal),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.len() > 6 {
        return None;
    }
    let written = format!("{whole}{fraction:0<6}");
    Some(sign * written.parse::<i128>().ok()?)
}
