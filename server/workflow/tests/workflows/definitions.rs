//! The built-in definitions: everything the guides ask, and readable as a picture.

use std::collections::BTreeSet;

use bellwether_workflow::definition::{Definition, State, built_in};
use serde_json::Value;

use crate::support::definition;

fn asked() -> Value {
    let text = include_str!("../reference/workflow_cases.json");
    let file: Value = serde_json::from_str(text).expect("the file is JSON");
    file["definitions"].clone()
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

/// The due rules as the guides' tables write them.
fn due(state: &State) -> String {
    let mut labels: Vec<&str> = state.due.iter().map(|rule| rule.label.as_str()).collect();
    labels.dedup();
    labels.join(", ")
}

/// What a state's evidence and the approvals of its actions say.
fn labels<'a>(definition: &'a Definition, state: &'a State) -> BTreeSet<&'a str> {
    let kinds = state
        .evidence
        .iter()
        .filter_map(|kind| definition.evidence_kind(kind));
    let actions = definition.transitions_from(&state.name);
    let approvals = actions
        .flat_map(|one| &one.approvals)
        .filter_map(|name| definition.approval(name));
    kinds
        .map(|kind| kind.label.as_str())
        .chain(approvals.map(|rule| rule.label.as_str()))
        .collect()
}

#[test]
fn every_built_in_definition_has_the_states_roles_evidence_and_dues_of_its_guide() {
    let asked = asked();
    let asked = asked.as_object().expect("definitions by name");
    assert_eq!(asked.len(), built_in().len());
    for (name, asked) in asked {
        let definition = definition(name);
        assert_eq!(definition.guide, asked["guide"], "{name}");
        let names = asked["states"].as_array().expect("a list");
        let ours: Vec<&str> = definition
            .states
            .iter()
            .map(|state| state.name.as_str())
            .collect();
        let theirs: Vec<&str> = names
            .iter()
            .filter_map(|state| state["state"].as_str())
            .collect();
        assert_eq!(ours, theirs, "{name}");
        for (state, asked) in definition.states.iter().zip(names) {
            let place = format!("{name}.{}", state.name);
            assert_eq!(state.role, asked["role"], "{place}");
            assert_eq!(state.guide_section, asked["guide_section"], "{place}");
            let asked_due = asked["due"]
                .as_str()
                .filter(|due| *due != "none")
                .unwrap_or_default();
            assert_eq!(due(state), asked_due, "{place}");
            let labels = labels(definition, state);
            for evidence in texts(&asked["required_evidence"]) {
                assert!(
                    labels.contains(evidence),
                    "{place} lacks `{evidence}`: {labels:?}"
                );
            }
            let next: BTreeSet<&str> = definition
                .transitions_from(&state.name)
                .filter_map(|one| one.to.as_deref())
                .collect();
            for to in texts(&asked["next"]) {
                assert!(
                    next.contains(to),
                    "{place} doesn't lead to `{to}`: {next:?}"
                );
            }
        }
    }
}

#[test]
fn every_built_in_definition_has_the_roles_codes_and_ends_of_its_guide() {
    for (name, asked) in asked().as_object().expect("definitions by name") {
        let definition = definition(name);
        for role in texts(&asked["roles"]) {
            let (role, external) = match role.strip_suffix("(external)") {
                Some(role) => (role, true),
                None => (role, false),
            };
            let found = definition.roles.iter().find(|one| one.name == role);
            assert_eq!(
                found.map(|found| found.external),
                Some(external),
                "{name}: {role}"
            );
        }
        for list in ["reasons", "causes", "consequences"] {
            if let Some(words) = asked.get(list) {
                assert_eq!(definition.codes[list], texts(words), "{name}");
            }
        }
        for end in texts(&asked["terminal"]) {
            assert!(definition.is_final(end), "{name}: {end}");
        }
    }
}

#[test]
fn a_definition_draws_itself_as_a_mermaid_diagram() {
    let drawn = definition("terminate_agency").mermaid();
    assert!(
        drawn.contains("stateDiagram-v2\n    [*] --> considered\n"),
        "{drawn}"
    );
    assert!(
        drawn.contains("    accounts_secured --> settled : confirm_secured [account_manager]\n")
    );
    assert!(drawn.contains("    rescinded --> [*]\n"));
}
