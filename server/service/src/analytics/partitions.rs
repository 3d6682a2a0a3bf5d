//! What a partition is asked: the question's plan, cut to the campaigns that the partition holds.
//!
//! Invariant: what is asked of a partition follows from the question and from what the partition
//! holds, so that a campaign that is new in one month leaves the sums of the others found.

use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::segment::{CommitNumber, PartitionVersion};
use bellwether_store::PartialPlan;

use super::caches::{ListKey, Listed, Manifest, RollUpLevel, layout_key, partition_key};
use super::engine::Ask;
use super::question::NAMED_CAMPAIGNS_PART;
use crate::attributes::AttributeClasses;
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::Parts;

/// A partition and what it is asked.
#[derive(Debug, Clone)]
pub(super) struct PartitionAsk {
    pub(super) version: Arc<PartitionVersion>,
    pub(super) plan: Arc<PartialPlan>,
    /// The digest of the partition's classes, where sums by class answer the question unless the
    /// partition's rows forbid it.
    pub(super) classes: Option<u64>,
}

impl PartitionAsk {
    /// Whether the partition has none of the campaigns that are asked for.
    pub(super) fn is_of_nothing(&self) -> bool {
        self.plan.campaigns.as_ref().is_some_and(Vec::is_empty)
    }
}

impl Parts {
    /// What the partition is asked; `None` where that takes its campaigns, which aren't known.
    pub(super) async fn known_partition_ask(
        &self,
        ask: &Ask,
        version: &Arc<PartitionVersion>,
        plan: PartialPlan,
    ) -> Result<PartitionAsk, PartialPlan> {
        let by_class = ask.by_class && plan.is_covered_by_roll_up();
        if plan.campaigns.is_none() && !by_class {
            return Ok(PartitionAsk {
                version: Arc::clone(version),
                plan: Arc::new(plan),
                classes: None,
            });
        }
        let Some(campaigns) = self.known_campaigns(version).await else {
            return Err(plan);
        };
        let plan = cut(plan, &campaigns);
        let classes = if by_class && plan.campaigns.is_none() {
            let classes = ask.attributes.classes();
            Some(self.class_id(version, &campaigns, classes).await)
        } else {
            None
        };
        Ok(PartitionAsk {
            version: Arc::clone(version),
            plan: Arc::new(plan),
            classes,
        })
    }

    /// What the partition is asked, after a look into its files if need be.
    pub(super) async fn partition_ask(
        self: &Arc<Self>,
        ask: &Ask,
        version: &Arc<PartitionVersion>,
        plan: PartialPlan,
    ) -> Result<PartitionAsk> {
        let plan = match self.known_partition_ask(ask, version, plan).await {
            Ok(known) => return Ok(known),
            Err(plan) => plan,
        };
        // With the columns that are read next, so that the files are opened once.
        let view = self.view(ask, version, &plan.columns()).await?;
        self.keep_campaigns(version, view.index.campaigns()).await;
        let found = self.known_partition_ask(ask, version, plan).await;
        // The list may be gone again where its budget is too small for it.
        Ok(found.unwrap_or_else(|plan| {
            let campaigns: Vec<u32> = view.index.campaigns().collect();
            let plan = cut(plan, &campaigns);
            let by_class = ask.by_class && plan.is_covered_by_roll_up() && plan.campaigns.is_none();
            PartitionAsk {
                version: Arc::clone(version),
                plan: Arc::new(plan),
                classes: by_class.then(|| ask.attributes.classes().id_within(&campaigns)),
            }
        }))
    }

    /// The campaigns of a partition, if they are known or its index is in memory.
    pub(super) async fn known_campaigns(&self, version: &PartitionVersion) -> Option<Arc<[u32]>> {
        let key = ListKey::Campaigns(partition_key(version));
        if let Some(Listed::Campaigns(campaigns)) = self.caches.manifests.get(&key).await {
            return Some(campaigns);
        }
        let layout = layout_key(version);
        if let Some(index) = self.decoded(layout, &[]).await.whole {
            return Some(self.keep_campaigns(version, index.campaigns()).await);
        }
        let by_campaign = self.rolled(layout, RollUpLevel::CampaignDay, &[]).await;
        let index = Arc::clone(by_campaign.whole?.index());
        Some(self.keep_campaigns(version, index.campaigns()).await)
    }

