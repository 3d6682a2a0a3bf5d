//! Exchange rates: what a day's unit of one currency is worth in another, exactly.
//!
//! A rate holds for its own day only, and from its first currency into its second only. Where one
//! lacks nothing is converted: no rate is carried, turned round or put together of others.
//! Invariant: no floating point; nothing is rounded before the end.

mod convert;
mod entry;
mod table;

pub use convert::{Exact, MissingRate, NotConverted, convert};
pub use entry::{
    CARRY_DAYS_MAX, RATE_LINE_BYTES_MAX, RATE_PROBLEMS_MAX, RATE_SOURCE_BYTES_MAX, RateEntry,
    RateImport, RateLines, RatePair, RateProblem, RatesFileColumns,
};
pub use table::{RateTable, RatesRevision};

use crate::error_code::Refusal;
use crate::money::Decimal;

/// How many decimal places a rate has at most.
pub const RATE_PLACES_MAX: u32 = 12;

/// A rate of one, in the parts that rates are counted in.
pub const RATE_ONE: i128 = 10_i128.pow(RATE_PLACES_MAX);

/// The largest rate: a hundredfold of what the weakest currency gives for the strongest.
pub const RATE_MAX: i64 = 9_000_000;

/// How much of a currency one unit of another is worth: above zero, at most [`RATE_MAX`], counted
/// in parts of 10 to the power of -12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rate(i64);

impl Rate {
    /// The rate of a currency into itself.
    pub const ONE: Self = Self(10_i64.pow(RATE_PLACES_MAX));

    /// The rate that a decimal such as `0.0000620` says; refuses what would have to be rounded.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let unreadable = || {
            Refusal::invalid(format!(
                "`{text}` is not a rate; use a decimal such as `1.085`"
            ))
        };
        let is_plain = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let rate: Decimal = text
            .parse()
            .ok()
            .filter(|_| is_plain)
            .ok_or_else(unreadable)?;
        let rate = rate.normalize();
        if rate.scale() > RATE_PLACES_MAX {
            let what = format!("the rate `{text}` of {} decimal places", rate.scale());
            return Err(Refusal::limit("rate_places_max", RATE_PLACES_MAX, what));
        }
        if rate.is_zero() {
            return Err(Refusal::invalid("a rate is above zero"));
        }
        if rate > Decimal::from(RATE_MAX) {
            let what = format!("the rate `{text}`");
            return Err(Refusal::limit("rate_max", RATE_MAX, what));
        }
        let parts = rate.mantissa() * 10_i128.pow(RATE_PLACES_MAX - rate.scale());
        i64::try_from(parts).map(Self).map_err(|_| unreadable())
    }

    /// The rate of so many parts; `None` for what is no rate.
    pub fn of_parts(parts: i64) -> Option<Self> {
        let max = i128::from(RATE_MAX) * RATE_ONE;
        (parts > 0 && i128::from(parts) <= max).then_some(Self(parts))
    }

    /// The rate as a decimal, without zeros at its end.
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.0, RATE_PLACES_MAX).normalize()
    }

    /// How many parts of 10 to the power of -12 it is.
    pub fn parts(self) -> i64 {
        self.0
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.decimal().fmt(f)
    }
}

#[cfg(test)]
mod tests;
