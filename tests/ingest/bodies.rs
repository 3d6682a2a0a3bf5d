//! Bodies at their limits: one below passes, one above is refused, and nothing is half-written.

use std::io::{Read, Write};
use std::net::TcpStream;

use bellwether_test_support::{Reply, TestServer};
use serde_json::json;

use super::{Untouched, refused, send};
use crate::given::BELLWETHER;

/// The limit of a body's bytes in these tests.
const BODY_BYTES_MAX: usize = 4_096;

fn server_with(limit: &str, max: usize) -> TestServer {
    TestServer::with_config(BELLWETHER, &format!("[limits]\n{limit} = {max}\n"))
}

fn given_small_bodies() -> Untouched {
    Untouched::of(server_with("ingest_body_bytes_max", BODY_BYTES_MAX))
}

/// A report of exactly so many bytes: its last number has as many blanks behind it as it takes.
pub(super) fn body_of(size_bytes: usize) -> String {
    let days: Vec<String> = (1..=28)
        .map(|day| format!("2025-01-{day:02},c1,1\n"))
        .collect();
    let mut body = format!("date,campaign,impressions\n{}", days.concat());
    let padding = " ".repeat(size_bytes - body.len());
    body.insert_str(body.len() - 1, &padding);
    body
}

/// What a raw connection is answered to a request that goes on after its address and brand.
pub(super) fn answer_to(server: &TestServer, rest: &str) -> Reply {
    let mut stream = connection(server);
    stream.write_all(rest.as_bytes()).expect("the server reads");
    reply(stream)
}

/// A raw connection on which a request has begun with its address, brand and token.
pub(super) fn connection(server: &TestServer) -> TcpStream {
    let (_, address) = server.url().split_once("//").expect("a URL has a scheme");
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let (brand, token) = (server.brand(0), server.analyst().token().to_owned());
    let head = format!(
        "POST /v1/ingest/delivery_daily?register=true&brand={brand} HTTP/1.1\r\nHost: test\r\n\
         Authorization: Bearer {token}\r\nContent-Type: text/csv\r\nConnection: close\r\n"
    );
    stream.write_all(head.as_bytes()).expect("the server reads");
    stream
}

pub(super) fn reply(mut stream: TcpStream) -> Reply {
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .expect("the server answers and closes");
    let (head, text) = answer
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("{answer}"));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Reply {
        status: status.expect("a status line"),
        headers: [].into(),
        text: text.to_owned(),
    }
}

/// A body of chunks, without a length said before.
pub(super) fn chunked(body: &str) -> String {
    let chunks = body.as_bytes().chunks(512).map(|chunk| {
        format!(
            "{:x}\r\n{}\r\n",
            chunk.len(),
            String::from_utf8_lossy(chunk)
        )
    });
    format!(
        "Transfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n",
        chunks.collect::<String>()
    )
}

