//! What a case is at a moment: everything that its events say, folded.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_domain::ids::{AgencyId, CaseId, MemberId};
use bellwether_domain::time::Timestamp;
use serde_json::{Map, Value};

use super::{ActorRecord, Evidence};
use crate::chain::Hash;

/// A case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The agency: the tenant.
    pub agency: AgencyId,
    /// Its id.
    pub id: CaseId,
    /// The name of its definition.
    pub definition: String,
    /// The version of its definition, which it keeps.
    pub definition_version: u32,
    /// What it is about.
    pub subject: Map<String, Value>,
    /// Who began it.
    pub requester: ActorRecord,
    /// Its state.
    pub state: String,
    /// When it entered the state.
    pub entered_at: Timestamp,
    /// How often it has changed: what `expected_version` is compared with.
    pub version: u64,
    /// How many events it has.
    pub n_events: u64,
    /// The states that lie behind it, in order, and the present one.
    pub visited: Vec<String>,
    /// The evidence that counts now, by kind and item.
    pub evidence: BTreeMap<String, BTreeMap<String, GivenAt>>,
    /// The approvals that hold.
    pub approvals: Vec<Approval>,
    /// The effects, by name.
    pub effects: BTreeMap<String, Effect>,
    /// The timers, by name.
    pub timers: BTreeMap<String, Timer>,
    /// The actions that were done.
    pub done: BTreeSet<String>,
    /// Who the present step is assigned to.
    pub assignee: Option<MemberId>,
}

/// Evidence with who gave it, and in which event.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenAt {
    /// The number of the event.
    pub seq: u64,
    /// Who gave it.
    pub by: ActorRecord,
    /// The evidence.
    pub evidence: Evidence,
}

/// An approval that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its name.
    pub name: String,
    /// Who gave it.
    pub by: ActorRecord,
    /// The hash of what was approved.
    pub content: Hash,
    /// The number of the event.
    pub seq: u64,
}

/// Something that the case asked for outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The key under which it was sent last.
    pub key: String,
    /// What became of it.
    pub status: EffectStatus,
}

/// What became of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectStatus {
    /// It was asked for.
    Requested,
    /// The other side has confirmed it.
    Confirmed,
    /// It failed.
    Failed,
    /// A person has to do it by hand.
    Manual,
}

impl EffectStatus {
    /// The word that conditions see.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Confirmed => "CONFIRMED",
            Self::Failed => "FAILED",
            Self::Manual => "MANUAL",
        }
    }
}

/// A timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// The role that is reminded.
    pub owner: String,
    /// When it fires.
    pub due_at: Timestamp,
    /// How it stands.
    pub status: TimerStatus,
}

/// How a timer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerStatus {
    /// It runs.
    Open,
    /// It fired, and what it stands for is still to be done.
    Overdue,
    /// It is over.
    Closed,
}

impl TimerStatus {
    /// The word that conditions see.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Overdue => "OVERDUE",
            Self::Closed => "CLOSED",
        }
    }
}
