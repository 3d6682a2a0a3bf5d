//! Approvals: bound to the hash of what was approved, and fallen as soon as that changes.

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::state::GivenAt;
use super::{Actor, Case, EventBody};
use crate::chain::{Hash, canonical};
use crate::definition::{ApprovalRule, Definition, Excluded};
use crate::refused::{Block, RefusalCode};

impl Case {
    /// The hash of what an approval is about: the subject and the evidence that it covers.
    pub fn content_of(&self, rule: &ApprovalRule) -> Hash {
        let covered: Map<String, Value> = rule
            .covers
            .iter()
            .filter_map(|kind| Some((kind.clone(), content(self.evidence.get(kind)?))))
            .collect();
        let all = json!({
            "case": self.id,
            "definition": self.definition,
            "definition_version": self.definition_version,
            "approval": rule.name,
            "subject": self.subject,
            "evidence": covered,
        });
        Hash::of(canonical(&all).as_bytes())
    }

    /// What stands in the way of this actor's approval.
    pub(super) fn approval_blocks(
        &self,
        definition: &Definition,
        rule: &ApprovalRule,
        actor: &Actor,
    ) -> Vec<Block> {
        let mut blocks = Vec::new();
        if !actor.holds(&[rule.role.as_str()]) {
            let message = format!("`{}` is approved by {}", rule.name, rule.role);
            blocks.push(Block::new(RefusalCode::WrongRole, message).of(&rule.name));
        }
        blocks.extend(self.self_approval(rule, actor));
        let content = self.content_of(rule);
        let by = actor.record();
        if self
            .approvals
            .iter()
            .any(|one| one.name == rule.name && one.by == by && one.content == content)
        {
            let message = format!("`{}` has your approval already", rule.name);
            blocks.push(Block::new(RefusalCode::AlreadyDone, message).of(&rule.name));
        }
        for place in rule
            .covers
            .iter()
            .flat_map(|kind| self.missing(definition, kind))
        {
            let message = format!("`{place}` isn't there yet; it is part of what is approved");
            blocks.push(Block::new(RefusalCode::MissingEvidence, message).of(place));
        }
        blocks
    }

    fn self_approval(&self, rule: &ApprovalRule, actor: &Actor) -> Option<Block> {
        let by = actor.record();
        let (own, whose) = match &rule.not_by {
            Excluded::Requester => (self.requester == by, "asked for"),
            Excluded::AuthorOf(kind) => {
                let items = self.evidence.get(kind).into_iter().flatten();
                (
                    items.map(|(_, given)| given).any(|given| given.by == by),
                    "wrote",
                )
            }
        };
        own.then(|| {
            let message = format!("`{}` can't be approved by whoever {whose} it", rule.name);
            Block::new(RefusalCode::SelfApproval, message).of(&rule.name)
        })
    }
}

/// What of evidence is approved: everything but when and by whom it was given.
fn content(items: &std::collections::BTreeMap<String, GivenAt>) -> Value {
    let of = |given: &GivenAt| {
        let evidence = &given.evidence;
        let figures = evidence
            .computed
            .as_ref()
            .map(|computed| computed.worked.figures.clone());
        json!({
            "fields": evidence.fields,
            "input": evidence.input,
            "snapshot": evidence.snapshot,
            "figures": figures,
        })
    };
    Value::Object(
        items
            .iter()
            .map(|(item, given)| (item.clone(), of(given)))
            .collect(),
    )
}

impl Draft<'_> {
    /// Records an approval of the content that the approver looked at.
    pub(super) fn approve(&mut self, name: &str, seen: Hash, actor: &Actor) -> Result<(), Block> {
        let definition = self.definition;
        let rule = definition.approval(name).ok_or_else(|| {
            let message = format!("there is no approval `{name}`");
            Block::new(RefusalCode::Unknown, message).of(name)
        })?;
        let asked = definition
            .transitions_from(&self.case.state)
            .any(|transition| transition.approvals.iter().any(|one| one == name));
        if !asked {
            let message = format!(
                "`{name}` isn't asked for in the state `{}`",
                self.case.state
            );
            return Err(Block::new(RefusalCode::OutOfOrder, message).of(name));
        }
        if let Some(block) = self
            .case
            .approval_blocks(definition, rule, actor)
            .into_iter()
            .next()
        {
            return Err(block);
        }
        let content = self.case.content_of(rule);
        if seen != content {
            let message =
                format!("what `{name}` is about has changed; it is `{content}` now: look again");
            return Err(Block::new(RefusalCode::ContentChanged, message).of("content"));
        }
        self.record(EventBody::Approved {
            approval: name.to_owned(),
            content,
        });
        Ok(())
    }

    /// After a change: records which approvals hold no more.
    pub(super) fn drop_fallen_approvals(&mut self) {
        let fallen: Vec<_> = self
            .case
            .approvals
            .iter()
            .filter(|approval| {
                let rule = self.definition.approval(&approval.name);
                rule.is_none_or(|rule| self.case.content_of(rule) != approval.content)
            })
            .map(|approval| (approval.name.clone(), approval.by.clone()))
            .collect();
        for (approval, of) in fallen {
            self.record(EventBody::ApprovalFell { approval, of });
        }
    }
}
