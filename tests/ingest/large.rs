//! Reports that are larger than the memory they are given: rows are written aside and merged, and
//! nothing else changes.

use std::fmt::Write;

use bellwether_test_support::TestServer;
use serde_json::json;

use super::{Untouched, message, problems, refused, send, sums};
use crate::given::{BELLWETHER, an_empty_server, with_operator};

/// So little that a report of some megabytes becomes several runs.
const SMALL_MEMORY: &str = "[limits]\ningest_memory_bytes_max = 8000000\n";

const ROWS: u64 = 60_000;

/// A report whose rows come in no order of their keys; each has a key of its own.
fn shuffled_report() -> String {
    let mut csv = "date,campaign,ad_group,impressions\n".to_owned();
    for n in 0..ROWS {
        let (month, day) = (1 + n * 5 % 12, 1 + n * 7 % 28);
        // Writing to a string has no way to fail.
        let _ = writeln!(csv, "2024-{month:02}-{day:02},c{},g{n},{n}", n * 11 % 53);
    }
    csv
}

#[test]
fn a_report_that_does_not_fit_its_memory_is_taken_in_whole() {
    let server = TestServer::with_config(BELLWETHER, SMALL_MEMORY);
    let answer = send(&server, "register=true", &shuffled_report()).json();
    assert_eq!(
        (&answer["accepted"], &answer["rows_written"]),
        (&json!(ROWS), &json!(ROWS))
    );
    let impressions = ROWS * (ROWS - 1) / 2;
    assert_eq!(sums(&server.analyst())["impressions"], impressions);
    let spooled = bellwether_test_support::server::files_below(&server.data_dir().join("spool"));
    assert!(spooled.is_empty(), "{spooled:?}");
}

#[test]
fn twins_far_apart_in_such_a_report_are_told_by_their_lines() {
    let untouched = Untouched::of(TestServer::with_config(BELLWETHER, SMALL_MEMORY));
    let mut csv = shuffled_report();
    csv.push_str("2024-01-01,c0,g0,1\n");
    let reply = send(&untouched.server, "register=true", &csv);
    assert_eq!(
        problems(&reply),
        json!([
            [2, null, "DUPLICATE_KEY"],
            [ROWS + 2, null, "DUPLICATE_KEY"]
        ])
    );
    untouched.assert_so();
}

#[test]
fn a_batch_that_finds_no_memory_left_is_told_to_come_back() {
    let config = "[limits]\ningest_memory_bytes_max = 6000000\n";
    let mut server = TestServer::stopping_at_with_config(BELLWETHER, "validated", config);
    let sender = server.analyst();
    let address = format!(
        "/v1/ingest/delivery_daily?register=true&brand={}",
        server.brand(0)
    );
    let csv = "date,campaign,impressions\n2025-01-01,c1,1\n";
    let first = {
        let (sender, address) = (sender.clone(), address.clone());
        let headers = [("content-type", "text/csv")];
        std::thread::spawn(move || sender.try_post(&address, &headers, csv.as_bytes()))
    };
    server.wait_until_stopped();
    let next = sender.post(&address, &[("content-type", "text/csv")], csv.as_bytes());
    server.kill();
    assert!(first.join().expect("the sender lives").is_none());
    assert_eq!(
        (next.status, refused(&next).1),
        (429, json!("RATE_LIMITED"))
    );
    assert_eq!(next.headers["retry-after"], "1");
    assert!(
        message(&next).contains("`ingest_memory_bytes_max` of 6000000"),
        "{}",
        next.text
    );
}

#[test]
fn the_operator_sees_a_batch_on_its_way() {
    let (mut server, operator) = with_operator(an_empty_server(), Some("validated"));
    let none = operator.get("/v1/status", &[]).json();
    assert_eq!(none["ingests"], json!([]));
    let sender = server.analyst();
    let address = format!(
        "/v1/ingest/delivery_daily?register=true&brand={}",
        server.brand(0)
    );
    let csv = "date,campaign,impressions\n2025-01-01,c1,1\n2025-01-02,c1,1\n";
    let sending = std::thread::spawn(move || {
        sender.try_post(&address, &[("content-type", "text/csv")], csv.as_bytes())
    });
    server.wait_until_stopped();
    let status = operator.get("/v1/status", &[]).json();
    server.kill();
    assert!(sending.join().expect("the sender lives").is_none());
    let batch = &status["ingests"][0];
    assert_eq!(
        (
            &batch["rowsRead"],
            &batch["rowsWritten"],
            &batch["bytesRead"]
        ),
        (&json!(2), &json!(0), &json!(csv.len()))
    );
}
