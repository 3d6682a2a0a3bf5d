//! How a cost over a range of days comes to its days and campaigns.
//!
//! A cost accrues evenly per day, the remainder on the last day. With spread `spend` what has
//! accrued is shared out as the media was spent, over campaigns and days alike.
//! Invariant: the shares add up to the cost, to the micro.

use std::collections::BTreeMap;

use crate::dataset::{COST_AMOUNT, COST_SPREAD};
use crate::fact::{Fact, Text};
use crate::ids::{BrandId, CampaignId};
use crate::time::{Date, DateRange, day_number};

/// Media cost in micros by day and campaign: the weights of spread `spend`.
pub type SpendByDay = BTreeMap<(Date, CampaignId), i64>;

/// A cost as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// The brand that bears it.
    pub brand: BrandId,
    /// The campaign; `None` for a cost of the whole brand.
    pub campaign: Option<CampaignId>,
    /// One of [`crate::dataset::COST_KINDS`].
    pub kind: Text,
    /// The days over which it accrues.
    pub days: DateRange,
    /// The amount in micros; negative for a credit.
    pub amount_micros: i64,
    /// Whether it is shared out as the media was spent, not by day.
    pub by_spend: bool,
}

/// One day's part of a cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostShare {
    /// The campaign that bears it; `None` stays with the brand.
    pub campaign: Option<CampaignId>,
    /// The day.
    pub day: Date,
    /// The part in micros.
    pub amount_micros: i64,
}

impl Cost {
    /// The cost that a fact of the dataset `costs` records; `None` where its amount is missing.
    pub fn of_fact(fact: &Fact) -> Option<Self> {
        Some(Self {
            brand: fact.key.brand,
            campaign: fact.key.campaign,
            kind: fact.key.texts[0].clone()?,
            days: DateRange::new(fact.key.from, fact.key.until?)?,
            amount_micros: fact.measures[COST_AMOUNT]?,
            by_spend: fact.measures[COST_SPREAD] == Some(1),
        })
    }

    /// The parts of the cost that fall into `range`. `spends` holds the media cost of its campaign,
    /// or of all campaigns of its brand; it is read only for spread `spend`.
    ///
    /// Days after the last one with any spend are not shared out yet: their even parts stay where
    /// the cost was recorded, so that a month in progress doesn't bear the whole month's fee.
    pub fn shares(&self, spends: &SpendByDay, range: DateRange) -> Vec<CostShare> {
        let Some(horizon) = self.weights(spends).map(|((day, _), _)| *day).max() else {
            return self.even_shares(range).collect();
        };
        let weights: Vec<_> = self.weights(spends).collect();
        let accrued_micros = self.accrued_through(horizon);
        let mut shares = share_out(accrued_micros, &weights);
        shares.retain(|share| range.contains(share.day));
        shares.extend(self.even_shares(range).filter(|share| share.day > horizon));
        shares
    }

    /// The media costs that the cost is shared out by; none for spread `day`.
    fn weights<'a>(
        &'a self,
        spends: &'a SpendByDay,
    ) -> impl Iterator<Item = (&'a (Date, CampaignId), &'a i64)> {
        spends.iter().filter(|((day, campaign), spend)| {
            self.by_spend
                && self.days.contains(*day)
                && **spend > 0
                && self.campaign.is_none_or(|own| own == *campaign)
        })
    }

    /// What has accrued by the end of a day of the cost, in micros.
    fn accrued_through(&self, day: Date) -> i128 {
        if day >= self.last_day() {
            return i128::from(self.amount_micros);
        }
        let n_days = day_number(day) - day_number(self.days.from()) + 1;
        i128::from(self.each_micros()) * i128::from(n_days)
    }

    fn even_shares(&self, range: DateRange) -> impl Iterator<Item = CostShare> {
        let (each, n_days) = (self.each_micros(), i64::from(self.days.days()));
        let (campaign, last_day, amount) = (self.campaign, self.last_day(), self.amount_micros);
        let days = self
            .days
            .intersect(&range)
            .into_iter()
            .flat_map(|days| days.iter());
        days.map(move |day| CostShare {
            campaign,
            day,
            amount_micros: if day == last_day {
                amount - each * (n_days - 1)
            } else {
                each
            },
        })
    }

    fn each_micros(&self) -> i64 {
        self.amount_micros / i64::from(self.days.days())
    }

    fn last_day(&self) -> Date {
        self.days.until().yesterday().unwrap_or(self.days.from())
    }
}

