//! What the read path remembers: three levels of results, and roll-ups, each with its budget in
//! bytes.
//!
//! Invariant: every key holds the agency and the version or snapshot of what it was made from, so
//! that nothing is ever invalidated and nothing needs a time to live.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use bellwether_domain::dataset::DatasetName;
use bellwether_domain::fact::Fact;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::query::MetricQuery;
use bellwether_domain::segment::{CommitNumber, PartitionName, PartitionVersion, Snapshot};
use bellwether_store::{Column, ColumnName, Partial, PartialPlan, PartitionIndex, RollUp};
use moka::future::{Cache, CacheBuilder};
use moka::policy::EvictionPolicy;
use tokio::sync::{Mutex, Semaphore};

use super::answer::Computed;
use crate::config::ServiceConfig;

/// What a whole result is found by.
pub(super) type ResultKey = (AgencyId, MetricQuery, Snapshot);

/// What a partition's contents are found by.
pub(super) type PartitionKey = (AgencyId, PartitionName, CommitNumber);

/// The partitions of a dataset at a commit, by month.
pub(super) type Manifest = Arc<Vec<Arc<PartitionVersion>>>;

/// The key of a partition version.
pub(super) fn partition_key(version: &PartitionVersion) -> PartitionKey {
    (version.agency, version.name, version.version)
}

/// What the decoded columns of a partition are found by: its contents, and the segments in the
/// order of whose rows they are. Compaction leaves the first as it is and changes the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct LayoutKey {
    partition: PartitionKey,
    /// A hash of the segments' ids, in their order.
    segments: u64,
}

/// The key of a partition version as it lies in these segments.
pub(super) fn layout_key(version: &PartitionVersion) -> LayoutKey {
    let mut hasher = DefaultHasher::new();
    for segment in &version.segments {
        segment.id.hash(&mut hasher);
    }
    LayoutKey {
        partition: partition_key(version),
        segments: hasher.finish(),
    }
}

/// What the sums of one partition are found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct PartialKey {
    pub(super) partition: PartitionKey,
    /// The classes that stand in for campaigns; `None` where groups are by campaign.
    pub(super) classes: Option<u64>,
    pub(super) plan: Arc<PartialPlan>,
}

/// A piece of a decoded partition.
#[derive(Debug, Clone)]
pub(super) enum Decoded {
    /// Its key columns.
    Index(Arc<PartitionIndex>),
    /// One further column.
    Column(Arc<Column>),
}

/// Which sums of a partition are kept ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum RollUpLevel {
    /// Campaign x attribution window x day.
    CampaignDay,
    /// Class of campaigns (brand x platform x currency) x attribution window x day.
    ClassDay(u64),
}

/// A piece of a roll-up.
#[derive(Debug, Clone)]
pub(super) enum Rolled {
    /// Its groups.
    RollUp(Arc<RollUp>),
    /// The sums of one measure.
    Column(Arc<Column>),
}

/// What is being made of a partition, by one task at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Making {
    /// Decoded columns.
    Columns,
    /// A roll-up.
    RollUp(RollUpLevel),
}

/// How many agencies' lists of partitions are held.
const MANIFESTS_HELD_MAX: u64 = 1_024;

/// How many partitions of costs are held; each has a few rows.
const COST_PARTITIONS_HELD_MAX: u64 = 10_000;

/// How many locks against double work are held.
const MAKINGS_HELD_MAX: u64 = 10_000;

