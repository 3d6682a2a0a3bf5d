//! Snapshots: the commit of a moment, the oldest one that can still be read, and pins that keep
//! one readable.
//!
//! Invariant: the oldest readable commit never goes back, and never passes a live pin.

use bellwether_domain::Scope;
use bellwether_domain::ids::PinId;
use bellwether_domain::segment::CommitNumber;
use bellwether_domain::time::Timestamp;
use diesel::dsl::min;
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::{AgencyRow, agency_row, lock_agency};
use crate::columns::{micros, require_text};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::{commits, snapshot_pins};

/// The most bytes of what a pin is for.
pub const PIN_PURPOSE_BYTES_MAX: usize = 128;

/// A lease on a snapshot: until it ends, no compaction drops what the snapshot sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotPin {
    /// Its id.
    pub id: PinId,
    /// The commit whose facts must stay readable.
    pub commit: CommitNumber,
    /// What it is for, such as `backup`; at most [`PIN_PURPOSE_BYTES_MAX`].
    pub purpose: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Catalogue {
    /// The newest commit that was visible at a moment; 0 before the first.
    pub fn commit_at(&self, scope: &Scope, moment: Timestamp) -> Result<CommitNumber> {
        self.read(|connection| commit_at(connection, scope, moment))
    }

    /// The oldest commit that can be read; 0 while all can. A snapshot of an older commit has
    /// expired.
    pub fn oldest_commit(&self, scope: &Scope) -> Result<CommitNumber> {
        let row = self.read(|connection| agency_row(connection, scope))?;
        Ok(CommitNumber(row.oldest_commit))
    }

    /// The oldest commit that must stay readable: the newest one that was visible at the beginning
    /// of the retention, held back by pins that are live at `now`, and never below the oldest
    /// commit that can be read as it is.
    pub fn retention_horizon(
        &self,
        scope: &Scope,
        retained_since: Timestamp,
        now: Timestamp,
    ) -> Result<CommitNumber> {
        self.read_at_once(|connection| {
            let oldest = CommitNumber(agency_row(connection, scope)?.oldest_commit);
            let horizon = commit_at(connection, scope, retained_since)?;
            let pinned = oldest_pinned(connection, scope, now)?.unwrap_or(horizon);
            Ok(horizon.min(pinned).max(oldest))
        })
    }

    /// Pins a commit until the pin ends; [`Error::SnapshotExpired`] when it can't be read any more.
    pub fn pin_snapshot(&self, scope: &Scope, pin: &SnapshotPin) -> Result<()> {
        let (limit, bytes_max) = ("pin_purpose_bytes_max", PIN_PURPOSE_BYTES_MAX);
        require_text("the pin's purpose", &pin.purpose, limit, bytes_max)?;
        self.write(|connection| {
            // The lock keeps a compaction from raising the horizon meanwhile.
            let agency = lock_agency(connection, scope)?;
            refuse_expired(&agency, pin.commit)?;
            if pin.commit.0 > agency.last_commit {
                return Err(Error::not_found("commit", pin.commit.0));
            }
            diesel::insert_into(snapshot_pins::table)
                .values((
                    snapshot_pins::agency_id.eq(scope.agency().to_string()),
                    snapshot_pins::id.eq(pin.id.to_string()),
                    snapshot_pins::commit_number.eq(pin.commit.0),
                    snapshot_pins::purpose.eq(&pin.purpose),
                    snapshot_pins::expires_at.eq(micros(pin.expires_at)),
                ))
                .execute(connection)
                .map_err(Error::insert("snapshot pin", pin.id))?;
            Ok(())
        })
    }

    /// Ends a pin; it may have ended before.
    pub fn unpin(&self, scope: &Scope, pin: PinId) -> Result<()> {
        let row = snapshot_pins::table.find((scope.agency().to_string(), pin.to_string()));
        self.write(|connection| {
            diesel::delete(row)
                .execute(connection)
                .map_err(Error::database("end a snapshot pin"))?;
            Ok(())
        })
    }

    /// Forgets the pins that have ended by `now`, in the whole instance, and returns how many
    /// there were. They hold nothing back anyway.
    pub fn purge_pins(&self, now: Timestamp) -> Result<usize> {
        let ended = snapshot_pins::table.filter(snapshot_pins::expires_at.le(micros(now)));
        self.write(|connection| {
            diesel::delete(ended)
                .execute(connection)
                .map_err(Error::database("purge snapshot pins"))
        })
    }
}

/// Refuses a commit that is older than the agency's oldest readable one.
pub(crate) fn require_readable(
    connection: &mut AnyConnection,
    scope: &Scope,
    commit: CommitNumber,
) -> Result<()> {
    refuse_expired(&agency_row(connection, scope)?, commit)
}

fn refuse_expired(agency: &AgencyRow, commit: CommitNumber) -> Result<()> {
    let oldest = CommitNumber(agency.oldest_commit);
    if commit < oldest {
        return Err(Error::SnapshotExpired { commit, oldest });
    }
    Ok(())
}

/// The oldest commit that a live pin holds.
pub(crate) fn oldest_pinned(
    connection: &mut AnyConnection,
    scope: &Scope,
    now: Timestamp,
) -> Result<Option<CommitNumber>> {
    let oldest = snapshot_pins::table
        .filter(snapshot_pins::agency_id.eq(scope.agency().to_string()))
        .filter(snapshot_pins::expires_at.gt(micros(now)))
        .select(min(snapshot_pins::commit_number))
        .first::<Option<i64>>(connection)
        .map_err(Error::database("find the oldest pin"))?;
    Ok(oldest.map(CommitNumber))
}

fn commit_at(
    connection: &mut AnyConnection,
    scope: &Scope,
    moment: Timestamp,
) -> Result<CommitNumber> {
    let number = commits::table
        .filter(commits::agency_id.eq(scope.agency().to_string()))
        .filter(commits::committed_at.le(micros(moment)))
        .order((commits::committed_at.desc(), commits::number.desc()))
        .select(commits::number)
        .first::<i64>(connection)
        .optional()
        .map_err(Error::database("find the commit of a moment"))?;
    Ok(CommitNumber(number.unwrap_or(0)))
}
