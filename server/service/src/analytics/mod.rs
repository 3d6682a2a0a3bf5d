//! Numbers out: the read path of a metric query.
//!
//! `read.rs` is the whole path on one page; `facts.rs` asks the engine, `group.rs` puts its
//! partials under the present attributes, `costs.rs` adds what campaigns cost beside media.
//! Invariant: every cache key holds the agency; what is cached is never invalidated, because
//! snapshots and versions are part of the keys.

mod costs;
mod cursor;
mod facts;
mod group;
mod read;
mod state;

pub use cursor::Cursor;
pub use read::{CacheState, MetricsAnswer, Warning, WarningCode};
pub(crate) use state::Caches;
