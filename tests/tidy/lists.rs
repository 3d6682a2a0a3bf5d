//! Lists that must stay complete: migrations for both databases, and what clients are told.

use std::collections::BTreeSet;
use std::path::Path;

use bellwether_domain::ErrorCode;
use bellwether_domain::metric::NoteCode;

use super::{assert_none, root, text};

fn migrations(backend: &str) -> BTreeSet<String> {
    let folder = root().join("migrations").join(backend);
    let entries = std::fs::read_dir(folder).expect("each backend has migrations");
    entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn each_migration_is_there_for_both_databases_and_in_both_directions() {
    let (sqlite, postgres) = (migrations("sqlite"), migrations("postgres"));
    let of_one: Vec<_> = sqlite.symmetric_difference(&postgres).cloned().collect();
    assert_none(
        &of_one,
        "write the same migration in migrations/sqlite and migrations/postgres",
    );
    let files = ["sqlite", "postgres"].into_iter().flat_map(|backend| {
        let both = |name: &String| {
            ["up.sql", "down.sql"].map(|file| format!("migrations/{backend}/{name}/{file}"))
        };
        sqlite.iter().flat_map(both).collect::<Vec<_>>()
    });
    let missing: Vec<_> = files.filter(|file| !root().join(file).exists()).collect();
    assert_none(&missing, "a migration goes up and down");
}

#[test]
fn every_code_that_a_client_can_meet_is_documented() {
    let document = text(Path::new("schema/errors.md"));
    let codes = ErrorCode::TABLE.iter().map(|entry| entry.name);
    let notes = NoteCode::ALL.iter().map(|note| note.as_str());
    let missing = codes
        .chain(notes)
        .filter(|name| !document.contains(&format!("`{name}`")));
    let missing: Vec<_> = missing.map(str::to_owned).collect();
    assert_none(
        &missing,
        "run `UPDATE=1 cargo test -p bellwether-schema`, which writes schema/errors.md anew",
    );
}

#[test]
fn every_decision_stands_in_the_index() {
    let index = text(Path::new("server/decisions/README.md"));
    let entries = std::fs::read_dir(root().join("server/decisions")).expect("there are decisions");
    let numbers = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.split_once('-')?
            .0
            .parse::<u32>()
            .ok()
            .map(|number| (number, name))
    });
    let missing = numbers.filter(|(number, _)| !index.contains(&format!("| [{number}](")));
    let missing: Vec<_> = missing.map(|(_, name)| name).collect();
    assert_none(&missing, "add a line to server/decisions/README.md");
}
