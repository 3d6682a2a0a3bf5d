//! Files of records taken in: all lines in one transaction, or none.
//!
//! Invariant: an answer is kept under its idempotency key exactly when what it tells was written.

use std::collections::BTreeMap;

use bellwether_domain::agency::Slug;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, RecordId};
use bellwether_domain::record::{
    ImportAnswer, ImportOutcome, ImportedLine, LineAction, Record, RecordDraft, RecordKind,
    RecordLine, RecordState, check_revision, key_of,
};
use bellwether_domain::time::Timestamp;
use bellwether_domain::{ErrorCode, Scope};
use diesel::prelude::*;

use crate::batches::IDEMPOTENCY_KEY_BYTES_MAX;
use crate::brands::seen_brands;
use crate::columns::{RowName, micros, require_text};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::record_revisions::find_by_key;
use crate::record_writes::RecordWork;
use crate::schema::record_imports;
use crate::{Catalogue, agencies};

/// A file of records that is to be taken in.
#[derive(Debug, Clone)]
pub struct RecordImport {
    /// The kind of all of them.
    pub kind: RecordKind,
    /// The lines with their numbers: what each says, or everything that it has against it.
    pub lines: Vec<(u64, Result<RecordLine, Vec<Refusal>>)>,
    /// Whether nothing is to be written.
    pub is_dry_run: bool,
    /// The client's key, at most [`IDEMPOTENCY_KEY_BYTES_MAX`].
    pub idempotency_key: Option<String>,
    /// What tells this import from another: a digest of the file, the kind and the options.
    pub fingerprint: String,
    /// How many records of the kind fit the agency.
    pub records_max: u32,
}

impl Catalogue {
    /// Takes all lines in, or none when one of them is wrong or nothing is to be written; `ids`
    /// gives ids of records that are made.
    ///
    /// The same import under the same idempotency key gets the answer that it had; another one
    /// under that key is `CONFLICT`. Rejected imports and dry runs leave no trace.
    pub fn import_records(
        &self,
        scope: &Scope,
        import: &RecordImport,
        ids: &mut dyn FnMut() -> RecordId,
        now: Timestamp,
    ) -> Result<ImportAnswer> {
        if let Some(key) = &import.idempotency_key {
            let (limit, bytes_max) = ("idempotency_key_bytes_max", IDEMPOTENCY_KEY_BYTES_MAX);
            require_text("the idempotency key", key, limit, bytes_max)?;
        }
        let mut not_kept = None;
        let written = self.write(|connection| {
            agencies::lock_agency(connection, scope)?;
            if let Some(answer) = known_answer(connection, scope, import)? {
                return Ok(answer);
            }
            let lines = take_lines(connection, scope, import, ids, now)?;
            let answer = ImportAnswer::of(lines, import.is_dry_run);
            if answer.outcome == ImportOutcome::Committed {
                keep_answer(connection, scope, import, &answer, now)?;
                return Ok(answer);
            }
            not_kept = Some(answer);
            // Takes back what the lines wrote; the answer itself is told.
            Err(Refusal::invalid("the import is taken back").into())
        });
        match not_kept {
            Some(answer) => Ok(without_ids_of_what_is_gone(answer)),
            None => written,
        }
    }

    /// Forgets the answers to imports that ended before a moment, and frees their keys.
    pub fn purge_import_answers(&self, before: Timestamp) -> Result<usize> {
        self.write(|connection| {
            let old = record_imports::table.filter(record_imports::imported_at.lt(micros(before)));
            diesel::delete(old)
                .execute(connection)
                .map_err(Error::database("purge answers to imports"))
        })
    }
}

fn take_lines(
    connection: &mut AnyConnection,
    scope: &Scope,
    import: &RecordImport,
    ids: &mut dyn FnMut() -> RecordId,
    now: Timestamp,
) -> Result<Vec<ImportedLine>> {
    let brands = seen_brands(connection, scope)?;
    let brands = brands.into_iter().map(|brand| (brand.slug, brand.id));
    let brands: BTreeMap<Slug, BrandId> = brands.collect();
    let mut work = RecordWork::begin(connection, scope, now)?;
    let mut taken = Vec::with_capacity(import.lines.len());
    for (number, line) in &import.lines {
        let line = match line {
            Ok(line) => line,
            Err(faults) => {
                taken.push(ImportedLine::refused(*number, faults.iter().cloned()));
                continue;
            }
        };
        match take_line(&mut work, import, line, &brands, ids(), now) {
            Ok((action, record)) => taken.push(told(*number, action, &record)),
            Err(error) => {
                let refusal = of_line(error, import.kind)?;
                taken.push(ImportedLine::refused(*number, [refusal]));
            }
        }
    }
    Ok(taken)
}

