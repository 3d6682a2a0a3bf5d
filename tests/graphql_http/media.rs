//! What is sent and accepted: content types, `Accept`, and the status that goes with each.

use bellwether_test_support::{Persona, Reply};
use serde_json::json;

use super::assert_refused;
use crate::given::an_empty_server;

const JSON: (&str, &str) = ("content-type", "application/json");
const VALID: &str = r#"{"query": "{ viewer { role } }"}"#;
const INVALID: &str = r#"{"query": "{ nothing }"}"#;

fn post(persona: &Persona, accept: Option<&str>, body: &str) -> Reply {
    let mut headers = vec![JSON];
    headers.extend(accept.map(|accept| ("accept", accept)));
    persona.post("/graphql", &headers, body.as_bytes())
}

#[test]
fn a_body_that_is_not_declared_as_json_is_not_read() {
    let server = an_empty_server();
    let viewer = server.viewer();
    for sent in [
        "text/plain",
        "multipart/form-data",
        "application/json; charset=latin1",
        "",
    ] {
        let reply = viewer.post("/graphql", &[("content-type", sent)], VALID.as_bytes());
        assert_refused(&reply, 415, "UNSUPPORTED_MEDIA_TYPE");
    }
    assert_refused(
        &viewer.post("/graphql", &[], VALID.as_bytes()),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    );
}

#[test]
fn json_in_utf_8_is_read_however_its_type_is_written() {
    let server = an_empty_server();
    for sent in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
    ] {
        let reply = server
            .viewer()
            .post("/graphql", &[("content-type", sent)], VALID.as_bytes());
        assert_eq!(reply.status, 200, "{sent}: {}", reply.text);
    }
}

#[test]
fn an_invalid_document_is_400_as_graphql_response_and_200_as_json() {
    let server = an_empty_server();
    let viewer = server.viewer();
    let strict = post(&viewer, Some("application/graphql-response+json"), INVALID);
    assert_refused(&strict, 400, "INVALID_INPUT");
    assert_refused(
        &post(&viewer, Some("application/json"), INVALID),
        200,
        "INVALID_INPUT",
    );
    assert_refused(&post(&viewer, None, INVALID), 200, "INVALID_INPUT");
}

#[test]
fn an_answer_comes_in_the_type_that_is_accepted() {
    let server = an_empty_server();
    let viewer = server.viewer();
    let cases = [
        (None, "application/json; charset=utf-8"),
        (Some("*/*"), "application/json; charset=utf-8"),
        (Some("application/*"), "application/json; charset=utf-8"),
        (Some("application/json"), "application/json; charset=utf-8"),
        (
            Some("application/graphql-response+json"),
            "application/graphql-response+json; charset=utf-8",
        ),
        (
            Some("application/graphql-response+json, application/json;q=0.9"),
            "application/graphql-response+json; charset=utf-8",
        ),
        (
            Some("text/html, application/json"),
            "application/json; charset=utf-8",
        ),
        (
            Some("application/graphql-response+json;q=0, application/json"),
            "application/json; charset=utf-8",
        ),
    ];
    for (accept, expected) in cases {
        let reply = post(&viewer, accept, VALID);
        assert_eq!(
            (reply.status, reply.headers["content-type"].as_str()),
            (200, expected),
            "{accept:?}"
        );
    }
}

#[test]
fn a_client_that_accepts_neither_type_is_told_so() {
    let server = an_empty_server();
    for accept in ["text/html", "application/xml", "application/json;q=0"] {
        let reply = post(&server.viewer(), Some(accept), VALID);
        assert_refused(&reply, 406, "INVALID_INPUT");
    }
}

#[test]
fn a_field_that_fails_is_still_200_with_data() {
    let server = an_empty_server();
    let body = json!({ "query": "{ viewer { role } brand(id: \"brd_01K00000000000000000000000\") { id } }" });
    let reply = post(
        &server.viewer(),
        Some("application/graphql-response+json"),
        &body.to_string(),
    );
    let answer = reply.json();
    assert_eq!(
        (reply.status, &answer["data"]["viewer"]["role"]),
        (200, &json!("VIEWER"))
    );
    assert_eq!(answer["errors"][0]["path"], json!(["brand"]));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
}
