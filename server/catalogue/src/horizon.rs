//! The retention's horizon: raising an agency's oldest readable commit, and forgetting what only
//! older snapshots needed to know.
//!
//! Invariant: what is forgotten changes neither the version nor the contents of a partition at
//! any commit that can still be read.

use std::collections::BTreeSet;

use bellwether_domain::Scope;
use bellwether_domain::segment::{CommitNumber, PartitionName};
use bellwether_domain::time::Timestamp;
use diesel::dsl::max;
use diesel::prelude::*;

use crate::agencies::agency_row;
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::retractions::retractions_up_to;
use crate::schema::{agencies, partition_commits, removals, segments};
use crate::snapshots::oldest_pinned;

/// Raises the oldest readable commit to `horizon`; a lower one changes nothing. Refuses to pass a
/// pin that is live at `now`, and a commit that the agency hasn't reached. The agency's row must
/// be locked.
pub(crate) fn raise_oldest_commit(
    connection: &mut AnyConnection,
    scope: &Scope,
    horizon: CommitNumber,
    now: Timestamp,
) -> Result<()> {
    let agency = agency_row(connection, scope)?;
    if horizon.0 <= agency.oldest_commit {
        return Ok(());
    }
    if horizon.0 > agency.last_commit {
        return Err(Error::not_found("commit", horizon.0));
    }
    if let Some(pinned) = oldest_pinned(connection, scope, now)?
        && pinned < horizon
    {
        return Err(Error::SnapshotPinned { pinned, horizon });
    }
    diesel::update(agencies::table.find(scope.agency().to_string()))
        .set(agencies::oldest_commit.eq(horizon.0))
        .execute(connection)
        .map_err(Error::database("raise the oldest readable commit"))?;
    Ok(())
}

/// Forgets, of one partition, the changes before the newest one that every readable snapshot
/// sees, and the removals up to `applied` that no segment needs any more.
pub(crate) fn forget_what_expired(
    connection: &mut AnyConnection,
    scope: &Scope,
    partition: PartitionName,
    applied: CommitNumber,
) -> Result<()> {
    let oldest = CommitNumber(agency_row(connection, scope)?.oldest_commit);
    forget_changes(connection, scope, partition, oldest)?;
    forget_removals(connection, scope, partition, applied)
}

fn forget_changes(
    connection: &mut AnyConnection,
    scope: &Scope,
    partition: PartitionName,
    oldest: CommitNumber,
) -> Result<()> {
    let of_partition = partition_commits::agency_id
        .eq(scope.agency().to_string())
        .and(partition_commits::dataset.eq(partition.dataset.as_str()))
        .and(partition_commits::month.eq(partition.month.to_string()));
    let newest_seen_by_all = partition_commits::table
        .filter(of_partition.clone())
        .filter(partition_commits::commit_number.le(oldest.0))
        .select(max(partition_commits::commit_number))
        .first::<Option<i64>>(connection)
        .map_err(Error::database("find a partition's oldest version"))?;
    diesel::delete(
        partition_commits::table
            .filter(of_partition)
            .filter(partition_commits::commit_number.lt(newest_seen_by_all.unwrap_or(0))),
    )
    .execute(connection)
    .map_err(Error::database("forget old versions of a partition"))?;
    Ok(())
}

/// Of each segment of the partition: its oldest commit, and the one up to which removals were
/// applied to it.
fn oldest_and_settled(
    connection: &mut AnyConnection,
    scope: &Scope,
    partition: PartitionName,
) -> Result<Vec<(i64, i64)>> {
    segments::table
        .filter(segments::agency_id.eq(scope.agency().to_string()))
        .filter(segments::dataset.eq(partition.dataset.as_str()))
        .filter(segments::month.eq(partition.month.to_string()))
        .select((segments::oldest_commit, segments::settled_commit))
        .load(connection)
        .map_err(Error::database("find a partition's oldest rows"))
}

/// Forgets the removals up to `applied` that were applied to every segment with older rows, and
/// those that were undone by then themselves.
fn forget_removals(
    connection: &mut AnyConnection,
    scope: &Scope,
    partition: PartitionName,
    applied: CommitNumber,
) -> Result<()> {
    let of_partition = removals::agency_id
        .eq(scope.agency().to_string())
        .and(removals::dataset.eq(partition.dataset.as_str()))
        .and(removals::month.eq(partition.month.to_string()))
        .and(removals::commit_number.le(applied.0));
    let candidates: BTreeSet<i64> = removals::table
        .filter(of_partition.clone())
        .select(removals::commit_number)
        .load::<i64>(connection)
        .map_err(Error::database("list removals"))?
        .into_iter()
        .collect();
    let segments = oldest_and_settled(connection, scope, partition)?;
    let undone_for_all = retractions_up_to(connection, scope, applied)?;
    let undone_for_some = retractions_up_to(connection, scope, CommitNumber(i64::MAX))?;
    let is_spent = |commit: &i64| {
        let took_all_it_could = segments
            .iter()
            .all(|(oldest, settled)| commit <= oldest || commit <= settled);
        let commit = CommitNumber(*commit);
        let holds_for_all = !undone_for_some.contains(&commit);
        undone_for_all.contains(&commit) || (holds_for_all && took_all_it_could)
    };
    for commit in candidates.into_iter().filter(is_spent) {
        diesel::delete(
            removals::table
                .filter(of_partition.clone())
                .filter(removals::commit_number.eq(commit)),
        )
        .execute(connection)
        .map_err(Error::database("forget a removal"))?;
    }
    Ok(())
}
