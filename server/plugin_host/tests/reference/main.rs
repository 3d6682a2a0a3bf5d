//! Worked examples that were computed outside the project, through the built libraries: found in
//! a folder, loaded by a child, asked over the wire, checked.
//!
//! How a case becomes rows and a configuration is told in plugins/README.md, "Reference cases".
//! The cases are those of `BELLWETHER_REFERENCE_DIR`, without it the copies in `tests/reference`.

mod alerts;
mod asked;
mod budgets;
mod mismatches;

/// The copies of this repository.
const COPIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/reference");
