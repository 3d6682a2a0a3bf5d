//! The one way on: a command on a case, by an actor, at a moment.

use bellwether_domain::ids::{AgencyId, CaseId};
use bellwether_domain::time::Timestamp;
use serde_json::{Map, Value};

use super::draft::Draft;
use super::{Actor, Case, Circumstances, Command, Event, EventBody, fields};
use crate::chain::{KeptText, Salt};
use crate::definition::Definition;
use crate::refused::{Block, RefusalCode, Refused};

/// The most events of a case.
pub const EVENTS_MAX: u64 = 10_000;

/// How many events a case may have so that refused attempts are still recorded: whoever tries
/// again and again can't use up what the case needs to come to its end.
pub const ATTEMPTS_UNTIL: u64 = EVENTS_MAX / 2;

/// What a command did.
#[derive(Debug, Clone, PartialEq)]
pub struct Stepped {
    /// The case as it is now.
    pub case: Case,
    /// What happened, to be recorded in this order.
    pub events: Vec<Event>,
    /// What must happen outside, to be sent once under its key.
    pub effects: Vec<EffectRequest>,
    /// Personal texts, to be kept beside their events.
    pub texts: Vec<KeptText>,
}

/// Something that must happen outside.
#[derive(Debug, Clone, PartialEq)]
pub struct EffectRequest {
    /// The effect.
    pub effect: String,
    /// The key under which it is sent: the same key never makes it happen twice.
    pub key: String,
    /// Who does it by hand when no system answers.
    pub manual_role: String,
    /// What the case is about.
    pub subject: Map<String, Value>,
    /// The facts at that moment.
    pub facts: Value,
}

/// Begins a case. The subject says what it is about, in ids and references: it stays in the chain for
/// ever, so no personal text belongs there.
pub fn start(
    definition: &Definition,
    agency: AgencyId,
    id: CaseId,
    subject: Map<String, Value>,
    actor: &Actor,
    circumstances: &Circumstances<'_>,
) -> Result<Stepped, Refused> {
    let initial = definition.initial();
    let refused = |block| Refused {
        block,
        state: initial.name.clone(),
        version: 0,
    };
    let onward = definition
        .transitions_from(&initial.name)
        .filter(|one| one.requires.is_none());
    let mut roles: Vec<String> = onward.flat_map(|one| one.roles.iter().cloned()).collect();
    roles.insert(0, initial.role.clone());
    if !actor.holds(&roles) {
        let message = format!("`{}` is begun by {}", definition.name, roles.join(" or "));
        return Err(refused(Block::new(RefusalCode::WrongRole, message)));
    }
    fields::within_record("subject", &Value::Object(subject.clone())).map_err(refused)?;
    let first = Event {
        seq: 1,
        recorded_at: circumstances.now,
        occurred_at: circumstances.now,
        by: actor.record(),
        body: EventBody::Started {
            definition: definition.name.clone(),
            version: definition.version,
            subject,
            state: initial.name.clone(),
        },
    };
    let case = Case::begin(agency, id, &first).expect("the event is a start");
    let mut draft = Draft {
        definition,
        case,
        circumstances: *circumstances,
        by: actor.record(),
        occurred_at: circumstances.now,
        salt: Salt::default(),
        events: vec![first],
        effects: Vec::new(),
        texts: Vec::new(),
    };
    draft.refresh_due().map_err(refused)?;
    Ok(draft.finish())
}

/// Does what a command asks, or says what stands in the way and leaves the case as it was.
pub fn step(
    definition: &Definition,
    case: &Case,
    command: &Command,
    actor: &Actor,
    circumstances: &Circumstances<'_>,
) -> Result<Stepped, Refused> {
    let mut draft = Draft {
        definition,
        case: case.clone(),
        circumstances: *circumstances,
        by: actor.record(),
        occurred_at: command.occurred_at.unwrap_or(circumstances.now),
        salt: command.salt,
        events: Vec::new(),
        effects: Vec::new(),
        texts: Vec::new(),
    };
    match draft.run(command, actor) {
        Ok(()) => Ok(draft.finish()),
        Err(block) => Err(Refused {
            block,
            state: case.state.clone(),
            version: case.version,
        }),
    }
}

/// The event that records a refused attempt; none once the case has [`ATTEMPTS_UNTIL`] events. The
/// case it leads to differs in nothing but its number of events.
pub fn attempt(
    definition: &Definition,
    case: &Case,
    command: &Command,
    actor: &Actor,
    refused: &Refused,
    now: Timestamp,
) -> Option<(Case, Event)> {
    if case.n_events >= ATTEMPTS_UNTIL {
        return None;
    }
    let event = Event {
        seq: case.n_events + 1,
        recorded_at: now,
        occurred_at: now,
        by: actor.record(),
        body: EventBody::AttemptRefused {
            attempted: command.verb.name(),
            code: refused.block.code.as_str().to_owned(),
        },
    };
    let mut case = case.clone();
    case.apply(definition, &event);
    Some((case, event))
}
