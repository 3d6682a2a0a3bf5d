//! What a query would read, without computing it.

use std::sync::Arc;

use bellwether_domain::closed_words;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::query::{MetricQuery, MetricRequest};
use bellwether_domain::scope::BrandAccess;
use bellwether_domain::segment::{PartitionName, PartitionVersion, Snapshot};
use bellwether_domain::{ErrorCode, Scope};
use bellwether_store::{Estimate, PartialPlan, PartitionView};

use super::caches::{RollUpLevel, layout_key};
use super::classes::keeps_attribute_classes_whole;
use super::engine::Ask;
use super::levels::{Chosen, Level};
use super::partitions::PartitionAsk;
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
    /// What is read for its sums.
    pub source: PartitionSource,
    /// The roll-up that is made of what is read, and kept, before the sums are taken from it. Of
    /// one by campaign one by class may be made in turn, where its rows turn out to allow it.
    pub makes: Option<PartitionSource>,
    /// How many rows of the source would be read; 0 for sums that are there.
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
    /// The points that it would cost if nothing were in the caches.
    pub price: u64,
    /// Whether the whole result is there, so that nothing is read.
    pub is_result_cached: bool,
    /// What each partition would be asked if the whole result were not there; those of the range
    /// compared with come last.
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
        let mut partitions = parts.explain(&asked).await?;
        if let Some(previous) = asked.previous() {
            partitions.extend(parts.explain(&previous).await?);
        }
        let price = parts.price(&asked).await?;
        Ok(Explanation {
            price,
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
            let Some(plan) = plan_for_month(&ask.plan, version.name.month) else {
                continue;
            };
            let read = match self.known_partition_ask(&ask, version, plan).await {
                Ok(asked) if asked.is_of_nothing() => continue,
                Ok(asked) => self.read_for(&asked, ask.cache).await,
                // Its campaigns stand in its files, which are read whole.
                Err(plan) => {
                    let is_rolled_up =
                        plan.is_covered_by_roll_up() && ask.cache != CacheMode::Bypass;
                    of_segments(version, is_rolled_up)
                }
            };
            explained.push(PartitionExplained {
                name: version.name,
                version: version.version.0,
                n_segments: version.segments.len(),
                source: read.source,
                makes: read.makes,
                rows: read.estimate.n_rows,
                bytes: read.estimate.n_bytes,
            });
        }
        Ok(explained)
    }

    /// What is read of a partition, by the level that computing would choose.
    async fn read_for(&self, asked: &PartitionAsk, cache: CacheMode) -> Read {
        match self.choose(asked, cache).await {
            Chosen::Sums(_) => Read::of(PartitionSource::Partial, Estimate::default()),
            Chosen::View(level, view) => {
                let source = match level {
                    Level::RollUp(level) => source_of(level),
                    Level::Columns => PartitionSource::Columns,
                };
                Read::of(source, view.estimate(&asked.plan))
            }
            Chosen::Absent(Level::Columns) => of_segments(&asked.version, false),
            Chosen::Absent(Level::RollUp(RollUpLevel::CampaignDay)) => {
                self.to_roll_up(asked, cache).await
            }
            Chosen::Absent(Level::RollUp(by_class)) => {
                self.to_put_classes_together(asked, by_class).await
            }
        }
    }

    /// What is read to make the roll-up by campaign: the columns that it lacks.
    async fn to_roll_up(&self, asked: &PartitionAsk, cache: CacheMode) -> Read {
        let PartitionAsk { version, plan, .. } = asked;
        let (key, names) = (layout_key(version), plan.columns());
        let missing = if cache == CacheMode::Refresh {
            names
        } else {
            let level = RollUpLevel::CampaignDay;
            self.rolled(key, level, &names).await.missing()
        };
        match self.decoded(key, &missing).await.complete() {
            Ok((index, columns)) => {
                let view = PartitionView { index, columns };
                let estimate = view.estimate(&whole_month(version, plan));
                Read::making(PartitionSource::Columns, RollUpLevel::CampaignDay, estimate)
            }
            Err(_) => of_segments(version, true),
        }
    }

    /// What is read to make the roll-up by class: the one by campaign.
    async fn to_put_classes_together(&self, asked: &PartitionAsk, by_class: RollUpLevel) -> Read {
        let PartitionAsk { version, plan, .. } = asked;
        let finer = RollUpLevel::CampaignDay;
        let rolled = self.rolled(layout_key(version), finer, &[]).await;
        let whole = whole_month(version, plan);
        let estimate = rolled.whole.map(|finer| finer.index().estimate(&whole));
        Read::making(source_of(finer), by_class, estimate.unwrap_or_default())
    }
}

/// What is read of a partition.
struct Read {
    source: PartitionSource,
    makes: Option<PartitionSource>,
    estimate: Estimate,
}

impl Read {
    fn of(source: PartitionSource, estimate: Estimate) -> Self {
        Self {
            source,
            makes: None,
            estimate,
        }
    }

    fn making(source: PartitionSource, level: RollUpLevel, estimate: Estimate) -> Self {
        Self {
            makes: Some(source_of(level)),
            ..Self::of(source, estimate)
        }
    }
}

fn of_segments(version: &PartitionVersion, is_rolled_up: bool) -> Read {
    let rows = version.segments.iter().map(|segment| segment.n_rows);
    let bytes = version.segments.iter().map(|segment| segment.size_bytes);
    let estimate = Estimate {
        n_rows: rows.sum(),
        n_bytes: bytes.sum(),
    };
    Read {
        makes: is_rolled_up.then_some(PartitionSource::CampaignRollUp),
        ..Read::of(PartitionSource::Segments, estimate)
    }
}

fn source_of(level: RollUpLevel) -> PartitionSource {
    match level {
        RollUpLevel::CampaignDay => PartitionSource::CampaignRollUp,
        RollUpLevel::ClassDay(_) => PartitionSource::ClassRollUp,
    }
}

/// The plan for the measures of all campaigns and days of a partition: what a roll-up is made of.
fn whole_month(version: &PartitionVersion, plan: &PartialPlan) -> PartialPlan {
    PartialPlan {
        days: version.name.month.days(),
        campaigns: None,
        attribution: None,
        ..plan.clone()
    }
}
