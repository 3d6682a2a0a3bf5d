//! `columns=merge`: measures that a report doesn't have stay as older rows have them.

use bellwether_test_support::TestServer;
use serde_json::{Value, json};

use super::{refused, report, send, sums};
use crate::given::an_empty_server;

/// A server that holds a row with impressions, clicks and spend.
fn given_a_whole_row() -> TestServer {
    let server = an_empty_server();
    let columns = "date,campaign,impressions,clicks,spend";
    let csv = report(columns, &["2025-01-01,c1,100,10,1.5"]);
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), &csv);
    server
}

fn merge(server: &TestServer, columns: &str, rows: &[&str]) {
    let reply = send(server, "columns=merge", &report(columns, rows));
    assert_eq!(reply.json()["outcome"], "COMMITTED", "{}", reply.text);
}

/// Impressions, clicks and spend of everything.
fn three(server: &TestServer) -> Value {
    let sums = sums(&server.analyst());
    json!([sums["impressions"], sums["clicks"], sums["spend"]])
}

#[test]
fn measures_that_the_report_lacks_stay() {
    let server = given_a_whole_row();
    merge(&server, "date,campaign,clicks", &["2025-01-01,c1,12"]);
    assert_eq!(three(&server), json!([100, 12, "1.5"]));
}

#[test]
fn several_merges_add_up_to_what_each_said_last() {
    let server = given_a_whole_row();
    merge(&server, "date,campaign,clicks", &["2025-01-01,c1,12"]);
    merge(&server, "date,campaign,spend", &["2025-01-01,c1,2"]);
    merge(&server, "date,campaign,clicks", &["2025-01-01,c1,13"]);
    assert_eq!(three(&server), json!([100, 13, "2"]));
}

#[test]
fn an_empty_field_of_a_column_that_the_report_has_is_missing_afterwards() {
    let server = given_a_whole_row();
    let columns = "date,campaign,clicks,spend";
    merge(&server, columns, &["2025-01-01,c1,,3"]);
    assert_eq!(three(&server), json!([100, null, "3"]));
}

#[test]
fn a_merged_row_without_an_older_one_stands_for_itself() {
    let server = given_a_whole_row();
    merge(&server, "date,campaign,clicks", &["2025-01-02,c1,5"]);
    assert_eq!(three(&server)[1], 15);
}

#[test]
fn a_whole_row_after_a_merge_replaces_all_of_it() {
    let server = given_a_whole_row();
    merge(&server, "date,campaign,clicks", &["2025-01-01,c1,12"]);
    let csv = report("date,campaign,impressions", &["2025-01-01,c1,7"]);
    send(&server, "", &csv);
    assert_eq!(three(&server), json!([7, null, null]));
}

#[test]
fn each_ndjson_line_speaks_of_what_it_names() {
    let server = given_a_whole_row();
    let address = format!(
        "/v1/ingest/delivery_daily?columns=merge&register=true&brand={}",
        server.brand(0)
    );
    let body = [
        r#"{"date":"2025-01-01","campaign":"c1","clicks":null}"#,
        r#"{"date":"2025-01-02","campaign":"c1","spend":1}"#,
    ];
    let headers = [("content-type", "application/x-ndjson")];
    let reply = server
        .analyst()
        .post(&address, &headers, body.join("\n").as_bytes());
    assert_eq!(reply.json()["outcome"], "COMMITTED", "{}", reply.text);
    assert_eq!(three(&server), json!([100, null, "2.5"]));
}

#[test]
fn an_unknown_rule_for_columns_is_refused_with_those_that_are_accepted() {
    let server = super::a_server_without_facts();
    let reply = send(&server, "columns=keep", "date,campaign\n2025-01-01,c1\n");
    assert_eq!(
        refused(&reply),
        (400, json!("INVALID_INPUT"), json!("columns"))
    );
    assert!(
        super::message(&reply).contains("replace, merge"),
        "{}",
        reply.text
    );
}
