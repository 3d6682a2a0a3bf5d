//! Bellwether's GraphQL API as a library.
//!
//! [`build`] makes the API over the services; [`ApiSchema::execute`] answers one request of an
//! authorised caller, unless [`ApiSchema::recall`] knows the answer (`finished.rs`). `request.rs`
//! and `api.rs` are the way of a request, `export.rs` that of an export and `streaming.rs` that of
//! a subscription; `guard.rs` refuses documents that would be too costly before anything else
//! looks at them; `query.rs`, `mutation.rs` and `subscription.rs` are the roots; `metrics/`,
//! `nouns/`, `records/` and `catalog/` hold the types.
//! Invariant: no HTTP, no SQL and no Arrow here; every resolver reads through
//! [`Services`](bellwether_service::Services) and with the caller's scope.

mod api;
mod batch;
mod cases;
mod catalog;
mod changes;
mod completion;
mod context;
mod cost;
mod document;
mod export;
mod federation;
mod finished;
mod guard;
mod limits;
mod metrics;
mod mutation;
mod nouns;
mod paging;
mod query;
mod reads;
mod records;
mod refusal;
mod request;
mod scalars;
mod scan;
mod stored;
mod streaming;
mod subscription;
mod words;

#[cfg(test)]
mod tests;

pub use api::{ApiSchema, build};
pub use finished::{AnswerPlace, Known};
pub use limits::{FIXED, SchemaLimits};
pub use request::{GraphqlReply, GraphqlRequest, Method, ReplyOutcome};
pub use stored::{DocumentPolicy, TrustedDocuments};
pub use streaming::Started;

/// The schema in GraphQL's schema language; a test holds it to what [`build`] makes.
pub const SDL: &str = include_str!("../bellwether.graphql");
