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
//! `columns` and `roll_ups` (what sums are computed from), `keeps`, `code_condition`, `classes` and
//! `fold` (sums under attributes and filters), `windows` (which attribution window counts), `costs`, `gather` (groups of the
//! answer), `put_together` (the groups of both ranges as a table), `explain` (the same way without computing), `sections` (answers too large for one), `caches` (what is remembered).
//! Invariant: every cache key holds the agency and a version or snapshot, so that no commit calls
//! anything back. Two things are forgotten: what `REFRESH` makes anew, and the list of the files
//! of a snapshot once compaction has replaced one of them.

mod answer;
mod at_hand;
mod caches;
mod classes;
mod code_condition;
mod columns;
mod conversion;
mod costs;
mod cursor;
mod engine;
mod explain;
mod fold;
mod gather;
mod keeps;
mod levels;
mod moving;
mod partitions;
mod price;
mod put_together;
mod question;
mod reading;
mod reported;
mod roll_ups;
mod sections;
mod snapshots;
mod staleness;
mod sums;
#[cfg(test)]
mod tests;
mod warming;
mod weights;
mod windows;
mod zones;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::query::{MetricQuery, MetricRequest};
use bellwether_domain::rates::RateTable;
use bellwether_domain::segment::Snapshot;

use answer::Computed;
pub use answer::{CacheMode, CacheState, MetricsAnswer, Warning, WarningCode};
pub use caches::CacheHeld;
pub(crate) use caches::Caches;
pub(crate) use conversion::CONVERTED_AMOUNT_MAX;
use costs::RecordedCosts;
pub use cursor::Cursor;
pub use explain::{Explanation, PartitionExplained, PartitionSource};
use put_together::Read;
pub use reading::Reading;
pub(crate) use sections::{Sections, is_too_large};
pub use staleness::{OnStale, Staleness};

use crate::attributes::Attributes;
use crate::error::{Error, Result};
use crate::services::{Parts, Services};

/// A question that is ready to be answered.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    scope: Scope,
    pub(crate) query: MetricQuery,
    snapshot: Snapshot,
    attributes: Arc<Attributes>,
    /// The rates that its money is converted by, once they are needed.
    rates: Option<Arc<RateTable>>,
    cache: CacheMode,
}

impl Asked {
    /// The same of the range that the answer is compared with, at the same snapshot.
    fn previous(&self) -> Option<Self> {
        Some(Self {
            query: self.query.previous()?,
            ..self.clone()
        })
    }
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
        let stale = parts.check_staleness(&asked, reading).await?;
        let price = parts.price(&asked).await?;
        let is_there = asked.cache == CacheMode::Use && results.contains_key(&key);
        let charged = if is_there { 0 } else { price };
        self.charge(scope, charged)?;
        let answered = |computed, is_hit| {
            let answer = MetricsAnswer::new(computed, snapshot, is_hit, price, stale.clone());
            self.refund(scope, charged.saturating_sub(answer.cost().actual));
            answer
        };
        let cache = asked.cache;
        // In memory of its own, and only once it is needed: most questions find their answer.
        let compute = async move { Box::pin(parts.compute(asked)).await };
        let computed = match cache {
            CacheMode::Use => {
                let entry = results.entry(key).or_try_insert_with(compute).await;
                let entry = entry.map_err(|error: Arc<Error>| Error::clone(&error))?;
                let is_hit = !entry.is_fresh();
                return Ok(answered(entry.into_value(), is_hit));
            }
            CacheMode::Refresh => {
                let computed = compute.await?;
                results.insert(key, Arc::clone(&computed)).await;
                computed
            }
            CacheMode::Bypass => compute.await?,
        };
        Ok(answered(computed, false))
    }
}

/// Refuses what of a question can be refused only by what the agency has.
pub(crate) fn check(
    request: &MetricRequest,
    query: &MetricQuery,
    attributes: &Attributes,
) -> Result<(), Refusal> {
    snapshots::check_filters(query, attributes)?;
    zones::check(request.timezone.as_deref(), query, attributes)
}

impl Parts {
    /// The canonical query of a request, the snapshot that it reads, and the attributes.
    pub(crate) async fn asked(
        self: &Arc<Self>,
        scope: &Scope,
        request: &MetricRequest,
        reading: Reading,
    ) -> Result<Asked> {
        let (newest, attributes) = self.attributes(scope).await?;
        // The last week of a moment in the past is the one before it.
        let moment = reading.as_of.unwrap_or_else(|| self.clock.now());
        let mut context = attributes.plan_context(moment);
        if let Some(moment) = reading.as_of.filter(|_| request.currency.is_some()) {
            context.rates = self.rates_revision_at(scope, moment).await?;
        }
        let mut query = request.plan(&context)?;
        query.asked_on = self.asked_on(&query, &attributes, reading);
        check(request, &query, &attributes)?;
        let snapshot = self.settle_snapshot(scope, newest, reading).await?;
        // Afterwards, because another revision of the rates makes another question.
        snapshots::check_cursor(reading.cursor, &query)?;
        Ok(Asked {
            scope: scope.clone(),
            query,
            snapshot,
            attributes,
            rates: None,
            cache: reading.cache,
        })
    }

    /// Computes an answer. Compaction may have replaced a file that the list at hand names, or put
    /// newer facts into it whose texts the codes at hand lack: then once more with what is newest.
    async fn compute(self: &Arc<Self>, mut asked: Asked) -> Result<Arc<Computed>> {
        asked.rates = self.rates(&asked).await?;
        self.n_computed.fetch_add(1, Ordering::Relaxed);
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

    /// Facts' sums and costs, of the range and of the one compared with, added up to a table.
    async fn compute_once(self: &Arc<Self>, asked: &Asked) -> Result<Arc<Computed>> {
        let now = Box::pin(self.read(asked)).await?;
        let before = match asked.previous() {
            Some(previous) => Some(Box::pin(self.read(&previous)).await?),
            None => None,
        };
        let (asked, at) = (asked.clone(), self.clock.now());
        let windows = self.config.restatement.clone();
        let is_small = put_together::is_small(&asked.query, &now, before.as_ref());
        let put_together = move || put_together::put_together(asked, now, before, at, &windows);
        if is_small {
            return put_together();
        }
        self.aggregating("put an answer together", put_together)
            .await
    }

    /// What is to be known of the facts and costs of one range.
    async fn read(self: &Arc<Self>, asked: &Asked) -> Result<Read> {
        let (sums, mut effort) = self.fact_sums(asked).await?;
        let mut costs = RecordedCosts::default();
        if asked.query.needs_costs() {
            let more;
            (costs, more) = self.recorded_costs(asked).await?;
            effort.join(more);
        }
        let zones = self.zones(asked).await?;
        Ok(Read {
            sums,
            costs,
            zones,
            effort,
        })
    }
}
