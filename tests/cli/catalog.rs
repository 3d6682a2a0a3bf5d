//! What can be asked, printed for people and programs.

use std::path::Path;

use bellwether_test_support::run;
use serde_json::Value;

use crate::given::BELLWETHER;

#[test]
fn the_page_of_the_documentation_is_what_the_command_prints() {
    let printed = run(BELLWETHER, ["catalog", "--markdown"])
        .succeeded()
        .stdout;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/catalog.md");
    if std::env::vars_os().any(|(name, _)| name == "UPDATE") {
        std::fs::write(&path, &printed).unwrap();
    }
    assert!(
        printed == std::fs::read_to_string(path).unwrap_or_default(),
        "docs/catalog.md is out of date; run `cargo run -- catalog --markdown > docs/catalog.md`"
    );
}

#[test]
fn programs_get_every_metric_with_its_formula() {
    let printed = run(BELLWETHER, ["catalog", "--json"]).succeeded().stdout;
    let catalog: Value = serde_json::from_str(&printed).unwrap();
    let metrics = catalog["metrics"].as_array().unwrap();
    let cpm = metrics.iter().find(|it| it["name"] == "CPM").unwrap();
    assert_eq!(cpm["formula"], "1000 * spend / impressions");
}

#[test]
fn a_form_has_to_be_chosen() {
    let ran = run(BELLWETHER, ["catalog"]);
    assert_ne!(ran.code, Some(0));
    assert!(ran.stderr.contains("--markdown"), "{ran:#?}");
}
