//! Warming: after a commit, what was in memory of the partitions that it touched is made anew in
//! the background, so that the next dashboard doesn't wait for files to be decoded.
//!
//! Invariant: only pieces whose predecessors are held are made; nothing is invalidated.

use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::segment::{CommitNumber, PartitionVersion};
use bellwether_store::{Bucket, ColumnName, PartialPlan};

use super::answer::CacheMode;
use super::caches::{RollUpLevel, layout_key};
use super::engine::Ask;
use crate::error::Result;
use crate::services::Parts;

impl Parts {
    /// Warms what a commit touched, in a task of its own.
    pub(crate) fn warm_after(
        self: &Arc<Self>,
        scope: &Scope,
        dataset: DatasetName,
        commit: CommitNumber,
    ) {
        let (parts, scope) = (Arc::clone(self), scope.clone());
        // Nobody waits for it but a stop of the server, for a month or two.
        drop(self.tasks.spawn(async move {
            if let Err(error) = parts.warm(&scope, dataset, commit).await {
                tracing::debug!(error = error.chain(), "warming ended early");
            }
        }));
    }

    async fn warm(
        self: &Arc<Self>,
        scope: &Scope,
        dataset: DatasetName,
        commit: CommitNumber,
    ) -> Result<()> {
        let before = CommitNumber(commit.0 - 1);
        let olds = self.partition_versions(scope, dataset, before).await?;
        let news = self.partition_versions(scope, dataset, commit).await?;
        let (_, attributes) = self.attributes(scope).await?;
        for new in news.iter().filter(|new| new.version == commit) {
            let Some(old) = olds.iter().find(|old| old.name == new.name) else {
                continue;
            };
            let ask = Ask {
                scope: scope.clone(),
                dataset,
                commit,
                plan: whole_month(new),
                attributes: Arc::clone(&attributes),
                cache: CacheMode::Use,
                by_class: false,
            };
            self.warm_partition(&ask, old, new).await?;
        }
        Ok(())
    }

    async fn warm_partition(
        self: &Arc<Self>,
        ask: &Ask,
        old_version: &PartitionVersion,
        new: &PartitionVersion,
    ) -> Result<()> {
        let old = layout_key(old_version);
        let names = column_names(Dataset::of(ask.dataset));
        let caches = &self.caches;
        let held = |name: &ColumnName| caches.columns.contains_key(&(old, Some(*name)));
        let columns: Vec<ColumnName> = names.iter().copied().filter(held).collect();
        if !columns.is_empty() {
            self.view(ask, new, &columns).await?;
        }
        for by_class in [false, true] {
            let level_of = async |version| self.level_of(ask, version, by_class).await;
            let Some(was) = level_of(old_version).await else {
                continue;
            };
            let held = |name: &ColumnName| caches.roll_ups.contains_key(&(old, was, Some(*name)));
            let measures: Vec<usize> = names
                .iter()
                .filter(|name| held(name))
                .filter_map(|name| match name {
                    ColumnName::Measure(place) => Some(*place),
                    ColumnName::Dimension(_) => None,
                })
                .collect();
            if !measures.is_empty()
                && let Some(level) = level_of(new).await
            {
                let plan = PartialPlan {
                    measures,
                    ..ask.plan.clone()
                };
                self.roll_up_view(ask, new, &plan, level).await?;
            }
        }
        Ok(())
    }

    /// The roll-up of a partition by class or by campaign, if its campaigns are known.
    async fn level_of(
        &self,
        ask: &Ask,
        version: &PartitionVersion,
        by_class: bool,
    ) -> Option<RollUpLevel> {
        if !by_class {
            return Some(RollUpLevel::CampaignDay);
        }
        let campaigns = self.known_campaigns(version).await?;
        let classes = ask.attributes.classes();
        let id = self.class_id(version, &campaigns, classes).await;
        Some(RollUpLevel::ClassDay(id))
    }
}

fn column_names(dataset: &Dataset) -> Vec<ColumnName> {
    let dimensions = (0..dataset.dimensions.len()).map(ColumnName::Dimension);
    let measures = (0..dataset.measures.len()).map(ColumnName::Measure);
    dimensions.chain(measures).collect()
}

fn whole_month(version: &PartitionVersion) -> PartialPlan {
    PartialPlan {
        days: version.name.month.days(),
        bucket: Bucket::Whole,
        dimensions: Vec::new(),
        filters: Vec::new(),
        campaigns: None,
        attribution: None,
        measures: Vec::new(),
    }
}
