//! Numbers out: the whole read path of a metric query.
//!
//! ```text
//! request -> canonical query -> snapshot -> whole result                       HIT
//!                                       \-> partitions of the snapshot, each:
//!                                             partial sums, found              PARTIAL
//!                                             or from a roll-up, or from columns   MISS
//!                                           folded under the campaigns' present attributes,
//!                                           added up, with costs -> table
//! ```
//!
//! Below this page: `question` (the query in codes), `partitions` (what each is asked), `levels`
//! (what its sums come from), `engine` (the sums), `at_hand` (those that need no other thread),
//! `columns` and `roll_ups` (what sums are computed from), `classes` and `fold` (sums under
//! attributes), `windows` (which attribution window counts), `costs`, `gather` (groups of the
//! answer), `explain` (the same way without computing), `caches` (what is remembered).
//! Invariant: every cache key holds the agency and a version or snapshot, so that no commit calls
//! anything back. Two things are forgotten: what `REFRESH` makes anew, and the list of the files
//! of a snapshot once compaction has replaced one of them.

mod answer;
mod at_hand;
mod caches;
mod classes;
mod columns;
mod costs;
mod cursor;
mod engine;
mod explain;
mod fold;
mod gather;
mod levels;
mod partitions;
mod question;
mod reading;
mod reported;
mod roll_ups;
mod snapshots;
mod sums;
#[cfg(test)]
mod tests;
mod warming;
mod weights;
mod windows;

use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::answer::MetricTable;
use bellwether_domain::query::{MetricQuery, MetricRequest};
use bellwether_domain::segment::Snapshot;
use bellwether_domain::time::{Timestamp, date_of_day_number};

pub use answer::{CacheMode, CacheState, MetricsAnswer, Warning, WarningCode};
use answer::{Computed, Effort};
pub use caches::CacheHeld;
pub(crate) use caches::Caches;
use costs::RecordedCosts;
pub use cursor::Cursor;
pub use explain::{Explanation, PartitionExplained, PartitionSource};
use gather::Gathering;
pub use reading::Reading;
use sums::FactSums;

use crate::attributes::Attributes;
use crate::error::{Error, Result};
use crate::services::{Parts, Services};

/// The most groups, with no costs to spread, that are put together where the question is asked: a change of
/// threads takes longer than they do.
const PUT_TOGETHER_AT_ONCE_MAX: usize = 2_000;

/// A question that is ready to be answered.
#[derive(Debug, Clone)]
struct Asked {
    scope: Scope,
    query: MetricQuery,
    snapshot: Snapshot,
    attributes: Arc<Attributes>,
    cache: CacheMode,
}

impl Services {
    /// Answers a metric query for what the scope sees.
    pub async fn metrics(
        &self,
        scope: &Scope,
        request: &MetricRequest,
        reading: Reading,
    ) -> Result<MetricsAnswer> {
        let parts = &self.parts;
        let asked = parts.asked(scope, request, reading).await?;
        let (snapshot, results) = (asked.snapshot, &parts.caches.results);
        let key = (scope.agency(), asked.query.clone(), snapshot);
        let computed = match asked.cache {
            CacheMode::Use => {
                let entry = results
                    .entry(key)
                    .or_try_insert_with(parts.compute(asked))
                    .await;
                let entry = entry.map_err(|error: Arc<Error>| Error::clone(&error))?;
                let is_hit = !entry.is_fresh();
                return Ok(MetricsAnswer::new(entry.into_value(), snapshot, is_hit));
            }
            CacheMode::Refresh => {
                let computed = parts.compute(asked).await?;
                results.insert(key, Arc::clone(&computed)).await;
                computed
            }
            CacheMode::Bypass => parts.compute(asked).await?,
        };
        Ok(MetricsAnswer::new(computed, snapshot, false))
    }
}

impl Parts {
    /// The canonical query of a request, the snapshot that it reads, and the attributes.
    async fn asked(
        self: &Arc<Self>,
        scope: &Scope,
        request: &MetricRequest,
        reading: Reading,
    ) -> Result<Asked> {
        let (newest, attributes) = self.attributes(scope).await?;
        let query = request.plan(&attributes.plan_context(self.clock.now()))?;
        snapshots::check_filters(&query, &attributes)?;
        snapshots::check_cursor(reading.cursor, &query)?;
        let snapshot = self.settle_snapshot(scope, newest, reading).await?;
        Ok(Asked {
            scope: scope.clone(),
            query,
            snapshot,
            attributes,
            cache: reading.cache,
        })
    }

    /// Computes an answer. Compaction may have replaced a file that the list at hand names, or put
    /// newer facts into it whose texts the codes at hand lack: then once more with what is newest.
    async fn compute(self: &Arc<Self>, mut asked: Asked) -> Result<Arc<Computed>> {
        let (mut has_relisted, mut has_recoded) = (false, false);
        loop {
            match self.compute_once(&asked).await {
                Err(error) if error.is_segment_gone() && !has_relisted => {
                    has_relisted = true;
                    let (agency, commit) = (asked.scope.agency(), asked.snapshot.commit);
                    self.forget_manifests(agency, commit).await;
                }
                Err(error) if error.are_codes_stale() && !has_recoded => {
                    has_recoded = true;
                    let (scope, attributes) = (&asked.scope, &asked.attributes);
                    asked.attributes = self.with_newest_codes(scope, attributes).await?;
                }
                computed => return computed,
            }
        }
    }

    /// Facts' sums and costs, added up to a table.
    async fn compute_once(self: &Arc<Self>, asked: &Asked) -> Result<Arc<Computed>> {
        let (sums, mut effort) = self.fact_sums(asked).await?;
        let mut costs = RecordedCosts::default();
        if asked.query.needs_costs() {
            let more;
            (costs, more) = self.recorded_costs(asked).await?;
            effort.join(more);
        }
        let (asked, at) = (asked.clone(), self.clock.now());
        let is_small = costs.costs.is_empty() && sums.n_groups() <= PUT_TOGETHER_AT_ONCE_MAX;
        let put_together = move || put_together(asked, &sums, &costs, &effort, at);
        if is_small {
            return put_together();
        }
        self.aggregating("put an answer together", put_together)
            .await
    }
}

/// The rows of an answer: groups of the facts' sums under the campaigns' attributes, with costs.
fn put_together(
    asked: Asked,
    sums: &FactSums,
    costs: &RecordedCosts,
    effort: &Effort,
    at: Timestamp,
) -> Result<Arc<Computed>> {
    let mut gathering = Gathering::new(&asked.query, &asked.attributes);
    gathering.add_sums(sums)?;
    gathering.add_costs(costs);
    let (groups, warnings) = gathering.finish();
    let table = MetricTable::of_sums(asked.query, groups, &*asked.attributes)?;
    Ok(Arc::new(Computed {
        table,
        data_through: sums.last_day().and_then(date_of_day_number),
        warnings,
        at,
        effort: effort.size(),
    }))
}