/// Makes the record as the line says: by creating, revising or archiving it.
fn take_line(
    work: &mut RecordWork<'_>,
    import: &RecordImport,
    line: &RecordLine,
    brands: &BTreeMap<Slug, BrandId>,
    id: RecordId,
    now: Timestamp,
) -> Result<(LineAction, Record)> {
    let brand = brands.get(&line.brand).copied().ok_or_else(|| {
        let refusal = Refusal::not_found("brand", &line.brand);
        Error::from(refusal.at("brand"))
    })?;
    let draft = RecordDraft {
        brand,
        campaign: line.campaign,
        key: line.key.clone(),
        body: line.body.clone(),
    };
    let key = key_of(&draft, id)?;
    let Some(newest) = find_by_key(work.connection, work.scope, import.kind, brand, &key)? else {
        return created(work, import, line, (draft, key, id), now);
    };
    if let Some(base) = line.base {
        check_revision(&newest, base).map_err(|refusal| refusal.at("revision"))?;
    }
    if line.campaign.is_some() && line.campaign != newest.campaign {
        let message = format!("the record `{key}` is of another campaign and stays with it");
        let refusal = Refusal::new(ErrorCode::Conflict, message);
        return Err(refusal.at("campaign").into());
    }
    if (newest.state, &newest.body) == (line.state, &line.body) {
        return Ok((LineAction::Unchanged, newest));
    }
    if line.state == RecordState::Active {
        return Ok((LineAction::Revised, work.revise(newest, &line.body)?));
    }
    let revised = if newest.body == line.body {
        newest
    } else {
        work.revise(newest, &line.body)?
    };
    Ok((LineAction::Archived, work.archive(revised)?))
}

fn created(
    work: &mut RecordWork<'_>,
    import: &RecordImport,
    line: &RecordLine,
    (draft, key, id): (RecordDraft, String, RecordId),
    now: Timestamp,
) -> Result<(LineAction, Record)> {
    let record = Record {
        id,
        brand: draft.brand,
        campaign: draft.campaign,
        key,
        state: RecordState::Active,
        revision: 1,
        made_by: work.scope.member(),
        made_at: now,
        body: draft.body,
    };
    work.create(&record, import.records_max)?;
    let record = match line.state {
        RecordState::Active => record,
        RecordState::Archived => work.archive(record)?,
    };
    Ok((LineAction::Created, record))
}

fn told(line: u64, action: LineAction, record: &Record) -> ImportedLine {
    ImportedLine {
        line,
        action,
        id: Some(record.id.to_string()),
        key: Some(record.key.clone()),
        revision: Some(record.revision),
        problems: Vec::new(),
    }
}

/// What a line has against it, at the place in the line; another failure ends the import.
fn of_line(error: Error, kind: RecordKind) -> Result<Refusal> {
    let refusal = match error {
        Error::Refused(refusal) => refusal,
        Error::NotFound { noun, name } => Refusal::not_found(noun, name),
        other => return Err(other),
    };
    let place = refusal.path.strip_prefix(kind.field());
    let place = place.and_then(|place| place.strip_prefix('.'));
    let place = place.unwrap_or(&refusal.path).to_owned();
    Ok(refusal.at(place))
}

/// Ids of records that an import would have made are told to nobody: they were given to none.
fn without_ids_of_what_is_gone(mut answer: ImportAnswer) -> ImportAnswer {
    for line in &mut answer.lines {
        if line.action == LineAction::Created {
            line.id = None;
        }
    }
    answer
}

fn known_answer(
    connection: &mut AnyConnection,
    scope: &Scope,
    import: &RecordImport,
) -> Result<Option<ImportAnswer>> {
    let Some(key) = import
        .idempotency_key
        .as_ref()
        .filter(|_| !import.is_dry_run)
    else {
        return Ok(None);
    };
    let found: Option<(String, String)> = record_imports::table
        .find((scope.agency().to_string(), key))
        .select((record_imports::fingerprint, record_imports::answer_json))
        .first(connection)
        .optional()
        .map_err(Error::database("find the answer to an import"))?;
    let Some((fingerprint, answer)) = found else {
        return Ok(None);
    };
    if fingerprint != import.fingerprint {
        let message = "this idempotency key was used for another request; use a fresh key";
        let refusal = Refusal::new(ErrorCode::Conflict, message);
        return Err(refusal.at("Idempotency-Key").into());
    }
    let name = RowName {
        table: "record_imports",
        row: key,
    };
    let answer = ImportAnswer::parse(&answer);
    answer.map(Some).map_err(|refusal| name.unreadable(refusal))
}

fn keep_answer(
    connection: &mut AnyConnection,
    scope: &Scope,
    import: &RecordImport,
    answer: &ImportAnswer,
    now: Timestamp,
) -> Result<()> {
    let Some(key) = &import.idempotency_key else {
        return Ok(());
    };
    diesel::insert_into(record_imports::table)
        .values((
            record_imports::agency_id.eq(scope.agency().to_string()),
            record_imports::idempotency_key.eq(key),
            record_imports::fingerprint.eq(&import.fingerprint),
            record_imports::answer_json.eq(answer.to_text()),
            record_imports::imported_at.eq(micros(now)),
        ))
        .execute(connection)
        .map_err(Error::database("keep the answer to an import"))?;
    Ok(())
}
