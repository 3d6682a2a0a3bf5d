//! Copies of the whole catalogue: one SQLite file, taken while others write, and read back into
//! an empty catalogue of either kind.
//!
//! Invariant: a copy is the catalogue as it was at one moment; what is restored from it is the
//! same, or nothing.

use std::fs::File;
use std::path::Path;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::segment::Segment;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, SqliteConnection};

use crate::Catalogue;
use crate::connection::{AnyConnection, POSTGRES_SNAPSHOT, in_write_transaction};
use crate::error::{Error, Result};
use crate::integrity::problems;
use crate::migrations::migrate_file;
use crate::row_transfer::{columns, from_postgres, to_postgres};
use crate::segments::named_segments;
use crate::tables::TABLES;

impl Catalogue {
    /// Copies the whole catalogue, tokens' hashes included, into a new SQLite file as it is at one
    /// moment, while others go on to write; the file is on the disk when this returns. For the
    /// instance.
    ///
    /// Returns every segment that the copy names. The copy has no staging leases, no dropped
    /// files and no exports, because those name files that don't belong to it.
    pub fn copy_to(&self, path: &Path) -> Result<Vec<Segment>> {
        if path.exists() {
            return Err(Error::already_exists("file", path.display()));
        }
        let file_name = utf8(path)?;
        match &mut self.connect()? {
            AnyConnection::Sqlite(sqlite) => {
                diesel::sql_query("VACUUM INTO $1")
                    .bind::<Text, _>(file_name)
                    .execute(sqlite)
                    .map_err(Error::database("copy the catalogue"))?;
            }
            AnyConnection::Postgres(postgres) => copy_rows(postgres, &mut open_file(file_name)?)?,
        }
        let mut copy = open_file(file_name)?;
        forget_files_elsewhere(&mut copy)?;
        let named = named_segments(&mut AnyConnection::Sqlite(copy))?;
        sync(path)?;
        Ok(named)
    }

    /// Fills this catalogue, which is migrated and has no rows yet, from a file that
    /// [`copy_to`](Catalogue::copy_to) wrote, in one transaction, and returns every segment that
    /// it names now. For the instance, before it serves.
    ///
    /// The file is changed when an older version wrote it: it is migrated first. Give a copy of
    /// it if it must stay as it is. [`Error::DamagedCopy`] when it isn't sound,
    /// [`Error::NotEmpty`] when this catalogue has rows.
    pub fn restore_from(&self, path: &Path) -> Result<Vec<Segment>> {
        let file_name = utf8(path)?;
        let mut file = open_sound_copy(path, file_name)?;
        self.with_writer(|connection| {
            refuse_rows(connection)?;
            attach(connection, file_name)?;
            let outcome = in_write_transaction(connection, |connection| match connection {
                AnyConnection::Sqlite(sqlite) => from_attached(sqlite),
                AnyConnection::Postgres(postgres) => to_postgres(&mut file, postgres),
            });
            detach(connection)?;
            outcome
        })?;
        self.read(named_segments)
    }
}

fn utf8(path: &Path) -> Result<&str, Refusal> {
    path.to_str()
        .ok_or_else(|| Refusal::invalid(format!("the path `{}` is not UTF-8", path.display())))
}

/// A file that is one file: without SQLite's log beside it.
fn open_file(file_name: &str) -> Result<SqliteConnection> {
    let mut file = SqliteConnection::establish(file_name).map_err(|source| Error::Unavailable {
        attempted: "open a copy of the catalogue",
        source: Box::new(source),
    })?;
    file.batch_execute("PRAGMA journal_mode = DELETE; PRAGMA foreign_keys = ON;")
        .map_err(Error::database("open a copy of the catalogue"))?;
    Ok(file)
}

/// Copies PostgreSQL's rows as one transaction sees them into a new file.
fn copy_rows(postgres: &mut PgConnection, file: &mut SqliteConnection) -> Result<()> {
    migrate_file(file)?;
    AnsiTransactionManager::begin_transaction_sql(postgres, POSTGRES_SNAPSHOT)
        .map_err(Error::database("begin a copy"))?;
    file.batch_execute("BEGIN IMMEDIATE")
        .map_err(Error::database("begin a copy"))?;
    // After a failure both connections are dropped, and with them what they had begun.
    from_postgres(postgres, file)?;
    file.batch_execute("COMMIT")
        .map_err(Error::database("end a copy"))?;
    AnsiTransactionManager::rollback_transaction(postgres).map_err(Error::database("end a copy"))
}

fn forget_files_elsewhere(copy: &mut SqliteConnection) -> Result<()> {
    copy.batch_execute(
        "DELETE FROM staging_paths; DELETE FROM staging_leases; DELETE FROM dropped_files; DELETE FROM exports;",
    )
    .map_err(Error::database("clear the leases of a copy"))
}

/// Sees that the file and its entry in its folder are on the disk.
fn sync(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    for place in [path, folder] {
        File::open(place)
            .and_then(|opened| opened.sync_all())
            .map_err(|source| Error::Unavailable {
                attempted: "write a copy of the catalogue to the disk",
                source: Box::new(source),
            })?;
    }
    Ok(())
}

/// The file, checked and brought up to date.
fn open_sound_copy(path: &Path, file_name: &str) -> Result<SqliteConnection> {
    let damaged = |problem: String| Error::DamagedCopy {
        path: path.display().to_string(),
        problem,
    };
    if !path.is_file() {
        return Err(damaged("there is no such file".to_owned()));
    }
    let mut file = open_file(file_name).map_err(|error| damaged(with_source(&error)))?;
    migrate_file(&mut file).map_err(|error| damaged(with_source(&error)))?;
    let mut checked = AnyConnection::Sqlite(file);
    let found = problems(&mut checked).map_err(|error| damaged(with_source(&error)))?;
    if let Some(problem) = found.into_iter().next() {
        return Err(damaged(problem));
    }
    open_file(file_name)
}

fn with_source(error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn refuse_rows(connection: &mut AnyConnection) -> Result<()> {
    for table in TABLES {
        let question =
            format!("SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM {table} LIMIT 1) t");
        let counted = diesel::sql_query(question)
            .get_result::<CountRow>(connection)
            .map_err(Error::database("look for rows"))?;
        if counted.n > 0 {
            return Err(Error::NotEmpty { table });
        }
    }
    Ok(())
}

fn attach(connection: &mut AnyConnection, file_name: &str) -> Result<()> {
    if let AnyConnection::Sqlite(sqlite) = connection {
        diesel::sql_query("ATTACH $1 AS copied")
            .bind::<Text, _>(file_name)
            .execute(sqlite)
            .map_err(Error::database("open a copy of the catalogue"))?;
    }
    Ok(())
}

fn detach(connection: &mut AnyConnection) -> Result<()> {
    if let AnyConnection::Sqlite(sqlite) = connection {
        sqlite
            .batch_execute("DETACH copied")
            .map_err(Error::database("close a copy of the catalogue"))?;
    }
    Ok(())
}

fn from_attached(sqlite: &mut SqliteConnection) -> Result<()> {
    for table in TABLES {
        let names = columns(sqlite, table)?.join(", ");
        let insert =
            format!("INSERT INTO main.{table} ({names}) SELECT {names} FROM copied.{table}");
        diesel::sql_query(insert)
            .execute(sqlite)
            .map_err(Error::database("restore the catalogue"))?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    n: i64,
}
