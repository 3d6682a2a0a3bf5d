//! Codes: an agency's stable small numbers for campaigns, countries and other words.
//!
//! Invariant: a code that was given out is never given to another text, even when the batch that
//! asked for it fails.

use std::collections::HashMap;

use bellwether_domain::Scope;
use bellwether_domain::codes::CodeTable;
use bellwether_domain::dataset::KEY_TEXT_BYTES_MAX;
use bellwether_domain::error_code::Refusal;
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::lock_agency;
use crate::columns::{RowName, require_text};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::codes;

/// The most codes of one dimension in one agency: more would mean that a column of free text was
/// taken for a dimension, and the dense kernels size their arrays by it.
pub const CODES_PER_DIMENSION_MAX: u32 = 1_048_576;

/// How many rows one statement adds; SQLite takes some 32,000 values.
const ROWS_PER_STATEMENT: usize = 1_000;

impl Catalogue {
    /// All codes of the scope's agency.
    pub fn codes(&self, scope: &Scope) -> Result<CodeTable> {
        let rows = self.read(|connection| load(connection, scope))?;
        Ok(CodeTable::from_rows(rows))
    }

    /// Gives codes to the texts that have none yet, and returns all codes. `texts` are listed by
    /// dimension; twice the same is once. Agency by agency, one caller at a time.
    pub fn assign_codes(
        &self,
        scope: &Scope,
        texts: &[(String, Vec<String>)],
    ) -> Result<CodeTable> {
        for (dimension, texts) in texts {
            for text in texts {
                require_text(dimension, text, "key_text_bytes_max", KEY_TEXT_BYTES_MAX)?;
            }
        }
        let known = self.codes(scope)?;
        let nothing_new = texts
            .iter()
            .all(|(dimension, texts)| texts.iter().all(|t| known.code(dimension, t).is_some()));
        if nothing_new {
            return Ok(known);
        }
        let rows = self.write(|connection| {
            lock_agency(connection, scope)?;
            // Read again under the lock: another caller may have given some of them meanwhile.
            let rows = load(connection, scope)?;
            let fresh = next_codes(&rows, texts)?;
            insert(connection, scope, &fresh)?;
            Ok(rows.into_iter().chain(fresh).collect::<Vec<_>>())
        })?;
        Ok(CodeTable::from_rows(rows))
    }
}

type CodeOf = (String, String, u32);

/// The codes for the texts that have none, each after the highest of its dimension.
fn next_codes(known: &[CodeOf], texts: &[(String, Vec<String>)]) -> Result<Vec<CodeOf>, Refusal> {
    let mut highest = HashMap::<&str, u32>::new();
    let mut coded = std::collections::HashSet::<(&str, &str)>::new();
    for (dimension, text, code) in known {
        let so_far = highest.entry(dimension).or_default();
        *so_far = (*so_far).max(*code);
        coded.insert((dimension, text));
    }
    let mut fresh = Vec::new();
    for (dimension, texts) in texts {
        for text in texts {
            if !coded.insert((dimension, text)) {
                continue;
            }
            let code = highest.entry(dimension).or_default();
            *code += 1;
            if *code > CODES_PER_DIMENSION_MAX {
                return Err(Refusal::limit(
                    "codes_per_dimension_max",
                    CODES_PER_DIMENSION_MAX,
                    format!("one more text of `{dimension}`"),
                ));
            }
            fresh.push((dimension.clone(), text.clone(), *code));
        }
    }
    Ok(fresh)
}

fn load(connection: &mut AnyConnection, scope: &Scope) -> Result<Vec<CodeOf>> {
    let rows = codes::table
        .filter(codes::agency_id.eq(scope.agency().to_string()))
        .select((codes::dimension, codes::text, codes::code))
        .load::<(String, String, i64)>(connection)
        .map_err(Error::database("read codes"))?;
    let mut read = Vec::with_capacity(rows.len());
    for (dimension, text, code) in rows {
        let name = RowName {
            table: "codes",
            row: &text,
        };
        let code = name.count(code)?;
        read.push((dimension, text, code));
    }
    Ok(read)
}

/// Adds many rows with few statements: a new agency brings thousands of texts at once.
fn insert(connection: &mut AnyConnection, scope: &Scope, fresh: &[CodeOf]) -> Result<()> {
    let agency_id = scope.agency().to_string();
    for some in fresh.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<CodeRow<'_>> = some
            .iter()
            .map(|(dimension, text, code)| CodeRow {
                agency_id: &agency_id,
                dimension,
                code: i64::from(*code),
                text,
            })
            .collect();
        let insert = diesel::insert_into(codes::table).values(&rows);
        // Many rows in one statement are written differently for each database.
        match connection {
            AnyConnection::Sqlite(sqlite) => insert.execute(sqlite),
            AnyConnection::Postgres(postgres) => insert.execute(postgres),
        }
        .map_err(Error::insert("code of agency", &agency_id))?;
    }
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = codes)]
struct CodeRow<'a> {
    agency_id: &'a str,
    dimension: &'a str,
    code: i64,
    text: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_on_after_the_highest_and_leave_gaps_alone() {
        let row = |text: &str, code| ("age".to_owned(), text.to_owned(), code);
        let known = [row("18-24", 1), row("25-34", 7)];
        let asked = ["25-34", "35-44", "35-44"].map(str::to_owned).to_vec();
        let fresh = next_codes(&known, &[("age".to_owned(), asked)]);
        assert_eq!(fresh, Ok(vec![row("35-44", 8)]));
    }
}
