//! Commits: an agency's numbers in order, and the moments at which they became visible.
//!
//! Invariant: numbers have no gaps, and `committed_at` never goes back from one to the next.

use bellwether_domain::Scope;
use bellwether_domain::ids::BatchId;
use bellwether_domain::segment::CommitNumber;
use bellwether_domain::time::Timestamp;
use diesel::prelude::*;

use crate::Catalogue;
use crate::columns::{RowName, micros};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::{agencies, commits};

impl Catalogue {
    /// When a commit became visible; `None` when the agency has no such commit.
    pub fn committed_at(&self, scope: &Scope, commit: CommitNumber) -> Result<Option<Timestamp>> {
        self.read(|connection| committed_at(connection, scope, commit))
    }
}

/// Takes the agency's next number and writes its commit. The agency's row must be locked.
pub(crate) fn take_next_commit(
    connection: &mut AnyConnection,
    scope: &Scope,
    batch: BatchId,
    now: Timestamp,
) -> Result<CommitNumber> {
    let agency_id = scope.agency().to_string();
    diesel::update(agencies::table.find(&agency_id))
        .set(agencies::last_commit.eq(agencies::last_commit + 1))
        .execute(connection)
        .map_err(Error::database("take a commit number"))?;
    let number = agencies::table
        .find(&agency_id)
        .select(agencies::last_commit)
        .first::<i64>(connection)
        .map_err(Error::database("read a commit number"))?;
    let previous = committed_at(connection, scope, CommitNumber(number - 1))?;
    // A clock that was set back must not make an older commit look newer.
    let at = previous.map_or(now, |previous| previous.max(now));
    diesel::insert_into(commits::table)
        .values((
            commits::agency_id.eq(&agency_id),
            commits::number.eq(number),
            commits::batch_id.eq(batch.to_string()),
            commits::committed_at.eq(micros(at)),
        ))
        .execute(connection)
        .map_err(Error::insert("commit", number))?;
    Ok(CommitNumber(number))
}

fn committed_at(
    connection: &mut AnyConnection,
    scope: &Scope,
    commit: CommitNumber,
) -> Result<Option<Timestamp>> {
    let at = commits::table
        .find((scope.agency().to_string(), commit.0))
        .select(commits::committed_at)
        .first::<i64>(connection)
        .optional()
        .map_err(Error::database("read a commit's moment"))?;
    let row = commit.0.to_string();
    let name = RowName {
        table: "commits",
        row: &row,
    };
    at.map(|at| name.moment(at)).transpose()
}
