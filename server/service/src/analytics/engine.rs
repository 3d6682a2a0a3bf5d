//! Asking the engine: the sums of each partition, found, rolled up, or computed from columns.

use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::segment::{CommitNumber, PartitionVersion};
use bellwether_store::{Partial, PartialPlan, aggregate};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::answer::{CacheMode, Effort};
use super::at_hand::AT_HAND_ROWS_MAX;
use super::caches::{Manifest, PartialKey, RollUpLevel, partition_key};
use super::question::plan_for_month;
use crate::attributes::Attributes;
use crate::background::blocking;
use crate::error::Result;
use crate::services::Parts;

/// One question to the facts, of which every partition answers a part.
#[derive(Clone)]
pub(super) struct Ask {
    pub(super) scope: Scope,
    pub(super) dataset: DatasetName,
    pub(super) commit: CommitNumber,
    pub(super) plan: PartialPlan,
    pub(super) attributes: Arc<Attributes>,
    pub(super) cache: CacheMode,
    /// Whether campaigns of one class (brand, platform, currency) need not be told apart.
    pub(super) by_class: bool,
}

/// The sums of one partition.
#[derive(Debug, Clone)]
pub(super) struct PartitionSums {
    pub(super) partial: Arc<Partial>,
    /// Whether its groups are of the attributes' classes and not of campaigns.
    pub(super) by_class: bool,
    /// Whether it had to be computed.
    pub(super) computed: bool,
}

impl Parts {
    /// Asks every partition that the plan's days touch, and hands each one's sums to `fold`: at
    /// once where little is to be done, else on a blocking thread. The sums come in no order.
    pub(super) async fn ask<T, F>(self: &Arc<Self>, ask: Ask, fold: F) -> Result<(Vec<T>, Effort)>
    where
        T: Send + 'static,
        F: Fn(&PartitionSums) -> T + Send + Sync + 'static,
    {
        let versions = self
            .partition_versions(&ask.scope, ask.dataset, ask.commit)
            .await?;
        let touched = versions
            .iter()
            .filter_map(|version| {
                Some((
                    Arc::clone(version),
                    Arc::new(plan_for_month(&ask.plan, version.name.month)?),
                ))
            })
            .collect::<Vec<_>>();
        let (ask, fold) = (Arc::new(ask), Arc::new(fold));
        let mut answers: Vec<(T, bool)> = Vec::with_capacity(touched.len());
        let mut others = Vec::new();
        let mut rows_left = AT_HAND_ROWS_MAX;
        for (version, plan) in touched {
            match self.at_hand(&ask, &version, plan, &mut rows_left).await? {
                Ok(sums) => answers.push((fold(&sums), sums.computed)),
                Err(plan) => {
                    let (parts, ask) = (Arc::clone(self), Arc::clone(&ask));
                    let fold = Arc::clone(&fold);
                    others.push(async move { parts.sums_of(&ask, version, plan, fold).await });
                }
            }
        }
        let others: Vec<(T, bool)> = stream::iter(others)
            .buffered(self.config.query_parallelism)
            .try_collect()
            .await?;
        answers.extend(others);
        let effort = Effort {
            n_partitions: answers.len(),
            n_computed: answers.iter().filter(|(_, computed)| *computed).count(),
        };
        Ok((
            answers.into_iter().map(|(folded, _)| folded).collect(),
            effort,
        ))
    }

    async fn sums_of<T, F>(
        self: &Arc<Self>,
        ask: &Ask,
        version: Arc<PartitionVersion>,
        plan: Arc<PartialPlan>,
        fold: Arc<F>,
    ) -> Result<(T, bool)>
    where
        T: Send + 'static,
        F: Fn(&PartitionSums) -> T + Send + Sync + 'static,
    {
        let sums = match ask.cache {
            CacheMode::Use => self.found_or_computed(ask, &version, &plan).await?,
            CacheMode::Refresh | CacheMode::Bypass => {
                let sums = self.from_columns(ask, &version, &plan, &fold).await?;
                if ask.cache == CacheMode::Refresh {
                    let key = partial_key(&version, None, &plan);
                    self.caches
                        .partials
                        .insert(key, Arc::clone(&sums.0.partial))
                        .await;
                }
                return Ok((sums.1, true));
            }
        };
        let computed = sums.computed;
        let folded = blocking("fold a partition's sums", move || Ok(fold(&sums))).await?;
        Ok((folded, computed))
    }

