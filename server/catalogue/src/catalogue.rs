//! The handle: opening, pinging, and the two ways to the database, [`Catalogue::read`] and
//! [`Catalogue::write`].
//!
//! Invariant: on SQLite nothing is written but through [`Catalogue::with_writer`], which counts
//! it: that is what [`Catalogue::generation`] promises by.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::Pool;

use crate::connection::{
    Access, AnyConnection, Location, Opener, in_read_transaction, in_write_transaction,
};
use crate::error::{Error, Result};
use crate::writer::Writer;

/// How the catalogue is opened.
#[derive(Debug, Clone)]
pub struct CatalogueConfig {
    /// Which database.
    pub location: Location,
    /// The most connections that read at once; on PostgreSQL, the most that are open at all.
    pub readers_max: u32,
    /// SQLite only: how many may wait for the one writer before the next is told `BUSY`.
    pub writer_queue_max: u32,
    /// How long a caller waits for a connection, and a statement for a lock.
    pub busy_timeout_ms: u32,
}

/// The catalogue of one instance; a clone is another handle to the same.
#[derive(Clone)]
pub struct Catalogue {
    inner: Arc<Inner>,
}

struct Inner {
    opener: Opener,
    pool: Pool<Opener>,
    /// SQLite only; PostgreSQL orders its writers itself.
    writer: Option<Writer>,
    /// How many turns of the writer have ended; counts on SQLite only.
    n_writes_ended: AtomicU64,
}

/// Counts a write when it is dropped, so that one that failed or panicked counts too.
struct Ended<'a>(&'a AtomicU64);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        // After the commit, and before the writer's caller hears of it.
        self.0.fetch_add(1, Ordering::Release);
    }
}

impl Catalogue {
    /// Opens the database and sees that it answers; makes the file when it is SQLite. Runs no
    /// migrations: see [`migrate`](Catalogue::migrate).
    pub fn open(config: CatalogueConfig) -> Result<Self> {
        let busy_timeout = Duration::from_millis(u64::from(config.busy_timeout_ms));
        let opener = Opener {
            location: config.location,
            busy_timeout,
        };
        let first = opener.open(Access::ReadWrite)?;
        let is_local = matches!(opener.location, Location::Sqlite(_));
        let pool = Pool::builder()
            .max_size(config.readers_max.max(1))
            .min_idle(Some(0))
            // A file can't be away; a server can, and a dead connection is found by asking.
            .test_on_check_out(!is_local)
            .connection_timeout(busy_timeout.max(Duration::from_millis(1)))
            .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
            .build_unchecked(opener.clone());
        Ok(Self {
            inner: Arc::new(Inner {
                opener,
                pool,
                writer: is_local.then(|| Writer::new(first, config.writer_queue_max)),
                n_writes_ended: AtomicU64::new(0),
            }),
        })
    }

    /// Asks the database for a sign of life.
    pub fn ping(&self) -> Result<()> {
        self.read(|connection| {
            connection
                .batch_execute("SELECT 1")
                .map_err(Error::database("ping"))
        })
    }

    /// A number that every write raises: what was read after a generation was taken is still true
    /// while this is that generation. Take it before reading, never after.
    ///
    /// `None` on PostgreSQL, where others write too and nothing read can be vouched for. On SQLite
    /// this process is the only writer, because it holds the data folder.
    pub fn generation(&self) -> Option<u64> {
        let is_sole_writer = self.inner.writer.is_some();
        is_sole_writer.then(|| self.inner.n_writes_ended.load(Ordering::Acquire))
    }

    /// Opens a connection apart from the others, for what takes long.
    pub(crate) fn connect(&self) -> Result<AnyConnection> {
        self.inner.opener.open(Access::ReadWrite)
    }

    /// Runs one statement that only reads. For several that must agree there is
    /// [`read_at_once`](Self::read_at_once).
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut AnyConnection) -> Result<T>) -> Result<T> {
        let mut connection = self.inner.pool.get().map_err(|source| Error::Unavailable {
            attempted: "get a connection",
            source: Box::new(source),
        })?;
        work(&mut connection)
    }

    /// Runs statements that only read, all of them as of one moment: whatever is written between
    /// two of them, neither sees.
    pub(crate) fn read_at_once<T>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T>,
    ) -> Result<T> {
        self.read(|connection| in_read_transaction(connection, work))
    }

    /// Runs one transaction that writes.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut AnyConnection) -> Result<T>) -> Result<T> {
        self.with_writer(|connection| in_write_transaction(connection, work))
    }

    /// Runs statements on a connection that may write, outside of a transaction.
    pub(crate) fn with_writer<T>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T>,
    ) -> Result<T> {
        match &self.inner.writer {
            Some(writer) => {
                let _ended = Ended(&self.inner.n_writes_ended);
                writer.run(|| self.inner.opener.open(Access::ReadWrite), work)
            }
            None => self.read(work),
        }
    }
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalogue")
            .field("location", &self.inner.opener.location)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_write_raises_the_generation_and_no_read_does() {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::open(CatalogueConfig {
            location: Location::Sqlite(folder.path().join("catalogue.sqlite")),
            readers_max: 1,
            writer_queue_max: 1,
            busy_timeout_ms: 1_000,
        })
        .unwrap();
        let before = catalogue.generation().unwrap();
        catalogue.ping().unwrap();
        assert_eq!(catalogue.generation(), Some(before));
        catalogue.write(|_| Ok(())).unwrap();
        assert_eq!(catalogue.generation(), Some(before + 1));
        let refused = catalogue.write(|_| Err::<(), _>(Error::not_found("agency", "none")));
        assert!(refused.is_err());
        assert_eq!(catalogue.generation(), Some(before + 2));
    }
}
