//! Making, revising and archiving records, each in one transaction that holds the agency's row,
//! judges the record among its peers, and raises the agency's catalogue version.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CampaignId, RecordId};
use bellwether_domain::record::{
    Body, RECORD_REVISIONS_MAX, Record, RecordDraft, RecordKind, RecordState, check_approval,
    check_peers, check_revision, has_peers, key_of,
};
use bellwether_domain::time::Timestamp;
use bellwether_domain::{ErrorCode, Scope};
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::{lock_agency, raise_catalogue_version};
use crate::brands::require_present;
use crate::campaigns;
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::record_revisions::{RecordRow, RevisionRow, find, insert_revision, joined};
use crate::schema::{record_revisions, records};

impl Catalogue {
    /// Makes a record: its first revision. At most `records_max` records of a kind fit an agency.
    pub fn create_record(
        &self,
        scope: &Scope,
        id: RecordId,
        draft: &RecordDraft,
        records_max: u32,
        now: Timestamp,
    ) -> Result<Record> {
        let record = Record {
            id,
            brand: draft.brand,
            campaign: draft.campaign,
            key: key_of(draft, id)?,
            state: RecordState::Active,
            revision: 1,
            made_by: scope.member(),
            made_at: now,
            body: draft.body.clone(),
        };
        self.write(|connection| {
            let mut work = RecordWork::begin(connection, scope, now)?;
            work.create(&record, records_max)
        })?;
        Ok(record)
    }

    /// Writes the next revision of a record; one that was archived is in use again. `base` is the
    /// revision that the caller saw. A body that is the same as the newest one writes nothing.
    pub fn revise_record(
        &self,
        scope: &Scope,
        id: RecordId,
        base: u32,
        body: &Body,
        now: Timestamp,
    ) -> Result<Record> {
        self.write(|connection| {
            let mut work = RecordWork::begin(connection, scope, now)?;
            let newest = newest(work.connection, scope, body.kind(), id)?;
            check_revision(&newest, base)?;
            work.revise(newest, body)
        })
    }

    /// Takes a record out of use by a revision of its own; its history stays.
    pub fn archive_record(
        &self,
        scope: &Scope,
        kind: RecordKind,
        id: RecordId,
        base: u32,
        now: Timestamp,
    ) -> Result<Record> {
        self.write(|connection| {
            let mut work = RecordWork::begin(connection, scope, now)?;
            let newest = newest(work.connection, scope, kind, id)?;
            check_revision(&newest, base)?;
            work.archive(newest)
        })
    }
}

/// The changes of records of one transaction, which holds the agency's row.
pub(crate) struct RecordWork<'a> {
    pub(crate) connection: &'a mut AnyConnection,
    pub(crate) scope: &'a Scope,
    now: Timestamp,
    /// How many records of a kind there are, once it was counted.
    counted: HashMap<RecordKind, u32>,
    /// The records among which others are judged, once they were read.
    peers: HashMap<(RecordKind, BrandId), Vec<Record>>,
}

impl<'a> RecordWork<'a> {
    /// Takes the agency's row, so that nobody else changes records meanwhile.
    pub(crate) fn begin(
        connection: &'a mut AnyConnection,
        scope: &'a Scope,
        now: Timestamp,
    ) -> Result<Self> {
        lock_agency(connection, scope)?;
        Ok(Self {
            connection,
            scope,
            now,
            counted: HashMap::new(),
            peers: HashMap::new(),
        })
    }

    /// Makes a record.
    pub(crate) fn create(&mut self, record: &Record, records_max: u32) -> Result<()> {
        require_present(self.connection, self.scope, record.brand)?;
        self.count(record.body.kind(), records_max)?;
        check_approval(None, &record.body, self.scope.member())?;
        self.judge(record)?;
        diesel::insert_into(records::table)
            .values(RecordRow::new(self.scope, record))
            .execute(self.connection)
            .map_err(|source| key_is_taken(source, record))?;
        self.write_revision(record)
    }

    /// Writes the next revision of a record, of which this is the newest one.
    pub(crate) fn revise(&mut self, newest: Record, body: &Body) -> Result<Record> {
        if newest.state == RecordState::Active && newest.body == *body {
            return Ok(newest);
        }
        // The last revision is left for archiving.
        refuse_too_many_revisions(&newest, RECORD_REVISIONS_MAX - 1)?;
        check_approval(Some(&newest), body, self.scope.member())?;
        let record = self.next(newest, RecordState::Active, body.clone());
        self.judge(&record)?;
        self.write_revision(&record)?;
        Ok(record)
    }

    /// Takes a record out of use, of which this is the newest revision.
    pub(crate) fn archive(&mut self, newest: Record) -> Result<Record> {
        if newest.state == RecordState::Archived {
            return Ok(newest);
        }
        refuse_too_many_revisions(&newest, RECORD_REVISIONS_MAX)?;
        let body = newest.body.clone();
        let record = self.next(newest, RecordState::Archived, body);
        self.write_revision(&record)?;
        Ok(record)
    }

    /// The revision after the newest one; its moment never lies before that one's.
    fn next(&self, newest: Record, state: RecordState, body: Body) -> Record {
        Record {
            state,
            revision: newest.revision + 1,
            made_by: self.scope.member(),
            made_at: self.now.max(newest.made_at),
            body,
            ..newest
        }
    }

