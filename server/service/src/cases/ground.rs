//! From what the catalogue holds of a case to what its rules look at.

use std::sync::Arc;

use bellwether_catalogue::{CaseEntry, CaseGround, CaseRecord, SavedDefinition};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::CaseId;
use bellwether_domain::time::Timestamp;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_workflow::business_days::BusinessDays;
use bellwether_workflow::case::{Actor, Case, Event};
use bellwether_workflow::chain::{Broken, Entry, Hash, Head, verify};
use bellwether_workflow::definition::{Definition, Format, built_in};

use super::{CaseView, Surroundings, roles_in_case};

/// The circumstances of a case, from its ground.
pub(super) fn surroundings(ground: &CaseGround, now: Timestamp) -> Surroundings {
    let (worked, holidays): (Vec<_>, Vec<_>) = ground.calendar.iter().partition(|it| it.is_worked);
    let business_days = BusinessDays::with_holidays(holidays.into_iter().map(|it| it.day))
        .with_worked_weekends(worked.into_iter().map(|it| it.day));
    Surroundings {
        now,
        zone: ground.zone.clone(),
        business_days,
        closed_through: ground.closed_through,
    }
}

/// The case of a ground, folded from events whose chain is whole.
pub(super) fn view(
    scope: &Scope,
    ground: &CaseGround,
    now: Timestamp,
) -> Result<CaseView, Refusal> {
    let record = ground
        .record
        .clone()
        .ok_or_else(|| Refusal::new(ErrorCode::Internal, "a case was looked at before it began"))?;
    let definition = version_of(
        &ground.definitions,
        &record.definition,
        record.definition_version,
    )?;
    let events = verified_events(scope, &record, &ground.entries)?;
    let case = Case::fold(&definition, scope.agency(), record.id, &events)
        .ok_or_else(|| damaged(record.id, "it doesn't begin with its start"))?;
    let actor = scope.member().map(|id| Actor::Member {
        id,
        roles: roles_in_case(&ground.roles, record.id, record.brand),
    });
    Ok(CaseView {
        actor,
        case,
        definition,
        record,
        surroundings: surroundings(ground, now),
    })
}

/// The events of entries, once their chain is found whole and to end where the case says.
fn verified_events(
    scope: &Scope,
    record: &CaseRecord,
    entries: &[CaseEntry],
) -> Result<Vec<Event>, Refusal> {
    verify_entries(scope, record, entries).map_err(|broken| {
        damaged(
            record.id,
            &format!("event {} is broken: {}", broken.seq, broken.fault),
        )
    })?;
    entries
        .iter()
        .map(|entry| event_of(record.id, entry))
        .collect()
}

/// Verifies a chain up to the head that the case's own row holds.
pub(super) fn verify_entries(
    scope: &Scope,
    record: &CaseRecord,
    entries: &[CaseEntry],
) -> Result<Head, Broken> {
    let hash = |text: &str| text.parse::<Hash>().unwrap_or(Hash::ZERO);
    let known = Head {
        seq: record.n_events,
        hash: hash(&record.head),
    };
    let links = entries
        .iter()
        .map(|it| (it.entry.as_str(), hash(&it.sha256)));
    let head = verify(scope.agency(), record.id, links, Some(known))?;
    if head == known {
        return Ok(head);
    }
    Err(Broken {
        case: record.id,
        seq: head.seq,
        fault: bellwether_workflow::chain::Fault::NotTheHead,
    })
}

/// The event of an entry.
pub(super) fn event_of(case: CaseId, entry: &CaseEntry) -> Result<Event, Refusal> {
    serde_json::from_str::<Entry>(&entry.entry)
        .map(|entry| entry.event)
        .map_err(|_| damaged(case, &format!("event {} can't be read", entry.seq)))
}

/// The version of a definition that a case keeps.
pub(super) fn version_of(
    saved: &[SavedDefinition],
    name: &str,
    version: u32,
) -> Result<Arc<Definition>, Refusal> {
    let built_in = built_in().iter();
    let mut built_in = built_in.filter(|it| it.name == name && it.version == version);
    if let Some(found) = built_in.next() {
        return Ok(Arc::new(found.clone()));
    }
    let found = saved
        .iter()
        .find(|it| it.name == name && it.version == version);
    let found = found.ok_or_else(|| Refusal::not_found("workflow", name).at("definition"))?;
    load(found)
}

/// The newest version of a definition.
pub(super) fn newest(saved: &[SavedDefinition], name: &str) -> Result<Arc<Definition>, Refusal> {
    let own = saved.iter().filter(|it| it.name == name);
    let own = own.map(|it| it.version).max();
    let given = built_in().iter().filter(|it| it.name == name);
    let given = given.map(|it| it.version).max();
    let version = own.max(given).ok_or_else(|| {
        let known: Vec<&str> = built_in().iter().map(|it| it.name.as_str()).collect();
        let message = format!("there is no workflow `{name}`");
        Refusal::new(ErrorCode::NotFound, message)
            .at("definition")
            .with_allowed(known.into_iter().map(str::to_owned))
            .with_suggestion(None)
    })?;
    version_of(saved, name, version)
}

/// A saved definition, which was checked when it was saved.
pub(super) fn load(saved: &SavedDefinition) -> Result<Arc<Definition>, Refusal> {
    Definition::load(&saved.json, Format::Json)
        .map(Arc::new)
        .map_err(|error| {
            let message = format!(
                "version {} of workflow `{}` can't be read any more: {}",
                saved.version,
                saved.name,
                error.public_message()
            );
            Refusal::new(ErrorCode::Internal, message)
        })
}

/// Somebody's hand was in the records: nothing is done on them, and the operator must look.
pub(super) fn damaged(case: CaseId, what: &str) -> Refusal {
    let message = format!(
        "the records of case `{case}` are damaged: {what}; nothing more is done in it until an operator has looked (`bellwether verify`)"
    );
    Refusal::new(ErrorCode::CorruptCase, message)
}
