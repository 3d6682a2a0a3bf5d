//! `graphql-transport-ws` to the letter of its document.

use bellwether_test_support::Heard;
use serde_json::json;

use super::{APRIL, an_empty_server, with};

#[test]
fn another_subprotocol_or_none_is_closed_with_4406() {
    let server = an_empty_server();
    // A client that offered one and got none may end by itself, so this one only looks.
    let offered = server.viewer().get(
        "/graphql",
        &[
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("sec-websocket-protocol", "graphql-ws"),
        ],
    );
    assert_eq!(offered.status, 101);
    assert!(!offered.headers.contains_key("sec-websocket-protocol"));
    let (code, reason) = server.viewer().socket(None, &[]).closed();
    assert_eq!(code, 4406);
    assert!(reason.starts_with("Subprotocol not acceptable"), "{reason}");
}

#[test]
fn of_several_subprotocols_the_one_that_is_spoken_is_chosen() {
    let server = an_empty_server();
    let viewer = server.viewer();
    let mut socket = viewer.socket(Some("graphql-ws, graphql-transport-ws"), &[]);
    socket.say(&viewer.init());
    assert_eq!(socket.message(), json!({ "type": "connection_ack" }));
}

#[test]
fn what_is_not_of_the_protocol_is_closed_with_4400() {
    let server = an_empty_server();
    let viewer = server.viewer();
    for text in [
        "",
        "hello",
        r#"{"type": "start", "id": "1"}"#,
        r#"{"type": "complete"}"#,
    ] {
        let mut socket = viewer.connected();
        socket.say_text(text);
        assert_eq!(socket.closed().0, 4400, "{text}");
    }
    let mut socket = viewer.connected();
    socket.say_bytes(b"{}");
    assert_eq!(socket.closed().0, 4400);
}

#[test]
fn an_operation_before_the_acknowledgement_is_closed_with_4401() {
    let server = an_empty_server();
    let mut socket = server.viewer().silent_socket();
    socket.subscribe("1", "{ viewer { role } }");
    assert_eq!(socket.closed(), (4401, "Unauthorized".to_owned()));
}

#[test]
fn a_connection_without_a_good_token_is_closed_with_4403() {
    let server = an_empty_server();
    for init in [
        json!({ "type": "connection_init" }),
        json!({ "type": "connection_init", "payload": {} }),
        json!({ "type": "connection_init", "payload": { "Authorization": "Bearer bw_wrong" } }),
    ] {
        let mut socket = server.viewer().silent_socket();
        socket.say(&init);
        let (code, reason) = socket.closed();
        assert_eq!(code, 4403, "{init}");
        assert!(reason.starts_with("Forbidden"), "{reason}");
    }
}

#[test]
fn a_token_in_the_header_of_the_handshake_does_too() {
    let server = an_empty_server();
    let viewer = server.viewer();
    let header = format!("Bearer {}", viewer.token());
    let mut socket = viewer.socket(Some("graphql-transport-ws"), &[("authorization", &header)]);
    socket.say(&json!({ "type": "connection_init" }));
    assert_eq!(socket.message(), json!({ "type": "connection_ack" }));
}

#[test]
fn a_silent_client_is_closed_with_4408() {
    let server = with("init_timeout_ms = 50");
    let mut socket = server.viewer().silent_socket();
    let expected = (4408, "Connection initialisation timeout".to_owned());
    assert_eq!(socket.closed(), expected);
}

#[test]
fn a_client_that_has_said_who_it_is_has_all_the_time() {
    let server = with("init_timeout_ms = 200\nkeep_alive_ms = 300");
    let mut socket = server.viewer().connected();
    // A sign of life comes after the time for `connection_init` is over.
    socket.hear_ping();
    socket.subscribe("1", "{ viewer { role } }");
    assert_eq!(socket.event("1")["viewer"]["role"], "VIEWER");
}

