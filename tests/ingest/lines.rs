//! What is wrong with single lines: told by line, column and code, with what would be accepted.

use bellwether::clock::SystemClock;
use bellwether_domain::time::{Clock, Date, utc_date};
use bellwether_test_support::Reply;
use serde_json::json;

use super::{Untouched, a_server_without_facts, problems, report, send, sums};
use crate::given::an_empty_server;

const COLUMNS: &str = "date,campaign,impressions,spend";

/// The answer to a report whose second row is this one.
fn answer_to(row: &str) -> Reply {
    let server = a_server_without_facts();
    send(
        &server,
        "register=true",
        &report(COLUMNS, &["2025-01-01,c1,1,1", row]),
    )
}

#[test]
fn a_text_in_a_columns_of_counts_is_of_the_wrong_type() {
    let reply = answer_to("2025-01-02,c1,many,1");
    assert_eq!(problems(&reply), json!([[3, "impressions", "WRONG_TYPE"]]));
    assert!(
        reply.text.contains("write digits with `.` for decimals"),
        "{}",
        reply.text
    );
}

#[test]
fn a_fraction_of_an_impression_is_of_the_wrong_type() {
    assert_eq!(
        problems(&answer_to("2025-01-02,c1,1.5,1")),
        json!([[3, "impressions", "WRONG_TYPE"]])
    );
}

#[test]
fn a_negative_count_is_refused() {
    assert_eq!(
        problems(&answer_to("2025-01-02,c1,-1,1")),
        json!([[3, "impressions", "NEGATIVE_VALUE"]])
    );
}

#[test]
fn negative_media_spend_is_refused() {
    assert_eq!(
        problems(&answer_to("2025-01-02,c1,1,-0.01")),
        json!([[3, "spend", "NEGATIVE_VALUE"]])
    );
}

#[test]
fn money_finer_than_a_micro_is_refused_rather_than_rounded() {
    assert_eq!(
        problems(&answer_to("2025-01-02,c1,1,0.0000001")),
        json!([[3, "spend", "TOO_FINE"]])
    );
}

#[test]
fn a_count_beyond_64_bits_is_refused() {
    assert_eq!(
        problems(&answer_to("2025-01-02,c1,9223372036854775808,1")),
        json!([[3, "impressions", "TOO_LARGE"]])
    );
}

#[test]
fn a_day_that_has_not_begun_anywhere_is_in_the_future() {
    let today = utc_date(SystemClock.now());
    let tomorrow = today
        .tomorrow()
        .and_then(Date::tomorrow)
        .expect("a day of this century");
    let reply = answer_to(&format!("{tomorrow},c1,1,1"));
    assert_eq!(problems(&reply), json!([[3, "date", "FUTURE_DATE"]]));
    assert!(
        reply.text.contains("the latest day accepted is"),
        "{}",
        reply.text
    );
}

#[test]
fn a_day_of_the_wrong_century_is_too_early() {
    assert_eq!(
        problems(&answer_to("1925-01-02,c1,1,1")),
        json!([[3, "date", "DATE_TOO_EARLY"]])
    );
}

#[test]
fn a_day_that_no_calendar_has_is_a_bad_date() {
    assert_eq!(
        problems(&answer_to("2025-02-30,c1,1,1")),
        json!([[3, "date", "BAD_DATE"]])
    );
}

#[test]
fn a_row_without_its_campaign_lacks_a_value() {
    assert_eq!(
        problems(&answer_to("2025-01-02,,1,1")),
        json!([[3, "campaign", "MISSING_VALUE"]])
    );
}

#[test]
fn a_row_of_other_width_than_the_header_is_refused() {
    assert_eq!(
        problems(&answer_to("2025-01-02,c1,1")),
        json!([[3, null, "WRONG_FIELD_COUNT"]])
    );
}

#[test]
fn bytes_that_are_not_utf8_are_refused_by_line_and_column() {
    let server = a_server_without_facts();
    let body = b"date,campaign,impressions\n2025-01-01,c1,1\n2025-01-01,caf\xe9,1\n";
    let address = format!(
        "/v1/ingest/delivery_daily?register=true&brand={}",
        server.brand(0)
    );
    let reply = server
        .analyst()
        .post(&address, &[("content-type", "text/csv")], body);
    assert_eq!(problems(&reply), json!([[3, "campaign", "BAD_UTF8"]]));
}

#[test]
fn an_ndjson_line_that_is_no_object_is_malformed() {
    let server = a_server_without_facts();
    let body = "{\"date\":\"2025-01-01\",\"campaign\":\"c1\",\"clicks\":1}\n{\"date\":\n[1]\n";
    let address = format!(
        "/v1/ingest/delivery_daily?register=true&brand={}",
        server.brand(0)
    );
    let headers = [("content-type", "application/x-ndjson")];
    let reply = server.analyst().post(&address, &headers, body.as_bytes());
    assert_eq!(
        problems(&reply),
        json!([[2, null, "MALFORMED"], [3, null, "MALFORMED"]])
    );
}