/// Shares an amount out by weights: each part is the difference of two rounded running sums, so
/// that the parts add up exactly.
fn share_out(amount_micros: i128, weights: &[(&(Date, CampaignId), &i64)]) -> Vec<CostShare> {
    let total: i128 = weights.iter().map(|(_, weight)| i128::from(**weight)).sum();
    let mut running = 0_i128;
    let mut given = 0_i128;
    weights
        .iter()
        .map(|((day, campaign), weight)| {
            running += i128::from(**weight);
            let due = amount_micros * running / total;
            let part = due - given;
            given = due;
            CostShare {
                campaign: Some(*campaign),
                day: *day,
                amount_micros: i64::try_from(part).unwrap_or(i64::MAX),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Timestamp, date};
    use proptest::prelude::*;

    fn campaign(n: u128) -> CampaignId {
        CampaignId::from_parts(Timestamp::UNIX_EPOCH, n)
    }

    fn all_days() -> DateRange {
        DateRange::new(date(2000, 1, 1), date(2100, 1, 1)).unwrap()
    }

    fn cost(amount_micros: i64, n_days: i8, by_spend: bool) -> Cost {
        Cost {
            brand: BrandId::from_parts(Timestamp::UNIX_EPOCH, 1),
            campaign: None,
            kind: "agency_fee".into(),
            days: DateRange::new(date(2026, 1, 1), date(2026, 1, 1 + n_days)).unwrap(),
            amount_micros,
            by_spend,
        }
    }

    #[test]
    fn a_cost_accrues_evenly_with_the_remainder_on_the_last_day() {
        let shares = cost(100, 3, false).shares(&SpendByDay::new(), all_days());
        let amounts: Vec<i64> = shares.iter().map(|share| share.amount_micros).collect();
        assert_eq!(amounts, [33, 33, 34]);
    }

    #[test]
    fn spread_by_spend_follows_the_media_and_leaves_days_ahead_with_the_brand() {
        let spends = SpendByDay::from([
            ((date(2026, 1, 1), campaign(1)), 30),
            ((date(2026, 1, 2), campaign(2)), 10),
        ]);
        let shares = cost(400, 4, true).shares(&spends, all_days());
        let told: Vec<_> = shares
            .iter()
            .map(|s| (s.campaign, s.day.day(), s.amount_micros))
            .collect();
        assert_eq!(
            told,
            [
                (Some(campaign(1)), 1, 150),
                (Some(campaign(2)), 2, 50),
                (None, 3, 100),
                (None, 4, 100)
            ],
        );
    }

    proptest! {
        #[test]
        fn shares_add_up_to_the_cost(
            amount in -1_000_000_000_i64..1_000_000_000,
            n_days in 1_i8..28,
            by_spend: bool,
            spends in prop::collection::btree_map((1_i8..29, 0_u128..4), 0_i64..1_000_000, 0..40),
        ) {
            let spends = spends.into_iter().map(|((day, n), spend)| ((date(2026, 1, day), campaign(n)), spend));
            let shares = cost(amount, n_days, by_spend).shares(&spends.collect(), all_days());
            prop_assert_eq!(shares.iter().map(|share| share.amount_micros).sum::<i64>(), amount);
        }

        #[test]
        fn the_shares_of_two_ranges_are_those_of_both(
            amount in -1_000_000_i64..1_000_000,
            cut in 2_i8..28,
            by_spend: bool,
            spends in prop::collection::btree_map((1_i8..29, 0_u128..4), 0_i64..1_000_000, 0..40),
        ) {
            let spends: SpendByDay = spends
                .into_iter()
                .map(|((day, n), spend)| ((date(2026, 1, day), campaign(n)), spend))
                .collect();
            let cost = cost(amount, 27, by_spend);
            let (cut, end) = (date(2026, 1, cut), date(2026, 2, 1));
            let sum = |from, until| -> i64 {
                let range = DateRange::new(from, until).unwrap();
                cost.shares(&spends, range).iter().map(|share| share.amount_micros).sum()
            };
            prop_assert_eq!(sum(date(2026, 1, 1), cut) + sum(cut, end), sum(date(2026, 1, 1), end));
        }
    }
}
