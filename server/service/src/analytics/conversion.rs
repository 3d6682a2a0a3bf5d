//! Converting the sums of days into the currency of an answer, while they are put under classes.
//!
//! Sums of partitions are kept by day and in the campaigns' own currencies, so that a correction of
//! rates makes none of them anew. Converted sums are exact: in parts of the stored unit, which the
//! table rounds once. An answer that converts has all its sums in these parts, counts too.
//! Invariant: what has no rate stays apart in its own currency and is never added to the rest.

use std::collections::BTreeSet;
use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::metric::Component;
use bellwether_domain::money::Currency;
use bellwether_domain::query::MetricQuery;
use bellwether_domain::rates::{
    MissingRate, NotConverted, RATE_ONE, RateTable, RatesRevision, convert,
};
use bellwether_domain::time::{Timestamp, date_of_day_number};
use bellwether_store::{Bucket, Group, Partial};
use rustc_hash::FxHashMap;

use super::Asked;
use super::answer::{Warning, WarningCode};
use super::caches::{ListKey, Listed};
use super::classes::Classes;
use super::fold::{FoldKey, Folded, FoldedMeasure, digest_of, last_day_of};
use super::moving::{last_days_of, moving};
use super::question::{measures, period_bucket, reads_days_to_convert};
use crate::attributes::Attributes;
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::Parts;

/// The most that the sum of one day and class may come to, in units of the answer's currency: far
/// more than is ever spent, and so little that all sums of an answer together fit.
pub(crate) const CONVERTED_AMOUNT_MAX: u64 = 100_000_000_000_000;

/// The parts of a unit of converted money.
const PARTS_OF_UNIT: i128 = RATE_ONE * 1_000_000;

/// How many days and currencies without a rate the warning names.
const MISSING_TOLD_MAX: usize = 5;

/// The rates of an answer that converts, ready for its sums.
#[derive(Debug)]
pub(super) struct Converting {
    rates: Arc<RateTable>,
    /// By the plan's measures.
    is_money: Vec<bool>,
    /// The periods of the answer, where the sums are read by day.
    periods: Option<Bucket>,
}

impl Converting {
    /// `None` for a query that converts nothing.
    pub(super) fn of(
        query: &MetricQuery,
        attributes: &Attributes,
        rates: Option<&Arc<RateTable>>,
    ) -> Option<Self> {
        let rates = Arc::clone(rates?);
        let dataset = Dataset::of(query.dataset);
        let name = |place: usize| dataset.measures[place].name;
        let is_money = |place: usize| Component::Measure(name(place)).is_money();
        let reads_days = reads_days_to_convert(query, attributes);
        Some(Self {
            rates,
            is_money: measures(query).into_iter().map(is_money).collect(),
            periods: reads_days.then(|| period_bucket(query)),
        })
    }

    /// The sum of a measure of a day in parts, converted where it is money; `None` without a rate.
    pub(super) fn sum(
        &self,
        measure: usize,
        currency: Currency,
        day: i32,
        sum: i64,
    ) -> Option<i128> {
        if self.is_money[measure] {
            self.amount(currency, day, sum.into())
        } else {
            Some(i128::from(sum) * RATE_ONE)
        }
    }

    /// An amount in micros of a day in parts of the answer's currency; `None` without a rate.
    pub(super) fn amount(&self, currency: Currency, day: i32, micros: i128) -> Option<i128> {
        match convert(micros, currency, day, &self.rates) {
            Ok(exact) => Some(exact.parts()),
            Err(NotConverted::RateMissing) => None,
            // It is refused as too large.
            Err(NotConverted::TooLarge) => Some(i128::MAX),
        }
    }

    /// The currency that money is converted into.
    pub(super) fn currency(&self) -> Currency {
        self.rates.currency()
    }

    /// What rows are counted by for knowing which reported what: the answer's periods, as where
    /// nothing is converted.
    pub(super) fn in_periods(&self, group: &Group) -> Group {
        let first_day = |periods: Bucket| periods.first_day(group.bucket);
        Group {
            bucket: self.periods.map_or(group.bucket, first_day),
            ..*group
        }
    }
}

