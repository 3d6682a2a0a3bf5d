//! A token that opens nothing any more ends what it has opened.

use bellwether_domain::agency::Slug;
use bellwether_domain::time::Timestamp;
use bellwether_test_support::postgres::PostgresCluster;
use bellwether_test_support::{Persona, TestServer};

use super::changes::other_process;
use super::{APRIL, BELLWETHER, commit};
use crate::given::in_catalogue;

/// A server on PostgreSQL that looks at tokens often, its viewer, and how to revoke its token.
fn with_a_viewer() -> Option<(TestServer, Persona, impl FnOnce())> {
    let url = PostgresCluster::shared()?.create_database();
    let server = TestServer::on_postgres_with_config(
        BELLWETHER,
        &url,
        "[subscriptions]\ntoken_check_ms = 100\n",
    );
    let viewer = server.viewer();
    let agency = Slug::parse(server.agency()).unwrap();
    let revoke = move || {
        let catalogue = other_process(url);
        let scope = catalogue.operator_scope(&agency).unwrap();
        let now = "2026-11-20T00:00:00Z".parse::<Timestamp>().unwrap();
        let names = ["viewer", "demo viewer", "demo"];
        let revoked = names.map(|name| catalogue.revoke_tokens_named(&scope, name, now).unwrap());
        assert!(
            revoked.iter().sum::<usize>() > 0,
            "no token has such a name"
        );
    };
    Some((server, viewer, revoke))
}

#[test]
fn a_socket_is_closed_with_4403_soon_after_its_token_is_revoked() {
    let Some((_server, viewer, revoke)) = with_a_viewer() else {
        return;
    };
    let mut socket = viewer.connected();
    socket.subscribe("1", APRIL);
    socket.event("1");
    revoke();
    assert_eq!(socket.closed().0, 4403);
}

#[test]
fn a_stream_ends_with_a_code_soon_after_its_token_is_revoked() {
    let Some((_server, viewer, revoke)) = with_a_viewer() else {
        return;
    };
    let mut stream = viewer.events(APRIL);
    stream.data();
    revoke();
    let (event, data) = stream.next_event().unwrap();
    assert_eq!(event, "next");
    assert_eq!(data["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(stream.next_event().unwrap().0, "complete");
}

/// A server on SQLite that looks at tokens often.
fn on_sqlite() -> TestServer {
    TestServer::with_config(BELLWETHER, "[subscriptions]\ntoken_check_ms = 100\n")
}

/// Revokes the viewer's token. The server alone writes to SQLite, so that it looks again after its
/// next write.
fn revoke_on_sqlite(server: &TestServer) {
    let of_viewers = "member_id IN (SELECT id FROM members WHERE role = 'VIEWER')";
    let statement = format!("UPDATE tokens SET revoked_at = 1 WHERE {of_viewers}");
    in_catalogue(server, &statement);
    commit(&server.analyst(), server.brand(0), "2026-04-02");
}

#[test]
fn on_sqlite_too_a_socket_is_closed_with_4403_once_its_token_is_revoked() {
    let server = on_sqlite();
    let mut socket = server.viewer().connected();
    socket.subscribe("1", APRIL);
    socket.event("1");
    revoke_on_sqlite(&server);
    assert_eq!(socket.closed().0, 4403);
    let mut again = server.viewer().silent_socket();
    again.say(&server.viewer().init());
    assert_eq!(again.closed().0, 4403);
}

#[test]
fn on_sqlite_too_a_stream_ends_with_a_code_once_its_token_is_revoked() {
    let server = on_sqlite();
    let mut stream = server.viewer().events(APRIL);
    stream.data();
    revoke_on_sqlite(&server);
    let (event, data) = stream.next_event().unwrap();
    assert_eq!(event, "next");
    assert_eq!(data["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(stream.next_event().unwrap().0, "complete");
}
