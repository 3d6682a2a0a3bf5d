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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use bellwether_domain::ErrorCode;

    use super::*;
    use crate::connection::{Access, Location, Opener};

    fn open() -> Result<AnyConnection> {
        let location = Location::Sqlite(":memory:".into());
        let busy_timeout = std::time::Duration::from_secs(1);
        Opener {
            location,
            busy_timeout,
        }
        .open(Access::ReadWrite)
    }

    #[test]
    fn the_queue_takes_as_many_as_it_may_and_tells_the_next_to_come_later() {
        let writer = Writer::new(open().unwrap(), 1);
        let (begun, has_begun) = mpsc::channel();
        let (end, may_end) = mpsc::channel::<()>();
        std::thread::scope(|threads| {
            threads.spawn(|| {
                writer.run(open, move |_| {
                    begun.send(()).unwrap();
                    may_end.recv().unwrap();
                    Ok(())
                })
            });
            has_begun.recv().unwrap();
            let place_of_one_waiting = Place::take(&writer).unwrap();
            let refused = writer.run(open, |_| Ok(())).unwrap_err();
            assert_eq!(refused.code(), ErrorCode::Busy);
            drop(place_of_one_waiting);
            end.send(()).unwrap();
            writer.run(open, |_| Ok(())).unwrap();
        });
    }

    #[test]
    fn a_panic_leaves_a_writer_that_works_and_no_half_of_its_transaction() {
        use diesel::connection::SimpleConnection;

        let folder = tempfile::tempdir().unwrap();
        let opener = Opener {
            location: Location::Sqlite(folder.path().join("c.sqlite")),
            busy_timeout: std::time::Duration::from_secs(1),
        };
        let open = || opener.open(Access::ReadWrite);
        let writer = Writer::new(open().unwrap(), 1);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            writer.run(open, |connection| {
                crate::connection::in_write_transaction(connection, |connection| {
                    connection.batch_execute("CREATE TABLE half (x)").unwrap();
                    panic!("in the middle");
                    #[expect(unreachable_code, reason = "gives the closure its type")]
                    Ok(())
                })
            })
        }));
        assert!(panicked.is_err());
        let outcome = writer.run(open, |connection| {
            connection
                .batch_execute("CREATE TABLE half (x)")
                .map_err(Error::database("make a table"))
        });
        assert!(outcome.is_ok(), "{outcome:?}");
    }
}
