//! Beginning and changing cases: each turn in one transaction that holds the case, reads everything
//! that its rules look at, and writes events, texts, timers and where the case stands, or nothing.
//!
//! Invariant: a case's rows say what its entries say, because both are written by one turn.

use bellwether_domain::agency::Agency;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CampaignId, CaseId};
use bellwether_domain::time::{Date, Timestamp, ZoneName};
use bellwether_domain::{ErrorCode, Scope};
use diesel::prelude::*;

use crate::agencies::{agency_row, lock_agency};
use crate::calendars::{CalendarDay, calendar, closed_through};
use crate::case_tables::{case_commands, case_events, case_texts, case_timers, cases};
use crate::case_texts::CaseText;
use crate::cases::{CaseEntry, CaseRecord, CaseRow, entries, find, sees};
use crate::columns::{RowName, micros, stored_count};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::workflow_definitions::{SavedDefinition, definitions};
use crate::workflow_roles::{WorkflowRole, roles};
use crate::{Catalogue, brands, campaigns};

/// A key under which a command is done once, and what the command says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandKey {
    /// The key that the client chose.
    pub key: String,
    /// A hash of the command, so that another command under the same key is refused.
    pub fingerprint: String,
}

/// What a new case is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSubject {
    /// The workflow.
    pub definition: String,
    /// The brand; none when it is the agency as a whole.
    pub brand: Option<BrandId>,
    /// The campaign, which is one of the brand's.
    pub campaign: Option<CampaignId>,
}

/// Everything that the rules of a case look at, as of one moment.
#[derive(Debug, Clone)]
pub struct CaseGround {
    /// The zone in which the agency's days begin and end.
    pub zone: ZoneName,
    /// Where the case stands; none before it begins.
    pub record: Option<CaseRecord>,
    /// What happened in it.
    pub entries: Vec<CaseEntry>,
    /// The agency's own versions of its workflow.
    pub definitions: Vec<SavedDefinition>,
    /// The workflow roles of the scope's member.
    pub roles: Vec<WorkflowRole>,
    /// The days on which the agency works otherwise.
    pub calendar: Vec<CalendarDay>,
    /// The last day that the agency has closed.
    pub closed_through: Option<Date>,
}

/// What a turn writes.
#[derive(Debug, Clone)]
pub struct CaseTurn {
    /// Where the case stands after it.
    pub record: CaseRecord,
    /// The events that it adds.
    pub entries: Vec<CaseEntry>,
    /// The personal texts beside them.
    pub texts: Vec<CaseText>,
    /// All timers that run after it: name and moment.
    pub timers: Vec<(String, Timestamp)>,
    /// Whether the command counts as done under its key; a refused attempt may be sent again.
    pub is_done: bool,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commanded<T> {
    /// It was looked at now.
    Now(T),
    /// It was done before under the same key, to this case, which was at this version after it.
    Before(CaseId, u64),
}

impl Catalogue {
    /// Begins a case: `work` judges on the ground and says what to write, if anything. At most
    /// `open_max` cases of an agency go on.
    pub fn begin_case<T>(
        &self,
        scope: &Scope,
        subject: &CaseSubject,
        key: Option<&CommandKey>,
        open_max: u32,
        work: impl FnOnce(&CaseGround) -> Result<(Option<CaseTurn>, T)>,
    ) -> Result<Commanded<T>> {
        self.write(|connection| {
            lock_agency(connection, scope)?;
            if let Some((case, version)) = done_before(connection, scope, key)? {
                return Ok(Commanded::Before(case, version));
            }
            require_subject(connection, scope, subject)?;
            refuse_too_many(connection, scope, open_max)?;
            let ground = ground(connection, scope, None, &subject.definition)?;
            let (turn, outcome) = work(&ground)?;
            if let Some(turn) = turn {
                diesel::insert_into(cases::table)
                    .values(CaseRow::new(scope, &turn.record))
                    .execute(connection)
                    .map_err(Error::insert("case", turn.record.id))?;
                write_turn(connection, scope, &turn, key)?;
            }
            Ok(Commanded::Now(outcome))
        })
    }

