//! Rules of files: short, introduced, and nothing left for later.

use std::path::Path;

use super::{assert_none, files_named, root, text};

/// The most lines of a source file.
const LINES_MAX: usize = 400;

/// The only files outside tests that may make a `Scope`.
const SCOPE_MAKERS: [&str; 2] = [
    "server/catalogue/src/authorisation.rs",
    "server/domain/src/scope.rs",
];

/// Files that are compiled for tests alone, though their names don't tell.
const FOR_TESTS: [(&str, &str); 1] = [(
    "server/store/src/sample_facts.rs",
    "server/store/src/lib.rs",
)];

#[test]
fn no_source_file_is_long() {
    let long = files_named("rs").into_iter().filter_map(|path| {
        let n_lines = text(&path).lines().count();
        (n_lines > LINES_MAX).then(|| format!("{}: {n_lines} lines", path.display()))
    });
    assert_none(
        &long.collect::<Vec<_>>(),
        "split them by what their parts are for; 400 lines is the most, 100 to 200 the aim",
    );
}

#[test]
fn every_source_file_begins_with_what_it_is_for() {
    let silent = files_named("rs").into_iter().filter(|path| {
        let is_build_script = path.file_name().is_some_and(|name| name == "build.rs");
        !is_build_script && !text(path).starts_with("//!")
    });
    let silent: Vec<_> = silent.map(|path| path.display().to_string()).collect();
    assert_none(
        &silent,
        "begin each with `//!`: what the module is for, and what it never does",
    );
}

#[test]
fn nothing_is_left_for_later() {
    // Written apart, so that this file is no offender.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("unimpl", "emented!"),
        concat!("to", "do!("),
    ];
    let mut offenders = Vec::new();
    for path in ["rs", "sql", "toml", "md", "graphql"]
        .into_iter()
        .flat_map(files_named)
    {
        for (index, line) in text(&path).lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                offenders.push(format!("{}:{}: {}", path.display(), index + 1, line.trim()));
            }
        }
    }
    assert_none(
        &offenders,
        "do it now, or open an issue that says what is lacking",
    );
}

#[test]
fn only_authorisation_makes_a_scope() {
    let makes_scopes = |path: &Path| text(path).contains(concat!("Scope::auth", "orised("));
    let is_for_tests = |path: &Path| {
        let shown = path.display().to_string();
        shown.contains("/tests/")
            || shown.ends_with("/tests.rs")
            || FOR_TESTS.iter().any(|(file, _)| *file == shown)
    };
    let offenders = files_named("rs").into_iter().filter(|path| {
        let allowed = SCOPE_MAKERS.iter().any(|maker| Path::new(maker) == path);
        !allowed && !is_for_tests(path) && makes_scopes(path)
    });
    let offenders: Vec<_> = offenders.map(|path| path.display().to_string()).collect();
    assert_none(
        &offenders,
        "take the caller's `&Scope`; only server/catalogue/src/authorisation.rs makes one, from a token",
    );
}

#[test]
fn files_that_count_as_tests_are_compiled_for_tests_alone() {
    for (file, parent) in FOR_TESTS {
        let module = Path::new(file)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy();
        let declared = format!("#[cfg(test)]\nmod {module};");
        assert!(
            root().join(file).exists(),
            "{file} is gone; take it off the list"
        );
        assert!(
            text(Path::new(parent)).contains(&declared),
            "{parent} must declare `{declared}`"
        );
    }
}
