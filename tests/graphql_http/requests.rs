//! The requests themselves: POST and GET, tokens, operations, and what can't be read.

use bellwether_test_support::Reply;
use serde_json::json;

use super::{assert_refused, code};
use crate::given::an_empty_server;
use crate::metrics::brand_id;

const JSON: (&str, &str) = ("content-type", "application/json");

/// Text as a value in an address.
fn encoded(text: &str) -> String {
    let bytes = text.bytes().map(|byte| format!("%{byte:02X}"));
    bytes.collect::<Vec<_>>().concat()
}

#[test]
fn a_query_comes_by_get() {
    let server = an_empty_server();
    let query = encoded(
        "query Who($with: Boolean!) { viewer { role @include(if: $with) } } query Other { brands { id } }",
    );
    let variables = encoded(r#"{"with": true}"#);
    let path = format!("/graphql?query={query}&operationName=Who&variables={variables}");
    let reply = server.viewer().get(&path, &[]);
    assert_eq!(
        (reply.status, reply.json()),
        (200, json!({ "data": { "viewer": { "role": "VIEWER" } } }))
    );
}

#[test]
fn a_mutation_by_get_is_not_run() {
    let server = an_empty_server();
    let owner = server.owner();
    let id = brand_id(&owner, server.brand(0));
    let mutation = format!(
        "mutation {{ renameBrand(input: {{brandId: \"{id}\", name: \"Got\"}}) {{ userErrors {{ code }} }} }}"
    );
    let reply = owner.get(&format!("/graphql?query={}", encoded(&mutation)), &[]);
    assert_refused(&reply, 405, "METHOD_NOT_ALLOWED");
    assert_eq!(reply.headers["allow"], "POST");
    assert_ne!(
        owner.data(&format!("{{ brand(id: \"{id}\") {{ name }} }}"))["brand"]["name"],
        "Got"
    );
}

#[test]
fn other_methods_are_told_which_are_allowed() {
    let server = an_empty_server();
    for method in ["PUT", "DELETE", "PATCH"] {
        let reply = server.viewer().request(method, "/graphql", &[JSON], b"{}");
        assert_refused(&reply, 405, "METHOD_NOT_ALLOWED");
        assert_eq!(reply.headers["allow"], "GET, POST");
    }
}

#[test]
fn a_request_that_cannot_be_read_is_400() {
    let server = an_empty_server();
    let viewer = server.viewer();
    let bodies: [&[u8]; 7] = [
        b"",
        b"{",
        b"not json",
        b"\xff\xfe",
        b"{}",
        br#"{"query": 1}"#,
        br#"{"query": "{ viewer { role } }", "variables": 1}"#,
    ];
    for body in bodies {
        assert_refused(
            &viewer.post("/graphql", &[JSON], body),
            400,
            "INVALID_INPUT",
        );
    }
    assert_refused(&viewer.get("/graphql", &[]), 400, "INVALID_INPUT");
    assert_refused(
        &viewer.get("/graphql?query=%7B__typename%7D&variables=1", &[]),
        400,
        "INVALID_INPUT",
    );
}

#[test]
fn a_batch_is_told_to_come_one_by_one() {
    let server = an_empty_server();
    let reply = server
        .viewer()
        .post_json("/graphql", &json!([{ "query": "{ viewer { role } }" }]));
    assert_refused(&reply, 400, "BATCHING_DISABLED");
}

#[test]
fn the_named_operation_of_several_runs() {
    let server = an_empty_server();
    let query = "query A { viewer { role } } query B { brands { slug } }";
    let run = |name: Option<&str>| -> Reply {
        server.viewer().post_json(
            "/graphql",
            &json!({ "query": query, "operationName": name }),
        )
    };
    assert_eq!(
        run(Some("A")).json(),
        json!({ "data": { "viewer": { "role": "VIEWER" } } })
    );
    assert!(run(Some("B")).json()["data"]["brands"].is_array());
    for name in [None, Some("C")] {
        let reply = run(name);
        assert_refused(&reply, 200, "INVALID_INPUT");
        assert_eq!(
            reply.json()["errors"][0]["extensions"]["allowed"],
            json!(["A", "B"])
        );
    }
}

#[test]
fn an_unknown_field_is_refused_with_a_code() {
    let server = an_empty_server();
    let reply = server
        .viewer()
        .post_json("/graphql", &json!({ "query": "{ viewer { rolle } }" }));
    assert_refused(&reply, 200, "INVALID_INPUT");
    let error = reply.json()["errors"][0].take();
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|message| message.contains("rolle")),
        "{error}"
    );
    assert_eq!(error["extensions"]["didYouMean"], "role");
}

