//! What can be asked of a case.

use bellwether_domain::ids::MemberId;
use bellwether_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Communication, Transaction};
use crate::chain::{Hash, Salt};

/// A command.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// The version of the case that the caller looked at; none for the ticker and for answers of
    /// effects, which hold whatever happened meanwhile.
    pub expected_version: Option<u64>,
    /// When it happened, where that is earlier than now.
    pub occurred_at: Option<Timestamp>,
    /// Fresh randomness, with which personal text is hashed.
    pub salt: Salt,
    /// What is asked.
    pub verb: Verb,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Verb {
    /// Do an action, giving evidence along with it.
    Advance {
        /// The action.
        action: String,
        /// Evidence that is given first; it is kept only if the action can be done.
        evidence: Vec<GivenEvidence>,
    },
    /// Give evidence, or correct what was given.
    Give(GivenEvidence),
    /// Approve what is there.
    Approve {
        /// The approval.
        approval: String,
        /// The hash of the content that the approver looked at.
        content: Hash,
    },
    /// Assign the present step to a member, or to nobody.
    Assign(Option<MemberId>),
    /// Say something; the text is personal.
    Comment(String),
    /// Record that somebody was told.
    Communicate(Communication),
    /// Record that money moved.
    Transact(Transaction),
    /// A timer is due.
    Timeout {
        /// The timer.
        timer: String,
    },
    /// What became of an effect.
    Report {
        /// The effect's key.
        key: String,
        /// What became of it.
        outcome: EffectOutcome,
        /// What shows it: a ticket, a document, an answer's id.
        reference: String,
    },
}

/// Evidence as it is given.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GivenEvidence {
    /// Its kind.
    pub kind: String,
    /// The item that it is for, where the kind asks for several.
    pub item: Option<String>,
    /// Its fields.
    pub fields: Map<String, Value>,
    /// The input of the kind's calculation.
    pub input: Option<Value>,
    /// The metric snapshot that the input was read at, which the case pins.
    pub snapshot: Option<String>,
    /// The number of the event that it corrects.
    pub corrects: Option<u64>,
}

/// What became of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectOutcome {
    /// The other side has confirmed it.
    Confirmed,
    /// It was refused, or never answered.
    Failed,
    /// Nobody answers: a person does it by hand and confirms it with a reference.
    Manual,
}
