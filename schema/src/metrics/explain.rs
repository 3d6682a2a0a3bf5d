//! What a metric query would read: the answer of `explainMetrics`, which computes nothing.

use async_graphql::{ID, Object, SimpleObject};
use bellwether_service::{Explanation, PartitionExplained};

use crate::scalars::{Count, Date};
use crate::words::{DatasetName, PartitionSource};

/// What a metric query would read.
#[derive(Debug)]
pub(crate) struct MetricsPlan {
    pub(crate) explanation: Explanation,
}

/// What one partition, a month of a dataset, would be asked.
#[derive(Debug, SimpleObject)]
pub(crate) struct PartitionPlan {
    /// The month's first day.
    month: Date,
    /// The newest commit that changed the partition.
    version: Count,
    /// How many files it lies in.
    segments: i32,
    /// What would be read for its sums.
    source: PartitionSource,
    /// The roll-up that would be made of what is read, and kept, before the sums are taken from
    /// it; null where none is made. Of one by campaign one by class may be made in turn, where its
    /// rows turn out to allow it.
    makes: Option<PartitionSource>,
    /// How many rows of the source would be read; 0 for sums that are there.
    rows: Count,
    /// About how many bytes would be read.
    bytes: Count,
}

/// What a metric query would read if it were asked now.
#[Object]
impl MetricsPlan {
    /// The snapshot that it would be answered from.
    async fn snapshot(&self) -> ID {
        self.explanation.snapshot.to_string().into()
    }

    /// The dataset that would be read.
    async fn dataset(&self) -> DatasetName {
        self.explanation.query.dataset.into()
    }

    /// The first day of the range.
    async fn from(&self) -> Date {
        Date(self.explanation.query.range.from())
    }

    /// The first day after the range.
    async fn until(&self) -> Date {
        Date(self.explanation.query.range.until())
    }

    /// Whether the whole answer is in the cache, so that nothing would be read.
    async fn is_result_cached(&self) -> bool {
        self.explanation.is_result_cached
    }

    /// The partitions that the answer is made of, by month.
    async fn partitions(&self) -> Vec<PartitionPlan> {
        self.explanation.partitions.iter().map(partition).collect()
    }

    /// How many rows would be read, over all partitions.
    async fn rows(&self) -> Count {
        self.read(|partition| partition.rows)
    }

    /// About how many bytes would be read, over all partitions.
    async fn bytes(&self) -> Count {
        self.read(|partition| partition.bytes)
    }

    /// The points that it costs beside those of its request, before refunds: one for each 500,000 rows of the months touched, whatever is in the caches.
    async fn cost(&self) -> Count {
        Count::up_to_max(self.explanation.price)
    }
}

impl MetricsPlan {
    fn read(&self, of: impl Fn(&PartitionExplained) -> u64) -> Count {
        Count::up_to_max(self.explanation.partitions.iter().map(of).sum())
    }
}

fn partition(explained: &PartitionExplained) -> PartitionPlan {
    PartitionPlan {
        month: Date(explained.name.month.first_day()),
        version: Count::up_to_max(explained.version.unsigned_abs()),
        segments: i32::try_from(explained.n_segments).unwrap_or(i32::MAX),
        source: explained.source.into(),
        makes: explained.makes.map(Into::into),
        rows: Count::up_to_max(explained.rows),
        bytes: Count::up_to_max(explained.bytes),
    }
}
