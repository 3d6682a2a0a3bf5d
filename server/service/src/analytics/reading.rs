//! How a metric query is read: from which page on, as of when, and what is wanted of the caches.

use bellwether_domain::time::Timestamp;

use super::answer::CacheMode;
use super::cursor::Cursor;
use super::staleness::Staleness;

/// How a metric query is read.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// The page to begin at, which pins the snapshot of the page before.
    pub cursor: Option<Cursor>,
    /// Facts as they were known at this moment; names and platforms as they are now.
    pub as_of: Option<Timestamp>,
    /// What is wanted of the caches.
    pub cache: CacheMode,
    /// How old the facts may be; any age unless it is said.
    pub staleness: Option<Staleness>,
}

impl Default for Reading {
    /// The first page of the newest facts, from the caches where they are there.
    fn default() -> Self {
        Self {
            cursor: None,
            as_of: None,
            cache: CacheMode::Use,
            staleness: None,
        }
    }
}
