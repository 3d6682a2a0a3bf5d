//! Staging leases: which files are being written and not yet published, and until when.
//!
//! A file beneath the store's root is live (a published segment names it), leased (a lease here
//! names it), or stray. Publishing turns leased into live in one transaction and refuses a lease
//! that has ended. The sweep at the start of the instance's one process removes what leases name
//! and no segment does.

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::StagingId;
use bellwether_domain::time::Timestamp;
use diesel::prelude::*;

use crate::Catalogue;
use crate::columns::{RowName, micros, require_text};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::{segments, staging_leases, staging_paths};

/// The most months of one batch: a lease has one path for each.
pub const BATCH_MONTHS_MAX: usize = 4_096;

/// The most bytes of one path.
const PATH_BYTES_MAX: usize = 1_024;

/// The right to write these files until it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagingLease {
    /// Its id.
    pub id: StagingId,
    /// Files below the store's root; one that ends in `/` stands for all beneath it.
    pub paths: Vec<String>,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Catalogue {
    /// Opens a lease. Do so before the first byte is written.
    pub fn open_staging(&self, scope: &Scope, lease: &StagingLease) -> Result<()> {
        if lease.paths.len() > BATCH_MONTHS_MAX {
            let what = format!("a batch of {} months", lease.paths.len());
            return Err(Refusal::limit("batch_months_max", BATCH_MONTHS_MAX, what).into());
        }
        for path in &lease.paths {
            require_text("a staged path", path, "path_bytes_max", PATH_BYTES_MAX)?;
        }
        self.write(|connection| insert(connection, scope, lease))
    }

    /// Every lease, ended or not, of all agencies, in the order in which they were made. For the
    /// sweep at the start of the instance, when nobody writes under any of them.
    pub fn list_staging(&self) -> Result<Vec<StagingLease>> {
        self.read_at_once(|connection| {
            let rows = staging_leases::table
                .order(staging_leases::id)
                .select((staging_leases::id, staging_leases::expires_at))
                .load::<(String, i64)>(connection)
                .map_err(Error::database("list leases"))?;
            rows.into_iter()
                .map(|(id, expires_at)| with_paths(connection, &id, expires_at))
                .collect()
        })
    }

    /// Forgets a lease after its files were removed; it may be gone already. For the sweep of
    /// the instance, and for a batch that gave up.
    pub fn close_staging(&self, staging: StagingId) -> Result<()> {
        self.write(|connection| {
            let lease = staging_leases::id.eq(staging.to_string());
            diesel::delete(staging_leases::table.filter(lease))
                .execute(connection)
                .map_err(Error::database("close a lease"))?;
            Ok(())
        })
    }

    /// The paths of all published segments that begin with `prefix`, sorted by bytes. For the
    /// sweep of the instance.
    pub fn live_segment_paths(&self, prefix: &str) -> Result<Vec<String>> {
        let mut paths = self.read(|connection| {
            // A range that the index serves; what follows the prefix is told apart below.
            segments::table
                .filter(segments::path.ge(prefix))
                .filter(segments::path.lt(format!("{prefix}\u{10FFFF}")))
                .order(segments::path)
                .select(segments::path)
                .load::<String>(connection)
                .map_err(Error::database("list segments by path"))
        })?;
        paths.retain(|path| path.starts_with(prefix));
        Ok(paths)
    }
}

/// Ends a lease because its files are published now; refuses one that ended before.
pub(crate) fn take_lease(
    connection: &mut AnyConnection,
    scope: &Scope,
    staging: StagingId,
    now: Timestamp,
) -> Result<bool> {
    let lease = staging_leases::table
        .find((scope.agency().to_string(), staging.to_string()))
        .filter(staging_leases::expires_at.gt(micros(now)));
    let n_taken = diesel::delete(lease)
        .execute(connection)
        .map_err(Error::database("take a lease"))?;
    Ok(n_taken == 1)
}

fn insert(connection: &mut AnyConnection, scope: &Scope, lease: &StagingLease) -> Result<()> {
    diesel::insert_into(staging_leases::table)
        .values((
            staging_leases::agency_id.eq(scope.agency().to_string()),
            staging_leases::id.eq(lease.id.to_string()),
            staging_leases::expires_at.eq(micros(lease.expires_at)),
        ))
        .execute(connection)
        .map_err(Error::insert("staging lease", lease.id))?;
    for path in &lease.paths {
        diesel::insert_into(staging_paths::table)
            .values((
                staging_paths::agency_id.eq(scope.agency().to_string()),
                staging_paths::staging_id.eq(lease.id.to_string()),
                staging_paths::path.eq(path),
            ))
            .execute(connection)
            .map_err(Error::insert("staged path", path))?;
    }
    Ok(())
}

fn with_paths(connection: &mut AnyConnection, id: &str, expires_at: i64) -> Result<StagingLease> {
    let paths = staging_paths::table
        .filter(staging_paths::staging_id.eq(id))
        .order(staging_paths::path)
        .select(staging_paths::path)
        .load::<String>(connection)
        .map_err(Error::database("list staged paths"))?;
    let name = RowName {
        table: "staging_leases",
        row: id,
    };
    Ok(StagingLease {
        id: name.parse(id)?,
        paths,
        expires_at: name.moment(expires_at)?,
    })
}
