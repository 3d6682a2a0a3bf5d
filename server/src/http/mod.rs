//! HTTP: routes, authentication, and the transports of GraphQL and ingest.
//!
//! Invariant: nothing is decided here about data; a handler turns a request into a call of the
//! services or the schema, and the result into a response.

mod accept;
mod auth;
mod connection;
mod download;
mod error;
mod explorer;
mod export;
mod graphql;
mod health;
mod ingest;
mod maintenance;
mod rates;
mod receiving;
mod records;
mod request_id;
mod server;
mod small_body;
mod streams;

pub use connection::Connections;
pub(crate) use error::refusal_json;
pub(crate) use rates::outcome_json;
pub use server::{HttpState, Listening, listen};
pub use streams::Streams;
