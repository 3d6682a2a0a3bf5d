//! The newest commits of the agencies that somebody listens to.
//!
//! One task an agency looks at the catalogue while anybody listens. Where this process alone
//! writes, it asks only after something was written; else, on PostgreSQL, now and then.
//! Invariant: commits are told of in order and none is left out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bellwether_catalogue::CommitChange;
use bellwether_domain::Scope;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::segment::{CommitNumber, Snapshot};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::background::blocking;
use crate::error::Result;
use crate::services::Parts;

/// How many changes of an agency are remembered; who is further behind is told that all changed.
const CHANGES_HELD_MAX: usize = 10_000;

/// The newest commits of an agency.
#[derive(Debug, Clone)]
pub(super) struct Recent {
    /// The newest snapshot.
    pub(super) snapshot: Snapshot,
    /// What every commit after this one changed stands in `changes`.
    pub(super) complete_after: CommitNumber,
    /// By commit.
    changes: Arc<[CommitChange]>,
}

impl Recent {
    /// What the commits after this one changed; `None` when that isn't known any more.
    pub(super) fn after(&self, commit: CommitNumber) -> Option<&[CommitChange]> {
        let begin = self
            .changes
            .partition_point(|change| change.commit <= commit);
        (commit >= self.complete_after).then(|| &self.changes[begin..])
    }

    /// The same with further commits.
    fn then(&self, snapshot: Snapshot, new: Vec<CommitChange>) -> Self {
        let mut changes: Vec<CommitChange> = self.changes.iter().copied().chain(new).collect();
        let n_over = changes.len().saturating_sub(CHANGES_HELD_MAX);
        let dropped = changes.drain(..n_over).next_back();
        Self {
            snapshot,
            complete_after: dropped.map_or(self.complete_after, |last| last.commit),
            changes: changes.into(),
        }
    }
}

/// Who tells of commits, by agency.
#[derive(Debug, Default)]
pub(crate) struct RecentCommits {
    tellers: Mutex<HashMap<AgencyId, Weak<watch::Sender<Recent>>>>,
    stopping: CancellationToken,
}

impl RecentCommits {
    /// Ends all telling: whoever listens is told that there is nothing more.
    pub(crate) fn stop(&self) {
        self.stopping.cancel();
    }

    /// Waits until it is stopped.
    pub(super) async fn stopped(&self) {
        self.stopping.cancelled().await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AgencyId, Weak<watch::Sender<Recent>>>> {
        // Nothing panics while it holds the lock.
        self.tellers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listen(&self, agency: AgencyId) -> Option<watch::Receiver<Recent>> {
        let tellers = self.lock();
        // Within the lock: a teller looks for listeners there before it ends.
        let teller = tellers.get(&agency)?.upgrade()?;
        Some(teller.subscribe())
    }
}

impl Parts {
    /// The commits of the scope's agency from its newest snapshot on.
    pub(super) async fn recent_commits(
        self: &Arc<Self>,
        scope: &Scope,
    ) -> Result<watch::Receiver<Recent>> {
        let agency = scope.agency();
        if let Some(known) = self.recent.listen(agency) {
            return Ok(known);
        }
        let snapshot = self.snapshot(scope).await?;
        let first = Recent {
            snapshot,
            complete_after: snapshot.commit,
            changes: Arc::new([]),
        };
        let mut tellers = self.recent.lock();
        // Somebody else may have begun meanwhile.
        if let Some(teller) = tellers.get(&agency).and_then(Weak::upgrade) {
            return Ok(teller.subscribe());
        }
        let (teller, listener) = watch::channel(first);
        let teller = Arc::new(teller);
        tellers.insert(agency, Arc::downgrade(&teller));
        drop(tellers);
        let (parts, scope) = (Arc::clone(self), scope.whole_agency());
        drop(self.tasks.spawn(async move {
            tell(&parts, &scope, teller).await;
        }));
        Ok(listener)
    }

    /// What is new since these commits.
    async fn newer(self: &Arc<Self>, scope: &Scope, known: &Recent) -> Result<Option<Recent>> {
        let snapshot = self.snapshot(scope).await?;
        if snapshot == known.snapshot {
            return Ok(None);
        }
        let (parts, scope, after) = (Arc::clone(self), scope.clone(), known.snapshot.commit);
        let changes = blocking("read what commits changed", move || {
            Ok(parts.catalogue.changes(&scope, after, snapshot.commit)?)
        })
        .await?;
        Ok(Some(known.then(snapshot, changes)))
    }
}

/// Tells of commits as long as anybody listens.
async fn tell(parts: &Arc<Parts>, scope: &Scope, teller: Arc<watch::Sender<Recent>>) {
    let config = parts.config.subscriptions;
    let mut generation = parts.catalogue.generation();
    let pause_ms = match generation {
        Some(_) => config.coalesce_ms,
        None => config.poll_ms.max(config.coalesce_ms),
    };
    let mut ticks = interval(Duration::from_millis(pause_ms.max(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // What was written between the first snapshot and this task's beginning.
    let mut is_first = true;
    loop {
        tokio::select! {
            () = parts.recent.stopping.cancelled() => break,
            _ = ticks.tick() => {}
        }
        if has_no_listeners(parts, scope.agency(), &teller) {
            return;
        }
        let written = parts.catalogue.generation();
        if written.is_some() && written == generation && !is_first {
            continue;
        }
        let known = teller.borrow().clone();
        match parts.newer(scope, &known).await {
            Ok(newer) => {
                (generation, is_first) = (written, false);
                if let Some(newer) = newer {
                    teller.send_replace(newer);
                }
            }
            Err(error) => {
                tracing::warn!(error = error.chain(), "commits could not be looked at");
            }
        }
    }
    parts.recent.lock().remove(&scope.agency());
}

/// Whether nobody listens any more; then the teller is forgotten, so that whoever comes next
/// begins anew.
fn has_no_listeners(parts: &Parts, agency: AgencyId, teller: &watch::Sender<Recent>) -> bool {
    let mut tellers = parts.recent.lock();
    let is_over = teller.receiver_count() == 0;
    if is_over {
        tellers.remove(&agency);
    }
    is_over
}
