//! Effects: asked for by actions, and what became of them.

use super::draft::Draft;
use super::step::EffectRequest;
use super::{Actor, EffectOutcome, EffectStatus, EventBody, fields};
use crate::definition::Transition;
use crate::refused::{Block, RefusalCode};

impl Draft<'_> {
    /// Asks for the effects of an action whose conditions hold.
    pub(super) fn request_effects(&mut self, transition: &Transition) {
        for name in &transition.effects {
            let Some(rule) = self.definition.effect(name) else {
                continue;
            };
            let facts = self.case.facts(self.definition, &self.circumstances);
            if rule
                .when
                .as_ref()
                .is_some_and(|when| when.holds(&facts) != Ok(true))
            {
                continue;
            }
            // The event's number makes the key, so that the same effect asked for again is another.
            let key = format!("{}:{}:{name}", self.case.id, self.case.n_events + 1);
            self.effects.push(EffectRequest {
                effect: name.clone(),
                key: key.clone(),
                manual_role: rule.manual_role.clone(),
                facts: facts.at("facts").cloned().unwrap_or_default(),
                subject: self.case.subject.clone(),
            });
            self.record(EventBody::EffectRequested {
                effect: name.clone(),
                key,
            });
        }
    }

    /// Records what became of an effect.
    pub(super) fn report(
        &mut self,
        key: &str,
        outcome: EffectOutcome,
        reference: &str,
        actor: &Actor,
    ) -> Result<(), Block> {
        let found = self
            .case
            .effects
            .iter()
            .find(|(_, effect)| effect.key == key);
        let Some((name, effect)) = found.map(|(name, effect)| (name.clone(), effect.clone()))
        else {
            let message = format!("no effect of this case has the key `{key}`");
            return Err(Block::new(RefusalCode::Unknown, message).of("key"));
        };
        if effect.status == EffectStatus::Confirmed {
            let message = format!("`{name}` is confirmed already");
            return Err(Block::new(RefusalCode::AlreadyDone, message).of(name));
        }
        self.may_report(&name, effect.status, outcome, actor)?;
        fields::within_field("reference", reference)?;
        if reference.trim().is_empty() {
            let message =
                format!("`reference` says what shows that `{name}` came out so; fill it in");
            return Err(Block::new(RefusalCode::MissingEvidence, message).of("reference"));
        }
        self.record(EventBody::EffectReported {
            effect: name,
            key: key.to_owned(),
            outcome,
            reference: reference.to_owned(),
        });
        Ok(())
    }

    /// The product reports what systems answer; a person only what is theirs to do by hand.
    fn may_report(
        &self,
        name: &str,
        status: EffectStatus,
        outcome: EffectOutcome,
        actor: &Actor,
    ) -> Result<(), Block> {
        if *actor == Actor::System {
            return Ok(());
        }
        let role = self
            .definition
            .effect(name)
            .map_or("", |rule| rule.manual_role.as_str());
        if !actor.holds(&[role]) {
            let message = format!("`{name}` is confirmed by {role}");
            return Err(Block::new(RefusalCode::WrongRole, message).of(name));
        }
        if status != EffectStatus::Manual || outcome == EffectOutcome::Manual {
            let message = format!("`{name}` isn't a step to be done by hand now");
            return Err(Block::new(RefusalCode::OutOfOrder, message).of(name));
        }
        Ok(())
    }
}
