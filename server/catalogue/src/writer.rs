//! SQLite's one writer: a connection behind a mutex, and a bounded queue before it.
//!
//! Invariant: a connection that failed badly or was left by a panic is never used again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use diesel::r2d2::R2D2Connection;

use crate::connection::AnyConnection;
use crate::error::{Error, Result};

pub(crate) struct Writer {
    /// Empty before the first use, and after a connection was given up.
    slot: Mutex<Option<AnyConnection>>,
    n_queued: AtomicU32,
    queue_max: u32,
}

impl Writer {
    pub(crate) fn new(connection: AnyConnection, queue_max: u32) -> Self {
        Self {
            slot: Mutex::new(Some(connection)),
            n_queued: AtomicU32::new(0),
            queue_max,
        }
    }

    /// Waits its turn and runs `work`; refuses at once when `queue_max` others wait already.
    pub(crate) fn run<T>(
        &self,
        open: impl FnOnce() -> Result<AnyConnection>,
        work: impl FnOnce(&mut AnyConnection) -> Result<T>,
    ) -> Result<T> {
        let _place = Place::take(self)?;
        // A panic while the lock was held left the slot empty, so its poison means nothing.
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        let mut connection = match slot.take() {
            Some(connection) => connection,
            None => open()?,
        };
        let outcome = work(&mut connection);
        if !connection.is_broken() {
            *slot = Some(connection);
        }
        outcome
    }
}

/// A place in the queue, the one who writes included.
struct Place<'a>(&'a Writer);

impl<'a> Place<'a> {
    fn take(writer: &'a Writer) -> Result<Self> {
        let n_before = writer.n_queued.fetch_add(1, Ordering::Relaxed);
        let place = Self(writer);
        if n_before > writer.queue_max {
            return Err(Error::Busy {
                attempted: "queue for the writer",
            });
        }
        Ok(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.n_queued.fetch_sub(1, Ordering::Relaxed);
    }
}
