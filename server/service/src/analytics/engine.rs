//! Asking the engine: the sums of each partition, found, rolled up, or computed from columns.

use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::segment::{CommitNumber, PartitionVersion};
use bellwether_store::{Partial, PartialPlan, aggregate};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::answer::{CacheMode, Effort};
use super::at_hand::AT_HAND_ROWS_MAX;
use super::caches::{PartialKey, RollUpLevel, layout_key, partition_key};
use super::levels::{Level, may_stand_in};
use super::partitions::PartitionAsk;
use super::question::plan_for_month;
use crate::attributes::Attributes;
use crate::background::blocking;
use crate::error::{Error, Result};
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

/// The sums of one partition. A class of campaigns has the code of one of them.
#[derive(Debug, Clone)]
pub(super) struct PartitionSums {
    pub(super) partial: Arc<Partial>,
    /// Whether it had to be computed.
    pub(super) computed: bool,
}

impl Parts {
    /// Asks every partition that the plan's days touch, and hands each one's sums to `fold`: at
    /// once where little is to be done, else on a blocking thread. The sums come in no order;
    /// partitions with none of the campaigns asked for have none.
    pub(super) async fn ask<T, F>(self: &Arc<Self>, ask: Ask, fold: F) -> Result<(Vec<T>, Effort)>
    where
        T: Send + 'static,
        F: Fn(&PartitionSums) -> T + Send + Sync + 'static,
    {
        let versions = self
            .partition_versions(&ask.scope, ask.dataset, ask.commit)
            .await?;
        let (ask, fold) = (Arc::new(ask), Arc::new(fold));
        let mut effort = Effort::default();
        let mut answers = Vec::with_capacity(versions.len());
        let mut others = Vec::new();
        let mut rows_left = AT_HAND_ROWS_MAX;
        for version in versions.iter() {
            let Some(plan) = plan_for_month(&ask.plan, version.name.month) else {
                continue;
            };
            let asked = self.known_partition_ask(&ask, version, plan).await;
            if let Ok(asked) = &asked {
                if asked.is_of_nothing() {
                    continue;
                }
                if let Some(sums) = self.at_hand(&ask, asked, &mut rows_left).await? {
                    effort.add(version.name, sums.computed);
                    answers.push(fold(&sums));
                    continue;
                }
            }
            let (parts, ask, fold) = (Arc::clone(self), Arc::clone(&ask), Arc::clone(&fold));
            let version = Arc::clone(version);
            others.push(async move {
                let asked = match asked {
                    Ok(asked) => asked,
                    Err(plan) => parts.partition_ask(&ask, &version, plan).await?,
                };
                if asked.is_of_nothing() {
                    return Ok(None);
                }
                let folded = parts.sums_of(&ask, &asked, fold).await?;
                Ok::<_, Error>(Some((version.name, folded)))
            });
        }
        let mut others = stream::iter(others).buffered(self.config.query_parallelism);
        while let Some(other) = others.try_next().await? {
            if let Some((name, (folded, computed))) = other {
                effort.add(name, computed);
                answers.push(folded);
            }
        }
        Ok((answers, effort))
    }

    /// The sums of a partition, folded on a blocking thread, and whether they were computed.
    async fn sums_of<T, F>(
        self: &Arc<Self>,
        ask: &Ask,
        asked: &PartitionAsk,
        fold: Arc<F>,
    ) -> Result<(T, bool)>
    where
        T: Send + 'static,
        F: Fn(&PartitionSums) -> T + Send + Sync + 'static,
    {
        if ask.cache == CacheMode::Bypass {
            let folded = self.from_columns(ask, asked, fold).await?;
            return Ok((folded, true));
        }
        if ask.cache == CacheMode::Refresh {
            self.forget_sums(asked).await;
        }
        let sums = self.found_or_computed(ask, asked).await?;
        let computed = sums.computed || ask.cache == CacheMode::Refresh;
        let folded = self.aggregating("fold a partition's sums", move || Ok(fold(&sums)));
        Ok((folded.await?, computed))
    }

