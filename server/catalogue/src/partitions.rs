//! Partitions as of a commit: their segments, what was removed and retracted, and the version
//! that identifies the contents.
//!
//! Invariant: the version of a partition at a commit never changes, whatever is compacted; what
//! the catalogue says of it holds for every snapshot that can still be read.

use std::collections::{BTreeSet, HashMap};

use bellwether_domain::Scope;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::segment::{CommitNumber, PartitionName, PartitionVersion, Removal, Segment};
use bellwether_domain::time::Month;
use diesel::dsl::max;
use diesel::prelude::*;

use crate::Catalogue;
use crate::columns::RowName;
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::removals::removals_of;
use crate::retractions::retractions_up_to;
use crate::schema::partition_commits;
use crate::segments::segments_of;
use crate::snapshots::require_readable;

impl Catalogue {
    /// The partitions of a dataset as they were at a commit, by month; those that have segments.
    ///
    /// A handful of queries over indexes, however many segments there are, all as of one moment:
    /// a compaction that is committed between two of them takes no removal away from the segments
    /// that need it. [`Error::SnapshotExpired`] when the commit is too old to be read.
    pub fn partitions(
        &self,
        scope: &Scope,
        dataset: DatasetName,
        up_to: CommitNumber,
    ) -> Result<Vec<PartitionVersion>> {
        self.read_at_once(|connection| {
            require_readable(connection, scope, up_to)?;
            let found = Found {
                segments: segments_of(connection, scope, dataset, up_to)?,
                versions: versions(connection, scope, dataset, up_to)?,
                removals: removals_of(connection, scope, dataset, up_to)?,
                retracted: retractions_up_to(connection, scope, up_to)?,
            };
            Ok(found.partitions(up_to))
        })
    }
}

/// What was read of a dataset.
struct Found {
    /// By month.
    segments: Vec<Segment>,
    versions: HashMap<Month, CommitNumber>,
    removals: Vec<(Month, Removal)>,
    /// The commits that were retracted.
    retracted: BTreeSet<CommitNumber>,
}

impl Found {
    fn partitions(self, up_to: CommitNumber) -> Vec<PartitionVersion> {
        let mut removals: HashMap<Month, Vec<Removal>> = HashMap::new();
        for (month, removal) in self.removals {
            if !self.retracted.contains(&removal.commit) {
                removals.entry(month).or_default().push(removal);
            }
        }
        let mut partitions = Vec::<PartitionVersion>::new();
        for segment in self.segments {
            match partitions.last_mut() {
                Some(partition) if partition.name == segment.partition => {
                    partition.segments.push(segment);
                }
                _ => {
                    let month = segment.partition.month;
                    let newest = segment.newest_commit().min(up_to);
                    partitions.push(PartitionVersion {
                        agency: segment.agency,
                        name: segment.partition,
                        version: self.versions.get(&month).copied().unwrap_or(newest),
                        up_to,
                        segments: vec![segment],
                        removals: removals.remove(&month).unwrap_or_default(),
                        retracted: Vec::new(),
                    });
                }
            }
        }
        for partition in &mut partitions {
            partition.retracted = retracted_parts(&partition.segments, &self.retracted);
        }
        partitions
    }
}

/// The retracted commits whose rows the segments hold, sorted.
fn retracted_parts(segments: &[Segment], retracted: &BTreeSet<CommitNumber>) -> Vec<CommitNumber> {
    let commits: BTreeSet<CommitNumber> = segments
        .iter()
        .flat_map(|segment| segment.parts.iter().map(|part| part.commit))
        .filter(|commit| retracted.contains(commit))
        .collect();
    commits.into_iter().collect()
}

/// By month, the newest commit up to this one that changed the partition.
fn versions(
    connection: &mut AnyConnection,
    scope: &Scope,
    dataset: DatasetName,
    up_to: CommitNumber,
) -> Result<HashMap<Month, CommitNumber>> {
    let rows = partition_commits::table
        .filter(partition_commits::agency_id.eq(scope.agency().to_string()))
        .filter(partition_commits::dataset.eq(dataset.as_str()))
        .filter(partition_commits::commit_number.le(up_to.0))
        .group_by(partition_commits::month)
        .select((
            partition_commits::month,
            max(partition_commits::commit_number),
        ))
        .load::<(String, Option<i64>)>(connection)
        .map_err(Error::database("read the partitions' versions"))?;
    let mut versions = HashMap::with_capacity(rows.len());
    for (month, newest) in rows {
        let name = RowName {
            table: "partition_commits",
            row: &month,
        };
        versions.insert(name.parse(&month)?, CommitNumber(newest.unwrap_or(0)));
    }
    Ok(versions)
}

/// The partitions that a commit changed.
pub(crate) fn partitions_changed_by(
    connection: &mut AnyConnection,
    scope: &Scope,
    commit: CommitNumber,
) -> Result<BTreeSet<PartitionName>> {
    let rows = partition_commits::table
        .filter(partition_commits::agency_id.eq(scope.agency().to_string()))
        .filter(partition_commits::commit_number.eq(commit.0))
        .select((partition_commits::dataset, partition_commits::month))
        .load::<(String, String)>(connection)
        .map_err(Error::database("list the partitions of a commit"))?;
    rows.into_iter()
        .map(|(dataset, month)| {
            let name = RowName {
                table: "partition_commits",
                row: &month,
            };
            Ok(PartitionName {
                dataset: name.parse(&dataset)?,
                month: name.parse(&month)?,
            })
        })
        .collect()
}

/// Writes down that a commit changed these partitions, inside the commit's transaction.
pub(crate) fn mark_changed(
    connection: &mut AnyConnection,
    scope: &Scope,
    commit: CommitNumber,
    partitions: &BTreeSet<PartitionName>,
) -> Result<()> {
    for partition in partitions {
        diesel::insert_into(partition_commits::table)
            .values((
                partition_commits::agency_id.eq(scope.agency().to_string()),
                partition_commits::dataset.eq(partition.dataset.as_str()),
                partition_commits::month.eq(partition.month.to_string()),
                partition_commits::commit_number.eq(commit.0),
            ))
            .execute(connection)
            .map_err(Error::insert("commit of month", partition.month))?;
    }
    Ok(())
}
