//! The limits of open connections, from both sides.

use bellwether_test_support::{Heard, TestServer};
use serde_json::json;

use super::{APRIL, BELLWETHER, an_empty_server, commit, told, with};
use crate::given::with_operator;

#[test]
fn a_token_has_its_connections_of_both_kinds_and_one_more_is_told_the_limit() {
    let server = with("connections_per_token_max = 2");
    let viewer = server.viewer();
    let first = viewer.connected();
    let mut stream = viewer.events(APRIL);
    stream.data();
    let mut refused = viewer.silent_socket();
    refused.say(&viewer.init());
    let (code, reason) = refused.closed();
    assert_eq!(code, 1013);
    assert!(reason.contains("connections_per_token_max"), "{reason}");
    let refused = viewer.events(APRIL);
    assert_eq!(refused.status, 429);
    // Another token of the agency has its own.
    drop(server.analyst().connected());
    drop((first, stream));
}

#[test]
fn an_agency_has_its_connections() {
    let server = with("connections_per_agency_max = 1");
    let _first = server.analyst().connected();
    let mut refused = server.viewer().silent_socket();
    refused.say(&server.viewer().init());
    let (code, reason) = refused.closed();
    assert_eq!(code, 1013);
    assert!(reason.contains("connections_per_agency_max"), "{reason}");
    server.other_agency().connected();
}

#[test]
fn the_server_has_its_connections_also_of_clients_that_say_nothing() {
    let server = with("connections_max = 1");
    let _first = server.viewer().silent_socket();
    let reply = server.viewer().get("/graphql", &UPGRADE);
    assert_eq!(reply.status, 429);
    assert_eq!(reply.json()["error"]["code"], "RATE_LIMITED");
    assert!(reply.headers.contains_key("retry-after"));
}

#[test]
fn a_connection_runs_so_many_operations_and_one_more_is_an_error_of_its_own() {
    let server = with("operations_per_connection_max = 2");
    let mut socket = server.viewer().connected();
    for id in ["1", "2"] {
        socket.subscribe(id, APRIL);
        socket.event(id);
    }
    socket.subscribe("3", APRIL);
    let error = socket.message();
    assert_eq!(
        (&error["type"], &error["id"]),
        (&json!("error"), &json!("3"))
    );
    let error = &error["payload"][0];
    assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("operations_per_connection_max"),
        "{message}"
    );
    socket.complete("1");
    socket.subscribe("3", "{ viewer { role } }");
    assert_eq!(socket.event("3")["viewer"]["role"], "VIEWER");
}

#[test]
fn a_message_has_at_most_as_many_bytes_as_a_request() {
    let config = "[limits]\ngraphql_body_bytes_max = 2000\n";
    let server = TestServer::with_config(BELLWETHER, config);
    let viewer = server.viewer();
    let mut socket = viewer.connected();
    socket.say_text(&ping(2000));
    assert_eq!(socket.message()["type"], "pong");
    socket.say_text(&ping(2001));
    let (code, reason) = socket.closed();
    assert_eq!(code, 1009);
    assert!(reason.contains("graphql_body_bytes_max"), "{reason}");
    // Far too long, it is not even read.
    let mut socket = viewer.connected();
    socket.say_text(&ping(100_000));
    assert_eq!(socket.end(), Heard::Gone);
}

#[test]
fn a_client_that_does_not_read_is_dropped_and_others_go_on() {
    let server = with("queued_messages_max = 1\nsend_wait_ms = 50\nkeep_alive_ms = 60000");
    let mut slow = server.viewer().connected();
    let mut other = server.viewer().connected();
    other.subscribe("1", APRIL);
    other.event("1");
    // Each answer is some 100 kB: what the system buffers is full after some dozens.
    for id in 0..400 {
        slow.subscribe(&id.to_string(), INTROSPECTION);
    }
    commit(&server.analyst(), server.brand(0), "2026-04-02");
    assert_eq!(told(&other.event("1")).0, "FACTS");
    assert_eq!(slow.end(), Heard::Gone);
    other.say(&json!({ "type": "ping" }));
    assert_eq!(other.message(), json!({ "type": "pong" }));
}

#[test]
fn a_client_that_reads_within_the_wait_gets_everything() {
    let server = with("queued_messages_max = 1\nsend_wait_ms = 60000\nkeep_alive_ms = 60000");
    let mut late = server.viewer().connected();
    for id in 0..40 {
        late.subscribe(&id.to_string(), INTROSPECTION);
    }
    // By now much waits for the client, more than the queue holds.
    commit(&server.analyst(), server.brand(0), "2026-04-02");
    let mut n_answers = 0;
    while n_answers < 40 {
        n_answers += usize::from(late.message()["type"] == "next");
    }
}

#[test]
fn an_agency_has_so_many_subscriptions_on_all_its_connections() {
    let server = with("subscriptions_per_agency_max = 2");
    let mut first = server.viewer().connected();
    let mut second = server.analyst().connected();
    for socket in [&mut first, &mut second] {
        socket.subscribe("1", APRIL);
        socket.event("1");
    }
    second.subscribe("2", APRIL);
    let error = second.message();
    let error = &error["payload"][0];
    assert_eq!(error["extensions"]["code"], "RATE_LIMITED");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("`subscriptions_per_agency_max` of 2"),
        "{message}"
    );
    // Queries are none, and another agency has its own.
    second.subscribe("3", "{ viewer { role } }");
    second.event("3");
    let mut other = server.other_agency().connected();
    other.subscribe("1", APRIL);
    other.event("1");
    drop(first);
    let begun = (0..1_000).any(|id| {
        second.subscribe(&format!("again {id}"), APRIL);
        loop {
            match second.message()["type"].as_str() {
                Some("next") => return true,
                Some("error") => return false,
                _ => {}
            }
        }
    });
    assert!(begun, "a connection that is closed gives its places back");
}

