//! One listener's question, and what commits mean for its answer.

use std::sync::Arc;
use std::time::Duration;

use bellwether_domain::Scope;
use bellwether_domain::query::{MetricQuery, MetricRequest, joined};
use bellwether_domain::segment::Snapshot;
use bellwether_domain::time::DateRange;
use tokio::sync::watch::Receiver;
use tokio::time::timeout;

use super::recent::Recent;
use crate::analytics::check;
use crate::attributes::Attributes;
use crate::error::Result;
use crate::services::{Parts, Services};

/// How often it is looked whether a day has passed, and with it a range like the last seven days.
const DAY_CHECK: Duration = Duration::from_mins(1);

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

/// A question whose changes are told.
#[derive(Debug)]
pub struct MetricsWatch {
    parts: Arc<Parts>,
    scope: Scope,
    request: MetricRequest,
    recent: Receiver<Recent>,
    seen: Option<Seen>,
}

/// What the listener was told last.
#[derive(Debug)]
struct Seen {
    snapshot: Snapshot,
    query: MetricQuery,
    attributes: Arc<Attributes>,
}

impl Services {
    /// Listens to what changes the answer to a metric query, for what the scope sees.
    pub async fn watch_metrics(
        &self,
        scope: &Scope,
        request: MetricRequest,
    ) -> Result<MetricsWatch> {
        let recent = self.parts.recent_commits(scope).await?;
        let watch = MetricsWatch {
            parts: Arc::clone(&self.parts),
            scope: scope.clone(),
            request,
            recent,
            seen: None,
        };
        // What is wrong with the question is told now.
        watch.planned().await?;
        Ok(watch)
    }
}

impl MetricsWatch {
    /// The next change, the first one at once; `None` when the server stops.
    pub async fn next(&mut self) -> Result<Option<MetricsChanged>> {
        loop {
            if self.seen.is_some() {
                // Time passes too.
                let woken = timeout(DAY_CHECK, self.recent.changed()).await;
                if matches!(woken, Ok(Err(_))) {
                    return Ok(None);
                }
            }
            let recent = self.recent.borrow_and_update().clone();
            let (query, attributes) = self.planned().await?;
            let now = Seen {
                snapshot: recent.snapshot,
                query,
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

    /// The canonical query as it is now.
    async fn planned(&self) -> Result<(MetricQuery, Arc<Attributes>)> {
        let (_, attributes) = self.parts.attributes(&self.scope).await?;
        let context = attributes.plan_context(self.parts.clock.now());
        let query = self.request.plan(&context)?;
        check(&self.request, &query, &attributes)?;
        Ok((query, attributes))
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
    let all = || now.query.days_read();
    let Some(before) = before else {
        return tell(ChangeReason::Subscribed, all());
    };
    if records_differ(before, now) {
        return tell(ChangeReason::Records, all());
    }
    if before.query != now.query {
        return tell(ChangeReason::Day, all());
    }
    let Some(changes) = recent.after(before.snapshot.commit) else {
        return tell(ChangeReason::Facts, all());
    };
    let touched = changes
        .iter()
        .flat_map(|change| now.query.days_touched(&change.facts));
    let days = joined(touched);
    (!days.is_empty()).then(|| tell(ChangeReason::Facts, days))?
}

/// Whether anything but facts and the day changed that the answer is made of. A campaign that is
/// new has no facts before the commit that brings them.
fn records_differ(before: &Seen, now: &Seen) -> bool {
    if Arc::ptr_eq(&before.attributes, &now.attributes) {
        return false;
    }
    let on_the_same_days = MetricQuery {
        range: before.query.range,
        compare: before.query.compare,
        ..now.query.clone()
    };
    on_the_same_days != before.query
        || now
            .attributes
            .differ_in_known(&before.attributes, &now.query.brands)
}
