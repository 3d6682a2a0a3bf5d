//! `replace=range`: keys that are missing from the report go, for the campaigns, days, levels and
//! attribution windows that it covers.

use bellwether_test_support::TestServer;
use serde_json::json;

use super::{message, refused, report, send, sums};
use crate::given::an_empty_server;

const COLUMNS: &str = "date,campaign,ad_group,attribution,impressions";

/// A server with these rows.
fn given(rows: &[&str]) -> TestServer {
    let server = an_empty_server();
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), &report(COLUMNS, rows));
    server
}

fn replace_range(server: &TestServer, rows: &[&str]) {
    let options = "register=true&replace=range";
    let reply = send(server, options, &report(COLUMNS, rows));
    assert_eq!(reply.json()["outcome"], "COMMITTED", "{}", reply.text);
}

fn assert_impressions(server: &TestServer, expected: i64) {
    assert_eq!(sums(&server.analyst())["impressions"], expected);
}

#[test]
fn days_between_the_first_and_the_last_that_the_report_lacks_go() {
    let server = given(&[
        "2025-01-01,c1,,,1",
        "2025-01-02,c1,,,10",
        "2025-01-03,c1,,,100",
        "2025-01-04,c1,,,1000",
    ]);
    replace_range(&server, &["2025-01-01,c1,,,2", "2025-01-03,c1,,,200"]);
    assert_impressions(&server, 2 + 200 + 1_000);
}

#[test]
fn a_month_between_of_which_the_report_has_no_row_is_cleared() {
    let server = given(&[
        "2025-01-31,c1,,,1",
        "2025-02-10,c1,,,10",
        "2025-03-01,c1,,,100",
        "2025-03-02,c1,,,1000",
    ]);
    replace_range(&server, &["2025-01-31,c1,,,2", "2025-03-01,c1,,,200"]);
    assert_impressions(&server, 2 + 200 + 1_000);
}

#[test]
fn other_campaigns_stay() {
    let server = given(&[
        "2025-01-01,c1,,,1",
        "2025-01-02,c1,,,10",
        "2025-01-02,c2,,,100",
    ]);
    replace_range(&server, &["2025-01-01,c1,,,1", "2025-01-03,c1,,,2"]);
    assert_impressions(&server, 1 + 2 + 100);
}

#[test]
fn rows_of_another_breakdown_stay() {
    let server = an_empty_server();
    let (analyst, brand) = (server.analyst(), server.brand(0));
    let columns = "date,campaign,country,age,impressions";
    let both = report(
        columns,
        &["2025-01-02,c1,US,,10", "2025-01-02,c1,,18-24,20"],
    );
    analyst.commit_csv("audience_daily", brand, &both);
    let rows = ["2025-01-01,c1,,18-24,1", "2025-01-03,c1,,18-24,2"];
    let ages = report(columns, &rows);
    let reply = analyst.ingest_csv("audience_daily", brand, "replace=range", &ages);
    assert_eq!(reply.status, 200, "{}", reply.text);
    let total_by = |dimension: &str| {
        let document = format!(
            r#"{{ metrics(input: {{range: {{between: {{from: "2025-01-01", until: "2025-02-01"}}}},
            by: [{dimension}]}}) {{ totals {{ impressions }} }} }}"#
        );
        analyst.data(&document)["metrics"]["totals"][0]["impressions"].take()
    };
    assert_eq!(
        (total_by("COUNTRY"), total_by("AGE")),
        (json!(10), json!(3))
    );
}

#[test]
fn rows_of_another_attribution_window_stay() {
    let server = given(&["2025-01-01,c1,,7d,1", "2025-01-02,c2,,1d,10"]);
    replace_range(&server, &["2025-01-01,c1,,7d,2", "2025-01-02,c1,,7d,3"]);
    let document = r#"{ metrics(input: {range: {between: {from: "2025-01-01", until: "2025-02-01"}},
        attribution: {acceptMixed: true}}) { totals { impressions } } }"#;
    let reply = server.analyst().data(document);
    assert_eq!(reply["metrics"]["totals"][0]["impressions"], 15);
}

#[test]
fn a_later_report_of_keys_is_not_taken_away() {
    let server = given(&["2025-01-02,c1,,,10"]);
    replace_range(&server, &["2025-01-01,c1,,,1", "2025-01-03,c1,,,1"]);
    let csv = report(COLUMNS, &["2025-01-02,c1,,,20"]);
    send(&server, "", &csv);
    assert_impressions(&server, 22);
}

#[test]
fn what_contradicts_a_range_is_refused_with_the_reason() {
    let server = super::a_server_without_facts();
    let csv = "date,campaign,impressions\n2025-01-01,c1,1\n";
    for (options, reason) in [
        (
            "replace=range&columns=merge",
            "`columns=merge` keeps measures",
        ),
        ("replace=range&mode=skip", "use `mode=strict`"),
        ("replace=days", "keys, range"),
    ] {
        let reply = send(&server, options, csv);
        assert_eq!(
            refused(&reply),
            (400, json!("INVALID_INPUT"), json!("replace"))
        );
        assert!(message(&reply).contains(reason), "{}", reply.text);
    }
}

#[test]
fn a_dataset_over_ranges_is_replaced_by_keys_only() {
    let server = super::a_server_without_facts();
    let csv = "from,until,kind,amount\n2025-01-01,2025-02-01,production,1\n";
    let reply = server
        .analyst()
        .ingest_csv("costs", server.brand(0), "replace=range", csv);
    assert_eq!(
        refused(&reply),
        (400, json!("INVALID_INPUT"), json!("replace"))
    );
    assert!(
        message(&reply).contains("a row of `costs` is of a range of days"),
        "{}",
        reply.text
    );
}
