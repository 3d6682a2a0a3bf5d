//! Which snapshot is read, and what must still hold of it.

use std::sync::Arc;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::query::{Accepted, Condition, Dimension, MetricQuery, Subject};
use bellwether_domain::segment::{CommitNumber, Snapshot};
use bellwether_domain::time::Timestamp;
use bellwether_domain::{ErrorCode, Scope};

use super::caches::ListKey;
use super::{Cursor, Reading};
use crate::attributes::Attributes;
use crate::background::blocking;
use crate::error::Result;
use crate::services::Parts;

impl Parts {
    /// The snapshot to read: the newest, the one at a moment, or the one of the page before.
    /// Facts that no snapshot so old can be read of any more are refused, never guessed.
    pub(super) async fn settle_snapshot(
        self: &Arc<Self>,
        scope: &Scope,
        newest: Snapshot,
        reading: Reading,
    ) -> Result<Snapshot> {
        let commit = match (reading.cursor, reading.as_of) {
            (None, None) => return Ok(newest),
            (Some(cursor), _) => pinned(newest, cursor.snapshot)?.commit,
            (None, Some(moment)) => {
                self.require_past(moment)?;
                let (parts, scope) = (Arc::clone(self), scope.clone());
                blocking("find a commit by its moment", move || {
                    Ok(parts.catalogue.commit_at(&scope, moment)?)
                })
                .await?
            }
        };
        let snapshot = Snapshot { commit, ..newest };
        if commit < newest.commit {
            self.require_readable(scope, snapshot).await?;
        }
        Ok(snapshot)
    }

    /// What will be known at a moment to come isn't settled yet, so that it has no stable answer.
    fn require_past(&self, moment: Timestamp) -> Result<()> {
        let now = self.clock.now();
        if moment <= now {
            return Ok(());
        }
        let message = format!(
            "`{moment}` lies ahead; it is {now} now, and `asOf` takes that or a moment before"
        );
        Err(Refusal::invalid(message).at("asOf").into())
    }

    async fn require_readable(self: &Arc<Self>, scope: &Scope, snapshot: Snapshot) -> Result<()> {
        let (parts, scope) = (Arc::clone(self), scope.clone());
        let oldest = blocking("find the oldest commit", move || {
            Ok(parts.catalogue.oldest_commit(&scope)?)
        })
        .await?;
        if snapshot.commit >= oldest {
            return Ok(());
        }
        let message = format!(
            "snapshot `{snapshot}` is older than what is kept; the oldest commit that can be read is {}",
            oldest.0
        );
        Err(Refusal::new(ErrorCode::SnapshotExpired, message).into())
    }

    /// Forgets the lists of partitions of a commit: compaction changed which files hold them.
    pub(super) async fn forget_manifests(&self, agency: AgencyId, commit: CommitNumber) {
        for dataset in bellwether_domain::dataset::Dataset::ALL {
            let key = ListKey::Partitions(agency, dataset.name, commit);
            self.caches.manifests.invalidate(&key).await;
        }
    }
}

/// The snapshot of a cursor, if the attributes that it was computed with still stand.
fn pinned(newest: Snapshot, pinned: Snapshot) -> Result<Snapshot, Refusal> {
    if pinned.catalogue != newest.catalogue || pinned.commit > newest.commit {
        let message = format!(
            "the records or exchange rates changed since snapshot `{pinned}`, the page before; begin again without `after`"
        );
        return Err(Refusal::new(ErrorCode::Conflict, message).at("after"));
    }
    Ok(pinned)
}

/// A cursor pages through the question that it came from; 'the last 90 days' asked after midnight
/// is another one.
pub(super) fn check_cursor(cursor: Option<Cursor>, query: &MetricQuery) -> Result<(), Refusal> {
    let is_of_another = |cursor: Cursor| cursor.question != Cursor::question_of(query);
    if cursor.is_some_and(is_of_another) {
        let message = "the cursor is of another question; begin again without `after`";
        return Err(Refusal::invalid(message).at("after"));
    }
    Ok(())
}

/// A campaign or brand that the scope can't see does not exist, in a filter as anywhere.
pub(super) fn check_filters(query: &MetricQuery, attributes: &Attributes) -> Result<(), Refusal> {
    let tests = query.condition.iter().flat_map(Condition::tests);
    let tested: Vec<(Dimension, &[String])> = tests
        .filter_map(|test| match (&test.subject, &test.accepted) {
            (Subject::Dimension(dimension), Accepted::In(ids)) => Some((*dimension, &**ids)),
            _ => None,
        })
        .collect();
    let ids_of = |dimension| {
        let tested = tested
            .iter()
            .filter(move |(tested, _)| *tested == dimension);
        let set = query.filter(dimension).unwrap_or_default();
        set.iter().chain(tested.flat_map(|(_, ids)| *ids))
    };
    for id in ids_of(Dimension::Campaign) {
        let known = id.parse().ok().and_then(|id| attributes.campaign(id));
        if known.is_none() {
            return Err(Refusal::not_found("campaign", id).at("where.campaign"));
        }
    }
    for id in ids_of(Dimension::Brand) {
        let id_of = id.parse().ok();
        let mut brands = attributes.brands.iter();
        if !brands.any(|brand| Some(brand.id) == id_of) {
            return Err(Refusal::not_found("brand", id).at("where.brand"));
        }
    }
    Ok(())
}
