//! A step in the making: events are recorded one by one, and the case follows each.

use bellwether_domain::ids::MemberId;
use bellwether_domain::time::{Date, Timestamp, ZoneName};

use super::step::{EVENTS_MAX, EffectRequest, Stepped};
use super::{Actor, ActorRecord, Case, Circumstances, Command, Event, EventBody, Verb};
use crate::chain::{KeptText, Salt};
use crate::definition::Definition;
use crate::refused::{Block, RefusalCode};

/// A step in the making.
pub(super) struct Draft<'a> {
    pub(super) definition: &'a Definition,
    pub(super) case: Case,
    pub(super) circumstances: Circumstances<'a>,
    pub(super) by: ActorRecord,
    pub(super) occurred_at: Timestamp,
    pub(super) salt: Salt,
    pub(super) events: Vec<Event>,
    pub(super) effects: Vec<EffectRequest>,
    pub(super) texts: Vec<KeptText>,
}

impl Draft<'_> {
    /// Records an event, and brings the case up to it.
    pub(super) fn record(&mut self, body: EventBody) {
        let event = Event {
            seq: self.case.n_events + 1,
            recorded_at: self.circumstances.now,
            occurred_at: self.occurred_at,
            by: self.by.clone(),
            body,
        };
        self.case.apply(self.definition, &event);
        self.events.push(event);
    }

    pub(super) fn finish(self) -> Stepped {
        let Self {
            case,
            events,
            effects,
            texts,
            ..
        } = self;
        Stepped {
            case,
            events,
            effects,
            texts,
        }
    }

    /// Does what the command asks, or says what stands in the way.
    pub(super) fn run(&mut self, command: &Command, actor: &Actor) -> Result<(), Block> {
        self.is_allowed(command)?;
        match &command.verb {
            Verb::Advance { action, evidence } => {
                for given in evidence {
                    self.give(given, actor)?;
                }
                self.advance(action, actor)?;
            }
            Verb::Give(given) => self.give(given, actor)?,
            Verb::Approve { approval, content } => self.approve(approval, *content, actor)?,
            Verb::Assign(member) => self.assign(*member, actor)?,
            Verb::Comment(text) => self.comment(text, actor)?,
            Verb::Communicate(told) => self.communicated(told, actor)?,
            Verb::Transact(paid) => self.transacted(paid, actor)?,
            Verb::Timeout { timer } => self.fire(timer, actor)?,
            Verb::Report {
                key,
                outcome,
                reference,
            } => {
                self.report(key, *outcome, reference, actor)?;
            }
        }
        self.refresh_due()
    }

    /// What must hold for every command.
    fn is_allowed(&self, command: &Command) -> Result<(), Block> {
        let (case, definition) = (&self.case, self.definition);
        if case.definition != definition.name || case.definition_version != definition.version {
            let message = format!(
                "the case keeps `{}` version {}",
                case.definition, case.definition_version
            );
            return Err(Block::new(RefusalCode::OtherDefinition, message));
        }
        // What became of an effect asked for before the end is still recorded.
        let reports = matches!(command.verb, Verb::Report { .. });
        if definition.is_final(&case.state) && !reports {
            let message = format!(
                "the case ended as `{}`; nothing changes any more",
                case.state
            );
            return Err(Block::new(RefusalCode::CaseIsFinal, message));
        }
        if command
            .expected_version
            .is_some_and(|expected| expected != case.version)
        {
            let message = format!(
                "the case is at version {} in the state `{}` now; look again",
                case.version, case.state
            );
            return Err(Block::new(RefusalCode::Conflict, message).of("expectedVersion"));
        }
        if case.n_events >= EVENTS_MAX {
            let message = format!("a case has at most {EVENTS_MAX} events (`workflow_events_max`)");
            return Err(Block::new(RefusalCode::LimitExceeded, message));
        }
        self.happened_when_it_may(self.circumstances.zone)
    }

    fn happened_when_it_may(&self, zone: &ZoneName) -> Result<(), Block> {
        if self.occurred_at > self.circumstances.now {
            let message = "`occurredAt` is still to come; use now or an earlier moment";
            return Err(Block::new(RefusalCode::InTheFuture, message).of("occurredAt"));
        }
        self.not_closed(zone.today(self.occurred_at), "occurredAt")
    }

    /// Refuses a day of the period that the agency has closed.
    pub(super) fn not_closed(&self, day: Date, field: &str) -> Result<(), Block> {
        match self
            .circumstances
            .closed_through
            .filter(|closed| day <= *closed)
        {
            None => Ok(()),
            Some(closed) => {
                let message = format!("everything up to {closed} is closed; {day} is within it");
                Err(Block::new(RefusalCode::ClosedPeriod, message).of(field))
            }
        }
    }

    /// Assigns the present step; those outside can't.
    fn assign(&mut self, member: Option<MemberId>, actor: &Actor) -> Result<(), Block> {
        self.takes_part(actor)?;
        if matches!(actor, Actor::External { .. }) {
            let message = "steps are assigned by members of the agency";
            return Err(Block::new(RefusalCode::WrongRole, message));
        }
        self.record(EventBody::Assigned { member });
        Ok(())
    }

    fn advance(&mut self, action: &str, actor: &Actor) -> Result<(), Block> {
        let definition = self.definition;
        let from = self.case.state.clone();
        let transition = definition.transition(action).ok_or_else(|| {
            let known = definition
                .transitions_from(&from)
                .map(|one| one.action.as_str());
            let known = known.collect::<Vec<_>>().join(", ");
            let message = format!("there is no action `{action}`; here there is {known}");
            Block::new(RefusalCode::Unknown, message).of("action")
        })?;
        if !transition.from.contains(&from) {
            let places = transition.from.join(" or ");
            let message = format!("`{action}` is done in {places}; the case is in `{from}`");
            return Err(Block::new(RefusalCode::OutOfOrder, message).of("action"));
        }
        let blocks = self
            .case
            .blocks(definition, transition, actor, &self.circumstances);
        if let Some(block) = blocks.into_iter().next() {
            return Err(block);
        }
        let to = transition.to.clone().unwrap_or_else(|| from.clone());
        self.record(EventBody::Acted {
            action: action.to_owned(),
            from: from.clone(),
            to,
        });
        self.request_effects(transition);
        self.move_timers(transition, &from)
    }
}

impl Verb {
    /// What is asked, in a word, as refused attempts are recorded.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Advance { action, .. } => format!("advance:{}", short(action)),
            Self::Give(given) => format!("give:{}", short(&given.kind)),
            Self::Approve { approval, .. } => format!("approve:{}", short(approval)),
            Self::Assign(_) => "assign".to_owned(),
            Self::Comment(_) => "comment".to_owned(),
            Self::Communicate(_) => "communicate".to_owned(),
            Self::Transact(_) => "transact".to_owned(),
            Self::Timeout { timer } => format!("timeout:{}", short(timer)),
            Self::Report { key, .. } => format!("report:{}", short(key)),
        }
    }
}

/// The beginning of a name that the caller chose, so that no attempt fills the chain.
fn short(name: &str) -> String {
    name.chars().take(100).collect()
}
