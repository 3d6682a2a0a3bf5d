//! Values that many bodies have: exact numbers, money, periods.
//!
//! Invariant: a number is written as text in JSON, so that no reader rounds it.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Date;

/// An exact decimal, written as text such as `"12.5"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(pub Decimal);

impl Exact {
    /// The nearest floating-point number, for statistics.
    pub fn to_float(self) -> f64 {
        self.0.to_f64().unwrap_or(f64::NAN)
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExactVisitor)
    }
}

/// Reads a decimal from text, or from a whole number; a number with a point may have been rounded
/// before it came here.
struct ExactVisitor;

impl Visitor<'_> for ExactVisitor {
    type Value = Exact;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a decimal as text, such as \"12.5\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Exact, E> {
        text.parse().map(Exact).map_err(|_| {
            E::custom(format!(
                "`{text}` is not a decimal; write it as text, such as \"12.5\""
            ))
        })
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Exact, E> {
        Ok(Exact(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Exact, E> {
        Ok(Exact(number.into()))
    }
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Money {
    /// How much, in units of the currency.
    pub amount: Exact,
    /// The ISO 4217 code of the currency.
    pub currency: String,
}

/// Days from one on up to another that is not among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The first day after; open when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Period {
    /// Whether some day lies in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_before = |one: &Self, end: Option<Date>| end.is_none_or(|end| one.from < end);
        begins_before(self, other.until) && begins_before(other, self.until)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::date_of_day_number;

    fn period(from: i32, days: Option<i32>) -> Period {
        let day = |number| date_of_day_number(number).unwrap();
        Period {
            from: day(from),
            until: days.map(|days| day(from + days)),
        }
    }

    proptest! {
        #[test]
        fn periods_overlap_when_a_day_lies_in_both(
            one in (0..30_i32, proptest::option::of(1..20_i32)),
            other in (0..30_i32, proptest::option::of(1..20_i32)),
        ) {
            let holds = |(from, days): (i32, Option<i32>), day| {
                from <= day && days.is_none_or(|days| day < from + days)
            };
            let expected = (0..100).any(|day| holds(one, day) && holds(other, day));
            let overlaps = period(one.0, one.1).overlaps(&period(other.0, other.1));
            prop_assert_eq!(overlaps, expected);
        }
    }

    #[test]
    fn a_decimal_is_read_from_text_or_a_whole_number_and_never_rounded() {
        let read = |json: &str| serde_json::from_str::<Exact>(json);
        assert_eq!(read(r#""0.10""#).unwrap().0.to_string(), "0.10");
        assert_eq!(read("7").unwrap().0.to_string(), "7");
        assert!(read("0.1").is_err());
        assert!(read(r#""a tenth""#).is_err());
    }
}
