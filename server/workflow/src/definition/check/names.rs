//! Every name that a definition uses is one that it defines.

use std::collections::BTreeSet;

use super::{Found, roles};
use crate::definition::approval::APPROVERS_MAX;
use crate::definition::{
    ApprovalRule, Condition, Definition, DueRule, EvidenceKind, Excluded, FieldType, Transition,
};

/// The names that a definition defines.
struct Names<'a> {
    roles: BTreeSet<&'a str>,
    states: BTreeSet<&'a str>,
    places: BTreeSet<&'a str>,
    evidence: BTreeSet<&'a str>,
    approvals: BTreeSet<&'a str>,
    effects: BTreeSet<&'a str>,
    timers: BTreeSet<&'a str>,
    codes: BTreeSet<&'a str>,
}

pub(super) fn check(definition: &Definition, found: &mut Found) {
    let names = names(definition, found);
    for kind in &definition.evidence {
        evidence(kind, &names, found);
    }
    for rule in &definition.approvals {
        approval(rule, &names, found);
    }
    for effect in &definition.effects {
        let path = format!("effects.{}", effect.name);
        found.known(&path, "role", &effect.manual_role, &names.roles);
        condition(&path, effect.when.as_ref(), &names, found);
    }
    for state in &definition.states {
        let path = format!("states.{}", state.name);
        for kind in &state.evidence {
            found.known(&path, "evidence", kind, &names.evidence);
        }
        for rule in &state.due {
            due(&path, rule, &names, found);
        }
    }
    for one in &definition.transitions {
        transition(one, &names, found);
    }
    if definition.version == 0 {
        found.add("version", "versions begin with 1");
    }
}

fn names<'a>(definition: &'a Definition, found: &mut Found) -> Names<'a> {
    let opens = definition.transitions.iter().flat_map(|one| &one.opens);
    found.distinct("name", std::iter::once(definition.name.as_str()));
    found.distinct(
        "roles",
        definition.roles.iter().map(|one| one.name.as_str()),
    );
    found.distinct(
        "transitions",
        definition.transitions.iter().map(|one| one.action.as_str()),
    );
    let states = definition.states.iter().map(|one| one.name.as_str());
    let finals = definition.finals.iter().map(String::as_str);
    Names {
        roles: roles(definition),
        places: found.distinct("states", states.clone().chain(finals)),
        states: states.collect(),
        evidence: found.distinct(
            "evidence",
            definition.evidence.iter().map(|one| one.kind.as_str()),
        ),
        approvals: found.distinct(
            "approvals",
            definition.approvals.iter().map(|one| one.name.as_str()),
        ),
        effects: found.distinct(
            "effects",
            definition.effects.iter().map(|one| one.name.as_str()),
        ),
        timers: found.distinct("timers", opens.map(|timer| timer.name.as_str())),
        codes: definition.codes.keys().map(String::as_str).collect(),
    }
}

fn evidence(kind: &EvidenceKind, names: &Names<'_>, found: &mut Found) {
    let path = format!("evidence.{}", kind.kind);
    found.distinct(
        &format!("{path}.fields"),
        kind.fields.iter().map(|field| field.name.as_str()),
    );
    for field in &kind.fields {
        let takes_codes = matches!(field.of, FieldType::Code | FieldType::Codes);
        match &field.one_of {
            Some(list) => found.known(&path, "list of codes", list, &names.codes),
            None if takes_codes => {
                found.add(
                    &path,
                    format!("field `{}` of codes needs `one_of`", field.name),
                );
            }
            None => {}
        }
    }
    let list = kind
        .each_of
        .as_deref()
        .map(|list| list.split('.').next().unwrap_or_default());
    for name in kind.after.iter().map(String::as_str).chain(list) {
        found.known(&path, "evidence", name, &names.evidence);
    }
    for effect in &kind.awaits {
        found.known(&path, "effect", effect, &names.effects);
    }
    for role in &kind.roles {
        found.known(&path, "role", role, &names.roles);
    }
    condition(&path, kind.needed_when.as_ref(), names, found);
}

fn approval(rule: &ApprovalRule, names: &Names<'_>, found: &mut Found) {
    let path = format!("approvals.{}", rule.name);
    found.known(&path, "role", &rule.role, &names.roles);
    let author_of = match &rule.not_by {
        Excluded::Requester => None,
        Excluded::AuthorOf(kind) => Some(kind),
    };
    for kind in rule.covers.iter().chain(author_of) {
        found.known(&path, "evidence", kind, &names.evidence);
    }
    if rule.count == 0 || rule.count > APPROVERS_MAX {
        found.add(
            &path,
            format!("`count` is {}; use 1 to {APPROVERS_MAX}", rule.count),
        );
    }
}

fn transition(one: &Transition, names: &Names<'_>, found: &mut Found) {
    let path = format!("transitions.{}", one.action);
    if one.from.is_empty() {
        found.add(&path, "`from` names no state in which it can be done");
    }
    for from in &one.from {
        found.known(&path, "state", from, &names.states);
    }
    if let Some(to) = &one.to {
        found.known(&path, "state", to, &names.places);
    }
    for kind in one.requires.iter().flatten() {
        found.known(&path, "evidence", kind, &names.evidence);
    }
    for name in &one.approvals {
        found.known(&path, "approval", name, &names.approvals);
    }
    for effect in one.effects.iter().chain(&one.awaits) {
        found.known(&path, "effect", effect, &names.effects);
    }
    for timer in &one.closes {
        found.known(&path, "timer", timer, &names.timers);
    }
    for timer in &one.opens {
        if names.places.contains(timer.name.as_str()) {
            found.add(&path, format!("timer `{}` has a state's name", timer.name));
        }
        due(&path, &timer.due, names, found);
    }
    for guard in &one.guards {
        condition(&path, Some(&guard.holds), names, found);
    }
}

fn due(path: &str, rule: &DueRule, names: &Names<'_>, found: &mut Found) {
    condition(path, rule.when.as_ref(), names, found);
    if let Some(kind) = rule
        .from
        .as_ref()
        .and_then(|from| from.strip_prefix("facts."))
    {
        let kind = kind.split('.').next().unwrap_or_default();
        found.known(path, "evidence", kind, &names.evidence);
    }
    if rule.hours.is_some() && (rule.unit.is_some() || rule.from.is_some()) {
        found.add(
            path,
            "a due rule counts hours from the entry, or units from a day; not both",
        );
    }
}

/// A condition looks only at evidence and variables that there are.
fn condition(path: &str, condition: Option<&Condition>, names: &Names<'_>, found: &mut Found) {
    let Some(condition) = condition else { return };
    let (kinds, unknown) = condition.references();
    for kind in kinds {
        found.known(path, "evidence", kind, &names.evidence);
    }
    for variable in unknown {
        let message = format!(
            "`{}` looks at `{variable}`; there are facts, subject, effects, timers and case",
            condition.source()
        );
        found.add(path, message);
    }
}
