//! Rows between PostgreSQL and a SQLite file, as JSON objects by column: both databases write and
//! read those, so that no table needs code of its own.
//!
//! Whole numbers and texts pass as they are; fractions are written with 17 digits, which name one
//! number of 64 bits.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, SqliteConnection};

use crate::error::{Error, Result};
use crate::tables::TABLES;

/// How many rows pass at once: few, since a row of removals can be long.
const ROWS_AT_ONCE: usize = 200;

/// Copies every table into a migrated file without rows. Both are in a transaction.
pub(crate) fn from_postgres(
    postgres: &mut PgConnection,
    file: &mut SqliteConnection,
) -> Result<()> {
    for table in TABLES {
        let insert = insert_into_file(table, &columns(file, table)?);
        run(
            postgres,
            &format!("DECLARE copied CURSOR FOR SELECT row_to_json(t)::text AS row FROM {table} t"),
        )?;
        loop {
            let fetch = format!("FETCH FORWARD {ROWS_AT_ONCE} FROM copied");
            let rows = diesel::sql_query(fetch)
                .load::<JsonRow>(postgres)
                .map_err(Error::database("read rows to copy"))?;
            if rows.is_empty() {
                break;
            }
            let rows: Vec<String> = rows.into_iter().map(|row| row.row).collect();
            diesel::sql_query(&insert)
                .bind::<Text, _>(format!("[{}]", rows.join(",")))
                .execute(file)
                .map_err(Error::database("write copied rows"))?;
        }
        run(postgres, "CLOSE copied")?;
    }
    Ok(())
}

/// Copies every table of a migrated file into a migrated database without rows, which is in a
/// transaction.
pub(crate) fn to_postgres(file: &mut SqliteConnection, postgres: &mut PgConnection) -> Result<()> {
    for table in TABLES {
        let select = select_from_file(table, &columns(file, table)?);
        let insert = format!(
            "INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, $1::json)"
        );
        let mut after = i64::MIN;
        loop {
            let rows = diesel::sql_query(&select)
                .bind::<BigInt, _>(after)
                .load::<NumberedRow>(file)
                .map_err(Error::database("read copied rows"))?;
            let Some(last) = rows.last() else { break };
            after = last.number;
            let rows: Vec<String> = rows.into_iter().map(|row| row.row).collect();
            diesel::sql_query(&insert)
                .bind::<Text, _>(format!("[{}]", rows.join(",")))
                .execute(postgres)
                .map_err(Error::database("write restored rows"))?;
        }
    }
    Ok(())
}

/// The names of a table's columns in a file.
pub(crate) fn columns(file: &mut SqliteConnection, table: &str) -> Result<Vec<String>> {
    let rows = diesel::sql_query("SELECT name AS row FROM pragma_table_info($1)")
        .bind::<Text, _>(table)
        .load::<JsonRow>(file)
        .map_err(Error::database("list a table's columns"))?;
    Ok(rows.into_iter().map(|row| row.row).collect())
}

fn insert_into_file(table: &str, columns: &[String]) -> String {
    let values: Vec<String> = columns
        .iter()
        .map(|column| format!("json_extract(value, '$.{column}')"))
        .collect();
    let (columns, values) = (columns.join(", "), values.join(", "));
    format!("INSERT INTO {table} ({columns}) SELECT {values} FROM json_each($1)")
}

fn select_from_file(table: &str, columns: &[String]) -> String {
    let pairs: Vec<String> = columns
        .iter()
        .map(|column| format!("'{column}', {column}"))
        .collect();
    let pairs = pairs.join(", ");
    format!(
        "SELECT rowid AS number, json_object({pairs}) AS row FROM {table} \
         WHERE rowid > $1 ORDER BY rowid LIMIT {ROWS_AT_ONCE}"
    )
}

fn run(postgres: &mut PgConnection, statement: &str) -> Result<()> {
    diesel::sql_query(statement)
        .execute(postgres)
        .map_err(Error::database("read rows to copy"))?;
    Ok(())
}

#[derive(QueryableByName)]
struct JsonRow {
    #[diesel(sql_type = Text)]
    row: String,
}

#[derive(QueryableByName)]
struct NumberedRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Text)]
    row: String,
}
