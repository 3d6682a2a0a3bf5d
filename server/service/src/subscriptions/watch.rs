//! One listener's question, and what commits mean for its answers.
//!
//! Invariant: a failure that may pass ends no listening; it is tried again, ever more seldom.

use std::sync::Arc;
use std::time::Duration;

use bellwether_catalogue::CommitChange;
use bellwether_domain::Scope;
use bellwether_domain::query::{MetricQuery, MetricRequest, joined};
use bellwether_domain::segment::Snapshot;
use bellwether_domain::time::DateRange;
use tokio::sync::watch::Receiver;
use tokio::time::timeout;

use super::places::SubscriptionPlace;
use super::recent::Recent;
use crate::analytics::check;
use crate::attributes::Attributes;
use crate::error::{Error, Result};
use crate::services::{Parts, Services};

/// How often it is looked whether a day has passed, and with it a range like the last seven days.
const DAY_CHECK: Duration = Duration::from_mins(1);

/// How long after a failure it is tried again; twice as long after each further one.
const FIRST_RETRY: Duration = Duration::from_millis(250);

/// The longest that it is waited after a failure.
const RETRY_MAX: Duration = Duration::from_secs(10);

/// Why a listener is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeReason {
    /// It has just begun to listen.
    Subscribed,
    /// Facts changed.
    Facts,
    /// Names, platforms, labels, brands, exchange rates or a custom metric changed.
    Records,
    /// A day has passed, and a range that ends with today moved.
    Day,
}

impl ChangeReason {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Subscribed, Self::Facts, Self::Records, Self::Day];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subscribed => "subscribed",
            Self::Facts => "facts",
            Self::Records => "records",
            Self::Day => "day",
        }
    }
}

/// That the answer to a question may have changed.
#[derive(Debug, Clone)]
pub struct MetricsChanged {
    /// Why.
    pub reason: ChangeReason,
    /// The snapshot that tells of it.
    pub snapshot: Snapshot,
    /// The days whose numbers may have changed, in order and apart.
    pub days: Vec<DateRange>,
}

/// A question, asked in one or several ways, whose changes are told.
#[derive(Debug)]
pub struct MetricsWatch {
    parts: Arc<Parts>,
    scope: Scope,
    requests: Vec<MetricRequest>,
    recent: Receiver<Recent>,
    seen: Option<Seen>,
    /// How often it failed since it last did not.
    n_failures: u32,
    _place: SubscriptionPlace,
}

/// What the listener was told last.
#[derive(Debug)]
struct Seen {
    snapshot: Snapshot,
    /// By request.
    queries: Vec<MetricQuery>,
    attributes: Arc<Attributes>,
}

impl Services {
    /// Listens to what changes the answer to any of these metric queries, for what the scope
    /// sees. What is wrong with them is refused here; a catalogue that is away for a moment is
    /// waited for.
    pub async fn watch_metrics(
        &self,
        scope: &Scope,
        requests: Vec<MetricRequest>,
    ) -> Result<MetricsWatch> {
        let place = self.parts.connections.subscribe(scope.agency())?;
        let recent = self.recent_commits(scope).await?;
        let mut watch = MetricsWatch {
            parts: Arc::clone(&self.parts),
            scope: scope.clone(),
            requests,
            recent,
            seen: None,
            n_failures: 0,
            _place: place,
        };
        let planned = watch.planned().await;
        watch.unless_it_may_pass(planned)?;
        Ok(watch)
    }

    /// The newest commits, once they can be read.
    async fn recent_commits(&self, scope: &Scope) -> Result<Receiver<Recent>> {
        let mut n_failures = 0;
        loop {
            match self.parts.recent_commits(scope).await {
                Err(error) if may_pass(&error) => {
                    n_failures += 1;
                    note(&error);
                    let stopped = self.parts.recent.stopped();
                    if timeout(pause_after(n_failures), stopped).await.is_ok() {
                        return Err(error);
                    }
                }
                recent => return recent,
            }
        }
    }
}

/// Whether a failure may pass by itself.
fn may_pass(error: &Error) -> bool {
    error.code().http_status() >= 500
}

fn note(error: &Error) {
    tracing::warn!(
        error = error.chain(),
        "a question could not be looked at for a listener"
    );
}