#[test]
fn an_id_that_is_running_is_closed_with_4409() {
    let server = an_empty_server();
    let mut socket = server.viewer().connected();
    socket.subscribe("a", APRIL);
    socket.event("a");
    socket.subscribe("a", "{ viewer { role } }");
    let expected = (4409, "Subscriber for a already exists".to_owned());
    assert_eq!(socket.closed(), expected);
}

#[test]
fn an_id_that_has_ended_can_be_used_again() {
    let server = an_empty_server();
    let mut socket = server.viewer().connected();
    for _ in 0..2 {
        socket.subscribe("a", "{ viewer { role } }");
        assert_eq!(socket.event("a")["viewer"]["role"], "VIEWER");
        assert_eq!(socket.message(), json!({ "id": "a", "type": "complete" }));
    }
    for _ in 0..2 {
        socket.subscribe("a", APRIL);
        socket.event("a");
        socket.complete("a");
    }
    socket.subscribe("b", "{ viewer { role } }");
    assert_eq!(socket.event("b")["viewer"]["role"], "VIEWER");
}

#[test]
fn a_second_init_is_closed_with_4429() {
    let server = an_empty_server();
    let viewer = server.viewer();
    let mut socket = viewer.connected();
    socket.say(&viewer.init());
    let expected = (4429, "Too many initialisation requests".to_owned());
    assert_eq!(socket.closed(), expected);
}

#[test]
fn a_ping_is_answered_with_its_payload_even_before_the_acknowledgement() {
    let server = an_empty_server();
    let mut socket = server.viewer().silent_socket();
    socket.say(&json!({ "type": "ping", "payload": { "sent": 7 } }));
    assert_eq!(
        socket.message(),
        json!({ "type": "pong", "payload": { "sent": 7 } })
    );
    socket.say(&json!({ "type": "pong" }));
    socket.say(&json!({ "type": "ping" }));
    assert_eq!(socket.message(), json!({ "type": "pong" }));
}

#[test]
fn queries_and_mutations_run_too_side_by_side() {
    let server = an_empty_server();
    let mut socket = server.owner().connected();
    let brand = crate::metrics::brand_id(&server.owner(), server.brand(0));
    let rename = format!(
        r#"mutation {{ renameBrand(input: {{brandId: "{brand}", name: "Anew"}}) {{ brand {{ name }} }} }}"#
    );
    socket.subscribe("m", &rename);
    assert_eq!(socket.event("m")["renameBrand"]["brand"]["name"], "Anew");
    assert_eq!(socket.message()["type"], "complete");
    socket.subscribe("q", "{ brands { name } }");
    assert_eq!(socket.event("q")["brands"][0]["name"], "Anew");
}

#[test]
fn a_request_that_does_not_run_is_an_error_without_complete_and_others_go_on() {
    let server = an_empty_server();
    let mut socket = server.viewer().connected();
    socket.subscribe("1", "subscription { nothing }");
    let error = socket.message();
    assert_eq!(
        (&error["type"], &error["id"]),
        (&json!("error"), &json!("1"))
    );
    assert_eq!(error["payload"][0]["extensions"]["code"], "INVALID_INPUT");
    socket.subscribe("1", "{ viewer { role } }");
    assert_eq!(socket.event("1")["viewer"]["role"], "VIEWER");
}

#[test]
fn an_unknown_id_to_complete_is_ignored() {
    let server = an_empty_server();
    let mut socket = server.viewer().connected();
    socket.complete("nothing");
    socket.say(&json!({ "type": "ping" }));
    assert_eq!(socket.message(), json!({ "type": "pong" }));
}

#[test]
fn a_server_that_stops_says_good_bye() {
    let server = an_empty_server();
    let mut socket = server.viewer().connected();
    socket.subscribe("1", APRIL);
    socket.event("1");
    server.terminate();
    let (code, reason) = socket.closed();
    assert_eq!(code, 1001, "{reason}");
    assert_eq!(socket.end(), Heard::Gone);
}