#[test]
fn wrong_arguments_and_variables_are_refused_with_a_code() {
    let server = an_empty_server();
    let queries = [
        "{ brand { id } }",
        "{ brand(id: 1.5) { id } }",
        "{ metrics(input: {range: {last: {n: 1, unit: FORTNIGHT}}}) { rowCount } }",
        "{ metrics(input: {range: {}}) { rowCount } }",
        r#"{ metrics(input: {range: {between: {from: "yesterday", until: "2026-05-01"}}}) { rowCount } }"#,
        "query ($n: Int!) { campaigns(first: $n) { nodes { id } } }",
        "{ viewer }",
        "{ viewer { role",
        "",
    ];
    for query in queries {
        let reply = server
            .viewer()
            .post_json("/graphql", &json!({ "query": query }));
        assert_eq!(
            (reply.status, code(&reply)),
            (200, json!("INVALID_INPUT")),
            "{query}: {}",
            reply.text
        );
    }
}

#[test]
fn a_misspelt_enum_value_is_told_with_the_nearest_and_its_place() {
    let server = an_empty_server();
    let query = "{ metrics(input: {range: {last: {n: 1, unit: DAYS}}}) { rowCount } }";
    let reply = server
        .viewer()
        .post_json("/graphql", &json!({ "query": query }));
    assert_refused(&reply, 200, "INVALID_INPUT");
    assert_eq!(
        reply.json()["errors"][0],
        json!({
            "message": "`DAYS` is not a `RangeUnit`; did you mean `DAY`?",
            "locations": [{ "line": 1, "column": 11 }],
            "extensions": {
                "code": "INVALID_INPUT",
                "retryable": false,
                "field": "input.range.last.unit",
                "allowed": ["DAY", "WEEK", "MONTH"],
                "didYouMean": "DAY",
            },
        })
    );
}

#[test]
fn a_bad_token_is_401_with_a_challenge() {
    let server = an_empty_server();
    let unknown = format!("Bearer bw_{}", "a".repeat(52));
    let headers: [Option<&str>; 5] = [
        None,
        Some("Bearer nonsense"),
        Some("Basic eDp5"),
        Some("Bearer"),
        Some(&unknown),
    ];
    for authorization in headers {
        let mut sent = vec![JSON];
        sent.extend(authorization.map(|value| ("authorization", value)));
        let reply =
            server
                .anonymous()
                .post("/graphql", &sent, br#"{"query": "{ viewer { role } }"}"#);
        assert_refused(&reply, 401, "UNAUTHENTICATED");
        assert!(
            reply.headers["www-authenticate"].starts_with("Bearer"),
            "{authorization:?}"
        );
    }
}

#[test]
fn a_token_in_the_address_is_no_token() {
    let server = an_empty_server();
    let token = server.viewer().token().to_owned();
    let path = format!("/graphql?query=%7B__typename%7D&token={token}&access_token={token}");
    assert_refused(&server.anonymous().get(&path, &[]), 401, "UNAUTHENTICATED");
}

#[test]
fn every_reply_carries_the_id_of_its_request() {
    let server = an_empty_server();
    let viewer = server.viewer();
    let replies = [
        viewer.post_json("/graphql", &json!({ "query": "{ viewer { role } }" })),
        viewer.post_json("/graphql", &json!({ "query": "{ nothing }" })),
        server.anonymous().get("/graphql", &[]),
        viewer.get("/nowhere", &[]),
    ];
    let ids: std::collections::BTreeSet<_> = replies
        .iter()
        .map(|reply| reply.headers["x-request-id"].clone())
        .collect();
    assert_eq!(ids.len(), replies.len());
    assert!(ids.iter().all(|id| id.starts_with("req_")), "{ids:?}");
}

#[test]
fn a_header_that_holds_no_token_is_told_from_one_that_was_not_sent() {
    let server = an_empty_server();
    let body = br#"{"query":"{ viewer { role } }"}"#;
    let message = |headers: &[(&str, &str)]| {
        let reply = server.anonymous().post("/graphql", headers, body);
        assert_eq!(reply.status, 401);
        reply.json()["errors"][0]["message"].to_string()
    };
    let json = ("content-type", "application/json");
    assert!(message(&[json]).contains("no bearer token was sent"));
    let basic = message(&[json, ("authorization", "Basic YTpi")]);
    assert!(basic.contains("holds no readable bearer token"), "{basic}");
}
