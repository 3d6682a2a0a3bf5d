//! Places to run queries in: how many run at once, and who is next when one comes free.
//!
//! A place that comes free goes to the agency that has the fewest queries running among those
//! that wait, and within it to whoever came first: so an agency that asks a lot can't starve one
//! that asks little, and an agency alone may use all that one agency may have.
//! Invariant: nobody waits longer than `queue_wait_ms`, and who goes away while waiting or running
//! leaves no place taken.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::{ErrorCode, Scope};
use tokio::sync::oneshot;

use crate::error::Result;
use crate::services::Services;
use crate::steps::Step;

/// What somebody who found no place is told to wait, in seconds.
const COME_BACK_AFTER_S: u32 = 1;

/// How many queries may run and wait.
#[derive(Debug, Clone, Copy)]
pub struct QueryPlacesConfig {
    /// The most queries that run at once in this process.
    pub queries_at_once_max: usize,
    /// The most queries of one agency that run at once.
    pub queries_per_agency_max: usize,
    /// The most queries of one agency that wait for a place.
    pub queries_waiting_max: usize,
    /// The longest that one waits, in milliseconds.
    pub queue_wait_ms: u64,
}

/// How many queries run and wait, and what became of others since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueryCounts {
    /// Queries that run.
    pub running: usize,
    /// Queries that wait for a place.
    pub waiting: usize,
    /// Queries that were given up while they ran, because nobody waited for their answer any more.
    pub abandoned: u64,
    /// Queries that found no place.
    pub turned_away: u64,
}

/// The places of this process.
#[derive(Debug)]
pub(crate) struct QueryPlaces {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: QueryPlacesConfig,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    agencies: HashMap<AgencyId, OfAgency>,
    n_running: usize,
    n_arrived: u64,
    n_abandoned: u64,
    n_turned_away: u64,
}

#[derive(Debug, Default)]
struct OfAgency {
    n_running: usize,
    waiting: VecDeque<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    arrival: u64,
    tell: oneshot::Sender<()>,
}

impl Services {
    /// A place to run a query in, at once or after a bounded wait.
    pub async fn query_place(&self, scope: &Scope) -> Result<QueryPlace> {
        let place = self.parts.query_places.place(scope.agency()).await?;
        self.parts.steps.reached(Step::QueryPlaced).await;
        Ok(place)
    }

    /// How many queries run and wait.
    pub fn query_counts(&self) -> QueryCounts {
        self.parts.query_places.counts()
    }
}

impl QueryPlaces {
    /// At least one query runs and one may wait, whatever is configured.
    pub(crate) fn new(config: QueryPlacesConfig) -> Self {
        let config = QueryPlacesConfig {
            queries_at_once_max: config.queries_at_once_max.max(1),
            queries_per_agency_max: config.queries_per_agency_max.max(1),
            ..config
        };
        Self {
            shared: Arc::new(Shared {
                config,
                state: Mutex::default(),
            }),
        }
    }

    async fn place(&self, agency: AgencyId) -> Result<QueryPlace, Refusal> {
        let waiting = match self.shared.enter(agency)? {
            Entered::Placed(place) => return Ok(place),
            Entered::Waits(waiting) => waiting,
        };
        let wait_ms = self.shared.config.queue_wait_ms;
        let placed = tokio::time::timeout(Duration::from_millis(wait_ms), waiting.placed()).await;
        placed.map_err(|_| {
            self.shared.lock().n_turned_away += 1;
            turned_away(format!(
                "no place to run came free within the limit `queue_wait_ms` of {wait_ms}"
            ))
        })
    }

    fn counts(&self) -> QueryCounts {
        let state = self.shared.lock();
        let waiting = state.agencies.values().map(|of| of.waiting.len());
        QueryCounts {
            running: state.n_running,
            waiting: waiting.sum(),
            abandoned: state.n_abandoned,
            turned_away: state.n_turned_away,
        }
    }
}

fn turned_away(message: String) -> Refusal {
    Refusal::new(ErrorCode::QueueFull, message + "; send it again shortly")
        .with_retry_after(COME_BACK_AFTER_S)
}

