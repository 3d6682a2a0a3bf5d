//! Kinds of evidence: records of typed fields, given once or once for each of several items.

use serde::{Deserialize, Serialize};

use super::Condition;
use crate::amounts::Calculation;

/// A kind of evidence.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EvidenceKind {
    /// Its name.
    pub kind: String,
    /// What it is, for people.
    pub label: String,
    /// What must be filled in.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// The items that each need their own, such as the alternatives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub each: Vec<String>,
    /// The list in earlier evidence whose items each need their own, such as `linked.parties`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each_of: Option<String>,
    /// Amounts that are computed from the input given with it, and recorded with their arithmetic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calculation: Option<Calculation>,
    /// Who may give it; the roles of the steps that ask for it when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Evidence that must be there before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// Effects that must be confirmed before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub awaits: Vec<String>,
    /// Needed only when this holds, or can't be decided yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_when: Option<Condition>,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub of: FieldType,
    /// The list of codes that a `code` or `codes` field takes its words from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_of: Option<String>,
    /// Whether it may be left out.
    #[serde(default)]
    pub optional: bool,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// A person's words: kept apart so that they can be erased, and recorded as a salted hash.
    Text,
    /// An id, a number of a ticket or contract, an address: no personal text.
    Reference,
    /// A word of a closed list.
    Code,
    /// Words of a closed list, at least one.
    Codes,
    /// References, at least one.
    List,
    /// A day.
    Date,
    /// A moment.
    Moment,
    /// An exact decimal, written as text.
    Amount,
    /// Yes or no.
    Flag,
    /// The SHA-256 of a file that was uploaded, in hexadecimal.
    File,
    /// Figures of any shape, without personal text.
    Record,
}
