//! What is due: one choice for each partition of a dataset, made from the manifest alone.

use std::collections::HashMap;
use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::compaction::{Retention, SegmentSize, choose, may_shrink};
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::SegmentId;
use bellwether_domain::segment::{CommitNumber, PartitionName, PartitionVersion, Segment};
use bellwether_domain::time::days_before;

use crate::background::blocking;
use crate::error::Result;
use crate::services::Parts;

/// One compaction that is to be done.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub(super) scope: Scope,
    pub(super) partition: PartitionName,
    /// What is to be put into one.
    pub(super) segments: Vec<Segment>,
    pub(super) retention: Retention,
    /// The oldest commit that stays readable.
    pub(super) horizon: CommitNumber,
    /// The commit as of which the partition was read.
    pub(super) read_at: CommitNumber,
}

/// The compactions that are due in a dataset, at most one for each partition.
pub(super) async fn due(
    parts: &Arc<Parts>,
    scope: &Scope,
    dataset: DatasetName,
) -> Result<Vec<Due>> {
    let (parts, scope) = (Arc::clone(parts), scope.clone());
    blocking("look what is to be compacted", move || {
        Ok(Outlook::of(&parts, &scope, dataset)?.due(&parts, &scope))
    })
    .await
}

/// A dataset's partitions, now and at the horizon.
struct Outlook {
    read_at: CommitNumber,
    horizon: CommitNumber,
    /// Where the horizon stood some while ago: what had passed it by then is overdue.
    overdue: CommitNumber,
    now: Vec<PartitionVersion>,
    at_horizon: HashMap<PartitionName, PartitionVersion>,
    settled: HashMap<SegmentId, CommitNumber>,
}

impl Outlook {
    fn of(parts: &Parts, scope: &Scope, dataset: DatasetName) -> Result<Self> {
        let (catalogue, config) = (&parts.catalogue, &parts.config.compaction);
        let now = parts.clock.now();
        let retained_since = days_before(now, config.retention_days);
        let horizon = catalogue.retention_horizon(scope, retained_since, now)?;
        let overdue =
            catalogue.commit_at(scope, days_before(retained_since, config.overdue_days))?;
        let read_at = catalogue.snapshot(scope)?.commit;
        let mut at_horizon = HashMap::new();
        if horizon > CommitNumber(0) {
            let versions = catalogue.partitions(scope, dataset, horizon)?;
            at_horizon.extend(versions.into_iter().map(|version| (version.name, version)));
        }
        Ok(Self {
            read_at,
            horizon,
            overdue: overdue.min(horizon),
            now: catalogue.partitions(scope, dataset, read_at)?,
            at_horizon,
            settled: catalogue.settled_commits(scope, dataset)?,
        })
    }

    fn due(&self, parts: &Parts, scope: &Scope) -> Vec<Due> {
        let due = self.now.iter().filter_map(|now| {
            let segments = self.chosen(parts, now)?;
            Some(Due {
                scope: scope.clone(),
                partition: now.name,
                segments,
                retention: Retention::new(self.horizon, self.at_horizon.get(&now.name), now),
                horizon: self.horizon,
                read_at: self.read_at,
            })
        });
        due.collect()
    }

    fn chosen(&self, parts: &Parts, now: &PartitionVersion) -> Option<Vec<Segment>> {
        let is_left_alone = |it: &&Segment| parts.compaction.is_left_alone(it.id);
        let candidates: Vec<&Segment> = now
            .segments
            .iter()
            .filter(|it| !is_left_alone(it))
            .collect();
        let overdue = Retention::new(self.overdue, self.at_horizon.get(&now.name), now);
        let sizes = candidates.iter().map(|segment| {
            let settled = self.settled.get(&segment.id).copied().unwrap_or_default();
            SegmentSize {
                n_rows: segment.n_rows,
                size_bytes: segment.size_bytes,
                may_shrink: may_shrink(segment, settled, now, &overdue),
            }
        });
        let sizes: Vec<SegmentSize> = sizes.collect();
        let places = choose(&sizes, &parts.config.compaction.policy)?;
        Some(
            places
                .into_iter()
                .map(|place| candidates[place].clone())
                .collect(),
        )
    }
}