#[test]
fn a_body_of_just_the_limit_is_taken() {
    let server = server_with("ingest_body_bytes_max", BODY_BYTES_MAX);
    let reply = send(&server, "register=true", &body_of(BODY_BYTES_MAX));
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[test]
fn a_body_one_byte_over_the_limit_is_refused_by_its_length() {
    let untouched = given_small_bodies();
    let reply = send(
        &untouched.server,
        "register=true",
        &body_of(BODY_BYTES_MAX + 1),
    );
    assert_eq!(refused(&reply).0, 413);
    assert!(
        super::message(&reply).contains("`ingest_body_bytes_max` of 4096"),
        "{}",
        reply.text
    );
    untouched.assert_so();
}

#[test]
fn a_streamed_body_of_just_the_limit_is_taken() {
    let server = server_with("ingest_body_bytes_max", BODY_BYTES_MAX);
    let reply = answer_to(&server, &chunked(&body_of(BODY_BYTES_MAX)));
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[test]
fn a_streamed_body_that_grows_over_the_limit_is_refused_and_leaves_nothing() {
    let untouched = given_small_bodies();
    let reply = answer_to(&untouched.server, &chunked(&body_of(BODY_BYTES_MAX + 1)));
    assert_eq!(
        (reply.status, refused(&reply).1),
        (413, json!("LIMIT_EXCEEDED"))
    );
    untouched.assert_so();
}

#[test]
fn ten_gigabytes_are_refused_before_they_are_sent() {
    let untouched = Untouched::given();
    let reply = answer_to(&untouched.server, "Content-Length: 10737418240\r\n\r\n");
    assert_eq!(
        (reply.status, refused(&reply).1),
        (413, json!("LIMIT_EXCEEDED"))
    );
    untouched.assert_so();
}

#[test]
fn a_body_that_breaks_off_leaves_nothing() {
    let untouched = Untouched::given();
    let (server, body) = (&untouched.server, body_of(800));
    let (_, address) = server.url().split_once("//").expect("a URL has a scheme");
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let (brand, token) = (server.brand(0), server.analyst().token().to_owned());
    let request = format!(
        "POST /v1/ingest/delivery_daily?register=true&brand={brand} HTTP/1.1\r\nHost: test\r\n\
         Authorization: Bearer {token}\r\nContent-Type: text/csv\r\nContent-Length: 1000\r\n\r\n{body}"
    );
    stream
        .write_all(request.as_bytes())
        .expect("the server reads");
    // The sender has no more to say; the server answers, or just closes, once it has noticed.
    stream
        .shutdown(std::net::Shutdown::Write)
        .expect("the connection stands");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("COMMITTED"));
    untouched.assert_so();
}

#[test]
fn a_report_of_just_the_most_rows_is_taken_and_one_row_more_is_refused() {
    let untouched = Untouched::of(server_with("ingest_rows_max", 3));
    let answer = |n: usize| {
        let rows = ["2025-01-01,c1,-1"].repeat(n);
        let csv = super::report("date,campaign,clicks", &rows);
        send(&untouched.server, "register=true", &csv)
    };
    assert_eq!(answer(3).json()["rejected"], 3);
    let reply = answer(4);
    assert_eq!(
        (reply.status, refused(&reply).1),
        (413, json!("LIMIT_EXCEEDED"))
    );
    assert!(
        super::message(&reply).contains("`ingest_rows_max` of 3"),
        "{}",
        reply.text
    );
    untouched.assert_so();
}

#[test]
fn a_line_of_just_the_limit_is_taken_and_one_byte_more_is_refused() {
    let server = server_with("ingest_line_bytes_max", 100);
    let csv = |size_bytes: usize| {
        let row = format!("2025-01-01,{},1", "c".repeat(size_bytes - 13));
        super::report("date,campaign,impressions", &["2025-01-01,c1,1", &row])
    };
    assert_eq!(send(&server, "register=true", &csv(100)).status, 200);
    assert_eq!(send(&server, "register=true", &csv(101)).status, 413);
    let address = format!(
        "/v1/ingest/delivery_daily?register=true&brand={}",
        server.brand(0)
    );
    let ndjson = |size_bytes: usize| {
        let row = r#"{"date":"2025-01-01","campaign":"c1","clicks":1}"#;
        let headers = [("content-type", "application/x-ndjson")];
        let body = format!("{row:size_bytes$}\n{row}\n").replacen("01-01", "01-02", 1);
        server.analyst().post(&address, &headers, body.as_bytes())
    };
    assert_eq!(ndjson(100).status, 200);
    assert_eq!(ndjson(101).status, 413);
}

#[test]
fn a_csv_line_over_its_limit_is_refused_with_its_number() {
    let untouched = Untouched::of(server_with("ingest_line_bytes_max", 100));
    let long = format!("2025-01-01,{},1", "c".repeat(100));
    let csv = super::report("date,campaign,impressions", &["2025-01-01,c1,1", &long]);
    let reply = send(&untouched.server, "register=true", &csv);
    assert_eq!(
        refused(&reply),
        (413, json!("LIMIT_EXCEEDED"), json!("line 3"))
    );
    untouched.assert_so();
}

#[test]
fn an_ndjson_line_over_its_limit_is_refused_with_its_number() {
    let untouched = Untouched::of(server_with("ingest_line_bytes_max", 100));
    let server = &untouched.server;
    let short = r#"{"date":"2025-01-01","campaign":"c1","clicks":1}"#;
    let long = short.replace("c1", &"c".repeat(100));
    let address = format!(
        "/v1/ingest/delivery_daily?register=true&brand={}",
        server.brand(0)
    );
    let headers = [("content-type", "application/x-ndjson")];
    let reply = server
        .analyst()
        .post(&address, &headers, format!("{short}\n{long}\n").as_bytes());
    assert_eq!(
        refused(&reply),
        (413, json!("LIMIT_EXCEEDED"), json!("line 2"))
    );
    untouched.assert_so();
}

#[test]
fn a_header_over_the_limit_of_a_line_is_refused_too() {
    let untouched = Untouched::of(server_with("ingest_line_bytes_max", 100));
    let csv = format!("date,campaign,{}\n2025-01-01,c1,1\n", "c".repeat(100));
    let reply = send(&untouched.server, "register=true", &csv);
    assert_eq!(
        refused(&reply),
        (413, json!("LIMIT_EXCEEDED"), json!("line 1"))
    );
    untouched.assert_so();
}

#[test]
fn a_quote_that_is_never_closed_is_a_line_over_its_limit() {
    let untouched = Untouched::of(server_with("ingest_line_bytes_max", 100));
    let rows = [
        &["2025-01-01,\"c1,1"],
        ["2025-01-02,c1,1"].repeat(20).as_slice(),
    ]
    .concat();
    let csv = super::report("date,campaign,impressions", &rows);
    let reply = send(&untouched.server, "register=true", &csv);
    assert_eq!(
        refused(&reply),
        (413, json!("LIMIT_EXCEEDED"), json!("line 2"))
    );
    untouched.assert_so();
}
