//! What stands in the way of an action: the same list for doing it and for asking whether one can.

use super::{Actor, Case, Circumstances, EffectStatus};
use crate::definition::{Definition, Facts, Transition};
use crate::refused::{Block, RefusalCode};

impl Case {
    /// Everything that stands in the way, what is most to the point first.
    pub(super) fn blocks(
        &self,
        definition: &Definition,
        transition: &Transition,
        actor: &Actor,
        circumstances: &Circumstances<'_>,
    ) -> Vec<Block> {
        let facts = self.facts(definition, circumstances);
        let mut blocks = Vec::new();
        blocks.extend(self.wrong_role(definition, transition, actor));
        blocks.extend(self.done_already(transition));
        blocks.extend(self.missing_evidence(definition, transition, &facts));
        blocks.extend(self.pending_effects(transition));
        blocks.extend(self.missing_approvals(definition, transition));
        blocks.extend(unmet_guards(transition, &facts));
        blocks
    }

    /// The kinds of evidence that an action takes now, those needed on a condition included.
    pub(super) fn needed<'a>(
        &self,
        definition: &'a Definition,
        transition: &'a Transition,
        facts: &Facts,
    ) -> Vec<&'a str> {
        let kinds = definition.required(transition, &self.state).iter();
        let kinds = kinds.filter(|kind| {
            let condition = definition
                .evidence_kind(kind)
                .and_then(|kind| kind.needed_when.as_ref());
            // Undecided counts as needed: nothing is skipped because a fact isn't there yet.
            condition.is_none_or(|condition| condition.holds(facts) != Ok(false))
        });
        kinds.map(String::as_str).collect()
    }

    /// Whether the other side has confirmed the effect.
    pub(super) fn is_confirmed(&self, effect: &str) -> bool {
        self.effects
            .get(effect)
            .is_some_and(|found| found.status == EffectStatus::Confirmed)
    }

    fn wrong_role(
        &self,
        definition: &Definition,
        transition: &Transition,
        actor: &Actor,
    ) -> Option<Block> {
        let roles = definition.roles_for(transition, &self.state);
        if actor.holds(&roles) {
            return None;
        }
        let message = format!("`{}` is done by {}", transition.action, roles.join(" or "));
        Some(Block::new(RefusalCode::WrongRole, message).of(&transition.action))
    }

    fn done_already(&self, transition: &Transition) -> Option<Block> {
        let again = transition.once && self.done.contains(&transition.action);
        again.then(|| {
            let message = format!(
                "`{}` has been done; it is done only once",
                transition.action
            );
            Block::new(RefusalCode::AlreadyDone, message).of(&transition.action)
        })
    }

    fn missing_evidence(
        &self,
        definition: &Definition,
        transition: &Transition,
        facts: &Facts,
    ) -> Vec<Block> {
        let needed = self.needed(definition, transition, facts);
        let missing = needed.into_iter().flat_map(|kind| {
            let label = definition
                .evidence_kind(kind)
                .map_or(kind, |kind| kind.label.as_str());
            let missing = self.missing(definition, kind);
            missing.into_iter().map(move |place| (place, label))
        });
        let block = |(place, label): (String, &str)| {
            let message = format!("`{place}` isn't there yet: {label}");
            Block::new(RefusalCode::MissingEvidence, message).of(place)
        };
        missing.map(block).collect()
    }

    fn pending_effects(&self, transition: &Transition) -> Vec<Block> {
        let pending = transition
            .awaits
            .iter()
            .filter(|effect| !self.is_confirmed(effect));
        let block = |effect: &String| {
            let message = format!("`{effect}` isn't confirmed yet");
            Block::new(RefusalCode::EffectPending, message).of(effect)
        };
        pending.map(block).collect()
    }

    fn missing_approvals(&self, definition: &Definition, transition: &Transition) -> Vec<Block> {
        let rules = transition
            .approvals
            .iter()
            .filter_map(|name| definition.approval(name));
        let lacking = rules.filter(|rule| {
            let content = self.content_of(rule);
            let given = self.approvals.iter();
            let given = given.filter(|one| one.name == rule.name && one.content == content);
            given.count() < usize::from(rule.count)
        });
        let block = |rule: &crate::definition::ApprovalRule| {
            let message = format!(
                "`{}` isn't approved as it is now: {} by {}",
                rule.name, rule.label, rule.role
            );
            Block::new(RefusalCode::MissingApproval, message).of(&rule.name)
        };
        lacking.map(block).collect()
    }
}

fn unmet_guards(transition: &Transition, facts: &Facts) -> Vec<Block> {
    let unmet = transition
        .guards
        .iter()
        .filter(|guard| guard.holds.holds(facts) != Ok(true));
    let block = |guard: &crate::definition::Guard| Block {
        reason: Some(guard.code.clone()),
        ..Block::new(RefusalCode::GuardNotMet, guard.message.clone()).of(&transition.action)
    };
    unmet.map(block).collect()
}