    async fn keep_campaigns(
        &self,
        version: &PartitionVersion,
        campaigns: impl Iterator<Item = u32> + Send,
    ) -> Arc<[u32]> {
        let campaigns: Arc<[u32]> = campaigns.collect();
        let key = ListKey::Campaigns(partition_key(version));
        let listed = Listed::Campaigns(Arc::clone(&campaigns));
        self.caches.manifests.insert(key, listed).await;
        campaigns
    }

    /// The digest of the classes of a partition's campaigns.
    pub(super) async fn class_id(
        &self,
        version: &PartitionVersion,
        campaigns: &[u32],
        classes: &AttributeClasses,
    ) -> u64 {
        let key = ListKey::Classes(partition_key(version), classes.id());
        if let Some(Listed::Classes(id)) = self.caches.manifests.get(&key).await {
            return id;
        }
        let id = classes.id_within(campaigns);
        self.caches.manifests.insert(key, Listed::Classes(id)).await;
        id
    }

    /// The partitions of a dataset as they stand at a commit.
    pub(super) async fn partition_versions(
        self: &Arc<Self>,
        scope: &Scope,
        dataset: DatasetName,
        commit: CommitNumber,
    ) -> Result<Manifest> {
        let key = ListKey::Partitions(scope.agency(), dataset, commit);
        if let Some(Listed::Partitions(manifest)) = self.caches.manifests.get(&key).await {
            return Ok(manifest);
        }
        let (parts, scope) = (Arc::clone(self), scope.clone());
        let list = blocking("list partitions", move || {
            let versions = parts.catalogue.partitions(&scope, dataset, commit)?;
            let versions = versions.into_iter().map(Arc::new).collect();
            Ok(Listed::Partitions(Arc::new(versions)))
        });
        let listed = self.caches.manifests.try_get_with(key, list).await;
        match listed.map_err(|error: Arc<Error>| Error::clone(&error))? {
            Listed::Partitions(manifest) => Ok(manifest),
            Listed::Campaigns(_) | Listed::Classes(_) | Listed::Rates(_) => Ok(Manifest::default()),
        }
    }
}

/// The plan with only those of its campaigns that are among the partition's; without a choice
/// of campaigns where it names many of them.
fn cut(plan: PartialPlan, of_partition: &[u32]) -> PartialPlan {
    let Some(asked) = &plan.campaigns else {
        return plan;
    };
    let mut rest = asked.iter().copied().peekable();
    let is_asked = |campaign: &u32| {
        while rest.next_if(|asked| asked < campaign).is_some() {}
        rest.peek() == Some(campaign)
    };
    let kept: Vec<u32> = of_partition.iter().copied().filter(is_asked).collect();
    let are_few = kept.len() * NAMED_CAMPAIGNS_PART <= of_partition.len();
    PartialPlan {
        campaigns: are_few.then_some(kept),
        ..plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::question::spend_plan;
    use bellwether_domain::time::{DateRange, date};

    fn cut_to(asked: &[u32], of_partition: &[u32]) -> Option<Vec<u32>> {
        let may = DateRange::new(date(2026, 5, 1), date(2026, 6, 1)).unwrap();
        let plan = PartialPlan {
            campaigns: Some(asked.to_vec()),
            ..spend_plan(may).unwrap()
        };
        cut(plan, of_partition).campaigns
    }

    #[test]
    fn campaigns_that_a_partition_lacks_are_no_part_of_what_it_is_asked() {
        let of_partition: Vec<u32> = (1..=8).collect();
        assert_eq!(cut_to(&[2, 9, 12], &of_partition), Some(vec![2]));
        assert_eq!(cut_to(&[9], &of_partition), Some(vec![]));
    }

    #[test]
    fn a_quarter_of_the_campaigns_is_named_and_more_is_all() {
        let of_partition: Vec<u32> = (1..=8).collect();
        assert_eq!(cut_to(&[2, 7], &of_partition), Some(vec![2, 7]));
        assert_eq!(cut_to(&[2, 5, 7], &of_partition), None);
    }
}
