//! Places for connections that stay open, and for what runs on them.
//!
//! Invariant: whoever goes away leaves no place taken, however it goes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{AgencyId, TokenId};
use bellwether_domain::{ErrorCode, Scope};

use super::SubscriptionConfig;
use crate::services::Services;

/// What somebody who found no place is told to wait, in seconds.
const COME_BACK_AFTER_S: u32 = 5;

/// How many connections are open and how much runs on them, and what became of others since the
/// start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConnectionCounts {
    /// Connections that are open.
    pub connections: usize,
    /// Operations that run on them, subscriptions among them.
    pub operations: usize,
    /// Connections that found no place.
    pub turned_away: u64,
    /// Connections that were closed because their client didn't read.
    pub dropped: u64,
}

/// The places of this process.
#[derive(Debug)]
pub(crate) struct ConnectionPlaces {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: SubscriptionConfig,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    counts: ConnectionCounts,
    /// How many of the connections are not yet anybody's.
    n_unclaimed: usize,
    of_agency: HashMap<AgencyId, usize>,
    of_token: HashMap<TokenId, usize>,
    subscriptions_of: HashMap<AgencyId, usize>,
}

impl Services {
    /// A place for a connection whose client isn't known yet.
    pub fn connection_place(&self) -> Result<ConnectionPlace, Refusal> {
        self.parts.connections.enter()
    }

    /// A place for a connection of this scope, also where strangers have all of theirs.
    pub fn connection_place_of(&self, scope: &Scope) -> Result<ConnectionPlace, Refusal> {
        let mut place = self.parts.connections.enter_beside(usize::MAX)?;
        place.claim(scope)?;
        Ok(place)
    }

    /// How many connections are open, and how much runs on them.
    pub fn connection_counts(&self) -> ConnectionCounts {
        self.parts.connections.counts()
    }
}

impl ConnectionPlaces {
    pub(crate) fn new(config: SubscriptionConfig) -> Self {
        Self {
            shared: Arc::new(Shared {
                config,
                state: Mutex::default(),
            }),
        }
    }

    pub(super) fn counts(&self) -> ConnectionCounts {
        self.shared.lock().counts
    }

    pub(super) fn enter(&self) -> Result<ConnectionPlace, Refusal> {
        self.enter_beside(self.shared.config.unclaimed_connections_max)
    }

    /// A place for a subscription of an agency; `RATE_LIMITED` where it has enough.
    pub(super) fn subscribe(&self, agency: AgencyId) -> Result<SubscriptionPlace, Refusal> {
        let max = self.shared.config.subscriptions_per_agency_max;
        let mut state = self.shared.lock();
        let own = state.subscriptions_of.entry(agency).or_default();
        if *own >= max {
            let message = format!(
                "as many subscriptions of the agency as the limit `subscriptions_per_agency_max` of {max} run; end one or come back shortly"
            );
            let refusal = Refusal::new(ErrorCode::RateLimited, message);
            return Err(refusal.with_retry_after(COME_BACK_AFTER_S));
        }
        *own += 1;
        Ok(SubscriptionPlace {
            shared: Arc::clone(&self.shared),
            agency,
        })
    }

    /// A place unless there are so many unclaimed ones.
    fn enter_beside(&self, unclaimed_max: usize) -> Result<ConnectionPlace, Refusal> {
        let max = self.shared.config.connections_max;
        let mut state = self.shared.lock();
        if state.counts.connections >= max {
            state.counts.turned_away += 1;
            return Err(no_place("connections_max", max, "of this server"));
        }
        if state.n_unclaimed >= unclaimed_max {
            state.counts.turned_away += 1;
            let whose = "of clients that haven't said who they are";
            return Err(no_place("unclaimed_connections_max", unclaimed_max, whose));
        }
        state.counts.connections += 1;
        state.n_unclaimed += 1;
        Ok(ConnectionPlace {
            shared: Arc::clone(&self.shared),
            agency: None,
            token: None,
        })
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_place(limit: &str, max: usize, whose: &str) -> Refusal {
    let message = format!(
        "as many connections {whose} as the limit `{limit}` of {max} are open; close one or come back shortly"
    );
    Refusal::new(ErrorCode::RateLimited, message).with_retry_after(COME_BACK_AFTER_S)
}

/// A place for one connection, until it is dropped.
#[derive(Debug)]
pub struct ConnectionPlace {
    shared: Arc<Shared>,
    agency: Option<AgencyId>,
    token: Option<TokenId>,
}

impl ConnectionPlace {
    /// Counts the connection as its agency's and its token's, once; refused where these have
    /// enough.
    pub fn claim(&mut self, scope: &Scope) -> Result<(), Refusal> {
        if self.agency.is_some() {
            return Ok(());
        }
        let config = &self.shared.config;
        let (agency, token) = (scope.agency(), scope.token().map(|grant| grant.token));
        let mut state = self.shared.lock();
        let n_of_agency = state.of_agency.get(&agency).copied().unwrap_or(0);
        let n_of_token = token.and_then(|token| state.of_token.get(&token).copied());
        let refused = if n_of_agency >= config.connections_per_agency_max {
            let max = config.connections_per_agency_max;
            Some(no_place("connections_per_agency_max", max, "of the agency"))
        } else if n_of_token.unwrap_or(0) >= config.connections_per_token_max {
            let max = config.connections_per_token_max;
            Some(no_place("connections_per_token_max", max, "of the token"))
        } else {
            None
        };
        if let Some(refusal) = refused {
            state.counts.turned_away += 1;
            return Err(refusal);
        }
        state.n_unclaimed -= 1;
        *state.of_agency.entry(agency).or_default() += 1;
        if let Some(token) = token {
            *state.of_token.entry(token).or_default() += 1;
        }
        drop(state);
        (self.agency, self.token) = (Some(agency), token);
        Ok(())
    }

    /// A place for an operation beside the `n_running` of this connection.
    pub fn operation(&self, n_running: usize) -> Result<OperationPlace, Refusal> {
        let max = self.shared.config.operations_per_connection_max;
        if n_running >= max {
            let what = "one more operation on this connection";
            return Err(Refusal::limit("operations_per_connection_max", max, what));
        }
        self.shared.lock().counts.operations += 1;
        Ok(OperationPlace {
            shared: Arc::clone(&self.shared),
        })
    }

    /// Takes note that the connection is closed because its client doesn't read.
    pub fn note_dropped(&self) {
        self.shared.lock().counts.dropped += 1;
    }
}

impl Drop for ConnectionPlace {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.counts.connections -= 1;
        match self.agency {
            Some(agency) => leave(&mut state.of_agency, &agency),
            None => state.n_unclaimed -= 1,
        }
        if let Some(token) = self.token {
            leave(&mut state.of_token, &token);
        }
    }
}

fn leave<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

/// A place for one operation of a connection, until it is dropped.
#[derive(Debug)]
pub struct OperationPlace {
    shared: Arc<Shared>,
}

impl Drop for OperationPlace {
    fn drop(&mut self) {
        self.shared.lock().counts.operations -= 1;
    }
}

/// A place for one subscription of an agency, until it is dropped.
#[derive(Debug)]
pub(crate) struct SubscriptionPlace {
    shared: Arc<Shared>,
    agency: AgencyId,
}

impl Drop for SubscriptionPlace {
    fn drop(&mut self) {
        leave(&mut self.shared.lock().subscriptions_of, &self.agency);
    }
}
