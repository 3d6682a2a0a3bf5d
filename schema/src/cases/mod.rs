//! Cases over GraphQL: decide, carry out, prove.
//!
//! A case is listed as its row says, and looked at as its events say; what could be done in it now
//! is the same rules asked dry that a mutation then goes by.
//! Invariant: what the rules refuse stands in `userErrors` with the case as it is; what the scope
//! doesn't see is `NOT_FOUND`.

mod actions;
mod case;
mod changes;
mod definition;
mod event;
mod inputs;
mod listing;
mod queries;
mod settings;
mod words;

pub(crate) use changes::CaseMutation;
pub(crate) use queries::CaseQuery;
pub(crate) use settings::WorkflowSettingsMutation;

use async_graphql::Value;

use crate::scalars::Json;

/// A JSON value of the rules as GraphQL's own.
fn json(value: &serde_json::Value) -> Json {
    Json(Value::from_json(value.clone()).unwrap_or_default())
}
