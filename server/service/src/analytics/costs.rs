//! What campaigns cost beside media: the recorded costs of an agency, spread over days and
//! campaigns as each says.

use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::cost::{Cost, CostShare, SpendByDay};
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::fact::Fact;
use bellwether_domain::query::MetricQuery;
use bellwether_domain::segment::{PartitionVersion, Snapshot};
use bellwether_domain::time::{DateRange, date_of_day_number};

use super::facts::spend_plan;
use crate::attributes::Attributes;
use crate::error::{Error, Result};
use crate::services::Parts;

impl Parts {
    /// Every cost of the query's brands that touches its range, with all its parts.
    pub(super) async fn cost_shares(
        self: &Arc<Self>,
        scope: &Scope,
        query: &MetricQuery,
        snapshot: Snapshot,
        attributes: &Arc<Attributes>,
    ) -> Result<Vec<(Cost, Vec<CostShare>)>> {
        let mut costs = Vec::new();
        for version in self
            .partition_versions(scope, DatasetName::Costs, snapshot.commit)
            .await?
        {
            // A cost that begins after the range can't touch it.
            if version.name.month.first_day() >= query.range.until() {
                continue;
            }
            let facts = self.cost_facts(scope, version).await?;
            costs.extend(facts.iter().filter_map(Cost::of_fact).filter(|cost| {
                query.brands.binary_search(&cost.brand).is_ok()
                    && cost.days.intersect(&query.range).is_some()
            }));
        }
        let spends = self.spends(scope, &costs, snapshot, attributes).await?;
        let none = SpendByDay::new();
        let shared = costs.into_iter().map(|cost| {
            let shares = cost.shares(spends.get(&cost.brand).unwrap_or(&none));
            (cost, shares)
        });
        Ok(shared.collect())
    }

    async fn cost_facts(&self, scope: &Scope, version: PartitionVersion) -> Result<Arc<Vec<Fact>>> {
        let key = (scope.agency(), version.name, version.version);
        let read =
            async { Ok::<_, Error>(Arc::new(self.store.read_facts(scope, &version).await?)) };
        let facts = self.caches.costs.try_get_with(key, read).await;
        facts.map_err(|error: Arc<Error>| Error::clone(&error))
    }

    /// The media cost by brand, day and campaign over all days of costs that are spread by spend.
    async fn spends(
        self: &Arc<Self>,
        scope: &Scope,
        costs: &[Cost],
        snapshot: Snapshot,
        attributes: &Arc<Attributes>,
    ) -> Result<std::collections::HashMap<bellwether_domain::ids::BrandId, SpendByDay>> {
        let mut spends = std::collections::HashMap::new();
        let by_spend = || costs.iter().filter(|cost| cost.by_spend);
        let from = by_spend().map(|cost| cost.days.from()).min();
        let until = by_spend().map(|cost| cost.days.until()).max();
        let days = from
            .zip(until)
            .and_then(|(from, until)| DateRange::new(from, until));
        let Some(plan) = days.and_then(|days| spend_plan(days, attributes)) else {
            return Ok(spends);
        };
        let partial = self
            .aggregate(
                scope,
                DatasetName::DeliveryDaily,
                snapshot.commit,
                plan,
                attributes,
            )
            .await?;
        for (row, group) in partial.groups.iter().enumerate() {
            let campaign = attributes.campaign_of_code(group.campaign);
            if let Some((campaign, day)) = campaign.zip(date_of_day_number(group.bucket)) {
                let by_day: &mut SpendByDay = spends.entry(campaign.brand).or_default();
                // Attribution windows repeat the same spend; it is taken once.
                let spend = i64::try_from(partial.sums[0][row]).unwrap_or(i64::MAX);
                let known = by_day.entry((day, campaign.id)).or_default();
                *known = spend.max(*known);
            }
        }
        Ok(spends)
    }
}
