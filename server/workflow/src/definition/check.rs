//! The checks of a definition: names that exist, states that lead somewhere, owners for all.

use std::collections::BTreeSet;

use super::load::Problem;
use super::{Definition, SYSTEM_ROLE};

mod graph;
mod names;

/// The most states, transitions, or kinds of evidence.
pub(super) const PARTS_MAX: usize = 200;

/// Everything that is wrong; a usable definition has nothing.
pub(super) fn problems(definition: &Definition) -> Vec<Problem> {
    let mut found = Found(Vec::new());
    sizes(definition, &mut found);
    if !found.0.is_empty() {
        return found.0;
    }
    names::check(definition, &mut found);
    graph::check(definition, &mut found);
    found.0
}

/// The problems found so far.
struct Found(Vec<Problem>);

impl Found {
    fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem {
            path: path.into(),
            message: message.into(),
        });
    }

    /// A problem unless `name` is one of the known ones.
    fn known(&mut self, path: &str, noun: &str, name: &str, known: &BTreeSet<&str>) {
        if !known.contains(name) {
            let words = known.iter().copied().collect::<Vec<_>>().join(", ");
            self.add(
                path,
                format!("{noun} `{name}` isn't defined; use one of {words}"),
            );
        }
    }

    /// A problem for every name that stands twice or isn't a lower-case word.
    fn distinct<'a>(
        &mut self,
        path: &str,
        names: impl Iterator<Item = &'a str>,
    ) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        for name in names {
            let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if name.is_empty() || name.len() > 64 || !name.chars().all(is_word) {
                let message = format!("`{name}` is no name; use 1 to 64 of a-z, 0-9 and _");
                self.add(path, message);
            }
            if !seen.insert(name) {
                self.add(path, format!("`{name}` stands twice"));
            }
        }
        seen
    }
}

fn sizes(definition: &Definition, found: &mut Found) {
    for (path, n_parts, least) in [
        ("states", definition.states.len(), 1),
        ("finals", definition.finals.len(), 1),
        ("transitions", definition.transitions.len(), 1),
        ("evidence", definition.evidence.len(), 0),
        ("approvals", definition.approvals.len(), 0),
        ("effects", definition.effects.len(), 0),
        ("roles", definition.roles.len(), 1),
    ] {
        if n_parts < least || n_parts > PARTS_MAX {
            found.add(
                path,
                format!("there are {n_parts}; use {least} to {PARTS_MAX}"),
            );
        }
    }
}

/// The roles that there are, the product's own included.
fn roles(definition: &Definition) -> BTreeSet<&str> {
    let listed = definition.roles.iter().map(|role| role.name.as_str());
    listed.chain([SYSTEM_ROLE]).collect()
}