    /// Changes a case that the scope sees: `work` judges on the ground and says what to write, if
    /// anything. Turns of one case follow each other.
    pub fn change_case<T>(
        &self,
        scope: &Scope,
        id: CaseId,
        key: Option<&CommandKey>,
        work: impl FnOnce(&CaseGround) -> Result<(Option<CaseTurn>, T)>,
    ) -> Result<Commanded<T>> {
        self.write(|connection| {
            lock_case(connection, scope, id)?;
            let record = find(connection, scope, id)?;
            let record = record.ok_or_else(|| Error::not_found("case", id))?;
            if let Some((case, version)) = done_before(connection, scope, key)? {
                return Ok(Commanded::Before(case, version));
            }
            let definition = record.definition.clone();
            let ground = ground(connection, scope, Some(record), &definition)?;
            let (turn, outcome) = work(&ground)?;
            if let Some(turn) = turn {
                let place = cases::table.find((scope.agency().to_string(), id.to_string()));
                diesel::update(place)
                    .set(CaseRow::new(scope, &turn.record))
                    .execute(connection)
                    .map_err(Error::database("change a case"))?;
                write_turn(connection, scope, &turn, key)?;
            }
            Ok(Commanded::Now(outcome))
        })
    }

    /// What the rules of a case look at, for what could be done now; nothing is locked.
    pub fn case_ground(&self, scope: &Scope, id: CaseId) -> Result<CaseGround> {
        self.read_at_once(|connection| {
            let record = find(connection, scope, id)?;
            let record = record.ok_or_else(|| Error::not_found("case", id))?;
            let definition = record.definition.clone();
            ground(connection, scope, Some(record), &definition)
        })
    }
}

fn ground(
    connection: &mut AnyConnection,
    scope: &Scope,
    record: Option<CaseRecord>,
    definition: &str,
) -> Result<CaseGround> {
    let entries = match &record {
        Some(record) => entries(connection, scope, record.id, 0, u32::MAX)?,
        None => Vec::new(),
    };
    let roles = match scope.member() {
        Some(member) => roles(connection, scope, Some(member))?,
        None => Vec::new(),
    };
    let agency = Agency::try_from(agency_row(connection, scope)?)?;
    Ok(CaseGround {
        zone: agency.timezone,
        record,
        entries,
        definitions: definitions(connection, scope, Some(definition))?,
        roles,
        calendar: calendar(connection, scope)?,
        closed_through: closed_through(connection, scope)?,
    })
}

/// Refuses a subject that the scope doesn't see, and a campaign of another brand.
fn require_subject(
    connection: &mut AnyConnection,
    scope: &Scope,
    subject: &CaseSubject,
) -> Result<()> {
    if let Some(brand) = subject.brand {
        brands::require_present(connection, scope, brand)?;
    } else if !sees(scope, None) {
        let message = "a case about the whole agency is begun by members who see all its brands; name a brand";
        return Err(Refusal::new(ErrorCode::Forbidden, message)
            .at("brand")
            .into());
    }
    if let Some(campaign) = subject.campaign {
        let found = campaigns::find(connection, scope, campaign)?;
        if found.is_none_or(|found| Some(found.brand) != subject.brand) {
            return Err(Refusal::not_found("campaign", campaign)
                .at("campaign")
                .into());
        }
    }
    Ok(())
}

fn refuse_too_many(connection: &mut AnyConnection, scope: &Scope, open_max: u32) -> Result<()> {
    let n_open: i64 = cases::table
        .filter(cases::agency_id.eq(scope.agency().to_string()))
        .filter(cases::is_final.eq(0))
        .count()
        .get_result(connection)
        .map_err(Error::database("count cases"))?;
    if n_open < i64::from(open_max) {
        return Ok(());
    }
    let what = "one more case of the agency that goes on";
    Err(Refusal::limit("open_cases_max", open_max, what).into())
}

/// Locks the row of a case until the transaction ends. On SQLite the transaction has the whole
/// database already.
fn lock_case(connection: &mut AnyConnection, scope: &Scope, id: CaseId) -> Result<()> {
    let AnyConnection::Postgres(postgres) = connection else {
        return Ok(());
    };
    cases::table
        .find((scope.agency().to_string(), id.to_string()))
        .select(cases::id)
        .for_update()
        .first::<String>(postgres)
        .optional()
        .map_err(Error::database("lock a case"))?;
    Ok(())
}

/// The case and version of the command that was done under this key.
fn done_before(
    connection: &mut AnyConnection,
    scope: &Scope,
    key: Option<&CommandKey>,
) -> Result<Option<(CaseId, u64)>> {
    let Some(key) = key else { return Ok(None) };
    let found = case_commands::table
        .find((scope.agency().to_string(), &key.key))
        .select((
            case_commands::fingerprint,
            case_commands::case_id,
            case_commands::version,
        ))
        .first::<(String, String, i64)>(connection)
        .optional()
        .map_err(Error::database("find a command"))?;
    let Some((fingerprint, case, version)) = found else {
        return Ok(None);
    };
    if fingerprint != key.fingerprint {
        let message = format!(
            "the idempotency key `{}` was used for another command; send each command under a key of its own",
            key.key
        );
        let refusal = Refusal::new(ErrorCode::Conflict, message);
        return Err(refusal.at("idempotencyKey").into());
    }
    let name = RowName {
        table: "case_commands",
        row: &key.key,
    };
    let (case, version): (CaseId, u64) = (name.parse(&case)?, name.count(version)?);
    // What another member did is not told to those who don't see the case.
    find(connection, scope, case)?.ok_or_else(|| Error::not_found("case", case))?;
    Ok(Some((case, version)))
}

fn write_turn(
    connection: &mut AnyConnection,
    scope: &Scope,
    turn: &CaseTurn,
    key: Option<&CommandKey>,
) -> Result<()> {
    let (agency, case) = (scope.agency().to_string(), turn.record.id.to_string());
    for entry in &turn.entries {
        let row = (
            case_events::agency_id.eq(&agency),
            case_events::case_id.eq(&case),
            case_events::seq.eq(stored_count(entry.seq)),
            case_events::entry.eq(&entry.entry),
            case_events::sha256.eq(&entry.sha256),
        );
        diesel::insert_into(case_events::table)
            .values(row)
            .execute(connection)
            .map_err(Error::insert("event", entry.seq))?;
    }
    for text in &turn.texts {
        let row = (
            case_texts::agency_id.eq(&agency),
            case_texts::case_id.eq(&case),
            case_texts::seq.eq(stored_count(text.seq)),
            case_texts::field.eq(&text.field),
            case_texts::salt.eq(&text.salt),
            case_texts::text.eq(&text.text),
        );
        diesel::insert_into(case_texts::table)
            .values(row)
            .execute(connection)
            .map_err(Error::insert("text of event", text.seq))?;
    }
    write_timers(connection, &agency, &case, &turn.timers)?;
    if let Some(key) = key.filter(|_| turn.is_done) {
        let row = (
            case_commands::agency_id.eq(&agency),
            case_commands::idempotency_key.eq(&key.key),
            case_commands::fingerprint.eq(&key.fingerprint),
            case_commands::case_id.eq(&case),
            case_commands::version.eq(stored_count(turn.record.version)),
        );
        diesel::insert_into(case_commands::table)
            .values(row)
            .execute(connection)
            .map_err(Error::insert("command", &key.key))?;
    }
    Ok(())
}

fn write_timers(
    connection: &mut AnyConnection,
    agency: &str,
    case: &str,
    timers: &[(String, Timestamp)],
) -> Result<()> {
    diesel::delete(case_timers::table)
        .filter(case_timers::agency_id.eq(agency))
        .filter(case_timers::case_id.eq(case))
        .execute(connection)
        .map_err(Error::database("clear the timers of a case"))?;
    for (timer, due_at) in timers {
        let row = (
            case_timers::agency_id.eq(agency),
            case_timers::case_id.eq(case),
            case_timers::timer.eq(timer),
            case_timers::due_at.eq(micros(*due_at)),
        );
        diesel::insert_into(case_timers::table)
            .values(row)
            .execute(connection)
            .map_err(Error::insert("timer", timer))?;
    }
    Ok(())
}