#[test]
fn an_ndjson_line_with_an_unknown_name_gets_the_nearest() {
    let server = a_server_without_facts();
    let body = r#"{"date":"2025-01-01","campaign":"c1","impresions":1}"#;
    let address = format!(
        "/v1/ingest/delivery_daily?register=true&brand={}",
        server.brand(0)
    );
    let headers = [("content-type", "application/x-ndjson")];
    let reply = server.analyst().post(&address, &headers, body.as_bytes());
    assert_eq!(
        problems(&reply),
        json!([[1, "impresions", "UNKNOWN_COLUMN"]])
    );
    assert!(
        reply.text.contains("did you mean `impressions`?"),
        "{}",
        reply.text
    );
}

#[test]
fn a_strict_report_with_one_bad_line_writes_nothing() {
    let untouched = Untouched::given();
    let csv = report(COLUMNS, &["2025-01-01,c1,100,1", "2025-01-02,c1,-1,1"]);
    let reply = send(&untouched.server, "register=true", &csv);
    let answer = reply.json();
    assert_eq!(
        (
            reply.status,
            &answer["outcome"],
            &answer["accepted"],
            &answer["rejected"]
        ),
        (422, &json!("REJECTED"), &json!(0), &json!(1))
    );
    untouched.assert_so();
}

#[test]
fn a_skipping_report_writes_its_good_lines_and_lists_the_bad() {
    let server = an_empty_server();
    let csv = report(
        COLUMNS,
        &[
            "2025-01-01,c1,100,1",
            "2025-01-02,c1,-1,1",
            "2025-01-03,c1,10,1",
        ],
    );
    let reply = send(&server, "register=true&mode=skip", &csv);
    assert_eq!(
        (reply.status, problems(&reply)),
        (200, json!([[3, "impressions", "NEGATIVE_VALUE"]]))
    );
    assert_eq!(sums(&server.analyst())["impressions"], 110);
}

#[test]
fn a_skipping_report_without_a_good_line_is_rejected() {
    let server = a_server_without_facts();
    let csv = report(COLUMNS, &["2025-01-02,c1,-1,1"]);
    let reply = send(&server, "register=true&mode=skip", &csv);
    assert_eq!(
        (reply.status, reply.json()["outcome"].take()),
        (422, json!("REJECTED"))
    );
}

#[test]
fn an_answer_lists_a_thousand_problems_and_counts_them_all() {
    let server = a_server_without_facts();
    let rows: Vec<String> = (0..1_001)
        .map(|n| format!("2025-01-01,c{n},-1,1"))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let answer = send(&server, "register=true", &report(COLUMNS, &rows)).json();
    assert_eq!(
        (
            &answer["rejected"],
            answer["problems"].as_array().map(Vec::len)
        ),
        (&json!(1_001), Some(1_000))
    );
}

#[test]
fn a_text_with_a_nul_is_refused_as_no_database_keeps_it_alike() {
    let server = a_server_without_facts();
    let csv = report("date,campaign,impressions", &["2025-01-01,c\u{0}1,1"]);
    let reply = send(&server, "register=true", &csv);
    assert_eq!(problems(&reply), json!([[2, "campaign", "BAD_TEXT"]]));
}

#[test]
fn an_ndjson_line_that_says_a_column_twice_is_malformed() {
    let server = a_server_without_facts();
    let body = [
        r#"{"date":"2025-01-01","campaign":"c1","clicks":1,"clicks":2}"#,
        r#"{"date":"2025-01-02","campaign":"c1","clicks":1,"Clicks":1}"#,
    ];
    let address = format!(
        "/v1/ingest/delivery_daily?register=true&brand={}",
        server.brand(0)
    );
    let headers = [("content-type", "application/x-ndjson")];
    let reply = server
        .analyst()
        .post(&address, &headers, body.join("\n").as_bytes());
    assert_eq!(
        problems(&reply),
        json!([[1, "clicks", "MALFORMED"], [2, "Clicks", "MALFORMED"]])
    );
}

#[test]
fn a_line_after_a_text_of_several_lines_is_told_by_its_place_in_the_file() {
    let server = a_server_without_facts();
    let rows = [
        "2025-01-01,c1,\"a name\nof two lines\",1",
        "2025-01-02,c1,,-1",
    ];
    let csv = report("date,campaign,campaign_name,impressions", &rows);
    let reply = send(&server, "register=true", &csv);
    assert_eq!(
        problems(&reply),
        json!([
            [2, "campaign_name", "BAD_TEXT"],
            [4, "impressions", "NEGATIVE_VALUE"]
        ])
    );
}
