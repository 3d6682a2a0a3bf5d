//! What a query would read, without computing it.

use std::sync::Arc;

use bellwether_domain::closed_words;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::query::{MetricQuery, MetricRequest};
use bellwether_domain::scope::BrandAccess;
use bellwether_domain::segment::{PartitionName, PartitionVersion, Snapshot};
use bellwether_domain::{ErrorCode, Scope};
use bellwether_store::{Estimate, PartialPlan, PartitionView};

use super::caches::{PartialKey, RollUpLevel, Rolled, layout_key};
use super::classes::keeps_attribute_classes_whole;
use super::engine::{Ask, partial_key};
use super::question::{plan, plan_for_month};
use super::{Asked, CacheMode, Reading};
use crate::error::Result;
use crate::services::{Parts, Services};

closed_words! {
    /// What the sums of a partition come from.
    pub enum PartitionSource, "a source of sums" {
        /// Sums of this very question that are there.
        Partial => "PARTIAL",
        /// Sums by class of campaigns (brand, platform, currency) and day.
        ClassRollUp => "CLASS_ROLL_UP",
        /// Sums by campaign and day.
        CampaignRollUp => "CAMPAIGN_ROLL_UP",
        /// Rows in decoded columns.
        Columns => "COLUMNS",
        /// Rows in segment files, to be decoded first.
        Segments => "SEGMENTS",
    }
}

/// What one partition would be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionExplained {
    /// Which.
    pub name: PartitionName,
    /// Its newest commit.
    pub version: i64,
    /// How many files it lies in.
    pub n_segments: usize,
    /// Where its sums come from.
    pub source: PartitionSource,
    /// How many rows of that source would be read; 0 for sums that are there.
    pub rows: u64,
    /// About how many bytes.
    pub bytes: u64,
}

/// What a query would read.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The question in canonical form.
    pub query: MetricQuery,
    /// The snapshot that it would be answered from.
    pub snapshot: Snapshot,
    /// Whether the whole result is there, so that nothing is read.
    pub is_result_cached: bool,
    /// What each partition would be asked if the whole result were not there.
    pub partitions: Vec<PartitionExplained>,
}

impl Services {
    /// Tells what a query would read: which partitions, from which level, how many rows and bytes.
    /// Computes and loads nothing. `FORBIDDEN` to members who see only some brands.
    pub async fn explain_metrics(
        &self,
        scope: &Scope,
        request: &MetricRequest,
        reading: Reading,
    ) -> Result<Explanation> {
        let parts = &self.parts;
        let asked = parts.asked(scope, request, reading).await?;
        // Its rows and bytes are of all brands of the agency.
        if *scope.brands() != BrandAccess::All {
            let message = "what a query reads is told to members who see all brands of the agency";
            return Err(Refusal::new(ErrorCode::Forbidden, message).into());
        }
        let key = (scope.agency(), asked.query.clone(), asked.snapshot);
        let is_result_cached =
            asked.cache == CacheMode::Use && parts.caches.results.contains_key(&key);
        let partitions = parts.explain(&asked).await?;
        Ok(Explanation {
            query: asked.query,
            snapshot: asked.snapshot,
            is_result_cached,
            partitions,
        })
    }
}

impl Parts {
    async fn explain(self: &Arc<Self>, asked: &Asked) -> Result<Vec<PartitionExplained>> {
        let Some(plan) = plan(&asked.query, &asked.attributes)? else {
            return Ok(Vec::new());
        };
        let ask = Ask {
            scope: asked.scope.clone(),
            dataset: asked.query.dataset,
            commit: asked.snapshot.commit,
            plan,
            attributes: Arc::clone(&asked.attributes),
            cache: asked.cache,
            by_class: keeps_attribute_classes_whole(&asked.query),
        };
        let versions = self
            .partition_versions(&ask.scope, ask.dataset, ask.commit)
            .await?;
        let mut explained = Vec::new();
        for version in versions.iter() {
            if let Some(plan) = plan_for_month(&ask.plan, version.name.month) {
                let (source, (rows, bytes)) = self.source(&ask, version, Arc::new(plan)).await;
                explained.push(PartitionExplained {
                    name: version.name,
                    version: version.version.0,
                    n_segments: version.segments.len(),
                    source,
                    rows,
                    bytes,
                });
            }
        }
        Ok(explained)
    }

    async fn source(
        &self,
        ask: &Ask,
        version: &PartitionVersion,
        plan: Arc<PartialPlan>,
    ) -> (PartitionSource, (u64, u64)) {
        if ask.cache == CacheMode::Use {
            let id = ask.attributes.classes().id();
            let by_class = partial_key(version, ask.by_class.then_some(id), &plan);
            let by_campaign = PartialKey {
                classes: None,
                ..by_class.clone()
            };
            let partials = &self.caches.partials;
            if partials.contains_key(&by_class) || partials.contains_key(&by_campaign) {
                return (PartitionSource::Partial, (0, 0));
            }
            if plan.is_covered_by_roll_up() {
                let levels = [
                    (RollUpLevel::ClassDay(id), PartitionSource::ClassRollUp),
                    (RollUpLevel::CampaignDay, PartitionSource::CampaignRollUp),
                ];
                let is_by_class = ask.by_class && plan.campaigns.is_none();
                for (level, source) in &levels[usize::from(!is_by_class)..] {
                    if let Some(estimate) = self.estimate_rolled(version, *level, &plan).await {
                        return (*source, estimate);
                    }
                }
            }
        }
        let columns = self.decoded(layout_key(version), &plan.columns()).await;
        if let Ok((index, columns)) = columns.complete() {
            let view = PartitionView { index, columns };
            return (PartitionSource::Columns, told(view.estimate(&plan)));
        }
        let rows = version.segments.iter().map(|segment| segment.n_rows);
        let bytes = version.segments.iter().map(|segment| segment.size_bytes);
        (PartitionSource::Segments, (rows.sum(), bytes.sum()))
    }

    async fn estimate_rolled(
        &self,
        version: &PartitionVersion,
        level: RollUpLevel,
        plan: &PartialPlan,
    ) -> Option<(u64, u64)> {
        let key = (layout_key(version), level, None);
        let Some(Rolled::RollUp(roll_up)) = self.caches.roll_ups.get(&key).await else {
            return None;
        };
        let index = Arc::clone(roll_up.index());
        Some(told(index.estimate(plan)))
    }
}

fn told(estimate: Estimate) -> (u64, u64) {
    (estimate.n_rows, estimate.n_bytes)
}
