//! An agency's own metrics in questions: values, totals, order, conditions, revisions.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::{APRIL, delivered, metrics, refused};

fn three_campaigns() -> TestServer {
    let server = delivered(
        "date,campaign,impressions,likes,shares,spend\n\
         2026-04-01,a,1000,5,5,10\n\
         2026-04-02,a,1000,10,0,10\n\
         2026-04-01,b,4000,8,0,40\n\
         2026-04-01,c,0,0,0,0\n",
    );
    save(
        &server.analyst(),
        "joy",
        "1000 * (likes + shares) / impressions",
    );
    save(&server.analyst(), "reactions", "likes + shares");
    server
}

fn save(persona: &Persona, name: &str, formula: &str) {
    let document = format!(
        r#"mutation {{ saveCustomMetric(input: {{name: "{name}", formula: "{formula}", meaning: "For a test."}}) {{ userErrors {{ message }} }} }}"#
    );
    let saved = persona.data(&document);
    assert_eq!(saved["saveCustomMetric"]["userErrors"], json!([]));
}

fn asked(server: &TestServer, input: &str, selection: &str) -> Value {
    metrics(&server.viewer(), &format!("{APRIL}, {input}"), selection)
}

fn refusal(server: &TestServer, input: &str) -> Value {
    let input = format!("{APRIL}, {input}");
    refused(&server.viewer(), &input, "rowCount")["extensions"].take()
}

#[test]
fn custom_metrics_stand_in_rows_and_after_the_metrics_of_tables() {
    let shown = asked(
        &three_campaigns(),
        r#"by: [CAMPAIGN], metrics: [LIKES], customMetrics: ["joy", "reactions"], orderBy: [{metric: LIKES, direction: DESC}]"#,
        "rows { likes custom { name value note } } table { columns { name type unit } rows }",
    );
    assert_eq!(
        shown["rows"][0]["custom"],
        json!([
            { "name": "joy", "value": "10", "note": null },
            { "name": "reactions", "value": "20", "note": null },
        ])
    );
    let columns = shown["table"]["columns"].as_array().unwrap();
    assert_eq!(
        columns[2..],
        [
            json!({ "name": "likes", "type": "COUNT", "unit": "COUNT" }),
            json!({ "name": "joy", "type": "FLOAT", "unit": "RATIO" }),
            json!({ "name": "reactions", "type": "COUNT", "unit": "COUNT" }),
        ]
    );
    assert_eq!(
        shown["table"]["rows"][0].as_array().unwrap()[2..],
        [json!(15), json!(10.0), json!(20)]
    );
}

#[test]
fn totals_come_from_components() {
    let shown = asked(
        &three_campaigns(),
        r#"by: [CAMPAIGN], customMetrics: ["joy"]"#,
        "totals { custom { value } }",
    );
    // 28 of 6,000, not a sum or a mean of rows.
    assert_eq!(
        shown["totals"][0]["custom"],
        json!([{ "value": "4.6666666667" }])
    );
}

#[test]
fn a_denominator_of_zero_is_told_by_a_note() {
    let shown = asked(
        &three_campaigns(),
        r#"by: [CAMPAIGN], customMetrics: ["joy"], orderBy: [{dimension: CAMPAIGN}]"#,
        "rows { campaignName custom { value note } }",
    );
    let rows = shown["rows"].as_array().unwrap();
    let idle = rows.iter().find(|row| row["campaignName"] == "c").unwrap();
    assert_eq!(
        idle["custom"],
        json!([{ "value": null, "note": "ZERO_DENOMINATOR" }])
    );
}

#[test]
fn rows_are_sorted_and_chosen_by_them() {
    let shown = asked(
        &three_campaigns(),
        r#"by: [CAMPAIGN], customMetrics: ["joy"], having: [{customMetric: "joy", gt: "1"}], orderBy: [{customMetric: "joy"}]"#,
        "rows { campaignName custom { value } }",
    );
    assert_eq!(
        shown["rows"],
        json!([
            { "campaignName": "b", "custom": [{ "value": "2" }] },
            { "campaignName": "a", "custom": [{ "value": "10" }] },
        ])
    );
}

