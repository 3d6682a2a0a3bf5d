//! The arithmetic of a calculation, line by line.
//!
//! A line's amount is rounded for the reader by the rule that it names; what is computed further
//! is the unrounded value, so that totals don't add rounding errors.

use bellwether_domain::money::{Decimal, RoundingStrategy};
use bellwether_domain::time::Date;
use serde::{Deserialize, Serialize};

/// How the amounts of a sheet are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rounding {
    /// Two decimal places, a half away from zero.
    #[serde(rename = "HALF_UP_2")]
    HalfUp2,
    /// Four decimal places, a half away from zero: counts and percentages.
    #[serde(rename = "HALF_UP_4")]
    HalfUp4,
    /// Whole days.
    #[serde(rename = "EXACT")]
    Exact,
}

impl Rounding {
    /// The value rounded, with all of its decimal places written.
    pub fn round(self, value: Decimal) -> Decimal {
        let places = match self {
            Self::HalfUp2 => 2,
            Self::HalfUp4 => 4,
            Self::Exact => return value,
        };
        let mut rounded =
            value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        if rounded.is_zero() {
            rounded = Decimal::ZERO;
        }
        rounded.rescale(places);
        rounded
    }
}

/// One step of the arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What is computed, in words.
    pub label: String,
    /// How, by the names of the inputs.
    pub formula: String,
    /// The inputs by name, in the order of the formula.
    pub inputs: Vec<(String, String)>,
    /// What comes out: an amount, a number of days or a date.
    pub amount: String,
    /// How the amount was rounded.
    pub rounding: Rounding,
}

/// Something that a person should know before relying on the figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// A word for programs, such as `SEEK_LEGAL_ADVICE`.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

/// The lines of a calculation in their order, and its warnings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The lines.
    pub lines: Vec<Line>,
    /// The warnings.
    pub warnings: Vec<Warning>,
}

impl Sheet {
    /// Notes an amount of money and gives it back unrounded.
    pub(super) fn money(
        &mut self,
        label: &str,
        formula: &str,
        inputs: &[(&str, &dyn ToString)],
        value: Decimal,
    ) -> Decimal {
        self.value(label, formula, inputs, value, Rounding::HalfUp2)
    }

    /// Notes a value that is rounded in this way, and gives it back unrounded.
    pub(super) fn value(
        &mut self,
        label: &str,
        formula: &str,
        inputs: &[(&str, &dyn ToString)],
        value: Decimal,
        rounding: Rounding,
    ) -> Decimal {
        let amount = rounding.round(value).to_string();
        self.push(label, formula, inputs, amount, rounding);
        value
    }

    /// Notes a day.
    pub(super) fn day(
        &mut self,
        label: &str,
        formula: &str,
        inputs: &[(&str, &dyn ToString)],
        day: Date,
    ) -> Date {
        self.push(label, formula, inputs, day.to_string(), Rounding::Exact);
        day
    }

    /// Notes a number of days.
    pub(super) fn days(
        &mut self,
        label: &str,
        formula: &str,
        inputs: &[(&str, &dyn ToString)],
        days: i32,
    ) -> i32 {
        self.push(label, formula, inputs, days.to_string(), Rounding::Exact);
        days
    }

    /// Adds a warning.
    pub(super) fn warn(&mut self, code: &str, message: impl Into<String>) {
        self.warnings.push(Warning {
            code: code.to_owned(),
            message: message.into(),
        });
    }

    /// Warns of every input field that no rule read, so that nothing is left out in silence.
    pub(super) fn warn_unread<'a>(&mut self, fields: impl IntoIterator<Item = &'a String>) {
        for field in fields {
            let message = format!("the input `{field}` is not read by this calculation");
            self.warn("UNREAD_INPUT", message);
        }
    }

    fn push(
        &mut self,
        label: &str,
        formula: &str,
        inputs: &[(&str, &dyn ToString)],
        amount: String,
        rounding: Rounding,
    ) {
        let inputs = inputs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.to_string()))
            .collect();
        self.lines.push(Line {
            label: label.to_owned(),
            formula: formula.to_owned(),
            inputs,
            amount,
            rounding,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_goes_away_from_zero_and_no_zero_is_negative() {
        let round = |text: &str| Rounding::HalfUp2.round(text.parse().unwrap()).to_string();
        assert_eq!(round("1.005"), "1.01");
        assert_eq!(round("-1.005"), "-1.01");
        assert_eq!(round("-0.004"), "0.00");
        assert_eq!(round("3"), "3.00");
    }
}
