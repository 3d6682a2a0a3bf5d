//! The caches of the read path, each with its budget in bytes.

use std::sync::Arc;

use bellwether_domain::fact::Fact;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::query::MetricQuery;
use bellwether_domain::segment::{CommitNumber, PartitionName, Snapshot};
use bellwether_store::Partition;
use moka::future::Cache;

use super::read::Computed;
use crate::config::ServiceConfig;

/// What a whole result is found by.
pub(super) type ResultKey = (AgencyId, MetricQuery, Snapshot);

/// What a partition's contents are found by.
pub(super) type PartitionKey = (AgencyId, PartitionName, CommitNumber);

/// How many partitions of costs are held; each has a few rows.
const COST_PARTITIONS_HELD_MAX: u64 = 10_000;

/// Everything that the read path remembers.
#[derive(Debug)]
pub(crate) struct Caches {
    /// Whole results.
    pub(super) results: Cache<ResultKey, Arc<Computed>>,
    /// Decoded, merged partitions.
    pub(super) partitions: Cache<PartitionKey, Arc<Partition>>,
    /// Recorded costs.
    pub(super) costs: Cache<PartitionKey, Arc<Vec<Fact>>>,
}

impl Caches {
    pub(crate) fn new(config: &ServiceConfig) -> Self {
        Self {
            results: Cache::builder()
                .max_capacity(in_kib(config.result_cache_bytes))
                .weigher(|_, computed: &Arc<Computed>| weight_kib(computed.size_bytes()))
                .build(),
            partitions: Cache::builder()
                .max_capacity(in_kib(config.partition_cache_bytes))
                .weigher(|_, partition: &Arc<Partition>| weight_kib(partition.size_bytes()))
                .build(),
            costs: Cache::new(COST_PARTITIONS_HELD_MAX),
        }
    }
}

/// Weights are in KiB, because moka's are 32 bits wide.
fn in_kib(bytes: u64) -> u64 {
    bytes / 1024
}

fn weight_kib(bytes: usize) -> u32 {
    u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX)
}
