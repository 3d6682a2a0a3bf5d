//! Event streams, as graphql-sse describes its mode of distinct connections.

use serde_json::{Value, json};

use super::{APRIL, an_empty_server, commit, told, with};

#[test]
fn a_subscription_is_told_of_by_events() {
    let server = an_empty_server();
    let mut stream = server.viewer().events(APRIL);
    assert_eq!(stream.status, 200);
    assert_eq!(stream.content_type, "text/event-stream");
    assert_eq!(told(&stream.data()).0, "SUBSCRIBED");
    commit(&server.analyst(), server.brand(0), "2026-04-02");
    let days = vec!["2026-04-02 2026-04-03".to_owned()];
    assert_eq!(told(&stream.data()), ("FACTS".to_owned(), days));
}

#[test]
fn a_query_is_one_event_and_complete() {
    let server = an_empty_server();
    let mut stream = server.viewer().events("{ viewer { role } }");
    assert_eq!(stream.data()["viewer"]["role"], "VIEWER");
    assert_eq!(
        stream.next_event(),
        Some(("complete".to_owned(), Value::Null))
    );
    assert_eq!(stream.next_event(), None);
}

#[test]
fn what_is_wrong_with_a_document_is_told_in_the_stream() {
    let server = an_empty_server();
    let mut stream = server.viewer().events("subscription { nothing }");
    assert_eq!(stream.status, 200);
    let (event, data) = stream.next_event().unwrap();
    assert_eq!(event, "next");
    assert_eq!(data["errors"][0]["extensions"]["code"], "INVALID_INPUT");
    assert_eq!(stream.next_event().unwrap().0, "complete");
}

#[test]
fn a_stream_can_be_asked_for_by_get() {
    let server = an_empty_server();
    let address = "/graphql?query=%7B%20viewer%20%7B%20role%20%7D%20%7D";
    let reply = server
        .viewer()
        .get(address, &[("accept", "text/event-stream")]);
    assert_eq!(reply.headers["content-type"], "text/event-stream");
    assert_eq!(
        reply.text,
        "event: next\ndata: {\"data\":{\"viewer\":{\"role\":\"VIEWER\"}}}\n\nevent: complete\ndata: \n\n"
    );
}

#[test]
fn a_mutation_is_not_run_by_get_in_a_stream_either() {
    let server = an_empty_server();
    let address = "/graphql?query=mutation%20%7B%20retractBatch(input%3A%20%7BbatchId%3A%20%22x%22%7D)%20%7B%20snapshot%20%7D%20%7D";
    let reply = server
        .owner()
        .get(address, &[("accept", "text/event-stream")]);
    assert!(reply.text.contains("METHOD_NOT_ALLOWED"), "{}", reply.text);
}

#[test]
fn a_client_that_reads_both_gets_a_query_as_json_and_a_subscription_as_a_stream() {
    let server = an_empty_server();
    let viewer = server.viewer();
    let both = "application/graphql-response+json, application/json, text/event-stream";
    let headers = [("accept", both), ("content-type", "application/json")];
    let body = json!({ "query": "{ viewer { role } }" }).to_string();
    let reply = viewer.post("/graphql", &headers, body.as_bytes());
    assert_eq!(reply.json()["data"]["viewer"]["role"], "VIEWER");
}

#[test]
fn without_a_token_there_is_no_stream() {
    let server = an_empty_server();
    let headers = [
        ("accept", "text/event-stream"),
        ("content-type", "application/json"),
    ];
    let body = json!({ "query": APRIL }).to_string();
    let reply = server
        .anonymous()
        .post("/graphql", &headers, body.as_bytes());
    assert_eq!(reply.status, 401);
}

#[test]
fn a_silent_stream_has_signs_of_life() {
    let server = with("keep_alive_ms = 50");
    let mut stream = server.viewer().events(APRIL);
    stream.data();
    assert!(stream.hears_sign_of_life());
}

#[test]
fn a_server_that_stops_ends_streams_without_complete() {
    let server = an_empty_server();
    let mut stream = server.viewer().events(APRIL);
    stream.data();
    server.terminate();
    assert_eq!(stream.next_event(), None);
}
