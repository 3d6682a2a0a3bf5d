//! HAVING: rows are shown by their cells; totals stay those of all rows.

use bellwether_test_support::TestServer;
use serde_json::{Value, json};

use super::{APRIL, delivered, metrics, refused};

/// Campaigns whose click-through rates are 0.1, 0.3 and none, and whose spend is 3, 1 and 2.
fn three_campaigns() -> TestServer {
    delivered(
        "date,campaign,impressions,clicks,spend\n\
         2026-04-01,low,100,10,3\n\
         2026-04-01,none,0,0,2\n\
         2026-04-01,high,100,30,1\n",
    )
}

fn shown(server: &TestServer, having: &str) -> Value {
    let input = format!("{APRIL}, by: [CAMPAIGN], having: [{having}]");
    let selection = "rows { campaignName } rowCount totals { spend }";
    let mut answer = metrics(&server.viewer(), &input, selection);
    let names = answer["rows"].as_array().expect("a list").iter();
    let names: Vec<Value> = names.map(|row| row["campaignName"].clone()).collect();
    answer["rows"] = json!(names);
    answer
}

fn refusal(server: &TestServer, input: &str) -> Value {
    let input = format!("{APRIL}, by: [CAMPAIGN], {input}");
    refused(&server.viewer(), &input, "rowCount")["extensions"].take()
}

#[test]
fn rows_are_shown_whose_cells_pass_and_totals_are_of_all() {
    assert_eq!(
        shown(&three_campaigns(), r#"{metric: SPEND, gte: "2"}"#),
        json!({ "rows": ["low", "none"], "rowCount": 2, "totals": [{ "spend": "6" }] })
    );
}

#[test]
fn every_comparator_holds_cells_against_its_bound() {
    let server = three_campaigns();
    let names = |bound: &str| shown(&server, &format!("{{metric: SPEND, {bound}}}"))["rows"].take();
    assert_eq!(names("gt: \"2\""), json!(["low"]));
    assert_eq!(names("lt: 2.0"), json!(["high"]));
    assert_eq!(names("lte: \"2\""), json!(["none", "high"]));
    assert_eq!(names("eq: \"2.00\""), json!(["none"]));
    assert_eq!(names("ne: \"2\""), json!(["low", "high"]));
    assert_eq!(names("gt: \"1\", lt: \"3\""), json!(["none"]));
}

#[test]
fn a_cell_without_a_value_never_passes() {
    let server = three_campaigns();
    let rows = |bound: &str| shown(&server, &format!("{{metric: CTR, {bound}}}"))["rows"].take();
    assert_eq!(rows("lt: \"0.2\""), json!(["low"]));
    assert_eq!(rows("ne: \"0.1\""), json!(["high"]));
}

#[test]
fn all_conditions_hold_at_once() {
    let both = r#"{metric: CTR, gt: "0"}, {metric: SPEND, lt: "3"}"#;
    assert_eq!(shown(&three_campaigns(), both)["rows"], json!(["high"]));
}

#[test]
fn pages_are_of_the_rows_that_are_shown() {
    let server = three_campaigns();
    let input = format!("{APRIL}, by: [CAMPAIGN], having: [{{metric: SPEND, lt: \"3\"}}]");
    let page = |after: &str| {
        let document = format!(
            "{{ metrics(input: {{{input}}}, first: 1{after}) \
             {{ rows {{ campaignName }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        server.viewer().data(&document)["metrics"].take()
    };
    let first = page("");
    assert_eq!(first["rows"], json!([{ "campaignName": "none" }]));
    let second = page(&format!(", after: {}", first["pageInfo"]["endCursor"]));
    assert_eq!(second["rows"], json!([{ "campaignName": "high" }]));
    assert_eq!(second["pageInfo"]["hasNextPage"], false);
}

#[test]
fn a_condition_needs_a_bound_and_a_comparison_for_other_parts() {
    let server = three_campaigns();
    let without = refusal(&server, "having: [{metric: SPEND}]");
    assert_eq!(without["field"], "having[0]");
    assert_eq!(
        without["allowed"],
        json!(["gt", "gte", "lt", "lte", "eq", "ne"])
    );
    let delta = refusal(&server, "having: [{metric: SPEND, of: DELTA, gt: \"0\"}]");
    assert_eq!(delta["field"], "having[0].of");
    let foreign = refusal(
        &server,
        "metrics: [SPEND], having: [{metric: ORDERS, gt: \"0\"}]",
    );
    assert_eq!(foreign["field"], "having[0].metric");
}

#[test]
fn at_most_sixteen_conditions_are_given() {
    let server = three_campaigns();
    let of = |n| format!("having: [{}]", r#"{metric: SPEND, gt: "0"}"#.repeat(n));
    let input = format!("{APRIL}, by: [CAMPAIGN], {}", of(16));
    assert_eq!(
        metrics(&server.viewer(), &input, "rowCount"),
        json!({ "rowCount": 3 })
    );
    assert_eq!(refusal(&server, &of(17))["code"], "LIMIT_EXCEEDED");
}
