//! Rules of crates: which knows which, and that each foreign library is known to one.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::{assert_none, files_named, text};

/// The crates of this workspace, and the ones that each may depend on.
const DIRECTION: &[(&str, &[&str])] = &[
    ("bellwether-domain", &[]),
    ("bellwether-plugin-abi", &[]),
    ("bellwether-plugin-sdk", &["bellwether-plugin-abi"]),
    ("bellwether-plugin-roi", &["bellwether-plugin-sdk"]),
    ("bellwether-plugin-faulty", &["bellwether-plugin-sdk"]),
    ("bellwether-statistics", &[]),
    ("bellwether-reference-cases", &[]),
    ("bellwether-plugin-pacing", &["bellwether-plugin-sdk"]),
    (
        "bellwether-plugin-anomaly",
        &["bellwether-plugin-sdk", "bellwether-statistics"],
    ),
    ("bellwether-workflow", &["bellwether-domain"]),
    (
        "bellwether-plugin-audience-fit",
        &["bellwether-plugin-sdk", "bellwether-statistics"],
    ),
    (
        "bellwether-plugin-budget",
        &["bellwether-plugin-sdk", "bellwether-statistics"],
    ),
    ("bellwether-catalogue", &["bellwether-domain"]),
    ("bellwether-store", &["bellwether-domain"]),
    (
        "bellwether-plugin-host",
        &["bellwether-domain", "bellwether-plugin-abi"],
    ),
    (
        "bellwether-service",
        &[
            "bellwether-domain",
            "bellwether-catalogue",
            "bellwether-store",
            "bellwether-plugin-host",
            "bellwether-workflow",
            "bellwether-statistics",
        ],
    ),
    (
        "bellwether-schema",
        &[
            "bellwether-domain",
            "bellwether-workflow",
            "bellwether-service",
        ],
    ),
    (
        "bellwether",
        &[
            "bellwether-domain",
            "bellwether-catalogue",
            "bellwether-store",
            "bellwether-plugin-host",
            "bellwether-plugin-roi",
            "bellwether-workflow",
            "bellwether-service",
            "bellwether-schema",
        ],
    ),
    ("bellwether-test-support", &[]),
];

/// Foreign libraries, and the crates that may know them.
const HOMES: &[(&str, &[&str])] = &[
    ("diesel", &["bellwether-catalogue"]),
    ("diesel_migrations", &["bellwether-catalogue"]),
    ("libsqlite3-sys", &["bellwether-catalogue"]),
    ("pq-sys", &["bellwether-catalogue"]),
    ("openssl-sys", &["bellwether-catalogue"]),
    ("parquet", &["bellwether-store"]),
    ("object_store", &["bellwether-store"]),
    (
        "arrow",
        &[
            "bellwether-store",
            "bellwether-plugin-host",
            "bellwether-plugin-sdk",
        ],
    ),
    ("statrs", &["bellwether-statistics"]),
    ("libloading", &["bellwether-plugin-host"]),
    ("jsonschema", &["bellwether-plugin-host"]),
    ("landlock", &["bellwether-plugin-host"]),
    ("seccompiler", &["bellwether-plugin-host"]),
    ("moka", &["bellwether-service"]),
    ("async-graphql", &["bellwether-schema"]),
    ("poem", &["bellwether"]),
    ("encoding_rs", &["bellwether"]),
    ("tungstenite", &["bellwether-test-support"]),
    ("ureq", &["bellwether", "bellwether-test-support"]),
    ("clap", &["bellwether"]),
    ("tikv-jemallocator", &["bellwether"]),
    ("ulid", &["bellwether-domain"]),
    ("jiff", &["bellwether-domain"]),
    ("iso_currency", &["bellwether-domain"]),
    ("rust_decimal", &["bellwether-domain"]),
    ("winnow", &["bellwether-domain"]),
    ("cel", &["bellwether-workflow"]),
    ("serde_json_canonicalizer", &["bellwether-workflow"]),
];

