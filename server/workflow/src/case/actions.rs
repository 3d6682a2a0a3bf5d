//! What could be done now, what each takes, and what stands in the way: the rules asked dry.

use bellwether_domain::time::Timestamp;

use super::{Actor, Case, Circumstances, TimerStatus};
use crate::chain::Hash;
use crate::definition::{ApprovalRule, Definition, Transition};
use crate::refused::Block;

/// Something that could be done in the present state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvailableAction {
    /// How it is asked for.
    pub verb: Verbs,
    /// The action's or approval's name.
    pub action: String,
    /// What it does, for people.
    pub label: String,
    /// Who may do it.
    pub roles: Vec<String>,
    /// The evidence that it takes.
    pub requires: Vec<Needed>,
    /// What stands in this actor's way; the action can be done when there is nothing.
    pub blocked_by: Vec<Block>,
    /// When the step is due.
    pub due_at: Option<Timestamp>,
}

/// How an action is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verbs {
    /// By advancing the case.
    Advance,
    /// By approving the content with this hash.
    Approve {
        /// The hash of what is there now.
        content: Hash,
    },
}

/// Evidence that an action takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// Its kind.
    pub kind: String,
    /// What it is, for people.
    pub label: String,
    /// What is still missing: the kind itself, or `kind.item` for each item; empty when it is there.
    pub missing: Vec<String>,
}

impl Case {
    /// Everything that could be done in the present state; nothing in a final one.
    pub fn available_actions(
        &self,
        definition: &Definition,
        actor: &Actor,
        circumstances: &Circumstances<'_>,
    ) -> Vec<AvailableAction> {
        if definition.is_final(&self.state) {
            return Vec::new();
        }
        let mut actions = Vec::new();
        let mut approvals: Vec<&str> = Vec::new();
        for transition in definition.transitions_from(&self.state) {
            actions.push(self.action(definition, transition, actor, circumstances));
            approvals.extend(transition.approvals.iter().map(String::as_str));
        }
        approvals.sort_unstable();
        approvals.dedup();
        let rules = approvals
            .into_iter()
            .filter_map(|name| definition.approval(name));
        actions.extend(rules.map(|rule| self.approval_action(definition, rule, actor)));
        actions
    }

    fn action(
        &self,
        definition: &Definition,
        transition: &Transition,
        actor: &Actor,
        circumstances: &Circumstances<'_>,
    ) -> AvailableAction {
        let facts = self.facts(definition, circumstances);
        let needed = self.needed(definition, transition, &facts);
        AvailableAction {
            verb: Verbs::Advance,
            action: transition.action.clone(),
            label: transition.label.clone(),
            roles: definition.roles_for(transition, &self.state).into_owned(),
            requires: needed
                .into_iter()
                .map(|kind| self.needs(definition, kind))
                .collect(),
            blocked_by: self.blocks(definition, transition, actor, circumstances),
            due_at: self.due_at(),
        }
    }

    fn approval_action(
        &self,
        definition: &Definition,
        rule: &ApprovalRule,
        actor: &Actor,
    ) -> AvailableAction {
        AvailableAction {
            verb: Verbs::Approve {
                content: self.content_of(rule),
            },
            action: rule.name.clone(),
            label: rule.label.clone(),
            roles: vec![rule.role.clone()],
            requires: rule
                .covers
                .iter()
                .map(|kind| self.needs(definition, kind))
                .collect(),
            blocked_by: self.approval_blocks(definition, rule, actor),
            due_at: self.due_at(),
        }
    }

    fn needs(&self, definition: &Definition, kind: &str) -> Needed {
        let label = definition
            .evidence_kind(kind)
            .map_or(kind, |kind| kind.label.as_str());
        Needed {
            kind: kind.to_owned(),
            label: label.to_owned(),
            missing: self.missing(definition, kind),
        }
    }

    /// When the present step is due, if that is known.
    pub fn due_at(&self) -> Option<Timestamp> {
        let timer = self.timers.get(&self.state)?;
        (timer.status != TimerStatus::Closed).then_some(timer.due_at)
    }
}