    fn write_revision(&mut self, record: &Record) -> Result<()> {
        let (connection, scope) = (&mut *self.connection, self.scope);
        raise_catalogue_version(connection, scope)?;
        diesel::update(records::table.find((scope.agency().to_string(), record.id.to_string())))
            .set(records::revision.eq(i64::from(record.revision)))
            .execute(connection)
            .map_err(Error::database("revise a record"))?;
        insert_revision(connection, scope, record)?;
        if let Some(peers) = self.peers.get_mut(&(record.body.kind(), record.brand)) {
            peers.retain(|peer| peer.id != record.id);
            peers.push(record.clone());
        }
        Ok(())
    }

    /// Counts a record that is to be made, or refuses it.
    fn count(&mut self, kind: RecordKind, records_max: u32) -> Result<()> {
        let n_records = match self.counted.get(&kind) {
            Some(n_records) => *n_records,
            None => count_records(self.connection, self.scope, kind)?,
        };
        if n_records >= records_max {
            let what = format!("one more record of kind `{kind}` in the agency");
            return Err(Refusal::limit("records_per_kind_max", records_max, what).into());
        }
        self.counted.insert(kind, n_records + 1);
        Ok(())
    }

    /// Holds a record to the rules that other records and campaigns come into.
    fn judge(&mut self, record: &Record) -> Result<()> {
        let (connection, scope) = (&mut *self.connection, self.scope);
        judge_names(connection, scope, record)?;
        let kind = record.body.kind();
        if has_peers(kind) {
            let peers = match self.peers.entry((kind, record.brand)) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(read_peers(connection, scope, record)?),
            };
            check_peers(record, peers)?;
        }
        Ok(())
    }
}

fn newest(
    connection: &mut AnyConnection,
    scope: &Scope,
    kind: RecordKind,
    id: RecordId,
) -> Result<Record> {
    let found = find(connection, scope, kind, id, None)?;
    found.ok_or_else(|| Error::not_found("record", id))
}

/// Refuses a record that names another record or a campaign that its brand doesn't have.
fn judge_names(connection: &mut AnyConnection, scope: &Scope, record: &Record) -> Result<()> {
    if let Some(campaign) = record.campaign {
        require_campaign(connection, scope, record, campaign, "campaign")?;
    }
    let field = record.body.kind().field();
    for reference in record.body.references() {
        let found = find(connection, scope, reference.kind, reference.id, None)?;
        if found.is_none_or(|found| found.brand != record.brand) {
            let noun = reference.kind.field();
            let place = format!("{field}.{}", reference.place);
            return Err(Refusal::not_found(noun, reference.id).at(place).into());
        }
    }
    if let Body::CampaignPlan(plan) = &record.body {
        for (index, link) in plan.links.iter().enumerate() {
            let place = format!("{field}.links.{index}.campaign");
            require_campaign(connection, scope, record, link.campaign, &place)?;
        }
    }
    Ok(())
}

/// Refuses a campaign that the scope doesn't see, or that is another brand's than the record.
fn require_campaign(
    connection: &mut AnyConnection,
    scope: &Scope,
    record: &Record,
    campaign: CampaignId,
    place: &str,
) -> Result<()> {
    let found = campaigns::find(connection, scope, campaign)?;
    if found.is_some_and(|found| found.brand == record.brand) {
        return Ok(());
    }
    Err(Refusal::not_found("campaign", campaign).at(place).into())
}

/// The records of the same kind and brand that are in use.
fn read_peers(
    connection: &mut AnyConnection,
    scope: &Scope,
    record: &Record,
) -> Result<Vec<Record>> {
    let joined_on = record_revisions::agency_id
        .eq(records::agency_id)
        .and(record_revisions::record_id.eq(records::id))
        .and(record_revisions::revision.eq(records::revision));
    let rows = records::table
        .inner_join(record_revisions::table.on(joined_on))
        .filter(records::agency_id.eq(scope.agency().to_string()))
        .filter(records::kind.eq(record.body.kind().as_str()))
        .filter(records::brand_id.eq(record.brand.to_string()))
        .filter(record_revisions::state.eq(RecordState::Active.as_str()))
        .select((RecordRow::as_select(), RevisionRow::as_select()))
        .load::<(RecordRow, RevisionRow)>(connection)
        .map_err(Error::database("read the peers of a record"))?;
    let rows = rows.into_iter();
    rows.map(|(record, revision)| joined(&record, &revision))
        .collect()
}

fn count_records(connection: &mut AnyConnection, scope: &Scope, kind: RecordKind) -> Result<u32> {
    let n_records: i64 = records::table
        .filter(records::agency_id.eq(scope.agency().to_string()))
        .filter(records::kind.eq(kind.as_str()))
        .count()
        .get_result(connection)
        .map_err(Error::database("count records"))?;
    Ok(u32::try_from(n_records).unwrap_or(u32::MAX))
}

fn refuse_too_many_revisions(newest: &Record, max: u32) -> Result<(), Refusal> {
    if newest.revision < max {
        return Ok(());
    }
    let what = format!("one more revision of `{}`", newest.key);
    Err(Refusal::limit("record_revisions_max", max, what))
}

/// A key that another record of the kind and brand has, told at its place.
fn key_is_taken(source: diesel::result::Error, record: &Record) -> Error {
    match Error::insert("record", &record.key)(source) {
        Error::AlreadyExists { .. } => {
            let message = format!(
                "the brand has a record of kind `{}` and key `{}` already; revise that one, or use another key",
                record.body.kind(),
                record.key
            );
            Refusal::new(ErrorCode::Conflict, message).at("key").into()
        }
        other => other,
    }
}
