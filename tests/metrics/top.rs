//! The first rows of an answer, and of each of its groups.

use bellwether_test_support::TestServer;
use serde_json::{Value, json};

use super::groups::a_small_world;
use super::{APRIL, metrics, refused};

fn shown(server: &TestServer, input: &str) -> Value {
    let input = format!("{APRIL}, by: [PLATFORM, CAMPAIGN], {input}");
    let selection = "rows { campaignName impressions } rowCount totals { impressions }";
    let mut answer = metrics(&server.viewer(), &input, selection);
    let rows = answer["rows"].as_array().expect("a list").iter();
    let rows = rows.map(|row| format!("{} {}", row["campaignName"], row["impressions"]));
    answer["rows"] = rows.collect::<Vec<_>>().join(", ").replace('"', "").into();
    answer
}

fn refusal(server: &TestServer, input: &str) -> Value {
    let input = format!("{APRIL}, by: [PLATFORM], {input}");
    refused(&server.viewer(), &input, "rowCount")["extensions"].take()
}

const MOST_FIRST: &str = "orderBy: [{metric: IMPRESSIONS, direction: DESC}]";

#[test]
fn the_first_rows_in_the_order_are_shown_and_totals_are_of_all() {
    assert_eq!(
        shown(&a_small_world(), &format!("{MOST_FIRST}, top: {{n: 2}}")),
        json!({ "rows": "d 500, c 400", "rowCount": 2, "totals": [{ "impressions": 1500 }] })
    );
}

#[test]
fn the_first_rows_of_each_group_are_shown() {
    let top = "top: {n: 1, per: [PLATFORM]}";
    let answer = shown(&a_small_world(), &format!("{MOST_FIRST}, {top}"));
    assert_eq!(answer["rows"], "d 500, c 400");
}

#[test]
fn conditions_come_before_the_first_rows() {
    let having = "having: [{metric: IMPRESSIONS, lt: \"450\"}]";
    let answer = shown(
        &a_small_world(),
        &format!("{MOST_FIRST}, {having}, top: {{n: 1}}"),
    );
    assert_eq!(answer["rows"], "c 400");
}

#[test]
fn without_an_order_the_first_are_those_of_the_grouping_columns() {
    let answer = shown(&a_small_world(), "top: {n: 1, per: [PLATFORM]}");
    assert_eq!(answer["rows"], "b 200, a 400");
}

#[test]
fn groups_are_told_apart_by_dimensions_of_the_answer() {
    let error = refusal(&a_small_world(), "top: {n: 1, per: [PLATFORM, BRAND]}");
    assert_eq!(error["field"], "top.per[1]");
    assert_eq!(error["allowed"], json!(["PLATFORM"]));
}

#[test]
fn one_to_ten_thousand_rows_are_kept() {
    let server = a_small_world();
    assert_eq!(refusal(&server, "top: {n: 0}")["field"], "top.n");
    assert_eq!(
        refusal(&server, "top: {n: 10001}")["code"],
        "LIMIT_EXCEEDED"
    );
    assert_eq!(shown(&server, "top: {n: 10000}")["rowCount"], 4);
}