/// How long to wait after so many failures, at least one.
fn pause_after(n_failures: u32) -> Duration {
    let factor = 2_u32.saturating_pow(n_failures.saturating_sub(1));
    FIRST_RETRY.saturating_mul(factor).min(RETRY_MAX)
}

impl MetricsWatch {
    /// The next change, the first one at once; `None` when the server stops.
    pub async fn next(&mut self) -> Result<Option<MetricsChanged>> {
        loop {
            if let Some(pause) = self.pause() {
                let woken = timeout(pause, self.recent.changed()).await;
                if matches!(woken, Ok(Err(_))) {
                    return Ok(None);
                }
            }
            let recent = self.recent.borrow_and_update().clone();
            let planned = self.planned().await;
            let Some((queries, attributes)) = self.unless_it_may_pass(planned)? else {
                continue;
            };
            let now = Seen {
                snapshot: recent.snapshot,
                queries,
                attributes,
            };
            let before = self.seen.take();
            let change = changed(before.as_ref(), &now, &recent);
            self.seen = Some(now);
            if change.is_some() {
                return Ok(change);
            }
        }
    }

    /// How long to wait for commits before the next look; `None` for not at all.
    fn pause(&self) -> Option<Duration> {
        match self.n_failures {
            // Time passes too.
            0 => self.seen.as_ref().map(|_| DAY_CHECK),
            n => Some(pause_after(n)),
        }
    }

    /// What was planned; `None` after a failure that may pass by itself. What was told last stays
    /// as it is, so that nothing is left out at the next try.
    fn unless_it_may_pass<T>(&mut self, planned: Result<T>) -> Result<Option<T>> {
        match planned {
            Ok(planned) => {
                self.n_failures = 0;
                Ok(Some(planned))
            }
            Err(error) if may_pass(&error) => {
                self.n_failures = self.n_failures.saturating_add(1);
                note(&error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The canonical queries as they are now.
    async fn planned(&self) -> Result<(Vec<MetricQuery>, Arc<Attributes>)> {
        let (_, attributes) = self.parts.attributes(&self.scope).await?;
        let context = attributes.plan_context(self.parts.clock.now());
        let queries = self.requests.iter().map(|request| {
            let query = request.plan(&context)?;
            check(request, &query, &attributes)?;
            Ok(query)
        });
        let queries = queries.collect::<Result<_>>()?;
        Ok((queries, attributes))
    }
}

/// What there is to tell of now to somebody who was told of `before`.
fn changed(before: Option<&Seen>, now: &Seen, recent: &Recent) -> Option<MetricsChanged> {
    let tell = |reason, days| {
        Some(MetricsChanged {
            reason,
            snapshot: now.snapshot,
            days,
        })
    };
    let all = || joined(now.queries.iter().flat_map(MetricQuery::days_read));
    let Some(before) = before else {
        return tell(ChangeReason::Subscribed, all());
    };
    if records_differ(before, now) {
        return tell(ChangeReason::Records, all());
    }
    if before.queries != now.queries {
        return tell(ChangeReason::Day, all());
    }
    let Some(changes) = recent.after(before.snapshot.commit) else {
        return tell(ChangeReason::Facts, all());
    };
    let queries = now.queries.iter();
    let touched = queries.flat_map(|query| {
        let of_change = |change: &CommitChange| query.days_touched(&change.facts);
        changes.iter().flat_map(of_change)
    });
    let days = joined(touched);
    (!days.is_empty()).then(|| tell(ChangeReason::Facts, days))?
}

/// Whether anything but facts and the day changed that the answer is made of. A campaign that is
/// new has no facts before the commit that brings them.
fn records_differ(before: &Seen, now: &Seen) -> bool {
    if Arc::ptr_eq(&before.attributes, &now.attributes) {
        return false;
    }
    let mut pairs = before.queries.iter().zip(&now.queries);
    pairs.any(|(before_query, query)| {
        let on_the_same_days = MetricQuery {
            range: before_query.range,
            compare: before_query.compare,
            ..query.clone()
        };
        on_the_same_days != *before_query
            || now
                .attributes
                .differ_in_known(&before.attributes, &query.brands)
    })
}