/// What came of converting sums, beside the sums.
#[derive(Debug, Default, Clone)]
pub(super) struct Conversions {
    missing: BTreeSet<MissingRate>,
    is_too_large: bool,
}

impl Conversions {
    /// Takes note of a day's money without a rate.
    pub(super) fn miss(&mut self, currency: Currency, day: i32) {
        if let Some(day) = date_of_day_number(day) {
            self.missing.insert(MissingRate { day, currency });
        }
    }

    /// Looks at a converted sum.
    pub(super) fn see(&mut self, parts: i128) {
        let max = i128::from(CONVERTED_AMOUNT_MAX) * PARTS_OF_UNIT;
        self.is_too_large |= parts.unsigned_abs() > max.unsigned_abs();
    }

    /// Adds what came of others.
    pub(super) fn join(&mut self, other: Self) {
        self.missing.extend(other.missing);
        self.is_too_large |= other.is_too_large;
    }

    /// Refuses sums that are too large to be added up.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        if !self.is_too_large {
            return Ok(());
        }
        let what = "a day's converted money";
        Err(Refusal::limit("converted_amount_max", CONVERTED_AMOUNT_MAX, what).at("currency"))
    }

    /// The warning that tells which rates are missing; the first of them by name.
    pub(super) fn warning(&self, into: Currency) -> Option<Warning> {
        if self.missing.is_empty() {
            return None;
        }
        let told = self.missing.iter().take(MISSING_TOLD_MAX);
        let told: Vec<String> = told
            .map(|missing| format!("{} on {}", missing.currency, missing.day))
            .collect();
        let n_more = self.missing.len() - told.len();
        let more = if n_more == 0 {
            String::new()
        } else {
            format!(" and {n_more} more")
        };
        Some(Warning {
            code: WarningCode::FxRateMissing,
            message: format!(
                "there is no rate into `{into}` of {}{more}; cells with money of these days are null",
                told.join(", ")
            ),
        })
    }
}

/// The converted sums of one partial under classes and the answer's periods.
pub(super) fn fold_converted(
    partial: &Partial,
    classes: &Classes,
    converting: &Converting,
) -> Folded {
    let mut folding = Folding {
        folded: Folded {
            measures: vec![FoldedMeasure::default(); partial.sums.len()],
            last_day: last_day_of(partial, classes),
            ..Folded::default()
        },
        places: FxHashMap::default(),
    };
    let last_days = last_days_of(partial, classes);
    for (row, group) in partial.groups.iter().enumerate() {
        let Some(class) = classes.class_of(group) else {
            continue;
        };
        let Folded { attributions, .. } = &mut folding.folded;
        if !attributions.contains(&group.attribution) {
            attributions.push(group.attribution);
        }
        let currency = classes.list[class as usize].currency;
        let counted_by = converting.in_periods(group);
        let key = FoldKey {
            class,
            bucket: counted_by.bucket,
            codes: classes.grouped_codes(group.codes),
            has_no_rate: false,
        };
        let place = folding.place(key);
        folding.folded.rows[place] += partial.rows[row];
        if let Some(last_days) = &last_days {
            let last_day = last_days[class as usize];
            let moving = moving(classes, class, group.bucket, last_day);
            folding.folded.moving[place].join(moving);
        }
        let digest = digest_of(&counted_by);
        for measure in 0..partial.sums.len() {
            let count = partial.count(measure, row);
            if count == 0 {
                continue;
            }
            let sum = partial.sums[measure][row];
            let converted = converting.sum(measure, currency, group.bucket, sum);
            let place = if converted.is_some() {
                place
            } else {
                folding.folded.conversions.miss(currency, group.bucket);
                folding.place(FoldKey {
                    has_no_rate: true,
                    ..key
                })
            };
            let sum = converted.unwrap_or_else(|| i128::from(sum));
            folding.add(measure, place, sum, count, digest);
        }
    }
    folding.folded
}

/// Sums under keys while they are folded.
struct Folding {
    folded: Folded,
    places: FxHashMap<FoldKey, usize>,
}

