//! From what the rules said to what the catalogue writes.

use bellwether_catalogue::{CaseEntry, CaseRecord, CaseText, CaseTurn};
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::time::Timestamp;
use bellwether_workflow::case::{Case, Event, Stepped, TimerStatus};
use bellwether_workflow::chain::{Hash, KeptText, Link};
use bellwether_workflow::definition::Definition;

/// What a case is about, as it is listed.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    pub(super) brand: Option<BrandId>,
    pub(super) campaign: Option<CampaignId>,
    pub(super) began_at: Timestamp,
}

impl About {
    pub(super) fn of(record: &CaseRecord) -> Self {
        Self {
            brand: record.brand,
            campaign: record.campaign,
            began_at: record.began_at,
        }
    }
}

/// A turn that does what was asked.
pub(super) fn done(
    definition: &Definition,
    about: About,
    head: Option<&str>,
    stepped: &Stepped,
    now: Timestamp,
) -> CaseTurn {
    let mut turn = turn(definition, about, head, &stepped.case, &stepped.events, now);
    turn.texts = stepped.texts.iter().map(text).collect();
    turn.is_done = true;
    turn
}

/// A turn that only records what somebody tried.
pub(super) fn attempted(
    definition: &Definition,
    about: About,
    head: Option<&str>,
    (case, event): (&Case, Event),
    now: Timestamp,
) -> CaseTurn {
    turn(definition, about, head, case, &[event], now)
}

fn turn(
    definition: &Definition,
    about: About,
    head: Option<&str>,
    case: &Case,
    events: &[Event],
    now: Timestamp,
) -> CaseTurn {
    let mut previous = head.and_then(|head| head.parse::<Hash>().ok());
    let mut entries = Vec::with_capacity(events.len());
    for event in events {
        let link = Link::new(case.agency, case.id, previous, event.clone());
        previous = Some(link.hash);
        entries.push(CaseEntry {
            seq: event.seq,
            entry: link.bytes,
            sha256: link.hash.to_string(),
        });
    }
    let running = case
        .timers
        .iter()
        .filter(|(_, timer)| timer.status == TimerStatus::Open);
    CaseTurn {
        record: CaseRecord {
            id: case.id,
            definition: case.definition.clone(),
            definition_version: case.definition_version,
            brand: about.brand,
            campaign: about.campaign,
            state: case.state.clone(),
            is_final: definition.is_final(&case.state),
            version: case.version,
            n_events: case.n_events,
            head: previous.unwrap_or(Hash::ZERO).to_string(),
            assignee: case.assignee,
            due_at: case.due_at(),
            began_at: about.began_at,
            changed_at: now,
        },
        entries,
        texts: Vec::new(),
        timers: running
            .map(|(name, timer)| (name.clone(), timer.due_at))
            .collect(),
        is_done: false,
    }
}

fn text(kept: &KeptText) -> CaseText {
    CaseText {
        seq: kept.seq,
        field: kept.field.clone(),
        salt: kept.salt.clone(),
        text: kept.text.clone(),
    }
}
