//! The addresses beside GraphQL: health, the schema, and the front page.

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

#[test]
fn an_address_that_is_not_there_is_404() {
    let server = an_empty_server();
    assert_eq!(server.viewer().get("/graphqll", &[]).status, 404);
}

#[test]
fn the_status_is_for_operators() {
    let server = an_empty_server();
    assert_eq!(server.anonymous().get("/v1/status", &[]).status, 401);
    assert_eq!(server.owner().get("/v1/status", &[]).status, 401);
}
