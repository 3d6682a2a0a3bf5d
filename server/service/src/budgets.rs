//! What queries may cost: a bucket of points for each token and one for its agency.
//!
//! Invariant: a charge is taken from both buckets or from none. A bucket that is full again is
//! forgotten, so that what is remembered is bounded by who asked lately.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bellwether_domain::budget::{Allowance, Bucket, Lack};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{AgencyId, TokenId};
use bellwether_domain::time::Timestamp;
use bellwether_domain::{ErrorCode, Scope};

use crate::error::Result;
use crate::services::Services;

/// How many buckets are remembered before the full ones among them are forgotten.
const BUCKETS_HELD: usize = 10_000;

/// What one token and one agency may spend.
#[derive(Debug, Clone, Copy)]
pub struct BudgetConfig {
    /// Of one token.
    pub token: Allowance,
    /// Of all tokens of an agency together.
    pub agency: Allowance,
}

/// What a caller has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// Points that its token and its agency both have.
    pub available: u64,
    /// Points that come back each second to whichever of both has less.
    pub restored_per_s: u64,
}

/// The points that a query was priced at, and what it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// The price before it ran.
    pub requested: u64,
    /// What is left of it after the refunds for what was in the caches.
    pub actual: u64,
}

#[derive(Debug)]
pub(crate) struct Budgets {
    config: BudgetConfig,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    tokens: HashMap<TokenId, Bucket>,
    agencies: HashMap<AgencyId, Bucket>,
}

impl Services {
    /// Takes points from the caller's token and agency; `RATE_LIMITED` when they lack them.
    pub fn charge(&self, scope: &Scope, points: u64) -> Result<()> {
        let now = self.parts.clock.now();
        Ok(self.parts.budgets.charge(scope, points, now)?)
    }

    /// Gives points back that were charged for nothing.
    pub fn refund(&self, scope: &Scope, points: u64) {
        if points > 0 {
            self.parts.budgets.refund(scope, points);
        }
    }

    /// What the caller has left.
    pub fn balance(&self, scope: &Scope) -> Balance {
        self.parts.budgets.balance(scope, self.parts.clock.now())
    }
}

impl Budgets {
    pub(crate) fn new(config: BudgetConfig) -> Self {
        Self {
            config,
            held: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        // Nothing panics while it holds the lock.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn charge(&self, scope: &Scope, points: u64, now: Timestamp) -> Result<(), Refusal> {
        if points == 0 {
            return Ok(());
        }
        let BudgetConfig { token, agency } = self.config;
        let mut held = self.lock();
        let held = &mut *held;
        let of_agency = bucket(&mut held.agencies, scope.agency(), agency, now);
        let can_give = of_agency.can_give(points, agency, now);
        can_give.map_err(|lack| lacking("agency_points_max", agency, points, lack))?;
        if let Some(grant) = scope.token() {
            let of_token = bucket(&mut held.tokens, grant.token, token, now);
            let can_give = of_token.can_give(points, token, now);
            can_give.map_err(|lack| lacking("token_points_max", token, points, lack))?;
            of_token.take(points);
        }
        of_agency.take(points);
        Ok(())
    }

    fn refund(&self, scope: &Scope, points: u64) {
        let mut held = self.lock();
        if let Some(bucket) = held.agencies.get_mut(&scope.agency()) {
            bucket.put_back(points);
        }
        let grant = scope.token();
        if let Some(bucket) = grant.and_then(|grant| held.tokens.get_mut(&grant.token)) {
            bucket.put_back(points);
        }
    }

    fn balance(&self, scope: &Scope, now: Timestamp) -> Balance {
        let BudgetConfig { token, agency } = self.config;
        let mut held = self.lock();
        let held = &mut *held;
        let of_agency = held.agencies.get_mut(&scope.agency());
        let of_agency = of_agency.map_or(agency.points_max(), |it| it.available(agency, now));
        let grant = scope.token();
        let of_token = grant.and_then(|grant| held.tokens.get_mut(&grant.token));
        let of_token = of_token.map_or(token.points_max(), |it| it.available(token, now));
        let is_tokens = grant.is_some() && of_token <= of_agency;
        let (available, allowance) = if is_tokens {
            (of_token, token)
        } else {
            (of_agency, agency)
        };
        Balance {
            available,
            restored_per_s: allowance.points_per_s(),
        }
    }
}

/// The bucket of this key, full if it is not remembered.
fn bucket<K: Hash + Eq>(
    buckets: &mut HashMap<K, Bucket>,
    key: K,
    allowance: Allowance,
    now: Timestamp,
) -> &mut Bucket {
    if buckets.len() >= BUCKETS_HELD && !buckets.contains_key(&key) {
        buckets.retain(|_, bucket| !bucket.is_full(allowance, now));
    }
    buckets.entry(key).or_insert_with(|| Bucket::full(now))
}

fn lacking(limit: &str, allowance: Allowance, points: u64, lack: Lack) -> Refusal {
    let max = allowance.points_max();
    match lack {
        Lack::ForEver => {
            let refusal = Refusal::limit(limit, max, format!("a query that costs {points} points"));
            let message = refusal.message.clone() + "; ask for a shorter range";
            Refusal { message, ..refusal }
        }
        Lack::ForSeconds(seconds) => {
            let message = format!(
                "the query costs {points} points, more than is left of the limit `{limit}` of {max}; send it again after {seconds} s"
            );
            Refusal::new(ErrorCode::RateLimited, message).with_retry_after(seconds)
        }
    }
}

#[cfg(test)]
mod tests;