    /// The sums from decoded columns, and what they fold to, in one go on a blocking thread.
    async fn from_columns<T, F>(
        self: &Arc<Self>,
        ask: &Ask,
        version: &PartitionVersion,
        plan: &Arc<PartialPlan>,
        fold: &Arc<F>,
    ) -> Result<(PartitionSums, T)>
    where
        T: Send + 'static,
        F: Fn(&PartitionSums) -> T + Send + Sync + 'static,
    {
        let view = self.view(ask, version, &plan.columns()).await?;
        let (plan, fold) = (Arc::clone(plan), Arc::clone(fold));
        blocking("aggregate a partition", move || {
            let sums = PartitionSums {
                partial: Arc::new(aggregate(&view, &plan)?),
                by_class: false,
                computed: true,
            };
            let folded = fold(&sums);
            Ok((sums, folded))
        })
        .await
    }

    /// The sums from the cache, from a roll-up that covers the plan, or from columns.
    async fn found_or_computed(
        self: &Arc<Self>,
        ask: &Ask,
        version: &PartitionVersion,
        plan: &Arc<PartialPlan>,
    ) -> Result<PartitionSums> {
        let classes = self.usable_classes(ask, version, plan).await?;
        let key = partial_key(version, classes, plan);
        if let Some(partial) = self.caches.partials.get(&key).await {
            return Ok(PartitionSums {
                partial,
                by_class: classes.is_some(),
                computed: false,
            });
        }
        let compute = async {
            let view = match classes {
                Some(id) => {
                    let level = RollUpLevel::ClassDay(id);
                    self.roll_up_view(ask, version, plan, level).await?
                }
                None if plan.is_covered_by_roll_up() => {
                    let level = RollUpLevel::CampaignDay;
                    self.roll_up_view(ask, version, plan, level).await?
                }
                None => self.view(ask, version, &plan.columns()).await?,
            };
            let plan = Arc::clone(plan);
            blocking("aggregate a partition", move || {
                Ok(Arc::new(aggregate(&view, &plan)?))
            })
            .await
        };
        let entry = self
            .caches
            .partials
            .entry(key)
            .or_try_insert_with(compute)
            .await;
        let entry = entry.map_err(|error: Arc<crate::Error>| crate::Error::clone(&error))?;
        Ok(PartitionSums {
            computed: entry.is_fresh(),
            partial: entry.into_value(),
            by_class: classes.is_some(),
        })
    }

    /// The partitions of a dataset as they stand at a commit.
    pub(super) async fn partition_versions(
        self: &Arc<Self>,
        scope: &Scope,
        dataset: DatasetName,
        commit: CommitNumber,
    ) -> Result<Manifest> {
        let key = (scope.agency(), dataset, commit);
        let (parts, scope) = (Arc::clone(self), scope.clone());
        let list = blocking("list partitions", move || {
            let versions = parts.catalogue.partitions(&scope, dataset, commit)?;
            Ok(Arc::new(versions.into_iter().map(Arc::new).collect()))
        });
        let listed = self.caches.manifests.try_get_with(key, list).await;
        listed.map_err(|error: Arc<crate::Error>| crate::Error::clone(&error))
    }
}

pub(super) fn partial_key(
    version: &PartitionVersion,
    classes: Option<u64>,
    plan: &Arc<PartialPlan>,
) -> PartialKey {
    PartialKey {
        partition: partition_key(version),
        classes,
        plan: Arc::clone(plan),
    }
}
