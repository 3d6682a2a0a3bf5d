//! Every state can be reached from the first, and a final one from every other.

use std::collections::BTreeSet;

use super::{Found, roles};
use crate::definition::Definition;

pub(super) fn check(definition: &Definition, found: &mut Found) {
    owners(definition, found);
    waiting(definition, found);
    let edges: Vec<(&str, &str)> = definition
        .transitions
        .iter()
        .flat_map(|one| {
            one.from
                .iter()
                .filter_map(|from| Some((from.as_str(), one.to.as_deref()?)))
        })
        .collect();
    let first = definition.initial().name.as_str();
    let reached = spread(BTreeSet::from([first]), &edges);
    let states = definition.states.iter().map(|state| state.name.as_str());
    let finals = || definition.finals.iter().map(String::as_str);
    for state in states
        .clone()
        .chain(finals())
        .filter(|state| !reached.contains(state))
    {
        found.add(
            format!("states.{state}"),
            format!("can't be reached from `{first}`"),
        );
    }
    let back: Vec<(&str, &str)> = edges.iter().map(|(from, to)| (*to, *from)).collect();
    let ending = spread(finals().collect(), &back);
    for state in states.filter(|state| !ending.contains(state)) {
        found.add(
            format!("states.{state}"),
            "no final state can be reached from it",
        );
    }
}

/// No evidence waits for itself.
fn waiting(definition: &Definition, found: &mut Found) {
    let kinds = definition.evidence.iter();
    let after: Vec<(&str, &str)> = kinds
        .flat_map(|kind| {
            kind.after
                .iter()
                .map(|first| (kind.kind.as_str(), first.as_str()))
        })
        .collect();
    for kind in &definition.evidence {
        let firsts = kind.after.iter().map(String::as_str).collect();
        if spread(firsts, &after).contains(kind.kind.as_str()) {
            let path = format!("evidence.{}.after", kind.kind);
            found.add(
                path,
                "it would come after itself, so it could never be given",
            );
        }
    }
}

/// Everything that the edges lead to from here.
fn spread<'a>(from: BTreeSet<&'a str>, edges: &[(&'a str, &'a str)]) -> BTreeSet<&'a str> {
    let mut reached = from;
    loop {
        let more: Vec<&str> = edges
            .iter()
            .filter(|(from, to)| reached.contains(from) && !reached.contains(to))
            .map(|(_, to)| *to)
            .collect();
        if more.is_empty() {
            return reached;
        }
        reached.extend(more);
    }
}

/// Every state, action and timer has a role that there is.
fn owners(definition: &Definition, found: &mut Found) {
    let roles = roles(definition);
    for state in &definition.states {
        found.known(
            &format!("states.{}.role", state.name),
            "role",
            &state.role,
            &roles,
        );
    }
    for transition in &definition.transitions {
        let path = format!("transitions.{}", transition.action);
        for role in &transition.roles {
            found.known(&format!("{path}.roles"), "role", role, &roles);
        }
        for from in &transition.from {
            if definition.roles_for(transition, from).is_empty() {
                found.add(
                    &path,
                    format!("nobody may do it in `{from}`; give it `roles`"),
                );
            }
        }
        for timer in &transition.opens {
            let path = format!("{path}.opens.{}.owner", timer.name);
            found.known(&path, "role", &timer.owner, &roles);
        }
    }
}
