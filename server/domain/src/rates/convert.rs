//! Converting amounts of days: summed unrounded, rounded once by whoever shows them.

use super::{Rate, RateTable};
use crate::money::{Currency, Decimal, RoundingStrategy, decimal_near};
use crate::time::Date;

/// The decimal places of converted amounts: six of micros and twelve of rates.
const EXACT_PLACES: u32 = 18;

/// Money of one day in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayAmount {
    /// The day, whose rate counts.
    pub day: Date,
    /// The currency.
    pub currency: Currency,
    /// The amount in micros of it.
    pub micros: i64,
}

/// A day and currency for which there is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MissingRate {
    /// The day.
    pub day: Date,
    /// The currency that can't be converted on it.
    pub currency: Currency,
}

/// Why amounts can't be converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotConverted {
    /// These days and currencies have no rate; sorted, each once.
    RateMissing(Vec<MissingRate>),
    /// The sum is over some 10^20 units, which is more than there is money.
    TooLarge,
}

/// A converted amount, exactly: in parts of 10 to the power of -18.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Exact(i128);

impl Exact {
    /// The amount at a rate; `None` when it does not fit.
    pub fn at(micros: i128, rate: Rate) -> Option<Self> {
        micros.checked_mul(rate.parts().into()).map(Self)
    }

    /// Both together; `None` when that does not fit.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The amount in its parts.
    pub fn parts(self) -> i128 {
        self.0
    }

    /// The amount rounded to so many places, half away from zero.
    pub fn rounded(self, places: u32) -> Decimal {
        let rounding = RoundingStrategy::MidpointAwayFromZero;
        decimal_near(self.0, EXACT_PLACES).round_dp_with_strategy(places, rounding)
    }
}

/// The sum of amounts in the table's currency, each converted by its own day's rate; or every day
/// and currency that has none. An amount of nothing needs no rate.
pub fn convert(
    amounts: impl IntoIterator<Item = DayAmount>,
    rates: &RateTable,
) -> Result<Exact, NotConverted> {
    let mut sum = Exact::default();
    let mut missing = Vec::new();
    for amount in amounts.into_iter().filter(|amount| amount.micros != 0) {
        match rates.rate(amount.currency, amount.day) {
            Some(rate) => {
                let converted = Exact::at(amount.micros.into(), rate);
                let with = converted.and_then(|converted| sum.plus(converted));
                sum = with.ok_or(NotConverted::TooLarge)?;
            }
            None => missing.push(MissingRate {
                day: amount.day,
                currency: amount.currency,
            }),
        }
    }
    if missing.is_empty() {
        return Ok(sum);
    }
    missing.sort_unstable();
    missing.dedup();
    Err(NotConverted::RateMissing(missing))
}
