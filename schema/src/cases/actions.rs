//! What could be done in a case now, what each takes, and what stands in the way.

use async_graphql::SimpleObject;
use bellwether_workflow::case::{AvailableAction as Action, Needed, Verbs};
use bellwether_workflow::refused::Block;

use super::words::ActionVerb;
use crate::scalars::DateTime;

/// Something that could be done in the present state of a case.
#[derive(Debug, SimpleObject)]
pub(crate) struct AvailableAction {
    /// How it is asked for.
    verb: ActionVerb,
    /// Its name: what `advanceCase` or `approveCase` takes.
    action: String,
    /// What it does, for people.
    label: String,
    /// The workflow roles of which one may do it.
    roles: Vec<String>,
    /// The evidence that it takes.
    requires: Vec<NeededEvidence>,
    /// What stands in your way, all of it; empty when you can do it now.
    blocked_by: Vec<ActionBlock>,
    /// When the present step is due.
    due_at: Option<DateTime>,
    /// The hash of what is to be approved: what `approveCase` takes; null for what isn't approved.
    content_hash: Option<String>,
}

/// Evidence that an action takes.
#[derive(Debug, SimpleObject)]
pub(crate) struct NeededEvidence {
    /// Its kind: what `addEvidence` takes.
    kind: String,
    /// What it is, for people.
    label: String,
    /// What is still missing of it: the kind itself, or `kind.item` for each item; empty when it is there.
    missing: Vec<String>,
}

/// One thing that stands in the way of an action.
#[derive(Debug, SimpleObject)]
pub(crate) struct ActionBlock {
    /// What kind of thing, as in the table of `schema/README.md`, such as `MISSING_EVIDENCE`.
    code: String,
    /// The workflow's own word for it, such as `ALTERNATIVE_CHOSEN`, where it has one.
    reason: Option<String>,
    /// What is wrong and what would be accepted, as a sentence.
    message: String,
    /// The evidence, approval or effect that is meant; empty when it is the action as a whole.
    field: String,
}

impl From<Action> for AvailableAction {
    fn from(action: Action) -> Self {
        let (verb, content_hash) = match action.verb {
            Verbs::Advance => (ActionVerb::Advance, None),
            Verbs::Approve { content } => (ActionVerb::Approve, Some(content.to_string())),
        };
        Self {
            verb,
            content_hash,
            action: action.action,
            label: action.label,
            roles: action.roles,
            requires: action.requires.into_iter().map(Into::into).collect(),
            blocked_by: action.blocked_by.into_iter().map(Into::into).collect(),
            due_at: action.due_at.map(DateTime),
        }
    }
}

impl From<Needed> for NeededEvidence {
    fn from(needed: Needed) -> Self {
        Self {
            kind: needed.kind,
            label: needed.label,
            missing: needed.missing,
        }
    }
}

impl From<Block> for ActionBlock {
    fn from(block: Block) -> Self {
        Self {
            code: block.code.as_str().to_owned(),
            reason: block.reason,
            message: block.message,
            field: block.field,
        }
    }
}
