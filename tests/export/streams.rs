//! Exports on their way: a slow client holds nothing of the engine, and one that goes away ends
//! what was made for it.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::{address, april, exported, readers, refused};
use crate::given::{an_empty_server, operator_token};

/// Rows of all metrics: more bytes than a connection holds that nobody reads from.
fn a_large_question() -> Value {
    let year = json!({ "between": { "from": "2025-01-01", "until": "2026-01-01" } });
    json!({ "range": year, "by": ["PERIOD", "CAMPAIGN"], "compare": { "previousYear": {} } })
}

const CAMPAIGNS: usize = 60;
const DAYS: usize = 365;

/// A server of these limits with facts for the large question, and its operator.
fn a_year_on(limits: &str) -> (TestServer, Persona) {
    let server = an_empty_server();
    let mut csv = String::from("date,campaign,impressions,spend\n");
    for month in 1..=12 {
        let n_days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
        for day in 1..=n_days {
            for campaign in 0..CAMPAIGNS {
                writeln!(csv, "2025-{month:02}-{day:02},c{campaign},{day},1.5")
                    .expect("a text takes it");
            }
        }
    }
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), &csv);
    let stopped = server.kill();
    let token = operator_token(&stopped);
    let server = stopped.restart_configured(&format!("[limits]\n{limits}"), None);
    let operator = Persona::new(server.url(), Some(&token));
    (server, operator)
}

/// A client that asks for an export and doesn't read it; it goes away when this is dropped.
fn asks_and_does_not_read(server: &TestServer, input: &Value) -> TcpStream {
    let host = server.url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the server listens");
    let (path, token) = (address(input, ""), server.viewer().token().to_owned());
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    )
    .expect("the server takes the request");
    stream
}

/// Waits until so many exports are sent and no query runs; the counts of queries then.
fn wait_until_sending(operator: &Persona, n: u64) -> Value {
    loop {
        let mut status = operator.get("/v1/status", &[]).json();
        let queries = status["queries"].take();
        if status["exports"]["sending"] == n && queries["running"] == 0 {
            return queries;
        }
    }
}

/// Waits until an export has its answer and its client has not read all of it.
fn an_export_that_is_not_read(server: &TestServer, operator: &Persona) -> TcpStream {
    let stream = asks_and_does_not_read(server, &a_large_question());
    let mut first = [0; 12];
    stream.peek(&mut first).expect("the answer begins");
    assert_eq!(&first, b"HTTP/1.1 200");
    wait_until_sending(operator, 1);
    stream
}

#[test]
fn a_large_export_comes_whole() {
    let (server, operator) = a_year_on("");
    let reply = exported(&server.viewer(), &a_large_question(), "&format=csv");
    // More than the buffers of both ends of a connection hold.
    assert!(reply.bytes.len() > 20_000_000, "{}", reply.bytes.len());
    let n_rows = readers::csv(&reply.bytes).1.len();
    assert_eq!(n_rows, CAMPAIGNS * DAYS);
    let reply = exported(&server.viewer(), &a_large_question(), "&format=parquet");
    assert_eq!(readers::parquet(reply.bytes).rows.len(), n_rows);
    wait_until_sending(&operator, 0);
}

#[test]
fn a_client_that_does_not_read_holds_no_place_to_run_in() {
    let (server, operator) = a_year_on("queries_at_once_max = 1\nqueries_waiting_max = 0\n");
    let client = an_export_that_is_not_read(&server, &operator);
    server.viewer().data("{ viewer { role } }");
    drop(client);
    wait_until_sending(&operator, 0);
}

#[test]
fn so_many_exports_of_an_agency_are_sent_at_once() {
    let (server, operator) = a_year_on("exports_per_agency_max = 1\nexports_at_once_max = 2\n");
    let small = address(&json!({ "range": april(), "metrics": ["SPEND"] }), "");
    let client = an_export_that_is_not_read(&server, &operator);
    let (status, code, _) = refused(&server.viewer(), &small);
    assert_eq!((status, code), (429, json!("RATE_LIMITED")));
    assert_eq!(server.other_agency().get(&small, &[]).status, 200);
    drop(client);
    wait_until_sending(&operator, 0);
    assert_eq!(server.viewer().get(&small, &[]).status, 200);
}

#[test]
fn so_many_exports_are_sent_at_once() {
    let (server, operator) = a_year_on("exports_at_once_max = 1\n");
    let small = address(&json!({ "range": april(), "metrics": ["SPEND"] }), "");
    let client = an_export_that_is_not_read(&server, &operator);
    let reply = server.other_agency().get(&small, &[]);
    assert_eq!(reply.status, 429);
    assert!(
        reply.text.contains("`exports_at_once_max` of 1"),
        "{}",
        reply.text
    );
    assert!(reply.headers.contains_key("retry-after"));
    drop(client);
}

#[test]
fn a_client_that_takes_nothing_for_too_long_gets_no_file_that_looks_whole() {
    let (server, operator) = a_year_on("export_silence_s = 1\n");
    let mut client = an_export_that_is_not_read(&server, &operator);
    wait_until_sending(&operator, 0);
    let mut got = Vec::new();
    // How the connection ends is the system's to choose.
    let _ = client.read_to_end(&mut got);
    let end = String::from_utf8_lossy(&got[got.len().saturating_sub(40)..]);
    assert!(
        !got.is_empty() && !got.ends_with(b"0\r\n\r\n"),
        "{} {end}",
        got.len()
    );
}

#[test]
fn a_client_that_goes_away_ends_the_computing_of_its_export() {
    let stopped = an_empty_server().kill();
    let token = operator_token(&stopped);
    let server = stopped.restart_configured("", Some("query-placed"));
    let operator = Persona::new(server.url(), Some(&token));
    let client = asks_and_does_not_read(&server, &a_large_question());
    let queries = || operator.get("/v1/status", &[]).json()["queries"].take();
    while queries()["running"] != 1 {}
    drop(client);
    assert_eq!(wait_until_sending(&operator, 0)["abandoned"], 1);
}
