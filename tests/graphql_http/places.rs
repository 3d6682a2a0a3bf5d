//! Places to run queries in: who goes away gives his back, and who finds none is told when to come.

use std::io::Write;
use std::net::TcpStream;

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::assert_refused;
use crate::given::{an_empty_server, operator_token};

/// A server at which every query stops for ever once it has its place, with its operator.
fn stopping_queries(config: &str) -> (TestServer, Persona) {
    let stopped = an_empty_server().kill();
    let token = operator_token(&stopped);
    let server = stopped.restart_configured(config, Some("query-placed"));
    let operator = Persona::new(server.url(), Some(&token));
    (server, operator)
}

/// A client that has asked and doesn't read the answer; it goes away when this is dropped.
fn a_question_in_flight(server: &TestServer) -> TcpStream {
    let address = server.url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let body = r#"{"query": "{ viewer { role } }"}"#;
    let (token, length) = (server.viewer().token().to_owned(), body.len());
    write!(
        stream,
        "POST /graphql HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .expect("the server takes the request");
    stream
}

fn queries(operator: &Persona) -> Value {
    operator.get("/v1/status", &[]).json()["queries"].take()
}

fn wait_until_running(operator: &Persona, n: u64) -> Value {
    loop {
        let queries = queries(operator);
        if queries["running"] == n {
            return queries;
        }
    }
}

#[test]
fn a_client_that_goes_away_ends_its_query() {
    let (server, operator) = stopping_queries("");
    let client = a_question_in_flight(&server);
    wait_until_running(&operator, 1);
    drop(client);
    let queries = wait_until_running(&operator, 0);
    let expected = json!({ "running": 0, "waiting": 0, "abandoned": 1, "turnedAway": 0 });
    assert_eq!(queries, expected);
}

#[test]
fn a_query_that_finds_no_place_is_told_when_to_come_again() {
    let (server, operator) =
        stopping_queries("[limits]\nqueries_at_once_max = 1\nqueries_waiting_max = 0\n");
    let client = a_question_in_flight(&server);
    wait_until_running(&operator, 1);
    let query = json!({ "query": "{ viewer { role } }" });
    let reply = server.other_agency().post_json("/graphql", &query);
    assert_refused(&reply, 503, "QUEUE_FULL");
    assert_eq!(reply.headers["retry-after"], "1");
    let extensions = reply.json()["errors"][0]["extensions"].take();
    assert_eq!(
        (&extensions["retryable"], &extensions["retryAfterSeconds"]),
        (&json!(true), &json!(1))
    );
    drop(client);
}

#[test]
fn a_query_waits_no_longer_than_it_may() {
    let (server, operator) =
        stopping_queries("[limits]\nqueries_at_once_max = 1\nqueue_wait_ms = 1\n");
    let client = a_question_in_flight(&server);
    wait_until_running(&operator, 1);
    let query = json!({ "query": "{ viewer { role } }" });
    let reply = server.viewer().post_json("/graphql", &query);
    assert_refused(&reply, 503, "QUEUE_FULL");
    assert!(
        reply.text.contains("`queue_wait_ms` of 1"),
        "{}",
        reply.text
    );
    drop(client);
}
