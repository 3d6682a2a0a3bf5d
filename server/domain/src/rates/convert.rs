//! Converting amounts of days: summed unrounded, rounded once by whoever shows them.

use super::{Rate, RateTable};
use crate::money::{Currency, Decimal, RoundingStrategy, decimal_near};
use crate::time::Date;

/// The decimal places of converted amounts: six of micros and twelve of rates.
const EXACT_PLACES: u32 = 18;

/// A day and currency for which there is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MissingRate {
    /// The day.
    pub day: Date,
    /// The currency that can't be converted on it.
    pub currency: Currency,
}

/// Why an amount can't be converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotConverted {
    /// Its day has no rate.
    RateMissing,
    /// It is over some 10^20 units, which is more than there is money.
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

/// An amount in micros of the day with this number, as [`crate::time::day_number`] counts, in the
/// table's currency. An amount of nothing needs no rate.
pub fn convert(
    micros: i128,
    from: Currency,
    day: i32,
    rates: &RateTable,
) -> Result<Exact, NotConverted> {
    if micros == 0 {
        return Ok(Exact::default());
    }
    let rate = rates.rate_of_day(from, day);
    let rate = rate.ok_or(NotConverted::RateMissing)?;
    Exact::at(micros, rate).ok_or(NotConverted::TooLarge)
}
