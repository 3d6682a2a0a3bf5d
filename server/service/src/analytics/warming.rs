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
use super::caches::{LayoutKey, RollUpLevel, layout_key};
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
            self.warm_partition(&ask, layout_key(old), new).await?;
        }
        Ok(())
    }

    async fn warm_partition(
        self: &Arc<Self>,
        ask: &Ask,
        old: LayoutKey,
        new: &PartitionVersion,
    ) -> Result<()> {
        let names = column_names(Dataset::of(ask.dataset));
        let caches = &self.caches;
        let held = |name: &ColumnName| caches.columns.contains_key(&(old, Some(*name)));
        let columns: Vec<ColumnName> = names.iter().copied().filter(held).collect();
        if !columns.is_empty() {
            self.view(ask, new, &columns).await?;
        }
        let by_class = RollUpLevel::ClassDay(ask.attributes.classes().id());
        for level in [RollUpLevel::CampaignDay, by_class] {
            let held = |name: &ColumnName| caches.roll_ups.contains_key(&(old, level, Some(*name)));
            let measures: Vec<usize> = names
                .iter()
                .filter(|name| held(name))
                .filter_map(|name| match name {
                    ColumnName::Measure(place) => Some(*place),
                    ColumnName::Dimension(_) => None,
                })
                .collect();
            if !measures.is_empty() {
                let plan = PartialPlan {
                    measures,
                    ..ask.plan.clone()
                };
                self.roll_up_view(ask, new, &plan, level).await?;
            }
        }
        Ok(())
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
