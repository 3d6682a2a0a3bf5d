//! What happened in a case: append-only, in order, without personal text.

use bellwether_domain::ids::MemberId;
use bellwether_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ActorRecord, Communication, EffectOutcome, Evidence, Transaction};
use crate::chain::Hash;

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Its number in the case, from 1.
    pub seq: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it happened; not after it was recorded.
    pub occurred_at: Timestamp,
    /// Who did it.
    pub by: ActorRecord,
    /// What happened.
    pub body: EventBody,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum EventBody {
    /// The case began.
    Started {
        /// The definition's name.
        definition: String,
        /// The definition's version, which the case keeps.
        version: u32,
        /// What the case is about.
        subject: Map<String, Value>,
        /// The first state.
        state: String,
    },
    /// Evidence was given or corrected.
    EvidenceGiven(Box<Evidence>),
    /// Somebody approved.
    Approved {
        /// The approval.
        approval: String,
        /// The hash of what was approved.
        content: Hash,
    },
    /// What was approved has changed, so that the approval holds no more.
    ApprovalFell {
        /// The approval.
        approval: String,
        /// Whose it was.
        of: ActorRecord,
    },
    /// An action was done.
    Acted {
        /// The action.
        action: String,
        /// The state before.
        from: String,
        /// The state after; the same when the case stayed.
        to: String,
    },
    /// Something must happen outside.
    EffectRequested {
        /// The effect.
        effect: String,
        /// The key under which it is sent, so that it happens only once.
        key: String,
    },
    /// What became of an effect.
    EffectReported {
        /// The effect.
        effect: String,
        /// Its key.
        key: String,
        /// What became of it.
        outcome: EffectOutcome,
        /// What shows it.
        reference: String,
    },
    /// A timer runs, or runs to another moment than before.
    TimerOpened {
        /// The timer: a state's name for its due date.
        timer: String,
        /// The role that is reminded.
        owner: String,
        /// When it fires.
        due_at: Timestamp,
    },
    /// A timer is over without having fired.
    TimerClosed {
        /// The timer.
        timer: String,
    },
    /// A timer fired: what it stands for is late.
    TimerFired {
        /// The timer.
        timer: String,
        /// The role that is reminded.
        owner: String,
    },
    /// The present step was assigned.
    Assigned {
        /// To whom; nobody when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member: Option<MemberId>,
    },
    /// Somebody said something.
    Commented {
        /// The hash of the text.
        text: Hash,
    },
    /// Somebody was told or told something, outside of this case's own steps.
    Communicated(Communication),
    /// Money moved.
    Transacted(Transaction),
    /// Somebody tried what was refused; the case stayed as it was.
    AttemptRefused {
        /// What was tried, such as `advance:close`.
        attempted: String,
        /// Why it was refused.
        code: String,
    },
}

impl EventBody {
    /// Whether the case is another one after it: others must look again before they act.
    pub fn changes_the_case(&self) -> bool {
        !matches!(
            self,
            Self::Commented { .. }
                | Self::Communicated(_)
                | Self::Transacted(_)
                | Self::AttemptRefused { .. }
        )
    }
}
