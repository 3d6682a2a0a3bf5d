//! Numbers out: the read path of a metric query.
//!
//! `read.rs` is the whole path on one page; `facts.rs` asks the engine, `windows.rs` settles which
//! attribution window counts, `group.rs` puts the sums under the present attributes, `costs.rs`
//! finds what campaigns cost beside media.
//! Invariant: every cache key holds the agency; what is cached is never invalidated, because
//! snapshots and versions are part of the keys.

mod costs;
mod cursor;
mod facts;
mod group;
mod read;
mod state;
mod windows;

pub use cursor::Cursor;
pub use read::{CacheState, MetricsAnswer, Warning, WarningCode};
pub(crate) use state::Caches;
