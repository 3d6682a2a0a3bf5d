//! Totals of the groups that labels tell apart, and the first rows of each.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::labels::labelled;
use super::{APRIL, metrics, refused};

const BY_CAMPAIGN: &str = "by: [PLATFORM, CAMPAIGN], labels: [\"region\", \"season\"]";

fn totals(persona: &Persona, levels: &str) -> Value {
    let input = format!("{APRIL}, {BY_CAMPAIGN}, totals: [], totalsByLabel: [{levels}]");
    let selection =
        "totals { level levelBy levelLabels platform labels { name value } impressions ctr }";
    metrics(persona, &input, selection)["totals"].take()
}

fn of_region(region: Option<&str>, impressions: i64, ctr: f64) -> Value {
    json!({
        "level": "SUBTOTAL", "levelBy": [], "levelLabels": ["region"], "platform": null,
        "labels": [{ "name": "region", "value": region }], "impressions": impressions, "ctr": ctr,
    })
}

fn refusal(server: &TestServer, input: &str) -> Value {
    let input = format!("{APRIL}, {BY_CAMPAIGN}, {input}");
    refused(&server.viewer(), &input, "totals { impressions }")["extensions"].take()
}

#[test]
fn a_label_has_totals_of_its_own_computed_from_components() {
    assert_eq!(
        totals(&labelled().viewer(), r#"{labels: ["region"]}"#),
        json!([
            of_region(None, 400, 0.025),
            of_region(Some("north"), 900, 0.033_333_333_3),
            of_region(Some("south"), 200, 0.05),
        ])
    );
}

#[test]
fn a_level_of_labels_has_dimensions_too() {
    let shown = totals(
        &labelled().viewer(),
        r#"{labels: ["region"], by: [PLATFORM]}"#,
    );
    let of = |total: &Value| {
        (
            total["platform"].clone(),
            total["labels"][0]["value"].clone(),
            total["impressions"].clone(),
        )
    };
    let shown: Vec<_> = shown.as_array().unwrap().iter().map(of).collect();
    assert_eq!(
        shown,
        [
            (json!("META"), json!(null), json!(400)),
            (json!("META"), json!("south"), json!(200)),
            (json!("TIKTOK"), json!("north"), json!(900)),
        ]
    );
}

#[test]
fn a_table_of_totals_names_the_labels_of_a_level() {
    let input = format!(
        "{APRIL}, {BY_CAMPAIGN}, metrics: [IMPRESSIONS], totals: [], \
         totalsByLabel: [{{labels: [\"season\"], by: [PLATFORM]}}], \
         where: {{platform: {{eq: TIKTOK}}}}"
    );
    let answer = metrics(&labelled().viewer(), &input, "totalsTable { rows }");
    assert_eq!(
        answer["totalsTable"]["rows"],
        json!([
            [
                "SUBTOTAL",
                "PLATFORM,label_season",
                "TIKTOK",
                null,
                null,
                null,
                null,
                500
            ],
            [
                "SUBTOTAL",
                "PLATFORM,label_season",
                "TIKTOK",
                null,
                null,
                null,
                "spring",
                400
            ],
        ])
    );
}

#[test]
fn the_first_rows_of_each_label_are_shown() {
    let input = format!(
        "{APRIL}, {BY_CAMPAIGN}, orderBy: [{{metric: IMPRESSIONS, direction: DESC}}], \
         top: {{n: 1, perLabels: [\"region\"]}}"
    );
    let answer = metrics(
        &labelled().viewer(),
        &input,
        "rows { impressions } totals { impressions }",
    );
    let rows: Vec<&Value> = answer["rows"].as_array().unwrap().iter().collect();
    let impressions: Vec<&Value> = rows.iter().map(|row| &row["impressions"]).collect();
    assert_eq!(impressions, [500, 400, 200]);
    assert_eq!(answer["totals"], json!([{ "impressions": 1500 }]));
}

#[test]
fn a_level_is_of_labels_of_the_answer_and_comes_once() {
    let server = labelled();
    let foreign = refusal(&server, r#"totalsByLabel: [{labels: ["region", "team"]}]"#);
    assert_eq!(foreign["field"], "totalsByLabel[0].labels[1]");
    assert_eq!(foreign["allowed"], json!(["region", "season"]));
    let none = refusal(&server, "totalsByLabel: [{labels: [], by: [PLATFORM]}]");
    assert_eq!(none["field"], "totalsByLabel[0].labels");
    let twice =
        r#"totalsByLabel: [{labels: ["region", "season"]}, {labels: ["season", "region"]}]"#;
    assert_eq!(refusal(&server, twice)["field"], "totalsByLabel[1]");
    let top = refusal(&server, r#"top: {n: 1, perLabels: ["team"]}"#);
    assert_eq!(top["field"], "top.perLabels[0]");
}

#[test]
fn levels_of_labels_count_with_the_others() {
    let server = labelled();
    // Four ways to choose dimensions and three ways to choose labels make twelve levels.
    let by = ["", "PLATFORM", "CAMPAIGN", "PLATFORM, CAMPAIGN"];
    let labels = [r#""region""#, r#""season""#, r#""region", "season""#];
    let levels: Vec<String> = labels
        .iter()
        .flat_map(|labels| by.map(|by| format!("{{labels: [{labels}], by: [{by}]}}")))
        .collect();
    let levels = levels.join(" ");
    let input = |totals: &str| {
        format!("{APRIL}, {BY_CAMPAIGN}, totals: [{totals}], totalsByLabel: [{levels}]")
    };
    let sixteen = input("[], [PLATFORM], [CAMPAIGN], [PLATFORM, CAMPAIGN]");
    let answer = metrics(&server.viewer(), &sixteen, "totals { impressions }");
    assert!(answer["totals"].as_array().unwrap().len() > 16);
    let with_twice =
        input("[], [PLATFORM], [CAMPAIGN], [PLATFORM, CAMPAIGN], [CAMPAIGN, PLATFORM]");
    let error = refused(&server.viewer(), &with_twice, "totals { impressions }");
    assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED");
}
