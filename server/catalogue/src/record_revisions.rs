//! The rows of records and of their revisions, and single revisions of one record.
//!
//! Invariant: a revision that was written never changes or goes, which triggers of both databases
//! hold too.

#[cfg(test)]
mod tests;

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, RecordId};
use bellwether_domain::record::{Body, Record, RecordKind};
use bellwether_domain::time::Timestamp;
use diesel::prelude::*;

use crate::columns::{RowName, day_text, micros};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::{record_revisions, records};
use crate::{Catalogue, PAGE_ROWS_MAX};

impl Catalogue {
    /// The record of this kind and id, if the scope sees its brand: as it is, or as it was at a
    /// moment; none when it was not there yet.
    pub fn find_record(
        &self,
        scope: &Scope,
        kind: RecordKind,
        id: RecordId,
        as_of: Option<Timestamp>,
    ) -> Result<Option<Record>> {
        self.read_at_once(|connection| find(connection, scope, kind, id, as_of))
    }

    /// The revisions of a record, the newest first: those before `before`, at most
    /// [`PAGE_ROWS_MAX`] at once. None when the scope doesn't see the record.
    pub fn record_history(
        &self,
        scope: &Scope,
        kind: RecordKind,
        id: RecordId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<Record>> {
        refuse_large_page(limit)?;
        self.read_at_once(|connection| {
            let Some(record) = find_row(connection, scope, kind, id)? else {
                return Ok(Vec::new());
            };
            let mut query = record_revisions::table
                .into_boxed()
                .filter(record_revisions::agency_id.eq(scope.agency().to_string()))
                .filter(record_revisions::record_id.eq(id.to_string()))
                .order(record_revisions::revision.desc())
                .limit(limit.into());
            if let Some(before) = before {
                query = query.filter(record_revisions::revision.lt(i64::from(before)));
            }
            let rows = query
                .load::<RevisionRow>(connection)
                .map_err(Error::database("list revisions of a record"))?;
            let revisions = rows.into_iter();
            revisions.map(|row| joined(&record, &row)).collect()
        })
    }
}

pub(crate) fn refuse_large_page(limit: u32) -> Result<(), Refusal> {
    if limit <= PAGE_ROWS_MAX {
        return Ok(());
    }
    let what = format!("a page of {limit}");
    Err(Refusal::limit("page_rows_max", PAGE_ROWS_MAX, what))
}

/// The record of this kind and id as it is or as it was, if the scope sees its brand.
pub(crate) fn find(
    connection: &mut AnyConnection,
    scope: &Scope,
    kind: RecordKind,
    id: RecordId,
    as_of: Option<Timestamp>,
) -> Result<Option<Record>> {
    let Some(record) = find_row(connection, scope, kind, id)? else {
        return Ok(None);
    };
    let mut query = record_revisions::table
        .into_boxed()
        .filter(record_revisions::agency_id.eq(scope.agency().to_string()))
        .filter(record_revisions::record_id.eq(id.to_string()))
        .order(record_revisions::revision.desc());
    if let Some(as_of) = as_of {
        query = query.filter(record_revisions::made_at.le(micros(as_of)));
    }
    let row = query
        .first::<RevisionRow>(connection)
        .optional()
        .map_err(Error::database("find a revision of a record"))?;
    row.map(|row| joined(&record, &row)).transpose()
}

/// The newest revision of the record of a kind, brand and key, if the scope sees the brand.
pub(crate) fn find_by_key(
    connection: &mut AnyConnection,
    scope: &Scope,
    kind: RecordKind,
    brand: BrandId,
    key: &str,
) -> Result<Option<Record>> {
    let id: Option<String> = records::table
        .filter(records::agency_id.eq(scope.agency().to_string()))
        .filter(records::kind.eq(kind.as_str()))
        .filter(records::brand_id.eq(brand.to_string()))
        .filter(records::key.eq(key))
        .select(records::id)
        .first(connection)
        .optional()
        .map_err(Error::database("find a record by its key"))?;
    match id {
        Some(id) => find(connection, scope, kind, id.parse()?, None),
        None => Ok(None),
    }
}

fn find_row(
    connection: &mut AnyConnection,
    scope: &Scope,
    kind: RecordKind,
    id: RecordId,
) -> Result<Option<RecordRow>> {
    let row = records::table
        .find((scope.agency().to_string(), id.to_string()))
        .first::<RecordRow>(connection)
        .optional()
        .map_err(Error::database("find a record"))?;
    let Some(row) = row.filter(|row| row.kind == kind.as_str()) else {
        return Ok(None);
    };
    let brand = row.name().parse(&row.brand_id)?;
    Ok(scope.sees_brand(brand).then_some(row))
}

/// Writes a revision of a record whose row is there.
pub(crate) fn insert_revision(
    connection: &mut AnyConnection,
    scope: &Scope,
    record: &Record,
) -> Result<()> {
    let row = RevisionRow::new(scope, record);
    diesel::insert_into(record_revisions::table)
        .values(&row)
        .execute(connection)
        .map_err(Error::insert("revision of the record", &record.key))?;
    Ok(())
}

/// The record of a row and of one of its revisions.
pub(crate) fn joined(record: &RecordRow, revision: &RevisionRow) -> Result<Record> {
    let name = record.name();
    let kind = name.parse(&record.kind)?;
    let campaign = record.campaign_id.as_deref();
    let made_by = revision.made_by.as_deref();
    Ok(Record {
        id: name.parse(&record.id)?,
        brand: name.parse(&record.brand_id)?,
        campaign: campaign.map(|id| name.parse(id)).transpose()?,
        state: name.parse(&revision.state)?,
        revision: name.count(revision.revision)?,
        made_by: made_by.map(|id| name.parse(id)).transpose()?,
        made_at: name.moment(revision.made_at)?,
        body: Body::parse(kind, &revision.body_json).map_err(|refusal| name.unreadable(refusal))?,
        key: record.key.clone(),
    })
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = records)]
pub(crate) struct RecordRow {
    agency_id: String,
    id: String,
    kind: String,
    brand_id: String,
    campaign_id: Option<String>,
    key: String,
    revision: i64,
}

impl RecordRow {
    pub(crate) fn new(scope: &Scope, record: &Record) -> Self {
        Self {
            agency_id: scope.agency().to_string(),
            id: record.id.to_string(),
            kind: record.body.kind().to_string(),
            brand_id: record.brand.to_string(),
            campaign_id: record.campaign.map(|campaign| campaign.to_string()),
            key: record.key.clone(),
            revision: record.revision.into(),
        }
    }

    fn name(&self) -> RowName<'_> {
        RowName {
            table: "records",
            row: &self.id,
        }
    }
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = record_revisions)]
pub(crate) struct RevisionRow {
    agency_id: String,
    record_id: String,
    revision: i64,
    state: String,
    name: String,
    starts_on: Option<String>,
    ends_on: Option<String>,
    body_json: String,
    made_by: Option<String>,
    made_at: i64,
}

impl RevisionRow {
    fn new(scope: &Scope, record: &Record) -> Self {
        let (starts_on, ends_on) = record.body.days();
        Self {
            agency_id: scope.agency().to_string(),
            record_id: record.id.to_string(),
            revision: record.revision.into(),
            state: record.state.to_string(),
            name: record.body.name(),
            starts_on: starts_on.map(day_text),
            ends_on: ends_on.map(day_text),
            body_json: record.body.to_text(),
            made_by: record.made_by.map(|member| member.to_string()),
            made_at: micros(record.made_at),
        }
    }
}
