//! Periods without facts: left out, filled with zeros, or shown without values.

use bellwether_test_support::TestServer;
use serde_json::{Value, json};

use super::{delivered, metrics, refused};

const FOUR_DAYS: &str = r#"range: {between: {from: "2026-04-01", until: "2026-04-05"}}"#;

/// Facts of the second and the fourth day, and of two platforms.
fn with_gaps() -> TestServer {
    delivered(
        "date,campaign,platform,impressions,clicks\n\
         2026-04-02,a,META,10,1\n\
         2026-04-04,a,META,20,2\n\
         2026-04-04,b,TIKTOK,30,0\n",
    )
}

fn rows(server: &TestServer, input: &str, fields: &str) -> Value {
    let input = format!("{FOUR_DAYS}, {input}");
    metrics(&server.viewer(), &input, &format!("rows {{ {fields} }}"))["rows"].take()
}

fn by_day(server: &TestServer, fill: &str) -> Value {
    let rows = rows(
        server,
        &format!("by: [PERIOD], fill: {fill}"),
        "period impressions",
    );
    let cells = rows.as_array().unwrap().iter();
    let cells = cells.map(|row| json!([&row["period"].as_str().unwrap()[8..], row["impressions"]]));
    Value::Array(cells.collect())
}

#[test]
fn periods_without_facts_are_left_out_zero_or_null_as_asked() {
    let server = with_gaps();
    assert_eq!(by_day(&server, "NONE"), json!([["02", 10], ["04", 50]]));
    assert_eq!(
        by_day(&server, "ZERO"),
        json!([["01", 0], ["02", 10], ["03", 0], ["04", 50]])
    );
    assert_eq!(
        by_day(&server, "NULL"),
        json!([["01", null], ["02", 10], ["03", null], ["04", 50]])
    );
}

#[test]
fn filled_cells_say_why_they_have_no_value() {
    let server = with_gaps();
    let first = |fill: &str| {
        let input = format!("by: [PERIOD], fill: {fill}");
        rows(&server, &input, "impressions ctr notes { metric code }")[0].take()
    };
    assert_eq!(
        first("ZERO"),
        json!({
            "impressions": 0,
            "ctr": null,
            "notes": [{ "metric": "CTR", "code": "ZERO_DENOMINATOR" }],
        })
    );
    assert_eq!(
        first("NULL")["notes"],
        json!([
            { "metric": "IMPRESSIONS", "code": "NOT_REPORTED" },
            { "metric": "CTR", "code": "NOT_REPORTED" },
        ])
    );
}

#[test]
fn every_group_seen_is_filled() {
    let rows = rows(
        &with_gaps(),
        "by: [PLATFORM, PERIOD], fill: ZERO",
        "platform impressions",
    );
    let of = |platform: &str, impressions: i64| json!({ "platform": platform, "impressions": impressions });
    assert_eq!(
        rows,
        json!([
            of("META", 0),
            of("META", 10),
            of("META", 0),
            of("META", 20),
            of("TIKTOK", 0),
            of("TIKTOK", 0),
            of("TIKTOK", 0),
            of("TIKTOK", 30),
        ])
    );
}

#[test]
fn a_range_without_any_facts_is_filled_by_period_alone() {
    let server = delivered("date,campaign,impressions\n2026-05-01,a,1\n");
    assert_eq!(
        by_day(&server, "ZERO"),
        json!([["01", 0], ["02", 0], ["03", 0], ["04", 0]])
    );
    let by_brand = rows(&server, "by: [BRAND, PERIOD], fill: ZERO", "impressions");
    assert_eq!(by_brand, json!([]));
}

#[test]
fn totals_are_those_of_the_facts() {
    let input = format!("{FOUR_DAYS}, by: [PERIOD], fill: ZERO");
    let answer = metrics(
        &with_gaps().viewer(),
        &input,
        "rowCount totals { impressions ctr }",
    );
    assert_eq!(
        answer,
        json!({ "rowCount": 4, "totals": [{ "impressions": 60, "ctr": 0.05 }] })
    );
}

#[test]
fn filled_periods_are_compared_with_the_facts_beside_them() {
    let compare = r#"compare: {between: {from: "2026-04-02", until: "2026-04-05"}}"#;
    let input = format!(
        r#"range: {{between: {{from: "2026-04-05", until: "2026-04-08"}}}}, by: [PERIOD], fill: ZERO, {compare}"#
    );
    let answer = metrics(
        &with_gaps().viewer(),
        &input,
        "rows { impressions previous { impressions } delta { impressions } }",
    );
    let row = |before: i64| {
        json!({
            "impressions": 0,
            "previous": { "impressions": before },
            "delta": { "impressions": -before },
        })
    };
    assert_eq!(answer["rows"], json!([row(10), row(0), row(50)]));
}

#[test]
fn only_periods_are_filled() {
    let error = refused(
        &with_gaps().viewer(),
        &format!("{FOUR_DAYS}, by: [PLATFORM], fill: ZERO"),
        "rowCount",
    );
    assert_eq!(error["extensions"]["field"], "fill");
}

#[test]
fn no_more_rows_are_filled_in_than_an_answer_may_have() {
    let campaigns = |n: usize| {
        let rows = (0..n).map(|n| format!("2026-04-01,c{n},1\n"));
        format!("date,campaign,impressions\n{}", rows.collect::<String>())
    };
    // 50 campaigns over 2,000 days are as many rows as `groups_max` lets through.
    let server = delivered(&campaigns(50));
    let range = |until: &str| {
        format!(
            r#"range: {{between: {{from: "2020-10-11", until: "{until}"}}}}, by: [CAMPAIGN, PERIOD], fill: NULL"#
        )
    };
    let most = metrics(&server.viewer(), &range("2026-04-03"), "rowCount");
    assert_eq!(most, json!({ "rowCount": 100_000 }));
    let error = refused(&server.viewer(), &range("2026-04-04"), "rowCount");
    assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED");
}
