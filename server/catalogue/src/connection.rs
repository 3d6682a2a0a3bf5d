//! One connection over both databases, and how one is opened.
//!
//! Invariant: what differs between SQLite and PostgreSQL is decided in this file, in
//! `migrations.rs` and in [`begin`] and [`begin_reading`]; queries elsewhere are the same for both.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::{Connection, ConnectionError, PgConnection, SqliteConnection};

use crate::error::{Error, Result};

/// Where the catalogue lies.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file on this machine; its folder must be there.
    Sqlite(PathBuf),
    /// The URL of a PostgreSQL database, password included; never printed.
    Postgres(String),
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres(***)"),
        }
    }
}

pub(crate) use multi::{AnyConnection, MultiBackend};

mod multi {
    #![expect(unreachable_pub, reason = "the derive makes its types public")]

    /// A connection to either database.
    #[derive(diesel::MultiConnection)]
    pub enum AnyConnection {
        Sqlite(diesel::SqliteConnection),
        Postgres(diesel::PgConnection),
    }
}

/// How a PostgreSQL transaction begins that sees one moment and only reads.
pub(crate) const POSTGRES_SNAPSHOT: &str =
    "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Whether a connection may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    ReadOnly,
    ReadWrite,
}

/// Opens connections to one location, for the pool and for the writer.
#[derive(Debug, Clone)]
pub(crate) struct Opener {
    pub(crate) location: Location,
    /// How long a statement waits for a lock.
    pub(crate) busy_timeout: Duration,
}

impl Opener {
    pub(crate) fn open(&self, access: Access) -> Result<AnyConnection> {
        self.connect_as(access)
            .map_err(|source| Error::Unavailable {
                attempted: "open a connection",
                source: Box::new(source),
            })
    }

    fn connect_as(&self, access: Access) -> Result<AnyConnection, ConnectionError> {
        let busy_timeout_ms = self.busy_timeout.as_millis();
        let mut connection = match &self.location {
            Location::Sqlite(path) => {
                let path = path.to_string_lossy();
                AnyConnection::Sqlite(SqliteConnection::establish(&path)?)
            }
            Location::Postgres(url) => AnyConnection::Postgres(PgConnection::establish(url)?),
        };
        let settings = match (&self.location, access) {
            // The timeout comes first: switching to WAL takes a lock itself.
            (Location::Sqlite(_), Access::ReadWrite) => format!(
                "PRAGMA busy_timeout = {busy_timeout_ms}; PRAGMA journal_mode = WAL; \
                 PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
            ),
            (Location::Sqlite(_), Access::ReadOnly) => {
                format!("PRAGMA busy_timeout = {busy_timeout_ms}; PRAGMA query_only = ON;")
            }
            (Location::Postgres(_), _) => {
                format!("SET lock_timeout = {busy_timeout_ms}; SET timezone = 'UTC';")
            }
        };
        connection
            .batch_execute(&settings)
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(connection)
    }
}

impl ManageConnection for Opener {
    type Connection = AnyConnection;
    type Error = ConnectionError;

    fn connect(&self) -> Result<AnyConnection, ConnectionError> {
        match self.location {
            Location::Sqlite(_) => self.connect_as(Access::ReadOnly),
            Location::Postgres(_) => self.connect_as(Access::ReadWrite),
        }
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), ConnectionError> {
        connection
            .ping()
            .map_err(ConnectionError::CouldntSetupConfiguration)
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        connection.is_broken()
    }
}

/// Runs `work` in one transaction that writes: all of it is kept, or nothing.
pub(crate) fn in_write_transaction<T>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T>,
) -> Result<T> {
    begin(connection).map_err(Error::database("begin a transaction"))?;
    end(connection, work)
}

/// Runs `work` in one transaction that only reads: all its statements see the same moment.
pub(crate) fn in_read_transaction<T>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T>,
) -> Result<T> {
    begin_reading(connection).map_err(Error::database("begin to read"))?;
    end(connection, work)
}

/// Runs `work` in the transaction that was begun, and ends it.
fn end<T>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T>,
) -> Result<T> {
    match work(connection) {
        Ok(value) => {
            <AnyConnection as TransactionManager<_>>::commit_transaction(connection)
                .map_err(Error::database("commit a transaction"))?;
            Ok(value)
        }
        Err(error) => {
            let rolled_back =
                <AnyConnection as TransactionManager<_>>::rollback_transaction(connection);
            if let Err(source) = rolled_back {
                // The connection is given up by whoever holds it; the first error tells more.
                tracing::warn!(error = %source, "a transaction could not be rolled back");
            }
            Err(error)
        }
    }
}

/// SQLite takes the write lock at once, because a reader that turns writer later can't wait for it.
fn begin(connection: &mut AnyConnection) -> diesel::QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(sqlite) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")
        }
        AnyConnection::Postgres(postgres) => AnsiTransactionManager::begin_transaction(postgres),
    }
}

/// SQLite's snapshot is taken by the first statement and holds to the end, because the log keeps
/// what readers need; PostgreSQL's does at this level only.
fn begin_reading(connection: &mut AnyConnection) -> diesel::QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(sqlite) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN DEFERRED")
        }
        AnyConnection::Postgres(postgres) => {
            AnsiTransactionManager::begin_transaction_sql(postgres, POSTGRES_SNAPSHOT)
        }
    }
}
