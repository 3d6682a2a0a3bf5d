//! The rows that costs beside media fall into.

use bellwether_domain::answer::RowKey;
use bellwether_domain::campaign::Campaign;
use bellwether_domain::cost::{Cost, CostShare};
use bellwether_domain::dataset::COST_KINDS;
use bellwether_domain::metric::{Component, ComponentSum};
use bellwether_domain::money::Currency;
use bellwether_domain::query::{Dimension, Reduced};
use bellwether_domain::time::{Date, day_number};

use super::Gathering;
use crate::analytics::answer::WarningCode;
use crate::analytics::classes::campaign_key;
use crate::analytics::costs::RecordedCosts;
use crate::analytics::keeps::Keeps;

impl Gathering<'_> {
    /// Adds the costs beside media that fall into the range.
    pub(in crate::analytics) fn add_costs(&mut self, costs: &RecordedCosts) {
        let keeps = Keeps::of(self.query, self.attributes);
        for cost in &costs.costs {
            for share in cost.shares(costs.weights(cost), self.query.range) {
                self.add_share(cost, &share, &keeps);
            }
        }
        if costs.are_mixed() {
            self.warn(
                WarningCode::CostsNotSpread,
                "a brand's costs are not spread by spend, because its campaigns have several currencies; they stay with the brand",
            );
        }
    }

    fn add_share(&mut self, cost: &Cost, share: &CostShare, keeps: &Keeps<'_>) {
        let Some(kind) = COST_KINDS.iter().find(|kind| **kind == &*cost.kind) else {
            return;
        };
        let own = cost.campaign.and_then(|id| self.attributes.campaign(id));
        let currency = own.map_or(self.attributes.agency.reporting_currency, |own| {
            own.currency
        });
        let campaign = share.campaign.and_then(|id| self.attributes.campaign(id));
        let kept = match campaign {
            Some(campaign) => keeps.campaign(campaign, currency) == Reduced::Known(true),
            None => self.keeps_brand_cost(cost, currency, keeps),
        };
        if !kept {
            return;
        }
        let mut key = self.cost_key(campaign, cost, currency);
        key.period = self.query.period_of(share.day);
        let component = Component::Cost(kind);
        let components = self.sums.components();
        if let Some(place) = components.iter().position(|known| *known == component) {
            let (sum, currency) = self.converted(share.amount_micros, currency, share.day);
            let piece = self.piece(key, currency);
            let (count, coverage) = (1, 0);
            self.sums.add(
                piece,
                place,
                ComponentSum {
                    sum,
                    count,
                    coverage,
                },
            );
        }
    }

    /// An amount of a day, converted if the answer is and there is a rate, and its currency.
    fn converted(&mut self, micros: i64, currency: Currency, day: Date) -> (i128, Currency) {
        let Some(converting) = &self.converting else {
            return (micros.into(), currency);
        };
        let day = day_number(day);
        if let Some(converted) = converting.amount(currency, day, micros.into()) {
            self.conversions.see(converted);
            return (converted, converting.currency());
        }
        self.conversions.miss(currency, day);
        (micros.into(), currency)
    }

    /// Whether a cost of a whole brand is kept; one is left out where a filter tells the brand's
    /// campaigns apart.
    fn keeps_brand_cost(&mut self, cost: &Cost, currency: Currency, keeps: &Keeps<'_>) -> bool {
        if cost.campaign.is_some() {
            return false;
        }
        let kept = keeps.brand_cost(cost, currency);
        if kept.is_none() {
            self.warn(
                WarningCode::BrandCostsLeftOut,
                "costs of whole brands are left out, because a filter tells their campaigns apart; total cost and ROI are without them",
            );
        }
        kept.unwrap_or(false)
    }

    /// The key of a cost's row, without its period.
    fn cost_key(&self, campaign: Option<&Campaign>, cost: &Cost, currency: Currency) -> RowKey {
        let by = |dimension| self.query.by.contains(&dimension);
        let of_brand = RowKey {
            brand: (by(Dimension::Campaign) || by(Dimension::Brand)).then_some(cost.brand),
            labels: vec![None; self.query.labels.len()],
            ..RowKey::default()
        };
        RowKey {
            currency: by(Dimension::Currency).then_some(currency),
            ..campaign.map_or(of_brand, |campaign| campaign_key(self.query, campaign))
        }
    }
}
