//! The addresses beside GraphQL: health, the schema, and the front page.

use bellwether_test_support::{Persona, Reply};
use serde_json::{Value, json};

use crate::given::an_empty_server;

#[test]
fn the_server_says_that_it_lives_and_is_ready() {
    let server = an_empty_server();
    let anonymous = server.anonymous();
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(anonymous.get(path, &[]).status, 200, "{path}");
    }
}

#[test]
fn the_schema_that_is_served_is_the_one_in_the_repository() {
    let server = an_empty_server();
    let served = server.anonymous().get("/schema.graphql", &[]);
    let checked_in = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/schema/bellwether.graphql"
    ))
    .unwrap();
    assert_eq!(served.status, 200);
    assert!(
        served.text == checked_in,
        "run `UPDATE=1 cargo test -p bellwether-schema` and look at the difference"
    );
}

#[test]
fn the_front_page_says_where_to_go() {
    let server = an_empty_server();
    let front = server.anonymous().get("/", &[]);
    assert_eq!(front.status, 200);
    assert!(front.text.contains("/graphql"));
}

/// The status and the error's code of an answer in the shape of errors.
fn refused(reply: &Reply) -> (u16, Value) {
    (reply.status, reply.json()["error"]["code"].take())
}

#[test]
fn an_address_that_is_not_there_is_404() {
    let server = an_empty_server();
    for path in ["/graphqll", "/v1/ingest", "/v1/ingest/costs/more"] {
        let reply = server.viewer().get(path, &[]);
        assert_eq!(refused(&reply), (404, json!("NOT_FOUND")), "{path}");
    }
}

#[test]
fn a_method_that_an_address_does_not_take_is_405_with_the_one_that_it_takes() {
    let server = an_empty_server();
    let got = server.viewer().get("/v1/ingest/costs", &[]);
    assert_eq!(refused(&got), (405, json!("METHOD_NOT_ALLOWED")));
    assert_eq!(got.headers["allow"], "POST");
    let posted = server.viewer().post("/health/live", &[], b"");
    assert_eq!(refused(&posted), (405, json!("METHOD_NOT_ALLOWED")));
    assert_eq!(posted.headers["allow"], "GET, HEAD");
}

#[test]
fn the_status_is_for_operators() {
    let server = an_empty_server();
    let status = |asker: Persona| asker.get("/v1/status", &[]);
    assert_eq!(
        refused(&status(server.anonymous())),
        (401, json!("UNAUTHENTICATED"))
    );
    let unknown = Persona::new(server.url(), Some("bw_unknown"));
    assert_eq!(refused(&status(unknown)), (401, json!("UNAUTHENTICATED")));
    let of_owner = status(server.owner());
    assert_eq!(refused(&of_owner), (403, json!("FORBIDDEN")));
    assert!(
        of_owner.text.contains("bellwether admin operator-token"),
        "{}",
        of_owner.text
    );
}
