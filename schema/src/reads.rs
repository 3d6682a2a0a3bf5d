//! The lists and things that a request is reading, whose own fields may ask for more: batches wait
//! for them, so that what is asked under two lists is asked together.
//!
//! Invariant: whoever reads is counted until it has what it reads, also when it is given up.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// How often the others are let go first, in a row and without anything new, before nothing more is
/// expected. A turn is not one for all: async-graphql 7.2.1 lets only two fields of a selection go
/// at each, so that those of several long lists come one after another.
const QUIET_TURNS: usize = 32;

/// The reads under way of one request.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    n_under_way: AtomicUsize,
    /// How often a read began or ended, or something was asked for.
    n_events: AtomicUsize,
    ended: Notify,
}

/// A read under way, until it is dropped.
#[derive(Debug)]
pub(crate) struct Reading<'a>(&'a Reads);

impl Reads {
    /// Counts a read.
    pub(crate) fn begin(&self) -> Reading<'_> {
        self.n_under_way.fetch_add(1, Ordering::Relaxed);
        self.note();
        Reading(self)
    }

    /// Takes note that something was asked for: more of it may follow.
    pub(crate) fn note(&self) {
        self.n_events.fetch_add(1, Ordering::Relaxed);
    }

    /// Completes when nothing is being read, and what was read has led where it leads.
    pub(crate) async fn rest(&self) {
        let (mut seen, mut turns) = (0, 0);
        while turns < QUIET_TURNS {
            let ended = self.ended.notified();
            if self.n_under_way.load(Ordering::Relaxed) > 0 {
                ended.await;
            }
            tokio::task::yield_now().await;
            let n_events = self.n_events.load(Ordering::Relaxed);
            turns = if n_events == seen { turns + 1 } else { 0 };
            seen = n_events;
        }
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.n_under_way.fetch_sub(1, Ordering::Relaxed);
        self.0.note();
        self.0.ended.notify_waiters();
    }
}
