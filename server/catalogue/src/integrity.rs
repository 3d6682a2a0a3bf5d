//! Whether the catalogue itself is sound: the database's own check, and the numbers that must
//! agree.

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::Catalogue;
use crate::connection::AnyConnection;
use crate::error::{Error, Result};

/// What SQLite says of a file: damaged pages, and references to rows that aren't there.
const SQLITE: &str = "
    SELECT integrity_check AS problem FROM pragma_integrity_check
    WHERE integrity_check <> 'ok'
    UNION ALL
    SELECT 'a row of `' || \"table\" || '` refers to none of `' || parent || '`'
    FROM pragma_foreign_key_check";

/// Numbers that must agree, in both databases. A commit without its row can't be read as of.
const NUMBERS: &str = "
    SELECT 'agency `' || a.slug || '` is at commit ' || CAST(a.last_commit AS TEXT)
           || ', but not all of its commits are there' AS problem
    FROM agencies a
    WHERE a.last_commit <> (SELECT COUNT(*) FROM commits c WHERE c.agency_id = a.id)
       OR a.last_commit <> (SELECT COALESCE(MAX(c.number), 0) FROM commits c
                            WHERE c.agency_id = a.id)
    UNION ALL
    SELECT 'segment `' || s.id || '` holds rows of a commit that is not there' AS problem
    FROM segments s JOIN agencies a ON a.id = s.agency_id
    WHERE s.commit_number > a.last_commit OR s.oldest_commit > s.commit_number
    UNION ALL
    SELECT 'file `' || s.path || '` is in the manifest and dropped' AS problem
    FROM segments s JOIN dropped_files d ON d.path = s.path";

impl Catalogue {
    /// What is wrong with the catalogue, a sentence each; nothing when it is sound. Reads all of
    /// a SQLite file. For the operator.
    pub fn check_integrity(&self) -> Result<Vec<String>> {
        self.read_at_once(problems)
    }
}

pub(crate) fn problems(connection: &mut AnyConnection) -> Result<Vec<String>> {
    let mut found = match connection {
        AnyConnection::Sqlite(_) => ask(connection, SQLITE)?,
        AnyConnection::Postgres(_) => Vec::new(),
    };
    if found.is_empty() {
        found = ask(connection, NUMBERS)?;
    }
    Ok(found)
}

fn ask(connection: &mut AnyConnection, question: &str) -> Result<Vec<String>> {
    let rows = diesel::sql_query(question)
        .load::<ProblemRow>(connection)
        .map_err(Error::database("check the catalogue"))?;
    Ok(rows.into_iter().map(|row| row.problem).collect())
}

#[derive(QueryableByName)]
struct ProblemRow {
    #[diesel(sql_type = Text)]
    problem: String,
}
