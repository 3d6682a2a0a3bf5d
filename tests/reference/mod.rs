//! Worked examples that were computed outside the project, held against the product's own rules.
//!
//! Every `*_cases.json` of the folder in `BELLWETHER_REFERENCE_DIR` is read, without it the copies
//! beside this file. Only `id`, `kind` (or `workflow`), `input` and `expected` count, so that other
//! cases in the same form can be run. `cargo test reference` prints passed/total for each file.
//! Invariant: no formula stands here; each kind asks the product and writes down what it says.

mod adds_up;
mod attribution;
mod comparison;
mod file;
mod funnel;
mod given;
mod kinds;
mod maturity;
mod money;
mod objectives;
mod restatement;
mod roi;
mod written;

use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

use file::{Outcome, run};

#[test]
fn the_reference_cases_pass_whole() {
    let folder = folder();
    let mut failures = Vec::new();
    let mut n_files = 0;
    for path in case_files(&folder) {
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let outcome = run(&name, &text);
        say(&outcome);
        failures.extend(outcome.failures);
        n_files += 1;
    }
    assert!(n_files > 0, "no `*_cases.json` in {}", folder.display());
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Past the test harness, which shows the output of failed tests only.
fn say(outcome: &Outcome) {
    let Outcome {
        file,
        passed,
        total,
        elsewhere,
        ..
    } = outcome;
    let mut line = String::new();
    if *total > 0 || elsewhere.is_empty() {
        let _ = writeln!(line, "{file}: {passed}/{total}");
    }
    for package in elsewhere {
        let _ = writeln!(line, "{file}: run by `cargo test -p {package} reference`");
    }
    // Where nobody can be told, nobody listens.
    let _ = std::io::stderr().write_all(line.as_bytes());
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever has other cases says where by the environment"
)]
fn folder() -> PathBuf {
    let given = std::env::var_os("BELLWETHER_REFERENCE_DIR").map(PathBuf::from);
    given.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference"))
}

fn case_files(folder: &PathBuf) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("`{}` can't be read: {error}", folder.display()));
    let is_cases = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with("_cases.json")
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = paths.filter(is_cases).collect();
    files.sort();
    files
}
