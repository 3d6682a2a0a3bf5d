//! How a cost over a range of days comes to its days and campaigns.
//!
//! A cost accrues evenly per day, the remainder on the last day. With spread `spend` what has
//! accrued is shared out as the media was spent, over campaigns and days alike.
//! Invariant: the shares add up to the cost, to the micro.

use std::collections::BTreeMap;

use crate::dataset::{COST_AMOUNT, COST_SPREAD};
use crate::fact::{Fact, Text};
use crate::ids::{BrandId, CampaignId};
use crate::time::{Date, DateRange};

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

    /// All parts of the cost. `spends` holds the media cost of its campaign, or of all campaigns
    /// of its brand; it is read only for spread `spend`.
    ///
    /// Days after the last one with any spend are not shared out yet: their even parts stay where
    /// the cost was recorded, so that a month in progress doesn't bear the whole month's fee.
    pub fn shares(&self, spends: &SpendByDay) -> Vec<CostShare> {
        let even = self.even_shares();
        if !self.by_spend {
            return even;
        }
        let weights: Vec<_> = spends
            .iter()
            .filter(|((day, campaign), spend)| {
                self.days.contains(*day)
                    && **spend > 0
                    && self.campaign.is_none_or(|own| own == *campaign)
            })
            .collect();
        let Some(horizon) = weights.iter().map(|((day, _), _)| *day).max() else {
            return even;
        };
        let (accrued, ahead): (Vec<_>, Vec<_>) =
            even.into_iter().partition(|share| share.day <= horizon);
        let accrued_micros = accrued
            .iter()
            .map(|share| i128::from(share.amount_micros))
            .sum();
        let mut shares = share_out(accrued_micros, &weights);
        shares.extend(ahead);
        shares
    }

    fn even_shares(&self) -> Vec<CostShare> {
        let n_days = i64::from(self.days.days());
        let each = self.amount_micros / n_days;
        let last = self.days.days() as usize - 1;
        self.days
            .iter()
            .enumerate()
            .map(|(index, day)| CostShare {
                campaign: self.campaign,
                day,
                amount_micros: if index == last {
                    self.amount_micros - each * (n_days - 1)
                } else {
                    each
                },
            })
            .collect()
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
        let shares = cost(100, 3, false).shares(&SpendByDay::new());
        let amounts: Vec<i64> = shares.iter().map(|share| share.amount_micros).collect();
        assert_eq!(amounts, [33, 33, 34]);
    }

    #[test]
    fn spread_by_spend_follows_the_media_and_leaves_days_ahead_with_the_brand() {
        let spends = SpendByDay::from([
            ((date(2026, 1, 1), campaign(1)), 30),
            ((date(2026, 1, 2), campaign(2)), 10),
        ]);
        let shares = cost(400, 4, true).shares(&spends);
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
            let shares = cost(amount, n_days, by_spend).shares(&spends.collect());
            prop_assert_eq!(shares.iter().map(|share| share.amount_micros).sum::<i64>(), amount);
        }
    }
}