/// Everything that the read path remembers.
#[derive(Debug)]
pub(crate) struct Caches {
    /// Whole results.
    pub(super) results: Cache<ResultKey, Arc<Computed>>,
    /// Sums of one partition for one plan.
    pub(super) partials: Cache<PartialKey, Arc<Partial>>,
    /// Decoded partitions, column by column; `None` is the index.
    pub(super) columns: Cache<(LayoutKey, Option<ColumnName>), Decoded>,
    /// Roll-ups, measure by measure; `None` is the groups.
    pub(super) roll_ups: Cache<(LayoutKey, RollUpLevel, Option<ColumnName>), Rolled>,
    /// The partitions of a dataset at a commit.
    pub(super) manifests: Cache<(AgencyId, DatasetName, CommitNumber), Manifest>,
    /// Recorded costs, and other datasets that are read row by row.
    pub(super) rows: Cache<PartitionKey, Arc<Vec<Fact>>>,
    /// Places for decoding, so that what is in memory beside the caches is bounded too, however
    /// many questions are asked at once.
    pub(super) decoding: Semaphore,
    /// Who makes a piece has the lock; whoever else needs it waits.
    pub(super) makings: Cache<(LayoutKey, Making), Arc<Mutex<()>>>,
}

impl Caches {
    pub(crate) fn new(config: &ServiceConfig) -> Self {
        Self {
            results: newest_kept()
                .max_capacity(in_kib(config.result_cache_bytes))
                .weigher(|_, computed: &Arc<Computed>| weight_kib(computed.size_bytes()))
                .build(),
            partials: newest_kept()
                .max_capacity(in_kib(config.partial_cache_bytes))
                .weigher(|key: &PartialKey, partial: &Arc<Partial>| {
                    let campaigns = key.plan.campaigns.as_ref().map_or(0, Vec::len);
                    weight_kib(partial.size_bytes() + campaigns * size_of::<u32>())
                })
                .build(),
            columns: newest_kept()
                .max_capacity(in_kib(config.column_cache_bytes))
                .weigher(|_, decoded: &Decoded| {
                    weight_kib(match decoded {
                        Decoded::Index(index) => index.size_bytes(),
                        Decoded::Column(column) => column.size_bytes(),
                    })
                })
                .build(),
            roll_ups: newest_kept()
                .max_capacity(in_kib(config.roll_up_cache_bytes))
                .weigher(|_, rolled: &Rolled| {
                    weight_kib(match rolled {
                        Rolled::RollUp(roll_up) => roll_up.size_bytes(),
                        Rolled::Column(column) => column.size_bytes(),
                    })
                })
                .build(),
            manifests: Cache::new(MANIFESTS_HELD_MAX),
            rows: Cache::new(COST_PARTITIONS_HELD_MAX),
            decoding: Semaphore::new(config.query_parallelism.clamp(1, Semaphore::MAX_PERMITS)),
            makings: Cache::new(MAKINGS_HELD_MAX),
        }
    }

    /// How many bytes each cache holds, by its name, with its budget.
    pub(crate) fn held(&self, config: &ServiceConfig) -> [CacheHeld; 4] {
        let held = |name, kib: u64, budget_bytes| CacheHeld {
            name,
            bytes: kib * 1024,
            budget_bytes,
        };
        [
            held(
                "results",
                self.results.weighted_size(),
                config.result_cache_bytes,
            ),
            held(
                "partials",
                self.partials.weighted_size(),
                config.partial_cache_bytes,
            ),
            held(
                "columns",
                self.columns.weighted_size(),
                config.column_cache_bytes,
            ),
            held(
                "roll_ups",
                self.roll_ups.weighted_size(),
                config.roll_up_cache_bytes,
            ),
        ]
    }
}

/// How full a cache is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheHeld {
    /// Which cache.
    pub name: &'static str,
    /// About how many bytes it holds.
    pub bytes: u64,
    /// How many it may hold.
    pub budget_bytes: u64,
}

/// A cache that lets go of what was not asked for longest: pieces of versions that were replaced
/// are not asked for again, however often they were before.
fn newest_kept<K, V>() -> CacheBuilder<K, V, Cache<K, V>>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder().eviction_policy(EvictionPolicy::lru())
}

/// Weights are in KiB, because moka's are 32 bits wide.
fn in_kib(bytes: u64) -> u64 {
    bytes / 1024
}

fn weight_kib(bytes: usize) -> u32 {
    u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX)
}
