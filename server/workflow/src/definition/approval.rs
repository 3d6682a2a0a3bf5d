//! Approvals: who says yes to what, and who can't.

use serde::{Deserialize, Serialize};

/// The most people that one approval may ask for.
pub(super) const APPROVERS_MAX: u8 = 5;

/// An approval that transitions can ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    /// Its name.
    pub name: String,
    /// What it says, for people.
    pub label: String,
    /// Who may give it.
    pub role: String,
    /// The kinds of evidence that are approved: the approval falls when one of them changes.
    pub covers: Vec<String>,
    /// Who can't give it, though they hold the role.
    #[serde(default)]
    pub not_by: Excluded,
    /// How many different people must give it.
    #[serde(default = "one")]
    pub count: u8,
}

fn one() -> u8 {
    1
}

/// Who can't approve.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Excluded {
    /// Whoever began the case.
    #[default]
    Requester,
    /// Whoever gave the newest evidence of this kind.
    AuthorOf(String),
}