#[test]
fn a_client_that_leaves_too_many_bytes_unread_is_dropped() {
    let server = with("queued_bytes_max = 1000\nsend_wait_ms = 50\nkeep_alive_ms = 60000");
    let mut slow = server.viewer().connected();
    for id in 0..400 {
        slow.subscribe(&id.to_string(), INTROSPECTION);
    }
    assert_eq!(slow.end(), Heard::Gone);
    // One answer alone may be longer.
    let mut reader = server.viewer().connected();
    reader.subscribe("1", INTROSPECTION);
    assert!(reader.event("1").to_string().len() > 1000);
}

#[test]
fn before_init_a_message_is_short() {
    let server = with("init_message_bytes_max = 200");
    let mut stranger = server.viewer().silent_socket();
    stranger.say_text(&ping(200));
    assert_eq!(stranger.message()["type"], "pong");
    stranger.say_text(&ping(201));
    let (code, reason) = stranger.closed();
    assert_eq!(code, 1009);
    assert!(reason.contains("init_message_bytes_max"), "{reason}");
    let mut known = server.viewer().connected();
    known.say_text(&ping(201));
    assert_eq!(known.message()["type"], "pong");
}

#[test]
fn strangers_have_few_connections_and_leave_those_of_others_alone() {
    let server = with("unclaimed_connections_max = 1");
    let viewer = server.viewer();
    let _first = viewer.connected();
    let mut second = viewer.silent_socket();
    let refused = viewer.get("/graphql", &UPGRADE);
    assert_eq!(refused.status, 429);
    let told = &refused.text;
    assert!(told.contains("unclaimed_connections_max"), "{told}");
    assert_eq!(viewer.events(APRIL).status, 200);
    second.say(&viewer.init());
    assert_eq!(second.message()["type"], "connection_ack");
    viewer.connected();
}

/// What asks for a WebSocket.
const UPGRADE: [(&str, &str); 4] = [
    ("connection", "upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

/// A `ping` of so many bytes.
fn ping(n_bytes: usize) -> String {
    let frame = r#"{"type":"ping","payload":{"of":""}}"#;
    let filled = format!(r#""of":"{}""#, "x".repeat(n_bytes - frame.len()));
    frame.replace(r#""of":"""#, &filled)
}

/// Asks for much at a low price.
const INTROSPECTION: &str = "{ __schema { types { name description fields { name description type { name } args { name description type { name } } } inputFields { name description } enumValues { name description } } } }";

#[test]
fn a_client_that_answers_no_sign_of_life_is_closed() {
    let server = with("keep_alive_ms = 50");
    let bytes = server.viewer().connected().read_deaf();
    // The good-bye: a close frame of code 1001.
    let has = |bytes: &[u8], code: &[u8]| bytes.windows(2).any(|it| it == code);
    assert!(has(&bytes, &[0x03, 0xE9]), "{bytes:?}");
}

#[test]
fn a_client_that_answers_signs_of_life_stays() {
    let server = with("keep_alive_ms = 50");
    let mut socket = server.viewer().connected();
    for _ in 0..3 {
        socket.hear_ping();
    }
    socket.subscribe("1", "{ viewer { role } }");
    assert_eq!(socket.event("1")["viewer"]["role"], "VIEWER");
}

#[test]
fn the_price_of_a_subscription_is_paid_like_that_of_a_query() {
    let config = "[budget]\ntoken_points_max = 3\ntoken_points_per_s = 1\n";
    let server = TestServer::with_config(BELLWETHER, config);
    let mut socket = server.viewer().connected();
    let refused = (0..40).find_map(|id| {
        socket.subscribe(&id.to_string(), APRIL);
        let message = socket.message();
        (message["type"] == "error").then_some(message)
    });
    let error = refused.expect("the points run out");
    let extensions = &error["payload"][0]["extensions"];
    assert_eq!(extensions["code"], "RATE_LIMITED", "{error}");
    assert!(extensions["retryAfterSeconds"].is_u64(), "{error}");
}

#[test]
fn operators_see_how_much_is_open() {
    let (server, operator) = with_operator(an_empty_server(), None);
    let mut socket = server.viewer().connected();
    socket.subscribe("1", APRIL);
    socket.event("1");
    let connections = operator.get("/v1/status", &[]).json()["connections"].take();
    assert_eq!(
        connections,
        json!({ "open": 1, "operations": 1, "turnedAway": 0, "dropped": 0 })
    );
    let metrics = operator.get("/metrics", &[]);
    assert!(metrics.headers["content-type"].starts_with("text/plain"));
    for line in [
        "bellwether_connections_open 1",
        "bellwether_operations_running 1",
        "bellwether_connections_turned_away_total 0",
        "bellwether_connections_dropped_total 0",
    ] {
        assert!(metrics.text.contains(line), "{}", metrics.text);
    }
    assert_eq!(server.viewer().get("/metrics", &[]).status, 403);
}
