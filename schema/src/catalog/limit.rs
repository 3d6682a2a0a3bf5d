//! The named limits of a caller's requests.

use async_graphql::SimpleObject;
use bellwether_domain::limits;

use crate::context::RequestState;
use crate::limits::FIXED;
use crate::scalars::Count;

/// A limit that holds.
#[derive(Debug, SimpleObject)]
pub(super) struct Limit {
    /// Its name, as messages of refusals give it, such as `groups_max`.
    name: &'static str,
    /// The most that is allowed.
    value: Count,
    /// What it bounds, as a sentence.
    meaning: &'static str,
}

/// Every limit that this server holds the caller's requests to.
pub(super) fn limits(state: &RequestState) -> Vec<Limit> {
    let fixed = limits::LIMITS.iter().chain(FIXED).copied();
    let of_requests = state.limits.named();
    let of_reports = state.services.config().limits();
    let all = fixed.chain(of_requests).chain(of_reports);
    all.map(Into::into).collect()
}

impl From<limits::Limit> for Limit {
    fn from(limit: limits::Limit) -> Self {
        Self {
            name: limit.name,
            value: Count::up_to_max(limit.value),
            meaning: limit.meaning,
        }
    }
}
