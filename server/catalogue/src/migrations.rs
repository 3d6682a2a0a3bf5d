//! Migrations: embedded in the program, one folder a database, the same names in both.

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::Catalogue;
use crate::connection::AnyConnection;
use crate::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Held while migrations run on PostgreSQL, so that servers that start together take turns. The
/// number means nothing but must stay the same.
const ADVISORY_LOCK: i64 = 0x6265_6c6c;

impl Catalogue {
    /// Runs the migrations that this database lacks, each in a transaction of its own, and
    /// returns their names; none when it is up to date. For the instance, not for a tenant.
    pub fn migrate(&self) -> Result<Vec<String>> {
        self.with_writer(|connection| match connection {
            AnyConnection::Sqlite(sqlite) => run(sqlite, SQLITE),
            AnyConnection::Postgres(postgres) => {
                postgres
                    .batch_execute(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})"))
                    .map_err(Error::database("lock the migrations"))?;
                let outcome = run(postgres, POSTGRES);
                postgres
                    .batch_execute(&format!("SELECT pg_advisory_unlock({ADVISORY_LOCK})"))
                    .map_err(Error::database("unlock the migrations"))?;
                outcome
            }
        })
    }

    /// The names of the migrations that [`migrate`](Catalogue::migrate) would run.
    pub fn pending_migrations(&self) -> Result<Vec<String>> {
        self.with_writer(|connection| match connection {
            AnyConnection::Sqlite(sqlite) => Ok(names(&pending(sqlite, SQLITE)?)),
            AnyConnection::Postgres(postgres) => Ok(names(&pending(postgres, POSTGRES)?)),
        })
    }
}

/// Brings a SQLite file up to date.
pub(crate) fn migrate_file(file: &mut SqliteConnection) -> Result<()> {
    run(file, SQLITE)?;
    Ok(())
}

type Pending<DB> = Vec<Box<dyn Migration<DB>>>;

fn run<DB, C>(connection: &mut C, source: EmbeddedMigrations) -> Result<Vec<String>>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let missing = pending(connection, source)?;
    let run = names(&missing);
    connection
        .run_migrations(&missing)
        .map_err(Error::Migration)?;
    Ok(run)
}

fn pending<DB, C>(connection: &mut C, source: EmbeddedMigrations) -> Result<Pending<DB>>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    connection
        .pending_migrations(source)
        .map_err(Error::Migration)
}

fn names<DB: diesel::backend::Backend>(migrations: &Pending<DB>) -> Vec<String> {
    migrations
        .iter()
        .map(|migration| migration.name().to_string())
        .collect()
}

#[cfg(test)]
mod tests;
