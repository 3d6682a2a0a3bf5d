//! How an answer is compared with what was expected: every expected key, numbers within a
//! tolerance.
//!
//! Invariant: a key that is expected and absent is a difference, unless null is expected; what the
//! answer holds beyond the expected keys is not looked at.

use serde_json::{Map, Value};

/// What the author of a case wrote for the reader, which no answer repeats.
const FOR_READERS: [&str; 5] = [
    "note",
    "lambda_note",
    "hand_check",
    "rel_gap_slsqp",
    "slsqp_total_response",
];

/// How far a number may be off; the larger of both allowances counts.
#[derive(Debug, Clone, Copy)]
pub struct Tolerance {
    /// In the number's own unit.
    pub absolute: f64,
    /// As a share of the expected number.
    pub relative: f64,
}

impl Tolerance {
    /// A millionth of the expected number.
    pub const MILLIONTH: Self = Self {
        absolute: 0.0,
        relative: 1e-6,
    };

    fn admits(self, expected: f64, found: f64) -> bool {
        let of_size = self.relative * expected.abs();
        let allowed = self.absolute.max(of_size).max(half_of_last_digit(expected));
        (expected - found).abs() <= allowed
    }
}

/// A number printed with three decimals or more was rounded there, so that it is known to half of
/// its last digit; but never to less than a hundred-thousandth of it.
fn half_of_last_digit(expected: f64) -> f64 {
    let printed = format!("{expected}");
    let decimals = printed
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    if decimals < 3 {
        return 0.0;
    }
    let digits = i32::try_from(decimals).unwrap_or(i32::MAX);
    (0.500_001 * 10_f64.powi(-digits)).min(1e-5 * expected.abs())
}

/// Every place where `found` is not what was `expected`, as lines that name the place.
pub fn differences(
    expected: &Value,
    found: &Value,
    tolerance: &impl Fn(&str) -> Tolerance,
) -> Vec<String> {
    let mut lines = Vec::new();
    compare("", "", expected, found, tolerance, &mut lines);
    lines
}

fn compare(
    place: &str,
    key: &str,
    expected: &Value,
    found: &Value,
    tolerance: &impl Fn(&str) -> Tolerance,
    lines: &mut Vec<String>,
) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            compare_objects(place, expected, found, tolerance, lines);
        }
        (Value::Array(wanted), Value::Array(had)) if wanted.len() == had.len() => {
            for (index, (wanted, had)) in wanted.iter().zip(had).enumerate() {
                let place = format!("{place}[{index}]");
                compare(&place, key, wanted, had, tolerance, lines);
            }
        }
        (Value::Number(wanted), Value::Number(had)) => {
            let both = wanted.as_f64().zip(had.as_f64());
            if !both.is_some_and(|(wanted, had)| tolerance(key).admits(wanted, had)) {
                lines.push(format!("{place} is {had}, expected {wanted}"));
            }
        }
        _ if expected == found => {}
        _ => lines.push(format!("{place} is {found}, expected {expected}")),
    }
}

fn compare_objects(
    place: &str,
    expected: &Map<String, Value>,
    found: &Map<String, Value>,
    tolerance: &impl Fn(&str) -> Tolerance,
    lines: &mut Vec<String>,
) {
    let asked = expected
        .iter()
        .filter(|(key, _)| !FOR_READERS.contains(&key.as_str()));
    for (key, expected) in asked {
        let place = format!("{place}.{key}");
        match found.get(key) {
            Some(found) => compare(&place, key, expected, found, tolerance, lines),
            // What isn't said is not the same as what is said to be nothing.
            None => lines.push(format!("{place} is not there, expected {expected}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(expected: &Value, found: &Value) -> Vec<String> {
        differences(expected, found, &|_| Tolerance::MILLIONTH)
    }

    #[test]
    fn an_expected_key_must_be_there() {
        let found = lines(&json!({"a": {"b": 1}}), &json!({"a": {"c": 1}}));
        assert_eq!(found, [".a.b is not there, expected 1"]);
        assert_eq!(lines(&json!({"a": null}), &json!({})).len(), 1);
    }

    #[test]
    fn more_than_was_expected_is_no_difference() {
        assert!(lines(&json!({"a": 1}), &json!({"a": 1, "b": 2})).is_empty());
    }

    #[test]
    fn numbers_differ_beyond_their_tolerance_and_their_printed_digits() {
        assert!(lines(&json!(1_000_000.0), &json!(1_000_001.0)).is_empty());
        assert_eq!(lines(&json!(1_000_000.0), &json!(1_000_002.0)).len(), 1);
        assert!(lines(&json!(12.6667), &json!(12.666_666)).is_empty());
        assert_eq!(lines(&json!(12.6667), &json!(12.666)).len(), 1);
    }

    #[test]
    fn arrays_have_the_same_length() {
        assert_eq!(lines(&json!([1, 2]), &json!([1])).len(), 1);
    }
}
