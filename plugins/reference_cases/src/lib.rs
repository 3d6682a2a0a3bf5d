//! Runs a file of reference cases through a function and compares what comes out.
//!
//! For tests alone. A file is read from the folder in `BELLWETHER_REFERENCE_DIR`, or from the copy
//! that the testing crate keeps. Only `id`, `kind`, `input`, `expected` and `tolerance` of a case
//! are read, so that other cases of the same form can be run. Invariant: a case of an unknown kind
//! fails, and so does a file without cases.

#![warn(missing_docs)]

mod compare;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

pub use compare::{Tolerance, differences};

/// One case.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    /// Its name in reports.
    pub id: String,
    /// Which function it is for.
    pub kind: String,
    /// What goes in.
    pub input: Value,
    /// What must come out.
    pub expected: Value,
    /// How far off it may be; null where the file's rule holds.
    #[serde(default)]
    pub tolerance: Value,
}

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

/// The path of a file of cases: in `BELLWETHER_REFERENCE_DIR` if that is set, else in `copies`.
pub fn path_of(file: &str, copies: &str) -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "whoever runs the tests says where other cases are"
    )]
    let folder = std::env::var_os("BELLWETHER_REFERENCE_DIR");
    folder
        .map_or_else(|| PathBuf::from(copies), PathBuf::from)
        .join(file)
}

/// Runs every case and panics with all differences, or prints how many passed.
///
/// `answer` turns a case into what the product says, or `None` when the kind is unknown to it;
/// `tolerance` says how far off a number under a key may be.
pub fn run(
    path: &Path,
    answer: impl Fn(&Case) -> Option<Value>,
    tolerance: impl Fn(&Case, &str) -> Tolerance,
) {
    let cases = load(path);
    let mut failures = Vec::new();
    let mut passed = 0;
    for case in &cases {
        let found = match answer(case) {
            Some(found) => differences(&case.expected, &found, &|key| tolerance(case, key)),
            None => vec![format!("kind `{}` is unknown", case.kind)],
        };
        if found.is_empty() {
            passed += 1;
        }
        failures.extend(found.into_iter().map(|line| format!("{}: {line}", case.id)));
    }
    println!("{}: {passed}/{} cases pass", path.display(), cases.len());
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn load(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("can't read {}: {error}", path.display()));
    let file: File = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{} is no file of cases: {error}", path.display()));
    assert!(!file.cases.is_empty(), "{} holds no case", path.display());
    file.cases
}
