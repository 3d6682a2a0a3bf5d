//! Putting sums by codes under the attributes that campaigns have now: brand, platform, currency
//! and names follow from the campaign here and nowhere earlier, so that a moved campaign's cached
//! facts show under its new platform.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bellwether_domain::answer::{RowKey, Tally};
use bellwether_domain::campaign::Campaign;
use bellwether_domain::codes::CODE_OF_NOTHING;
use bellwether_domain::cost::{Cost, CostShare};
use bellwether_domain::dataset::{COST_KINDS, Dataset};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::fact::Text;
use bellwether_domain::metric::{Component, ComponentSum};
use bellwether_domain::query::{Dimension, MetricQuery};
use bellwether_domain::time::{Date, Weekday, date_of_day_number};
use bellwether_store::{ATTRIBUTION_CODES, Group, Partial};

use super::facts::{keeps_campaign, measures};
use super::read::{Warning, WarningCode};
use crate::attributes::Attributes;

/// The groups of one answer while they are gathered.
pub(super) struct Grouping<'a> {
    query: &'a MetricQuery,
    attributes: &'a Attributes,
    groups: HashMap<RowKey, Tally>,
    warnings: Vec<Warning>,
}

impl<'a> Grouping<'a> {
    pub(super) fn new(query: &'a MetricQuery, attributes: &'a Attributes) -> Self {
        Self {
            query,
            attributes,
            groups: HashMap::new(),
            warnings: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (HashMap<RowKey, Tally>, Vec<Warning>) {
        (self.groups, self.warnings)
    }

    /// Adds the sums of the facts, one attribution window a campaign.
    pub(super) fn add_facts(&mut self, partial: &Partial) -> Result<(), Refusal> {
        let windows = self.choose_windows(partial)?;
        let dataset = Dataset::of(self.query.dataset);
        let components: Vec<Component> = measures(self.query)
            .iter()
            .map(|place| Component::Measure(dataset.measures[*place].name))
            .collect();
        for (row, group) in partial.groups.iter().enumerate() {
            if windows.get(&group.campaign) != Some(&group.attribution) {
                continue;
            }
            let Some(campaign) = self.attributes.campaign_of_code(group.campaign) else {
                continue;
            };
            let key = self.fact_key(campaign, group);
            let tally = self.groups.entry(key).or_default();
            tally.add_rows(partial.rows[row]);
            for (place, component) in components.iter().enumerate() {
                let sum = ComponentSum {
                    sum: partial.sums[place][row],
                    count: partial.counts[place][row],
                };
                tally.add(*component, campaign.currency, sum);
            }
        }
        Ok(())
    }

    /// Adds the parts of a cost that fall into the range.
    pub(super) fn add_cost(&mut self, cost: &Cost, shares: &[CostShare]) {
        let Some(kind) = COST_KINDS.iter().find(|kind| **kind == &*cost.kind) else {
            return;
        };
        for share in shares
            .iter()
            .filter(|share| self.query.range.contains(share.day))
        {
            let campaign = share.campaign.and_then(|id| self.attributes.campaign(id));
            let Some(key) = self.cost_key(cost, campaign, share.day) else {
                continue;
            };
            let own = cost.campaign.and_then(|id| self.attributes.campaign(id));
            let currency = own.map_or(self.attributes.agency.reporting_currency, |own| {
                own.currency
            });
            let sum = ComponentSum {
                sum: i128::from(share.amount_micros),
                count: 1,
            };
            self.groups
                .entry(key)
                .or_default()
                .add(Component::Cost(kind), currency, sum);
        }
    }

    /// The window of each campaign: none given, if it has facts without; else the first by name.
    fn choose_windows(&mut self, partial: &Partial) -> Result<BTreeMap<u32, u32>, Refusal> {
        let mut present: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for group in &partial.groups {
            present
                .entry(group.campaign)
                .or_default()
                .insert(group.attribution);
        }
        let name = |code: u32| self.attributes.codes.text(ATTRIBUTION_CODES, code);
        let chosen: BTreeMap<u32, u32> = present
            .iter()
            .filter_map(|(campaign, codes)| {
                Some((
                    *campaign,
                    codes
                        .iter()
                        .copied()
                        .min_by_key(|code| (*code != CODE_OF_NOTHING, name(*code)))?,
                ))
            })
            .collect();
        if self
            .query
            .metrics
            .iter()
            .any(|metric| metric.is_attributed())
        {
            let used: BTreeSet<&str> = chosen
                .values()
                .map(|code| name(*code).unwrap_or("unspecified"))
                .collect();
            let warnings = judge_windows(self.query, &present, &used)?;
            self.warnings.extend(warnings);
        }
        Ok(chosen)
    }

    fn fact_key(&self, campaign: &Campaign, group: &Group) -> RowKey {
        let mut key = self.campaign_key(Some(campaign), None);
        let mut codes = group.codes.iter();
        for dimension in &self.query.by {
            let text = |code: Option<&u32>, column: &str| -> Option<Text> {
                self.attributes
                    .codes
                    .texts(column)
                    .get(*code? as usize)?
                    .clone()
            };
            match dimension {
                Dimension::Period => key.period = date_of_day_number(group.bucket),
                Dimension::Country => key.country = text(codes.next(), "country"),
                Dimension::Age => key.age = text(codes.next(), "age"),
                Dimension::Gender => key.gender = text(codes.next(), "gender"),
                Dimension::Brand
                | Dimension::Platform
                | Dimension::Campaign
                | Dimension::Currency => {}
            }
        }
        key
    }

    /// The group that a part of a cost belongs to; `None` when the query's filters leave it out.
    fn cost_key(&self, cost: &Cost, campaign: Option<&Campaign>, day: Date) -> Option<RowKey> {
        let kept = match campaign {
            Some(campaign) => keeps_campaign(self.query, campaign),
            None => self.keeps_brand_cost(cost),
        };
        if !kept {
            return None;
        }
        let mut key = self.campaign_key(campaign, Some(cost));
        key.period = self
            .query
            .grain
            .map(|grain| grain.period_of(day, self.query.week_start.unwrap_or(Weekday::Monday)));
        Some(key)
    }

    /// A cost of a whole brand passes only filters that speak of brands or its currency.
    fn keeps_brand_cost(&self, cost: &Cost) -> bool {
        cost.campaign.is_none()
            && self.query.brands.binary_search(&cost.brand).is_ok()
            && self
                .query
                .filters
                .iter()
                .all(|filter| match filter.dimension {
                    Dimension::Brand => filter.values.contains(&cost.brand.to_string()),
                    Dimension::Currency => filter
                        .values
                        .iter()
                        .any(|code| code == self.attributes.agency.reporting_currency.code()),
                    _ => false,
                })
    }

    /// The part of the key that follows from the campaign, or from the brand of its cost.
    fn campaign_key(&self, campaign: Option<&Campaign>, cost: Option<&Cost>) -> RowKey {
        let by = |dimension| self.query.by.contains(&dimension);
        let by_campaign = by(Dimension::Campaign);
        let brand = campaign
            .map(|campaign| campaign.brand)
            .or(cost.map(|cost| cost.brand));
        let currency = campaign.map_or(self.attributes.agency.reporting_currency, |c| c.currency);
        RowKey {
            brand: brand.filter(|_| by_campaign || by(Dimension::Brand)),
            platform: campaign
                .map(|c| c.platform)
                .filter(|_| by_campaign || by(Dimension::Platform)),
            campaign: campaign.map(|c| c.id).filter(|_| by_campaign),
            currency: Some(currency).filter(|_| by(Dimension::Currency)),
            ..RowKey::default()
        }
    }
}

fn judge_windows(
    query: &MetricQuery,
    present: &BTreeMap<u32, BTreeSet<u32>>,
    used: &BTreeSet<&str>,
) -> Result<Vec<Warning>, Refusal> {
    let mut warnings = Vec::new();
    if present.values().any(|codes| codes.len() > 1) {
        let message = "campaigns report several attribution windows; each one's unspecified or first window was used";
        warnings.push(Warning {
            code: WarningCode::AttributionChosen,
            message: message.to_owned(),
        });
    }
    if used.len() > 1 {
        let windows = used.iter().copied().collect::<Vec<_>>().join("`, `");
        if !query.attribution.accept_mixed {
            let message = format!(
                "the campaigns use different attribution windows (`{windows}`), whose conversions can't be compared; ask for one `window`, or accept with `acceptMixed: true`"
            );
            return Err(Refusal::invalid(message)
                .at("attribution")
                .with_allowed(used.iter().copied()));
        }
        let message =
            format!("campaigns of different attribution windows stand in this answer: `{windows}`");
        warnings.push(Warning {
            code: WarningCode::MixedAttribution,
            message,
        });
    }
    Ok(warnings)
}
