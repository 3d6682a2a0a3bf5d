//! The rates into one currency, as they stood at one revision.

use std::collections::HashMap;

use super::{Rate, RatePair};
use crate::money::Currency;
use crate::time::{Date, day_number};

/// How many imports of rates an agency had; 0 before the first. The rates at a revision never
/// change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct RatesRevision(pub i64);

/// The rates into one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateTable {
    into: Currency,
    /// By currency, the days with a rate, ascending.
    from: HashMap<Currency, Vec<(i32, Rate)>>,
}

impl RateTable {
    /// The table of these rates; those into other currencies are left out. Of several rates of one
    /// day the last counts.
    pub fn new(into: Currency, rates: impl IntoIterator<Item = (RatePair, Rate)>) -> Self {
        let mut from: HashMap<Currency, Vec<(i32, Rate)>> = HashMap::new();
        for (pair, rate) in rates {
            if pair.to == into {
                let days = from.entry(pair.from).or_default();
                days.push((day_number(pair.day), rate));
            }
        }
        for days in from.values_mut() {
            days.sort_by_key(|(day, _)| *day);
            // The later of two of one day is kept, in the place of the earlier.
            days.dedup_by(|later, kept| {
                let is_same = later.0 == kept.0;
                if is_same {
                    *kept = *later;
                }
                is_same
            });
        }
        Self { into, from }
    }

    /// The currency that its rates are into.
    pub fn currency(&self) -> Currency {
        self.into
    }

    /// The rate of a day, if there is one; that of the currency itself is one.
    pub fn rate(&self, from: Currency, day: Date) -> Option<Rate> {
        self.rate_of_day(from, day_number(day))
    }

    /// The rate of the day with this number, as [`day_number`] counts.
    pub fn rate_of_day(&self, from: Currency, day: i32) -> Option<Rate> {
        if from == self.into {
            return Some(Rate::ONE);
        }
        let days = self.from.get(&from)?;
        let place = days.binary_search_by_key(&day, |(known, _)| *known);
        Some(days[place.ok()?].1)
    }

    /// How many rates it has.
    pub fn n_rates(&self) -> usize {
        self.from.values().map(Vec::len).sum()
    }

    /// About how many bytes of memory it holds.
    pub fn size_bytes(&self) -> usize {
        let entry = size_of::<(Currency, Vec<(i32, Rate)>)>();
        let days = self.from.values();
        size_of::<Self>()
            + days
                .map(|days| entry + days.capacity() * size_of::<(i32, Rate)>())
                .sum::<usize>()
    }
}
