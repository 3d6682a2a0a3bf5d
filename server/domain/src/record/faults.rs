//! All that a body has against it at once, each fault with its code and its place.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::limits::{
    DISTRIBUTION_TOLERANCE_MILLIONTHS, RECORD_LIST_MAX, RECORD_NAME_BYTES_MAX,
    RECORD_TEXT_BYTES_MAX,
};
use super::values::{Exact, Money, Period};
use crate::ErrorCode;
use crate::error_code::Refusal;
use crate::money::{Currency, NotMicros, micros_of};
use crate::time::Date;

/// The faults found so far, and the place that is being looked at.
#[derive(Debug, Default)]
pub struct Faults {
    place: Vec<String>,
    found: Vec<Refusal>,
}

impl Faults {
    /// Nothing when there is no fault, else all of them.
    pub fn into_result(self) -> Result<(), Vec<Refusal>> {
        if self.found.is_empty() {
            return Ok(());
        }
        Err(self.found)
    }

    /// Adds a fault of this field of the place that is being looked at.
    pub fn add(&mut self, field: &str, refusal: Refusal) {
        let mut path = self.place.clone();
        path.push(field.to_owned());
        self.found.push(refusal.at(path.join(".")));
    }

    fn add_code(&mut self, field: &str, code: ErrorCode, message: String) {
        self.add(field, Refusal::new(code, message));
    }

    /// Looks at the things inside a field.
    pub fn within(&mut self, field: &str, look: impl FnOnce(&mut Self)) {
        self.place.push(field.to_owned());
        look(self);
        self.place.pop();
    }

    /// Looks at each entry of a list of at most [`RECORD_LIST_MAX`]; a longer one is not read.
    pub fn each<T>(&mut self, field: &str, list: &[T], look: impl Fn(&mut Self, &T)) {
        if list.len() > RECORD_LIST_MAX {
            let what = format!("a list of {}", list.len());
            self.add(
                field,
                Refusal::limit("record_list_max", RECORD_LIST_MAX, what),
            );
            return;
        }
        for (index, entry) in list.iter().enumerate() {
            self.within(field, |faults| {
                faults.within(&index.to_string(), |faults| look(faults, entry));
            });
        }
    }

    /// Finds entries of a list that name the same thing as one before.
    pub fn distinct<T: Ord + std::fmt::Display>(
        &mut self,
        field: &str,
        names: impl IntoIterator<Item = T>,
    ) {
        let mut seen = BTreeSet::new();
        let mut twice = Vec::new();
        for (index, name) in names.into_iter().enumerate() {
            let told = format!("`{name}` stands there twice; name it once");
            if !seen.insert(name) {
                twice.push((index, told));
            }
        }
        for (index, told) in twice {
            self.within(field, |faults| {
                faults.add(&index.to_string(), Refusal::invalid(told));
            });
        }
    }