#[test]
fn they_are_compared_like_other_metrics() {
    let shown = metrics(
        &three_campaigns().viewer(),
        r#"range: {between: {from: "2026-04-02", until: "2026-04-03"}}, customMetrics: ["reactions"], compare: {previousPeriod: {}}"#,
        "totals { custom { value } before: custom(of: PREVIOUS) { value } change: custom(of: DELTA) { value } } table { columns { name } }",
    );
    assert_eq!(
        shown["totals"][0],
        json!({ "custom": [{ "value": "10" }], "before": [{ "value": "18" }], "change": [{ "value": "-8" }] })
    );
    let names: Vec<&str> = shown["table"]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|column| column["name"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "reactions",
            "reactions_previous",
            "reactions_delta",
            "reactions_delta_ratio"
        ]
    );
}

#[test]
fn another_revision_changes_the_next_answer() {
    let server = three_campaigns();
    let value = || {
        let shown = asked(
            &server,
            r#"customMetrics: ["reactions"]"#,
            "totals { custom { value } } meta { cache }",
        );
        (
            shown["totals"][0]["custom"][0]["value"].clone(),
            shown["meta"]["cache"].clone(),
        )
    };
    assert_eq!(value().0, json!("28"));
    assert_eq!(value(), (json!("28"), json!("HIT")));
    save(&server.analyst(), "reactions", "likes");
    assert_eq!(value().0, json!("23"));
}

#[test]
fn one_that_is_not_there_is_not_found_with_the_nearest() {
    let server = three_campaigns();
    let extensions = refusal(&server, r#"customMetrics: ["reaction"]"#);
    assert_eq!(extensions["code"], "NOT_FOUND");
    assert_eq!(extensions["field"], "customMetrics[0]");
    assert_eq!(extensions["didYouMean"], "reactions");
}

#[test]
fn an_archived_one_is_not_found() {
    let server = three_campaigns();
    server.analyst().data(
        r#"mutation { archiveCustomMetric(input: {name: "joy"}) { customMetric { revision } } }"#,
    );
    let extensions = refusal(&server, r#"customMetrics: ["joy"]"#);
    assert_eq!(extensions["code"], "NOT_FOUND");
}

#[test]
fn rows_can_not_be_sorted_or_chosen_by_one_that_is_not_asked_for() {
    let server = three_campaigns();
    for (input, field) in [
        (
            r#"customMetrics: ["joy"], orderBy: [{customMetric: "reactions"}]"#,
            "orderBy[0].customMetric",
        ),
        (
            r#"customMetrics: ["joy"], having: [{customMetric: "reactions", gt: "1"}]"#,
            "having[0].customMetric",
        ),
        (r#"customMetrics: ["joy", "joy"]"#, "customMetrics[1]"),
        (r#"having: [{gt: "1"}]"#, "having[0]"),
    ] {
        let extensions = refusal(&server, input);
        assert_eq!(
            (&extensions["code"], &extensions["field"]),
            (&json!("INVALID_INPUT"), &json!(field))
        );
    }
}

#[test]
fn a_query_asks_for_so_many_and_no_more() {
    let server = three_campaigns();
    let analyst = server.analyst();
    let names: Vec<String> = (0..17).map(|n| format!("m{n}")).collect();
    for name in &names {
        save(&analyst, name, "likes");
    }
    let input = |n: usize| format!("customMetrics: {:?}", &names[..n]);
    let shown = asked(&server, &input(16), "totals { custom { value } }");
    assert_eq!(shown["totals"][0]["custom"].as_array().unwrap().len(), 16);
    let extensions = refusal(&server, &input(17));
    assert_eq!(extensions["code"], "LIMIT_EXCEEDED");
}

#[test]
fn a_finer_view_that_lacks_a_component_says_so() {
    let server = three_campaigns();
    save(&server.analyst(), "worth", "(revenue - total_cost) / spend");
    let shown = asked(
        &server,
        r#"by: [HOUR], customMetrics: ["worth"]"#,
        "totals { custom { note } }",
    );
    assert_eq!(shown["totals"][0]["custom"][0]["note"], "NOT_AT_THIS_GRAIN");
    let extensions = refusal(&server, r#"by: [PRODUCT], customMetrics: ["worth"]"#);
    assert_eq!(extensions["code"], "INVALID_INPUT");
}
