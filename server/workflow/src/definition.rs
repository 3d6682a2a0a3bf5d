//! Definitions of workflows: files that people review, read into types and checked as a whole.
//!
//! A definition says which states there are, who leads from one to the next, what evidence that
//! takes, by when, and which effects it has outside. A case keeps the version it began with.
//! Invariant: a [`Definition`] that exists has passed every check of [`check`].

mod approval;
mod built_in;
mod check;
mod due;
mod evidence;
mod guard;
mod load;
mod mermaid;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use approval::{ApprovalRule, Excluded};
pub use built_in::built_in;
pub use due::DueRule;
pub use evidence::{EvidenceKind, Field, FieldType};
pub use guard::{
    Condition, Facts, GUARD_BYTES_MAX, GUARD_DEPTH_MAX, GUARD_LOOPS_MAX, GUARD_PARTS_MAX, Undecided,
};
pub use load::{DefinitionError, Format, Problem};
use serde::{Deserialize, Serialize};

/// The role of the product itself: detection, the ticker, and answers to effects.
pub const SYSTEM_ROLE: &str = "system";

/// A workflow: its states and what leads from one to another.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its name, such as `cancel_promotion`.
    pub name: String,
    /// Its version; a changed definition gets a higher one.
    pub version: u32,
    /// Its name for people.
    pub title: String,
    /// The guide that it follows.
    pub guide: String,
    /// Who takes part. `system` is always there and isn't listed.
    pub roles: Vec<RoleRule>,
    /// Closed lists of words that evidence may use, such as reasons.
    #[serde(default)]
    pub codes: BTreeMap<String, Vec<String>>,
    /// The kinds of evidence.
    pub evidence: Vec<EvidenceKind>,
    /// The approvals.
    #[serde(default)]
    pub approvals: Vec<ApprovalRule>,
    /// What happens outside by the case's hand.
    #[serde(default)]
    pub effects: Vec<EffectRule>,
    /// The states that a case passes; it begins in the first.
    pub states: Vec<State>,
    /// The states in which a case ends and never changes again.
    pub finals: Vec<String>,
    /// What leads on.
    pub transitions: Vec<Transition>,
}

/// A role that takes part in a workflow; members are given it apart from their access role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleRule {
    /// Its name.
    pub name: String,
    /// Whether people outside the agency hold it; they act by a link to one case.
    #[serde(default)]
    pub external: bool,
}

/// Something that must happen outside: by a webhook, or by hand where there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EffectRule {
    /// Its name, such as `pause_campaign`.
    pub name: String,
    /// What it does, for people.
    pub label: String,
    /// Who does it by hand when no system answers.
    pub manual_role: String,
    /// Only then it happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
}

/// A state in which somebody has something to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Its name.
    pub name: String,
    /// Who acts in it, and owns its due date.
    pub role: String,
    /// The kinds of evidence that it takes to go on.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// By when; the first rule whose condition holds counts.
    #[serde(default)]
    pub due: Vec<DueRule>,
    /// The section of the guide it comes from.
    pub guide_section: String,
}

/// An action: what leads from one state to another, or is done within one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// Its name.
    pub action: String,
    /// What it does, for people.
    pub label: String,
    /// The states in which it can be done.
    pub from: Vec<String>,
    /// The state that it leads to; the case stays where it is when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Who may do it; the state's role when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The kinds of evidence that it takes; those of the state when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires: Option<Vec<String>>,
    /// The approvals that must hold for the content as it is now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<String>,
    /// Effects that must be confirmed first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub awaits: Vec<String>,
    /// Further conditions on the case's facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Guard>,
    /// Effects that it sets off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<String>,
    /// Timers that it starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opens: Vec<TimerRule>,
    /// Timers that it ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closes: Vec<String>,
    /// Whether it can be done only once in a case.
    #[serde(default)]
    pub once: bool,
}

/// A condition with what is said when it doesn't hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// What must hold.
    pub holds: Condition,
    /// A word for programs, such as `ALTERNATIVE_CHOSEN`.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

/// A timer beside the due dates of states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TimerRule {
    /// Its name.
    pub name: String,
    /// The role that is reminded.
    pub owner: String,
    /// When it fires.
    pub due: DueRule,
}