/// The names of what each crate depends on when it is built, tests left out.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let mut by_crate = BTreeMap::new();
    for path in files_named("toml")
        .iter()
        .filter(|path| path.ends_with("Cargo.toml"))
    {
        let manifest: Table = text(path)
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = manifest["package"]["name"]
            .as_str()
            .expect("a crate has a name")
            .to_owned();
        let mut names = Vec::new();
        let platforms = manifest.get("target").and_then(Value::as_table);
        let platforms = platforms
            .into_iter()
            .flat_map(|table| table.values().filter_map(Value::as_table));
        for table in platforms.chain([&manifest]) {
            for section in ["dependencies", "build-dependencies"] {
                let section = table.get(section).and_then(Value::as_table);
                names.extend(
                    section
                        .into_iter()
                        .flat_map(|section| section.keys().cloned()),
                );
            }
        }
        by_crate.insert(name, names);
    }
    by_crate
}

#[test]
fn every_crate_stands_in_the_direction_table() {
    let known: Vec<&str> = DIRECTION.iter().map(|(name, _)| *name).collect();
    let unknown: Vec<_> = dependencies()
        .into_keys()
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    assert_none(
        &unknown,
        "add them to DIRECTION in tests/tidy/crates.rs and to the map in server/ARCHITECTURE.md",
    );
}

#[test]
fn crates_know_only_those_below_them() {
    let dependencies = dependencies();
    let mut offenders = Vec::new();
    for (name, allowed) in DIRECTION {
        let ours = dependencies[*name]
            .iter()
            .filter(|dependency| dependency.starts_with("bellwether"));
        for dependency in ours.filter(|dependency| !allowed.contains(&dependency.as_str())) {
            offenders.push(format!(
                "{name} depends on {dependency}; it may only on {allowed:?}"
            ));
        }
    }
    assert_none(
        &offenders,
        "move the shared word down to server/domain, or the joining up to server/service",
    );
}

#[test]
fn each_foreign_library_has_one_home() {
    let mut offenders = Vec::new();
    for (name, dependencies) in dependencies() {
        for (library, homes) in HOMES {
            if dependencies.iter().any(|dependency| dependency == library)
                && !homes.contains(&name.as_str())
            {
                offenders.push(format!(
                    "{name} depends on {library}; use what {} offers",
                    homes.join(" or ")
                ));
            }
        }
    }
    assert_none(
        &offenders,
        "one foreign library, one crate (server/ARCHITECTURE.md)",
    );
}

#[test]
fn every_home_is_lived_in() {
    let dependencies = dependencies();
    let lives_in = |library: &str, home: &str| {
        dependencies[home]
            .iter()
            .any(|dependency| dependency == library)
    };
    let empty = HOMES
        .iter()
        .flat_map(|(library, homes)| homes.iter().map(move |home| (library, home)));
    let empty = empty.filter(|(library, home)| !lives_in(library, home));
    let empty: Vec<_> = empty
        .map(|(library, home)| format!("{home} has no {library}"))
        .collect();
    assert_none(&empty, "take them off HOMES in tests/tidy/crates.rs");
}

#[test]
fn versions_stand_in_the_root_manifest_alone() {
    let mut offenders = Vec::new();
    for path in files_named("toml")
        .iter()
        .filter(|path| path.ends_with("Cargo.toml") && path.components().count() > 1)
    {
        let manifest: Table = text(path).parse().expect("the manifest was read before");
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, value) in manifest
                .get(section)
                .and_then(Value::as_table)
                .into_iter()
                .flatten()
            {
                if value.is_str() || value.get("version").is_some() {
                    offenders.push(format!("{}: {name}", path.display()));
                }
            }
        }
    }
    assert_none(
        &offenders,
        "write `name.workspace = true`, and the version in the root Cargo.toml",
    );
}
