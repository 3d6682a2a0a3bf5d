//! What the read path remembers: three levels of results, and roll-ups, each with its budget in
//! bytes.
//!
//! Invariant: every key holds the agency and the version or snapshot of what it was made from, so
//! that no commit calls anything back and nothing needs a time to live. The one exception are the
//! lists of which files hold a snapshot, see `snapshots.rs`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use bellwether_domain::dataset::DatasetName;
use bellwether_domain::fact::Fact;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::query::{Conversion, MetricQuery};
use bellwether_domain::rates::RateTable;
use bellwether_domain::segment::{CommitNumber, PartitionName, PartitionVersion, Snapshot};
use bellwether_store::{Column, ColumnName, Partial, PartialPlan, PartitionIndex, RollUp};
use moka::future::Cache;
use tokio::sync::{Mutex, Semaphore};

use super::answer::Computed;
use super::weights;
use crate::budget::weighed;
use crate::config::ServiceConfig;
use crate::services::Services;

/// What a whole result is found by.
pub(super) type ResultKey = (AgencyId, MetricQuery, Snapshot);

/// What a partition's contents are found by.
pub(super) type PartitionKey = (AgencyId, PartitionName, CommitNumber);

/// The partitions of a dataset at a commit, by month.
pub(super) type Manifest = Arc<Vec<Arc<PartitionVersion>>>;

/// What a list is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ListKey {
    /// The partitions of a dataset at a commit.
    Partitions(AgencyId, DatasetName, CommitNumber),
    /// The campaigns of a partition.
    Campaigns(PartitionKey),
    /// The classes of a partition's campaigns, under those of all campaigns.
    Classes(PartitionKey, u64),
    /// The rates that money is converted by.
    Rates(AgencyId, Conversion),
}

/// A list, or the digest of one.
#[derive(Debug, Clone)]
pub(super) enum Listed {
    /// Partitions.
    Partitions(Manifest),
    /// The codes of campaigns, ascending.
    Campaigns(Arc<[u32]>),
    /// The digest of a partition's classes.
    Classes(u64),
    /// Rates into one currency at one revision.
    Rates(Arc<RateTable>),
}

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
    /// The digest of the partition's classes that stand in for campaigns; `None` where groups are
    /// by campaign.
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
    /// The partitions of datasets at commits, and which campaigns are in each.
    pub(super) manifests: Cache<ListKey, Listed>,
    /// Recorded costs, and other datasets that are read row by row.
    pub(super) rows: Cache<PartitionKey, Arc<Vec<Fact>>>,
    /// Places for decoding, so that what is in memory beside the caches is bounded too, however
    /// many questions are asked at once.
    pub(super) decoding: Semaphore,
    /// Places for aggregating and rolling up, for the same reason.
    pub(super) aggregating: Arc<Semaphore>,
    /// Who makes a piece has the lock; whoever else needs it waits.
    pub(super) makings: Cache<(LayoutKey, Making), Arc<Mutex<()>>>,
}

impl Caches {
    pub(crate) fn new(config: &ServiceConfig) -> Self {
        let n_places = config.query_parallelism.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            results: weighed(config.result_cache_bytes, weights::of_result),
            partials: weighed(config.partial_cache_bytes, weights::of_partial),
            columns: weighed(
                config.column_cache_bytes,
                |_, decoded: &Decoded| match decoded {
                    Decoded::Index(index) => index.size_bytes(),
                    Decoded::Column(column) => column.size_bytes(),
                },
            ),
            roll_ups: weighed(
                config.roll_up_cache_bytes,
                |_, rolled: &Rolled| match rolled {
                    Rolled::RollUp(roll_up) => roll_up.size_bytes(),
                    Rolled::Column(column) => column.size_bytes(),
                },
            ),
            manifests: weighed(config.manifest_cache_bytes, weights::of_listed),
            rows: weighed(config.row_cache_bytes, |_, facts: &Arc<Vec<Fact>>| {
                weights::of_facts(facts.as_slice())
            }),
            decoding: Semaphore::new(n_places),
            aggregating: Arc::new(Semaphore::new(n_places)),
            makings: Cache::new(MAKINGS_HELD_MAX),
        }
    }

    /// How many bytes each cache holds, by its name, with its budget.
    pub(crate) fn held(&self, config: &ServiceConfig) -> [CacheHeld; 6] {
        let held = |name, kib: u64, budget_bytes| CacheHeld {
            name,
            bytes: kib * 1024,
            budget_bytes,
        };
        let Self {
            results,
            partials,
            columns,
            roll_ups,
            manifests,
            rows,
            ..
        } = self;
        let kib = results.weighted_size();
        let results = held("results", kib, config.result_cache_bytes);
        let kib = partials.weighted_size();
        let partials = held("partials", kib, config.partial_cache_bytes);
        let kib = columns.weighted_size();
        let columns = held("columns", kib, config.column_cache_bytes);
        let kib = roll_ups.weighted_size();
        let roll_ups = held("roll_ups", kib, config.roll_up_cache_bytes);
        let kib = manifests.weighted_size();
        let manifests = held("manifests", kib, config.manifest_cache_bytes);
        let kib = rows.weighted_size();
        let rows = held("rows", kib, config.row_cache_bytes);
        [results, partials, columns, roll_ups, manifests, rows]
    }
}

impl Services {
    /// How full the caches of the read path are.
    pub fn caches_held(&self) -> Vec<CacheHeld> {
        let (parts, config) = (&self.parts, &self.parts.config);
        let caches = parts.caches.held(config).into_iter();
        caches.chain([parts.attributes.held(config)]).collect()
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