    /// A short text that has to be there.
    pub fn name(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(
                field,
                Refusal::invalid("the text is empty; write 1 to 256 bytes"),
            );
        }
        self.bounded(field, text, "record_name_bytes_max", RECORD_NAME_BYTES_MAX);
        if text.contains(char::is_control) {
            let message = "the text holds control characters, such as line breaks; leave them out";
            self.add(field, Refusal::invalid(message));
        }
    }

    /// A list of short texts.
    pub fn names(&mut self, field: &str, texts: &[String]) {
        self.each(field, texts, |_, _| {});
        for (index, text) in texts.iter().enumerate().take(RECORD_LIST_MAX) {
            self.within(field, |faults| faults.name(&index.to_string(), text));
        }
    }

    /// A short text that may be missing.
    pub fn name_if_any(&mut self, field: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.name(field, text);
        }
    }

    /// A long text that may be missing, with line breaks.
    pub fn text_if_any(&mut self, field: &str, text: Option<&str>) {
        let Some(text) = text else { return };
        if text.trim().is_empty() {
            self.add(
                field,
                Refusal::invalid("the text is empty; leave it out instead"),
            );
        }
        self.bounded(field, text, "record_text_bytes_max", RECORD_TEXT_BYTES_MAX);
        let is_odd = |letter: char| letter.is_control() && letter != '\n' && letter != '\t';
        if text.contains(is_odd) {
            let message =
                "the text holds control characters other than line breaks and tabs; leave them out";
            self.add(field, Refusal::invalid(message));
        }
    }

    fn bounded(&mut self, field: &str, text: &str, limit: &str, bytes_max: usize) {
        if text.len() > bytes_max {
            let what = format!("a text of {} bytes", text.len());
            self.add(field, Refusal::limit(limit, bytes_max, what));
        }
    }

    /// A percentage from 0 to 100.
    pub fn percentage(&mut self, field: &str, percent: Exact) {
        if percent.0 < Decimal::ZERO || percent.0 > Decimal::ONE_HUNDRED {
            let message = format!("`{}` is not a percentage; use 0 to 100", percent.0);
            self.add_code(field, ErrorCode::InvalidPercentage, message);
        }
    }

    /// A number that is not below zero.
    pub fn not_negative(&mut self, field: &str, number: Exact) {
        if number.0 < Decimal::ZERO {
            let message = format!("`{}` is below zero; use 0 or more", number.0);
            self.add(field, Refusal::invalid(message));
        }
    }

    /// Money: not below zero, at most six decimal places, of a known currency.
    pub fn money(&mut self, field: &str, money: &Money) {
        self.within(field, |faults| {
            let amount = money.amount;
            faults.not_negative("amount", amount);
            let message = match micros_of(amount.0) {
                Ok(_) => None,
                Err(NotMicros::TooFine) => Some("is too fine; use at most six decimal places"),
                Err(NotMicros::TooLarge) => Some("is too large; use at most 9223372036854.775807"),
            };
            if let Some(message) = message {
                faults.add(
                    "amount",
                    Refusal::invalid(format!("`{}` {message}", amount.0)),
                );
            }
            if let Err(refusal) = Currency::parse(&money.currency) {
                let code = ErrorCode::UnknownCurrency;
                faults.add("currency", Refusal { code, ..refusal });
            }
        });
    }

    /// Money that may be missing.
    pub fn money_if_any(&mut self, field: &str, money: Option<&Money>) {
        if let Some(money) = money {
            self.money(field, money);
        }
    }

    /// The ISO 3166 code of a country.
    pub fn country(&mut self, field: &str, code: &str) {
        if code.parse::<iso_currency::Country>().is_err() {
            let message = format!("country `{code}` is unknown; use an ISO 3166 code such as `US`");
            self.add_code(field, ErrorCode::UnknownCountry, message);
        }
    }

    /// A period with at least one day.
    pub fn period(&mut self, field: &str, period: &Period) {
        self.within(field, |faults| {
            faults.days("until", period.from, period.until);
        });
    }

    /// A last day that comes after the first, at the place of the last.
    pub fn days(&mut self, field: &str, from: Date, until: Option<Date>) {
        if let Some(until) = until.filter(|until| *until <= from) {
            let message = format!(
                "the period until `{until}` has no day, because it begins on `{from}`; `until` is the first day after"
            );
            self.add_code(field, ErrorCode::EmptyPeriod, message);
        }
    }

    /// Shares from 0 to 1 that come to 1.
    pub fn distribution(&mut self, field: &str, shares: &[Exact]) {
        let is_share = |share: &Exact| (Decimal::ZERO..=Decimal::ONE).contains(&share.0);
        if let Some(odd) = shares.iter().find(|share| !is_share(share)) {
            let message = format!("`{}` is not a share; use 0 to 1", odd.0);
            self.add_code(field, ErrorCode::InvalidDistribution, message);
            return;
        }
        let sum: Decimal = shares.iter().map(|share| share.0).sum();
        let tolerance = Decimal::new(DISTRIBUTION_TOLERANCE_MILLIONTHS, 6);
        if (sum - Decimal::ONE).abs() > tolerance {
            let message = format!("the shares come to `{sum}`; they have to come to 1");
            self.add_code(field, ErrorCode::InvalidDistribution, message);
        }
    }
}
