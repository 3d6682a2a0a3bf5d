//! Dropped files: what compaction took out of the manifest and is still on the disk, because a
//! reader of the older manifest may be at it.
//!
//! Invariant: a dropped file is never one that the manifest names.

use bellwether_domain::Scope;
use bellwether_domain::segment::Segment;
use bellwether_domain::time::Timestamp;
use diesel::prelude::*;

use crate::Catalogue;
use crate::columns::micros;
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::dropped_files;

/// How many rows one statement names; SQLite takes some 32,000 values.
const ROWS_PER_STATEMENT: usize = 1_000;

impl Catalogue {
    /// The files that were dropped before a moment, in the whole instance, by path. At the start
    /// of the one process that owns a data folder nobody reads any of them: ask for all.
    pub fn dropped_files(&self, before: Timestamp) -> Result<Vec<String>> {
        self.read(|connection| {
            dropped_files::table
                .filter(dropped_files::dropped_at.lt(micros(before)))
                .order(dropped_files::path)
                .select(dropped_files::path)
                .load(connection)
                .map_err(Error::database("list dropped files"))
        })
    }

    /// Forgets dropped files after they were removed from the disk. For the instance.
    pub fn forget_dropped(&self, paths: &[String]) -> Result<()> {
        if paths.is_empty() {
            return Ok(());
        }
        self.write(|connection| {
            for some in paths.chunks(ROWS_PER_STATEMENT) {
                diesel::delete(dropped_files::table.filter(dropped_files::path.eq_any(some)))
                    .execute(connection)
                    .map_err(Error::database("forget dropped files"))?;
            }
            Ok(())
        })
    }
}

/// Writes down the files of segments that leave the manifest, inside that transaction.
pub(crate) fn insert_dropped(
    connection: &mut AnyConnection,
    scope: &Scope,
    segments: &[Segment],
    now: Timestamp,
) -> Result<()> {
    for segment in segments {
        diesel::insert_into(dropped_files::table)
            .values((
                dropped_files::agency_id.eq(scope.agency().to_string()),
                dropped_files::path.eq(&segment.path),
                dropped_files::dropped_at.eq(micros(now)),
            ))
            .execute(connection)
            .map_err(Error::insert("dropped file", &segment.path))?;
    }
    Ok(())
}
