//! What becomes of a file of records: its answer, line by line.

use serde::{Deserialize, Serialize};

use super::RecordKind;
use crate::error_code::Refusal;
use crate::nearest::nearest;

/// How an import ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ImportOutcome {
    /// All lines are in.
    Committed,
    /// All lines could be taken in; nothing was written, because only that was asked.
    Checked,
    /// Nothing was written: at least one line is wrong.
    Rejected,
}

/// What a line did, or would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LineAction {
    /// It makes a record.
    Created,
    /// It writes a revision of one.
    Revised,
    /// It takes one out of use.
    Archived,
    /// The record is as the line says.
    Unchanged,
    /// It is wrong.
    Refused,
}

/// Something that a line has against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFault {
    /// The column, or the place in one; empty when it is the whole line.
    pub field: String,
    /// The name of the code.
    pub code: String,
    /// The sentence.
    pub message: String,
}

impl From<Refusal> for LineFault {
    fn from(refusal: Refusal) -> Self {
        Self {
            field: refusal.path,
            code: refusal.code.name().to_owned(),
            message: refusal.message,
        }
    }
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedLine {
    /// The line of the file, from 1.
    pub line: u64,
    /// What it did.
    pub action: LineAction,
    /// The record's id; a dry run makes none, and a wrong line has none.
    pub id: Option<String>,
    /// The record's key.
    pub key: Option<String>,
    /// The record's revision after the line.
    pub revision: Option<u32>,
    /// Everything that the line has against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<LineFault>,
}

impl ImportedLine {
    /// A line that is wrong.
    pub fn refused(line: u64, faults: impl IntoIterator<Item = Refusal>) -> Self {
        Self {
            line,
            action: LineAction::Refused,
            id: None,
            key: None,
            revision: None,
            problems: faults.into_iter().map(LineFault::from).collect(),
        }
    }
}

/// The answer to an import; the same one is given again to the same idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportAnswer {
    /// How it ended.
    pub outcome: ImportOutcome,
    /// How many records were made.
    pub created: usize,
    /// How many were revised.
    pub revised: usize,
    /// How many were taken out of use.
    pub archived: usize,
    /// How many were as their lines say.
    pub unchanged: usize,
    /// How many lines are wrong.
    pub refused: usize,
    /// Every line.
    pub lines: Vec<ImportedLine>,
}

impl ImportAnswer {
    /// The answer as JSON text.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self)
            .expect("answers to imports have texts as keys and no number that JSON lacks")
    }

    /// The answer of this text, as [`to_text`](Self::to_text) writes it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        serde_json::from_str(text)
            .map_err(|error| Refusal::invalid(format!("not the answer to an import: {error}")))
    }

    /// The answer that these lines come to.
    pub fn of(lines: Vec<ImportedLine>, is_dry_run: bool) -> Self {
        let count = |action| lines.iter().filter(|line| line.action == action).count();
        let refused = count(LineAction::Refused);
        let outcome = match (refused, is_dry_run) {
            (0, false) => ImportOutcome::Committed,
            (0, true) => ImportOutcome::Checked,
            _ => ImportOutcome::Rejected,
        };
        Self {
            outcome,
            created: count(LineAction::Created),
            revised: count(LineAction::Revised),
            archived: count(LineAction::Archived),
            unchanged: count(LineAction::Unchanged),
            refused,
            lines,
        }
    }
}

/// The name of a kind in addresses and commands, such as `marketing_plan`.
pub fn entity_of(kind: RecordKind) -> String {
    kind.as_str().to_ascii_lowercase()
}

/// The kind of this name in an address or a command.
pub fn entity_kind(name: &str) -> Result<RecordKind, Refusal> {
    let kinds = RecordKind::ALL.iter().copied();
    if let Some(kind) = kinds.clone().find(|kind| entity_of(*kind) == name) {
        return Ok(kind);
    }
    let known: Vec<String> = kinds.map(entity_of).collect();
    let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
    let hint = near
        .as_ref()
        .map(|near| format!("; did you mean `{near}`?"));
    let message = format!(
        "`{name}` is not a kind of record{}",
        hint.unwrap_or_default()
    );
    let refusal = Refusal::not_found("entity", name);
    let refusal = Refusal { message, ..refusal }.at("entity");
    Err(refusal.with_suggestion(near.as_deref()).with_allowed(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name_and_a_misspelt_one_gets_the_nearest() {
        for kind in RecordKind::ALL {
            assert_eq!(entity_kind(&entity_of(*kind)), Ok(*kind));
        }
        let refusal = entity_kind("produkt").unwrap_err();
        assert_eq!(refusal.did_you_mean.as_deref(), Some("product"));
    }

    #[test]
    fn one_wrong_line_rejects_an_import_and_a_dry_run_commits_nothing() {
        let good = |action| ImportedLine {
            action,
            ..ImportedLine::refused(1, [])
        };
        let wrong = ImportedLine::refused(2, [Refusal::invalid("no")]);
        let created = || good(LineAction::Created);
        let outcome = |lines, is_dry_run| ImportAnswer::of(lines, is_dry_run).outcome;
        assert_eq!(outcome(vec![created()], false), ImportOutcome::Committed);
        assert_eq!(outcome(vec![created()], true), ImportOutcome::Checked);
        assert_eq!(
            outcome(vec![created(), wrong], false),
            ImportOutcome::Rejected
        );
    }
}