impl Folding {
    fn place(&mut self, key: FoldKey) -> usize {
        let folded = &mut self.folded;
        *self.places.entry(key).or_insert_with(|| folded.begin(key))
    }

    fn add(&mut self, measure: usize, place: usize, sum: i128, count: u64, digest: u64) {
        self.folded.conversions.see(sum);
        let sums = &mut self.folded.measures[measure];
        sums.sums[place] = sums.sums[place].saturating_add(sum);
        sums.counts[place] += count;
        let covered = count.wrapping_mul(digest);
        sums.coverage[place] = sums.coverage[place].wrapping_add(covered);
    }
}

impl Parts {
    /// The revision of rates that was the present one at a moment.
    pub(super) async fn rates_revision_at(
        self: &Arc<Self>,
        scope: &Scope,
        moment: Timestamp,
    ) -> Result<RatesRevision> {
        let (parts, scope) = (Arc::clone(self), scope.clone());
        blocking("find a revision of rates", move || {
            Ok(parts.catalogue.rates_revision_at(&scope, moment)?)
        })
        .await
    }

    /// The rates that an answer converts by; `None` when it doesn't.
    pub(super) async fn rates(self: &Arc<Self>, asked: &Asked) -> Result<Option<Arc<RateTable>>> {
        let Some(conversion) = asked.query.conversion else {
            return Ok(None);
        };
        let key = ListKey::Rates(asked.scope.agency(), conversion);
        if let Some(Listed::Rates(rates)) = self.caches.manifests.get(&key).await {
            return Ok(Some(rates));
        }
        let (parts, scope) = (Arc::clone(self), asked.scope.clone());
        let load = blocking("load exchange rates", move || {
            let (into, revision) = (conversion.into, conversion.rates);
            let rates = parts.catalogue.rates_into(&scope, into, revision)?;
            Ok(Listed::Rates(Arc::new(RateTable::new(into, rates))))
        });
        let listed = self.caches.manifests.try_get_with(key, load).await;
        match listed.map_err(|error: Arc<Error>| Error::clone(&error))? {
            Listed::Rates(rates) => Ok(Some(rates)),
            Listed::Partitions(_) | Listed::Campaigns(_) | Listed::Classes(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::rates::{Rate, RatePair};
    use bellwether_domain::time::date;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn a_days_converted_money_is_bounded_on_both_sides() {
        let seen = |parts: i128| {
            let mut conversions = Conversions::default();
            conversions.see(parts);
            conversions.check()
        };
        let max = i128::from(CONVERTED_AMOUNT_MAX) * PARTS_OF_UNIT;
        assert!(seen(max).is_ok() && seen(-max).is_ok());
        for over in [max + 1, -max - 1, i128::MAX, i128::MIN] {
            let refusal = seen(over).unwrap_err();
            assert!(refusal.message.contains("converted_amount_max"));
        }
    }

    #[test]
    fn the_warning_names_some_days_and_counts_the_rest() {
        let mut conversions = Conversions::default();
        for day in 0..7 {
            conversions.miss(currency("EUR"), day);
        }
        let told = conversions.warning(currency("USD")).unwrap();
        assert_eq!(told.code, WarningCode::FxRateMissing);
        assert!(told.message.contains("EUR on") && told.message.contains("and 2 more"));
    }

    #[test]
    fn counts_are_in_parts_and_money_is_converted() {
        let pair = RatePair {
            from: currency("EUR"),
            to: currency("USD"),
            day: date(2026, 4, 1),
        };
        let rates = RateTable::new(currency("USD"), [(pair, Rate::parse("1.5").unwrap())]);
        let converting = Converting {
            rates: Arc::new(rates),
            is_money: vec![false, true],
            periods: None,
        };
        let day = bellwether_domain::time::day_number(date(2026, 4, 1));
        let sum = |measure, day, sum| converting.sum(measure, currency("EUR"), day, sum);
        assert_eq!(sum(0, day + 1, 2), Some(2 * RATE_ONE));
        assert_eq!(sum(1, day, 2), Some(3 * RATE_ONE));
        assert_eq!(sum(1, day + 1, 2), None);
        assert_eq!(sum(1, day + 1, 0), Some(0));
    }
}