/// What becomes of a query that comes in.
#[derive(Debug)]
enum Entered {
    Placed(QueryPlace),
    Waits(Waiting),
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(self: &Arc<Self>, agency: AgencyId) -> Result<Entered, Refusal> {
        let mut state = self.lock();
        let is_free = state.n_running < self.config.queries_at_once_max;
        let of = state.agencies.entry(agency).or_default();
        if is_free && of.n_running < self.config.queries_per_agency_max {
            of.n_running += 1;
            state.n_running += 1;
            return Ok(Entered::Placed(QueryPlace::new(self, agency)));
        }
        let waiting_max = self.config.queries_waiting_max;
        if of.waiting.len() >= waiting_max {
            state.n_turned_away += 1;
            return Err(turned_away(format!(
                "as many queries of the agency as the limit `queries_waiting_max` of {waiting_max} wait already"
            )));
        }
        let (tell, told) = oneshot::channel();
        let arrival = state.n_arrived;
        state.n_arrived += 1;
        let of = state.agencies.entry(agency).or_default();
        of.waiting.push_back(Waiter { arrival, tell });
        Ok(Entered::Waits(Waiting {
            shared: Arc::clone(self),
            agency,
            arrival,
            told,
            is_placed: false,
        }))
    }

    /// Takes a query of the agency out and gives its place to whoever is next.
    fn leave(&self, agency: AgencyId, was_abandoned: bool) {
        let mut state = self.lock();
        state.n_abandoned += u64::from(was_abandoned);
        state.n_running -= 1;
        if let Some(of) = state.agencies.get_mut(&agency) {
            of.n_running -= 1;
        }
        state.hand_out(&self.config);
        state.forget_if_idle(agency);
    }

    /// Takes out one who waited; gives its place on if it has just been given one.
    fn stop_waiting(&self, agency: AgencyId, arrival: u64) {
        let mut state = self.lock();
        let waiting = state.agencies.get_mut(&agency).map(|of| &mut of.waiting);
        let found = waiting.and_then(|waiting| {
            let at = waiting.iter().position(|other| other.arrival == arrival)?;
            waiting.remove(at)
        });
        if found.is_some() {
            state.forget_if_idle(agency);
            return;
        }
        drop(state);
        self.leave(agency, false);
    }
}

impl State {
    fn hand_out(&mut self, config: &QueryPlacesConfig) {
        while self.n_running < config.queries_at_once_max {
            let waiting = self.agencies.values_mut().filter(|of| {
                !of.waiting.is_empty() && of.n_running < config.queries_per_agency_max
            });
            let arrival = |of: &OfAgency| of.waiting.front().map(|first| first.arrival);
            let Some(next) = waiting.min_by_key(|of| (of.n_running, arrival(of))) else {
                return;
            };
            if let Some(waiter) = next.waiting.pop_front() {
                next.n_running += 1;
                self.n_running += 1;
                // One who is just going away gives the place on (`stop_waiting`).
                let _ = waiter.tell.send(());
            }
        }
    }

    fn forget_if_idle(&mut self, agency: AgencyId) {
        let of = self.agencies.get(&agency);
        if of.is_some_and(|of| of.n_running == 0 && of.waiting.is_empty()) {
            self.agencies.remove(&agency);
        }
    }
}

/// Somebody who waits for a place, until it is dropped.
#[derive(Debug)]
struct Waiting {
    shared: Arc<Shared>,
    agency: AgencyId,
    arrival: u64,
    told: oneshot::Receiver<()>,
    is_placed: bool,
}

impl Waiting {
    async fn placed(mut self) -> QueryPlace {
        // The teller is dropped by telling, or by `stop_waiting` when this is dropped.
        let _ = (&mut self.told).await;
        self.is_placed = true;
        QueryPlace::new(&self.shared, self.agency)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.is_placed {
            self.shared.stop_waiting(self.agency, self.arrival);
        }
    }
}

/// A place to run one query in, until it is dropped. Dropped before [`end`](QueryPlace::end), the
/// query counts as abandoned.
#[derive(Debug)]
pub struct QueryPlace {
    shared: Arc<Shared>,
    agency: AgencyId,
    has_ended: bool,
}

impl QueryPlace {
    fn new(shared: &Arc<Shared>, agency: AgencyId) -> Self {
        Self {
            shared: Arc::clone(shared),
            agency,
            has_ended: false,
        }
    }

    /// Gives the place back: the query has its answer.
    pub fn end(mut self) {
        self.has_ended = true;
    }
}

impl Drop for QueryPlace {
    fn drop(&mut self) {
        self.shared.leave(self.agency, !self.has_ended);
    }
}

#[cfg(test)]
mod tests;
