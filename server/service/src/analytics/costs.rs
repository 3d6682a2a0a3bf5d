//! What campaigns cost beside media: the recorded costs of an agency, and the media costs that
//! some of them are spread by.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::campaign::Campaign;
use bellwether_domain::cost::{Cost, SpendByDay};
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::fact::Fact;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::money::Currency;
use bellwether_domain::rates::{RATE_ONE, RateTable, convert};
use bellwether_domain::segment::PartitionVersion;
use bellwether_domain::time::{Date, DateRange, date_of_day_number, day_number};

use super::Asked;
use super::answer::Effort;
use super::caches::partition_key;
use super::engine::{Ask, PartitionSums};
use super::question::spend_plan;
use crate::error::{Error, Result};
use crate::services::Parts;

/// The costs of a query's brands that touch its range, and what they are spread by.
#[derive(Debug, Default)]
pub(super) struct RecordedCosts {
    pub(super) costs: Vec<Cost>,
    spends: HashMap<BrandId, SpendByDay>,
    /// Brands whose campaigns spend in several currencies that are not all converted, and so can't
    /// weigh against each other.
    mixed: BTreeSet<BrandId>,
    no_spends: SpendByDay,
}

impl RecordedCosts {
    /// The media costs that a cost is spread by. None for a cost of a whole brand whose campaigns
    /// spend in several currencies that are not converted: it stays with the brand.
    pub(super) fn weights(&self, cost: &Cost) -> &SpendByDay {
        if self.cannot_be_spread(cost) {
            return &self.no_spends;
        }
        self.spends.get(&cost.brand).unwrap_or(&self.no_spends)
    }

    /// Whether any cost can't be spread as it was recorded to be.
    pub(super) fn are_mixed(&self) -> bool {
        self.costs.iter().any(|cost| self.cannot_be_spread(cost))
    }

    fn cannot_be_spread(&self, cost: &Cost) -> bool {
        cost.by_spend && cost.campaign.is_none() && self.mixed.contains(&cost.brand)
    }
}

impl Parts {
    /// Every cost of the query's brands that touches its range, and which partitions of media
    /// costs they are spread by.
    pub(super) async fn recorded_costs(
        self: &Arc<Self>,
        asked: &Asked,
    ) -> Result<(RecordedCosts, Effort)> {
        let (scope, query) = (&asked.scope, &asked.query);
        let mut costs = Vec::new();
        let versions = self
            .partition_versions(scope, DatasetName::Costs, asked.snapshot.commit)
            .await?;
        for version in versions.iter() {
            // A cost that begins after the range can't touch it.
            if version.name.month.first_day() >= query.range.until() {
                continue;
            }
            let facts = self.fact_rows(scope, version).await?;
            costs.extend(facts.iter().filter_map(Cost::of_fact).filter(|cost| {
                query.brands.binary_search(&cost.brand).is_ok()
                    && cost.days.intersect(&query.range).is_some()
            }));
        }
        let mut recorded = RecordedCosts {
            costs,
            ..RecordedCosts::default()
        };
        let effort = self.add_spends(asked, &mut recorded).await?;
        Ok((recorded, effort))
    }

    /// The facts of a partition one by one; from the cache when they are there.
    pub(super) async fn fact_rows(
        &self,
        scope: &Scope,
        version: &PartitionVersion,
    ) -> Result<Arc<Vec<Fact>>> {
        let read = async { Ok::<_, Error>(Arc::new(self.store.read_facts(scope, version).await?)) };
        let facts = self
            .caches
            .rows
            .try_get_with(partition_key(version), read)
            .await;
        facts.map_err(|error: Arc<Error>| Error::clone(&error))
    }

    /// The media cost by brand, day and campaign over all days of costs that are spread by spend.
    async fn add_spends(
        self: &Arc<Self>,
        asked: &Asked,
        recorded: &mut RecordedCosts,
    ) -> Result<Effort> {
        let by_spend = || recorded.costs.iter().filter(|cost| cost.by_spend);
        let from = by_spend().map(|cost| cost.days.from()).min();
        let until = by_spend().map(|cost| cost.days.until()).max();
        let days = from
            .zip(until)
            .and_then(|(from, until)| DateRange::new(from, until));
        let Some(plan) = days.and_then(spend_plan) else {
            return Ok(Effort::default());
        };
        let ask = Ask {
            scope: asked.scope.clone(),
            dataset: DatasetName::DeliveryDaily,
            commit: asked.snapshot.commit,
            plan,
            attributes: Arc::clone(&asked.attributes),
            cache: asked.cache,
            by_class: false,
        };
        let whole = |sums: &PartitionSums| Arc::clone(&sums.partial);
        let (partials, effort) = self.ask(ask, whole).await?;
        let mut spends = Spends::default();
        let rows = partials
            .iter()
            .flat_map(|partial| partial.groups.iter().zip(&partial.sums[0]));
        for (group, spend) in rows {
            let campaign = asked.attributes.campaign_of_code(group.campaign);
            if let Some((campaign, day)) = campaign.zip(date_of_day_number(group.bucket)) {
                spends.add(campaign, day, *spend, asked.rates.as_deref());
            }
        }
        spends.settle(recorded);
        Ok(effort)
    }
}

/// The media costs of brands as they are gathered, in their own currencies and in the answer's.
#[derive(Debug, Default)]
struct Spends {
    own: HashMap<BrandId, SpendByDay>,
    converted: HashMap<BrandId, SpendByDay>,
    /// Brands with a spend whose day has no rate.
    unconverted: BTreeSet<BrandId>,
    currencies: BTreeMap<BrandId, BTreeSet<Currency>>,
}

impl Spends {
    /// Attribution windows repeat the same spend; it is taken once.
    fn add(&mut self, campaign: &Campaign, day: Date, spend: i64, rates: Option<&RateTable>) {
        let (brand, place) = (campaign.brand, (day, campaign.id));
        let currencies = self.currencies.entry(brand).or_default();
        currencies.insert(campaign.currency);
        take_once(self.own.entry(brand).or_default(), place, spend);
        let Some(rates) = rates else { return };
        match converted_micros(spend, campaign.currency, day, rates) {
            Some(micros) => take_once(self.converted.entry(brand).or_default(), place, micros),
            None => {
                self.unconverted.insert(brand);
            }
        }
    }

    /// Gives each brand the spends that weigh against each other, if there are such.
    fn settle(mut self, recorded: &mut RecordedCosts) {
        recorded.spends.extend(self.own);
        let mut several = self.currencies;
        several.retain(|_, currencies| currencies.len() > 1);
        for brand in several.into_keys() {
            match self.converted.remove(&brand) {
                Some(by_day) if !self.unconverted.contains(&brand) => {
                    recorded.spends.insert(brand, by_day);
                }
                _ => {
                    recorded.mixed.insert(brand);
                }
            }
        }
    }
}

fn take_once(by_day: &mut SpendByDay, place: (Date, CampaignId), spend: i64) {
    let known = by_day.entry(place).or_default();
    *known = spend.max(*known);
}

/// What was spent on a day, in the currency of the answer; `None` where the day has no rate.
fn converted_micros(spend: i64, own: Currency, day: Date, rates: &RateTable) -> Option<i64> {
    let exact = convert(spend.into(), own, day_number(day), rates).ok()?;
    i64::try_from(exact.parts() / RATE_ONE).ok()
}
