//! Looking things up in a definition by their names.

use std::borrow::Cow;

use super::{ApprovalRule, Definition, EffectRule, EvidenceKind, State, Transition};

impl Definition {
    /// The state in which cases begin.
    pub fn initial(&self) -> &State {
        self.states.first().expect("the checks demand a state")
    }

    /// The state of this name, unless it is a final one.
    pub fn state(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|state| state.name == name)
    }

    /// Whether cases end in this state.
    pub fn is_final(&self, state: &str) -> bool {
        self.finals.iter().any(|name| name == state)
    }

    /// The action of this name.
    pub fn transition(&self, action: &str) -> Option<&Transition> {
        self.transitions
            .iter()
            .find(|transition| transition.action == action)
    }

    /// The actions that begin in this state.
    pub fn transitions_from<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'a Transition> {
        self.transitions
            .iter()
            .filter(move |one| one.from.iter().any(|name| name == state))
    }

    /// The kind of evidence of this name.
    pub fn evidence_kind(&self, kind: &str) -> Option<&EvidenceKind> {
        self.evidence.iter().find(|one| one.kind == kind)
    }

    /// The approval of this name.
    pub fn approval(&self, name: &str) -> Option<&ApprovalRule> {
        self.approvals.iter().find(|one| one.name == name)
    }

    /// The effect of this name.
    pub fn effect(&self, name: &str) -> Option<&EffectRule> {
        self.effects.iter().find(|one| one.name == name)
    }

    /// Who may do this in this state: the action's roles, or the state's.
    pub fn roles_for<'a>(&'a self, transition: &'a Transition, state: &str) -> Cow<'a, [String]> {
        if !transition.roles.is_empty() {
            return Cow::Borrowed(&transition.roles);
        }
        let state = self.state(state);
        Cow::Owned(
            state
                .map(|state| vec![state.role.clone()])
                .unwrap_or_default(),
        )
    }

    /// The kinds of evidence that this takes in this state.
    pub fn required<'a>(&'a self, transition: &'a Transition, state: &str) -> &'a [String] {
        match &transition.requires {
            Some(kinds) => kinds,
            None => self.state(state).map_or(&[], |state| &state.evidence),
        }
    }

    /// Who may give evidence of this kind in this state.
    pub fn givers<'a>(&'a self, kind: &'a EvidenceKind, state: &'a str) -> Vec<Cow<'a, str>> {
        if !kind.roles.is_empty() {
            return kind
                .roles
                .iter()
                .map(|role| Cow::Borrowed(role.as_str()))
                .collect();
        }
        let asked = self
            .state(state)
            .filter(|state| state.evidence.contains(&kind.kind));
        let mut roles: Vec<Cow<'a, str>> = asked
            .map(|state| Cow::Borrowed(state.role.as_str()))
            .into_iter()
            .collect();
        for transition in self.transitions_from(state) {
            if self.required(transition, state).contains(&kind.kind) {
                let of = self.roles_for(transition, state);
                roles.extend(of.iter().map(|role| Cow::Owned(role.clone())));
            }
        }
        // Whoever led the case before may correct what was given there.
        let earlier = self
            .states
            .iter()
            .filter(|one| one.evidence.contains(&kind.kind));
        roles.extend(earlier.map(|state| Cow::Borrowed(state.role.as_str())));
        roles
    }

    /// The kinds of evidence that can be given in this state: what it or an action in it asks for.
    pub fn asked_in<'a>(&'a self, state: &'a str) -> Vec<&'a str> {
        let own = self
            .state(state)
            .map(|state| state.evidence.as_slice())
            .unwrap_or_default();
        let mut kinds: Vec<&str> = own.iter().map(String::as_str).collect();
        for transition in self.transitions_from(state) {
            kinds.extend(self.required(transition, state).iter().map(String::as_str));
        }
        kinds
    }
}
