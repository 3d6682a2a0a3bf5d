//! The house rules that no compiler checks: sizes, layers, and lists that must stay complete.

mod crates;
mod files;
mod lists;

use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Folders that hold nothing of ours.
const FOREIGN: [&str; 4] = ["target", "bellwether-data", "node_modules", "generated"];

/// Every file of the repository with this extension, relative to its root and in order.
fn files_named(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the repository is readable") {
            let path = entry.expect("the repository is readable").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if name.starts_with('.') || FOREIGN.contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path.strip_prefix(root()).expect("it lies below").to_owned());
            }
        }
    }
    found.sort();
    assert!(
        !found.is_empty(),
        "no `.{extension}` files below {}",
        root().display()
    );
    found
}

/// The text of a file, by its path from the root.
fn text(path: &Path) -> String {
    std::fs::read_to_string(root().join(path))
        .unwrap_or_else(|error| panic!("can't read {}: {error}", path.display()))
}

/// Fails with every offender and what to do instead.
fn assert_none(offenders: &[String], instead: &str) {
    assert!(
        offenders.is_empty(),
        "\n{}\n{instead}",
        offenders.join("\n")
    );
}
