//! Putting sums by codes under the attributes that campaigns have now: brand, platform, currency
//! and names follow from the campaign here and nowhere earlier, so that a moved campaign's cached
//! facts show under its new platform.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use bellwether_domain::answer::{RowKey, Tally};
use bellwether_domain::campaign::Campaign;
use bellwether_domain::cost::{Cost, CostShare};
use bellwether_domain::dataset::{COST_KINDS, Dataset};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::fact::Text;
use bellwether_domain::metric::{Component, ComponentSum};
use bellwether_domain::money::Currency;
use bellwether_domain::query::{Dimension, MetricQuery};
use bellwether_domain::time::{Date, Weekday, date_of_day_number};
use bellwether_store::{Group, Partial};

use super::costs::RecordedCosts;
use super::facts::{FactSums, keeps_campaign, measures};
use super::read::{Warning, WarningCode};
use super::windows::Windows;
use crate::attributes::Attributes;

/// The groups of one answer while they are gathered.
pub(super) struct Grouping<'a> {
    query: &'a MetricQuery,
    attributes: &'a Attributes,
    /// What the partials' sums are of, in their order.
    components: Vec<Component>,
    groups: HashMap<RowKey, Tally>,
    warnings: Vec<Warning>,
}

impl<'a> Grouping<'a> {
    pub(super) fn new(query: &'a MetricQuery, attributes: &'a Attributes) -> Self {
        let dataset = Dataset::of(query.dataset);
        let names = measures(query)
            .into_iter()
            .map(|place| dataset.measures[place].name);
        Self {
            query,
            attributes,
            components: names.map(Component::Measure).collect(),
            groups: HashMap::new(),
            warnings: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (HashMap<RowKey, Tally>, Vec<Warning>) {
        (self.groups, self.warnings)
    }

    /// Adds the sums of the facts, each under the attribution window that counts.
    pub(super) fn add_facts(&mut self, facts: &FactSums) -> Result<(), Refusal> {
        let (windows, warnings) = Windows::choose(self.query, facts, self.attributes)?;
        self.warnings.extend(warnings);
        for (row, group) in facts.by_period.groups.iter().enumerate() {
            if !windows.are_several(group.campaign) {
                self.add_row(
                    &facts.by_period,
                    row,
                    date_of_day_number(group.bucket),
                    |_| true,
                );
            }
        }
        for (row, group) in facts.by_day.groups.iter().enumerate() {
            let period = date_of_day_number(group.bucket).and_then(|day| self.period_of(day));
            self.add_row(&facts.by_day, row, period, |component| {
                if component.is_attributed() {
                    windows.counts_attributed(group)
                } else {
                    windows.counts_delivery(group)
                }
            });
        }
        Ok(())
    }

    /// Adds one row of a partial: those of its components that count.
    fn add_row(
        &mut self,
        partial: &Partial,
        row: usize,
        period: Option<Date>,
        counts: impl Fn(Component) -> bool,
    ) {
        let group = &partial.groups[row];
        let Some(campaign) = self.attributes.campaign_of_code(group.campaign) else {
            return;
        };
        if !self.components.iter().any(|component| counts(*component)) {
            return;
        }
        let key = self.fact_key(campaign, group, period);
        let tally = self.groups.entry(key).or_default();
        tally.add_rows(partial.rows[row]);
        for (place, component) in self.components.iter().enumerate() {
            if counts(*component) {
                let count = partial.counts[place][row];
                let coverage = count.wrapping_mul(hash_of(group));
                let sum = ComponentSum {
                    sum: partial.sums[place][row],
                    count,
                    coverage,
                };
                tally.add(*component, campaign.currency, sum);
            }
        }
    }

    /// Adds the costs beside media that fall into the range.
    pub(super) fn add_costs(&mut self, costs: &RecordedCosts) {
        for cost in &costs.costs {
            for share in cost.shares(costs.weights(cost), self.query.range) {
                self.add_share(cost, &share);
            }
        }
        if costs.are_mixed() {
            self.warn(
                WarningCode::CostsNotSpread,
                "a brand's costs are not spread by spend, because its campaigns have several currencies; they stay with the brand",
            );
        }
    }

    fn add_share(&mut self, cost: &Cost, share: &CostShare) {
        let Some(kind) = COST_KINDS.iter().find(|kind| **kind == &*cost.kind) else {
            return;
        };
        let own = cost.campaign.and_then(|id| self.attributes.campaign(id));
        let currency = own.map_or(self.attributes.agency.reporting_currency, |own| {
            own.currency
        });
        let campaign = share.campaign.and_then(|id| self.attributes.campaign(id));
        let kept = match campaign {
            Some(campaign) => keeps_campaign(self.query, campaign, currency),
            None => self.keeps_brand_cost(cost, currency),
        };
        if !kept {
            return;
        }
        let mut key = self.campaign_key(campaign, cost.brand, currency);
        key.period = self.period_of(share.day);
        let sum = ComponentSum {
            sum: i128::from(share.amount_micros),
            count: 1,
            coverage: 0,
        };
        self.groups
            .entry(key)
            .or_default()
            .add(Component::Cost(kind), currency, sum);
    }

    /// A cost of a whole brand passes only filters that speak of brands or its currency.
    fn keeps_brand_cost(&mut self, cost: &Cost, currency: Currency) -> bool {
        if cost.campaign.is_some() {
            return false;
        }
        let passes = |dimension, value: &str| {
            self.query
                .filter(dimension)
                .is_none_or(|values| values.iter().any(|accepted| accepted == value))
        };
        let of_brand = passes(Dimension::Brand, &cost.brand.to_string())
            && passes(Dimension::Currency, currency.code());
        let tells_campaigns_apart = self
            .query
            .filters
            .iter()
            .any(|filter| !matches!(filter.dimension, Dimension::Brand | Dimension::Currency));
        if of_brand && tells_campaigns_apart {
            self.warn(
                WarningCode::BrandCostsLeftOut,
                "costs of whole brands are left out, because a filter tells their campaigns apart; total cost and ROI are without them",
            );
        }
        of_brand && !tells_campaigns_apart
    }

    fn warn(&mut self, code: WarningCode, message: &str) {
        if !self.warnings.iter().any(|known| known.code == code) {
            self.warnings.push(Warning {
                code,
                message: message.to_owned(),
            });
        }
    }

    fn period_of(&self, day: Date) -> Option<Date> {
        let week_start = self.query.week_start.unwrap_or(Weekday::Monday);
        self.query
            .grain
            .map(|grain| grain.period_of(day, week_start))
    }

    fn fact_key(&self, campaign: &Campaign, group: &Group, period: Option<Date>) -> RowKey {
        let mut key = self.campaign_key(Some(campaign), campaign.brand, campaign.currency);
        key.period = period.filter(|_| self.query.grain.is_some());
        let mut codes = group.codes.iter();
        let mut text = |column: &str| -> Option<Text> {
            let code = usize::try_from(*codes.next()?).ok()?;
            self.attributes.codes.texts(column).get(code)?.clone()
        };
        for dimension in &self.query.by {
            match dimension {
                Dimension::Country => key.country = text("country"),
                Dimension::Age => key.age = text("age"),
                Dimension::Gender => key.gender = text("gender"),
                Dimension::Product => key.product = text("product"),
                Dimension::Hour => key.hour = text("hour").and_then(|hour| hour.parse().ok()),
                Dimension::Period
                | Dimension::Brand
                | Dimension::Platform
                | Dimension::Campaign
                | Dimension::Currency => {}
            }
        }
        key
    }

    /// The part of the key that follows from the campaign, or from the brand of a cost.
    fn campaign_key(
        &self,
        campaign: Option<&Campaign>,
        brand: bellwether_domain::ids::BrandId,
        currency: Currency,
    ) -> RowKey {
        let by = |dimension| self.query.by.contains(&dimension);
        let by_campaign = by(Dimension::Campaign);
        RowKey {
            brand: Some(brand).filter(|_| by_campaign || by(Dimension::Brand)),
            platform: campaign
                .map(|c| c.platform)
                .filter(|_| by_campaign || by(Dimension::Platform)),
            campaign: campaign.map(|c| c.id).filter(|_| by_campaign),
            currency: Some(currency).filter(|_| by(Dimension::Currency)),
            ..RowKey::default()
        }
    }
}

/// A number that tells a partial group from others; the window is no part of it, because rows of
/// two windows are of the same delivery.
fn hash_of(group: &Group) -> u64 {
    let mut hasher = DefaultHasher::new();
    (group.campaign, group.bucket, group.codes).hash(&mut hasher);
    hasher.finish()
}
