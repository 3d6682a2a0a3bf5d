//! A case: one run of a workflow, as the fold of its events.
//!
//! [`step()`] is the only way on: it takes the definition, the case, a command, an actor and the
//! circumstances, and gives the changed case with the events and effects, or a refusal.
//! [`Case::available_actions`] asks the same rules what could be done now.
//! Invariant: a case is nothing but the fold of its events ([`Case::fold`]); the rules never
//! change it in another way.

mod actions;
mod actor;
mod approvals;
mod command;
mod draft;
mod effects;
mod event;
mod evidence;
mod facts;
mod fields;
mod fold;
mod gate;
mod journal;
mod state;
mod step;
mod timers;

pub use actions::{AvailableAction, Needed, Verbs};
pub use actor::{Actor, ActorRecord};
pub use command::{Command, EffectOutcome, GivenEvidence, Verb};
pub use event::{Event, EventBody};
pub use evidence::{Computed, Evidence};
pub use fields::{FIELD_BYTES_MAX, ITEMS_OF_A_KIND_MAX, RECORD_BYTES_MAX, TEXT_BYTES_MAX};
pub use journal::{Communication, Transaction};
pub use state::{Approval, Case, Effect, EffectStatus, Timer, TimerStatus};
pub use step::{ATTEMPTS_UNTIL, EVENTS_MAX, EffectRequest, Stepped, attempt, start, step};

use bellwether_domain::time::{Date, Timestamp, ZoneName};

use crate::business_days::BusinessDays;

/// What is true when a command comes: the moment, and the agency's calendar.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The present moment.
    pub now: Timestamp,
    /// The agency's zone, in which its days begin and end.
    pub zone: &'a ZoneName,
    /// The days on which the agency works.
    pub business_days: &'a BusinessDays,
    /// The last day of the period that the agency has closed: nothing more happens before.
    pub closed_through: Option<Date>,
}
