//! What to send again when a segment is lost, so that its rows are back and nothing else differs.
//!
//! A batch that is sent again becomes the newest: its rows hide those of later batches, and it
//! brings back what later batches replaced or removed. So everything later that touches the same
//! months follows it, whether by rows or by nothing but a removal; and as a batch is sent as a
//! whole, its other months count too. Only batches of the same brands do: no batch touches a
//! campaign of another brand.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_domain::Scope;
use bellwether_domain::ids::BatchId;
use bellwether_domain::segment::{CommitNumber, Segment};
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::agency_row;
use crate::batches::BatchState;
use crate::columns::RowName;
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::{batches, partition_commits, retractions, segments};

impl Catalogue {
    /// The batches to send again if this segment is given up, in this order; `None` when the
    /// manifest doesn't list it any more. For the operator: whatever the scope's brands are.
    ///
    /// Which months a commit touched is kept for those newer than the oldest readable one. When
    /// the segment has older rows, every later batch of its dataset and brands is named: more than
    /// is needed, and never too few.
    pub fn batches_to_send_again(
        &self,
        scope: &Scope,
        segment: &Segment,
    ) -> Result<Option<Vec<BatchId>>> {
        self.read_at_once(|connection| {
            if !is_listed(connection, scope, segment)? {
                return Ok(None);
            }
            let lost: BTreeSet<CommitNumber> =
                segment.parts.iter().map(|part| part.commit).collect();
            let mut sent = batches_since(connection, scope, segment, lost.first())?;
            let brands: BTreeSet<String> = sent
                .iter()
                .filter(|batch| lost.contains(&batch.commit))
                .map(|batch| batch.brand.clone())
                .collect();
            sent.retain(|batch| brands.contains(&batch.brand));
            let expired = CommitNumber(agency_row(connection, scope)?.oldest_commit);
            let is_old =
                |batch: &SentBatch| lost.contains(&batch.commit) && batch.commit <= expired;
            if let Some(first) = sent.iter().position(is_old) {
                sent.drain(..first);
            } else {
                let months = months_since(connection, scope, segment, lost.first())?;
                keep_what_follows(&mut sent, &lost, &months);
            }
            Ok(Some(sent.into_iter().map(|batch| batch.id).collect()))
        })
    }
}

/// A batch that counts.
struct SentBatch {
    id: BatchId,
    brand: String,
    commit: CommitNumber,
}

/// Keeps the lost batches and those that touch a month after one that is kept. They are in the
/// order of their commits.
fn keep_what_follows(
    sent: &mut Vec<SentBatch>,
    lost: &BTreeSet<CommitNumber>,
    months: &BTreeMap<CommitNumber, BTreeSet<String>>,
) {
    let mut rewritten = BTreeSet::<&String>::new();
    let none = BTreeSet::new();
    sent.retain(|batch| {
        let touched = months.get(&batch.commit).unwrap_or(&none);
        let is_kept =
            lost.contains(&batch.commit) || touched.iter().any(|month| rewritten.contains(month));
        if is_kept {
            rewritten.extend(touched);
        }
        is_kept
    });
}

fn is_listed(connection: &mut AnyConnection, scope: &Scope, segment: &Segment) -> Result<bool> {
    let n_found = segments::table
        .filter(segments::agency_id.eq(scope.agency().to_string()))
        .filter(segments::id.eq(segment.id.to_string()))
        .count()
        .get_result::<i64>(connection)
        .map_err(Error::database("find a segment"))?;
    Ok(n_found > 0)
}

/// The batches of the segment's dataset from a commit on that were not undone, by commit.
fn batches_since(
    connection: &mut AnyConnection,
    scope: &Scope,
    segment: &Segment,
    since: Option<&CommitNumber>,
) -> Result<Vec<SentBatch>> {
    let its_retraction = retractions::agency_id
        .eq(batches::agency_id)
        .and(retractions::batch_id.eq(batches::id));
    let rows = batches::table
        .left_join(retractions::table.on(its_retraction))
        .filter(batches::agency_id.eq(scope.agency().to_string()))
        .filter(batches::dataset.eq(segment.partition.dataset.as_str()))
        .filter(batches::state.eq(BatchState::Committed.as_str()))
        .filter(batches::commit_number.ge(since.map(|commit| commit.0)))
        .filter(retractions::batch_id.nullable().is_null())
        .order(batches::commit_number)
        .select((batches::id, batches::brand_id, batches::commit_number))
        .load::<(String, String, Option<i64>)>(connection)
        .map_err(Error::database("list batches to send again"))?;
    rows.into_iter()
        .map(|(id, brand, commit)| {
            let name = RowName {
                table: "batches",
                row: &id,
            };
            Ok(SentBatch {
                id: name.parse(&id)?,
                brand,
                commit: CommitNumber(commit.unwrap_or(0)),
            })
        })
        .collect()
}

/// The months of the segment's dataset that each commit from this one on changed.
fn months_since(
    connection: &mut AnyConnection,
    scope: &Scope,
    segment: &Segment,
    since: Option<&CommitNumber>,
) -> Result<BTreeMap<CommitNumber, BTreeSet<String>>> {
    let since = since.copied().unwrap_or_default();
    let rows = partition_commits::table
        .filter(partition_commits::agency_id.eq(scope.agency().to_string()))
        .filter(partition_commits::dataset.eq(segment.partition.dataset.as_str()))
        .filter(partition_commits::commit_number.ge(since.0))
        .select((partition_commits::commit_number, partition_commits::month))
        .load::<(i64, String)>(connection)
        .map_err(Error::database("list the months of commits"))?;
    let mut months = BTreeMap::<CommitNumber, BTreeSet<String>>::new();
    for (commit, month) in rows {
        months
            .entry(CommitNumber(commit))
            .or_default()
            .insert(month);
    }
    Ok(months)
}
