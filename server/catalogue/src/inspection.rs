//! What the database itself says of its tables: the rule that each table with tenant data leads
//! with its agency is checked against the database, not against the migrations' text.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::Catalogue;
use crate::connection::AnyConnection;
use crate::error::{Error, Result};

/// How one table stands to the rule of tenancy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableShape {
    /// The table's name.
    pub table: String,
    /// Whether it has a column `agency_id` that is never null.
    pub has_agency: bool,
    /// Whether an index or its primary key begins with `agency_id`.
    pub leads_with_agency: bool,
}

const SQLITE: &str = "
    SELECT t.name AS name,
           EXISTS (SELECT 1 FROM pragma_table_info(t.name) c
                   WHERE c.name = 'agency_id' AND c.\"notnull\" = 1) AS has_agency,
           EXISTS (SELECT 1 FROM pragma_index_list(t.name) i, pragma_index_info(i.name) c
                   WHERE c.seqno = 0 AND c.name = 'agency_id' AND i.partial = 0)
               AS leads_with_agency
    FROM sqlite_master t
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    ORDER BY t.name";

const POSTGRES: &str = "
    SELECT t.table_name::text AS name,
           (SELECT count(*) FROM information_schema.columns c
            WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name
              AND c.column_name = 'agency_id' AND c.is_nullable = 'NO') AS has_agency,
           (SELECT count(*) FROM pg_index i
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = format('%I.%I', t.table_schema, t.table_name)::regclass
              AND a.attname = 'agency_id' AND i.indpred IS NULL) AS leads_with_agency
    FROM information_schema.tables t
    WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
    ORDER BY t.table_name";

impl Catalogue {
    /// Every table of the database, by name. For the operator and the tests.
    pub fn table_shapes(&self) -> Result<Vec<TableShape>> {
        let rows = self.read(|connection| {
            let question = match connection {
                AnyConnection::Sqlite(_) => SQLITE,
                AnyConnection::Postgres(_) => POSTGRES,
            };
            diesel::sql_query(question)
                .load::<ShapeRow>(connection)
                .map_err(Error::database("look at the tables"))
        })?;
        Ok(rows.into_iter().map(TableShape::from).collect())
    }
}

#[derive(QueryableByName)]
struct ShapeRow {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    has_agency: i64,
    #[diesel(sql_type = BigInt)]
    leads_with_agency: i64,
}

impl From<ShapeRow> for TableShape {
    fn from(row: ShapeRow) -> Self {
        Self {
            table: row.name,
            has_agency: row.has_agency > 0,
            leads_with_agency: row.leads_with_agency > 0,
        }
    }
}