    /// The sums from decoded columns, folded, in one go on a blocking thread.
    async fn from_columns<T, F>(
        self: &Arc<Self>,
        ask: &Ask,
        asked: &PartitionAsk,
        fold: Arc<F>,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&PartitionSums) -> T + Send + Sync + 'static,
    {
        let plan = Arc::clone(&asked.plan);
        let view = self.view(ask, &asked.version, &plan.columns()).await?;
        self.aggregating("aggregate a partition", move || {
            Ok(fold(&PartitionSums {
                partial: Arc::new(aggregate(&view, &plan)?),
                computed: true,
            }))
        })
        .await
    }

    /// The sums from the cache, or from the coarsest level that holds them: where a sum of a
    /// roll-up is over 64 bits, from the next.
    async fn found_or_computed(
        self: &Arc<Self>,
        ask: &Ask,
        asked: &PartitionAsk,
    ) -> Result<PartitionSums> {
        if let Some(sums) = self.found_sums(asked).await {
            return Ok(sums);
        }
        for level in self.roll_ups_of(ask, asked).await? {
            match self.computed_from(ask, asked, Level::RollUp(level)).await {
                Err(error) if error.is_overflow() => {}
                computed => return computed,
            }
        }
        self.computed_from(ask, asked, Level::Columns).await
    }

    /// The roll-ups that hold the sums, the coarsest first. The one by campaign is made, because
    /// it tells whether classes may stand in.
    async fn roll_ups_of(
        self: &Arc<Self>,
        ask: &Ask,
        asked: &PartitionAsk,
    ) -> Result<Vec<RollUpLevel>> {
        if !asked.plan.is_covered_by_roll_up() {
            return Ok(Vec::new());
        }
        let by_campaign = RollUpLevel::CampaignDay;
        let view = match self
            .roll_up_view(ask, &asked.version, &asked.plan, by_campaign)
            .await
        {
            Err(error) if error.is_overflow() => return Ok(Vec::new()),
            view => view?,
        };
        let classes = asked.classes;
        let classes = classes.filter(|_| may_stand_in(&view.index, &view.columns));
        let by_class = classes.map(RollUpLevel::ClassDay);
        Ok(by_class.into_iter().chain([by_campaign]).collect())
    }

    async fn computed_from(
        self: &Arc<Self>,
        ask: &Ask,
        asked: &PartitionAsk,
        level: Level,
    ) -> Result<PartitionSums> {
        let PartitionAsk { version, plan, .. } = asked;
        let key = partial_key(version, level.classes(), plan);
        let compute = async {
            let view = match level {
                Level::RollUp(level) => self.roll_up_view(ask, version, plan, level).await?,
                Level::Columns => self.view(ask, version, &plan.columns()).await?,
            };
            let plan = Arc::clone(plan);
            self.aggregating("aggregate a partition", move || {
                Ok(Arc::new(aggregate(&view, &plan)?))
            })
            .await
        };
        let entry = self.caches.partials.entry(key).or_try_insert_with(compute);
        let entry = entry
            .await
            .map_err(|error: Arc<Error>| Error::clone(&error))?;
        Ok(PartitionSums {
            computed: entry.is_fresh(),
            partial: entry.into_value(),
        })
    }

    /// Forgets everything that a question would find of a partition above its columns.
    async fn forget_sums(&self, asked: &PartitionAsk) {
        let (key, by_class) = (layout_key(&asked.version), asked.classes);
        for classes in [by_class, None] {
            let key = partial_key(&asked.version, classes, &asked.plan);
            self.caches.partials.invalidate(&key).await;
        }
        let by_class = by_class.map(RollUpLevel::ClassDay);
        for level in by_class.into_iter().chain([RollUpLevel::CampaignDay]) {
            let pieces = asked.plan.columns().into_iter().map(Some).chain([None]);
            for piece in pieces {
                let key = (key, level, piece);
                self.caches.roll_ups.invalidate(&key).await;
            }
        }
    }

    /// Runs kernels on a blocking thread, of which no more are at it than there are places,
    /// however many questions are asked at once.
    pub(super) async fn aggregating<T, F>(&self, attempted: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T> + Send + 'static,
    {
        // The semaphore is never closed, so that there is always a place in the end. The place
        // goes with the work, which runs on when nobody waits for it any more.
        let place = Arc::clone(&self.caches.aggregating).acquire_owned().await;
        blocking(attempted, move || {
            let _place = place;
            work()
        })
        .await
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
