//! Bodies on their way in: each has a place and room on the disk before its first byte is kept,
//! and gives both back however it ends.

use std::io::Write;
use std::net::TcpStream;

use bellwether_test_support::server::files_below;
use bellwether_test_support::{Persona, Reply, TestServer};
use serde_json::json;

use super::bodies::{answer_to, body_of, chunked, connection, reply};
use super::{Untouched, message, refused, send};
use crate::given::BELLWETHER;

/// How often something is looked at that will come about soon.
const LOOKS_MAX: usize = 100_000;

/// More than a server reads before it looks for a place.
const LARGE_BYTES: usize = 2_000_000;

fn server_with(limits: &str) -> TestServer {
    TestServer::with_config(BELLWETHER, &format!("[limits]\n{limits}\n"))
}

/// A large body of which the server has received the beginning.
fn a_body_half_sent(server: &TestServer) -> TcpStream {
    let half = format!("Content-Length: {LARGE_BYTES}\r\n\r\n{}", body_of(800));
    let mut stream = connection(server);
    stream.write_all(half.as_bytes()).expect("the server reads");
    wait_until(|| files_below(&server.data_dir().join("spool")).len() == 1);
    stream
}

fn wait_until(holds: impl Fn() -> bool) {
    let came = (0..LOOKS_MAX).any(|_| {
        std::thread::yield_now();
        holds()
    });
    assert!(came, "what was waited for did not come");
}

fn send_as(sender: &Persona, brand: &str, csv: &str) -> Reply {
    sender.ingest_csv("delivery_daily", brand, "register=true", csv)
}

fn assert_told_to_come_back(reply: &Reply, by: &str) {
    assert_eq!(
        (reply.status, refused(reply).1),
        (429, json!("RATE_LIMITED")),
        "{}",
        reply.text
    );
    assert!(message(reply).contains(by), "{}", reply.text);
}

#[test]
fn a_body_that_is_being_received_has_a_place() {
    let server = server_with("concurrent_ingests_max = 1");
    let _half_sent = a_body_half_sent(&server);
    let next = send(&server, "register=true", &body_of(800));
    assert_told_to_come_back(&next, "`concurrent_ingests_max` of 1");
    assert_eq!(next.headers["retry-after"], "1");
    assert_eq!(files_below(&server.data_dir().join("spool")).len(), 1);
}

#[test]
fn a_sender_of_a_large_body_hears_that_there_is_no_place() {
    let server = server_with("concurrent_ingests_max = 1");
    let _half_sent = a_body_half_sent(&server);
    let next = send(&server, "register=true", &body_of(LARGE_BYTES));
    assert_told_to_come_back(&next, "`concurrent_ingests_max` of 1");
}

#[test]
fn a_body_that_is_given_up_frees_its_place_and_its_file() {
    let config = "[limits]\nconcurrent_ingests_max = 1\n";
    let untouched = Untouched::of(TestServer::with_config(BELLWETHER, config));
    let server = &untouched.server;
    drop(a_body_half_sent(server));
    wait_until(|| files_below(&server.data_dir().join("spool")).is_empty());
    untouched.assert_so();
    wait_until(|| send(server, "register=true", &body_of(800)).status == 200);
}

#[test]
fn a_sender_who_falls_silent_loses_the_place() {
    let config = "[limits]\nconcurrent_ingests_max = 1\ningest_silence_s = 1\n";
    let untouched = Untouched::of(TestServer::with_config(BELLWETHER, config));
    let server = &untouched.server;
    let silent = reply(a_body_half_sent(server));
    assert_eq!((silent.status, refused(&silent).1), (504, json!("TIMEOUT")));
    untouched.assert_so();
    let next = send(server, "register=true", &body_of(800));
    assert_eq!(next.status, 200, "{}", next.text);
}

#[test]
fn an_agency_leaves_a_place_to_the_others() {
    let server = server_with("concurrent_ingests_max = 2");
    let _half_sent = a_body_half_sent(&server);
    let own = send(&server, "register=true", &body_of(800));
    assert_told_to_come_back(&own, "`agency_ingests_max` of 1");
    let of_another = send_as(&server.other_agency(), server.other_brand(), &body_of(800));
    assert_eq!(of_another.status, 200, "{}", of_another.text);
}

#[test]
fn a_body_of_just_the_room_that_is_left_is_taken() {
    let room = LARGE_BYTES + 4_096;
    let server = server_with(&format!("ingest_spool_bytes_max = {room}"));
    let _half_sent = a_body_half_sent(&server);
    let reply = send(&server, "register=true", &body_of(4_096));
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[test]
fn a_body_one_byte_over_the_room_that_is_left_is_told_to_come_back() {
    let room = LARGE_BYTES + 4_096;
    let server = server_with(&format!("ingest_spool_bytes_max = {room}"));
    let _half_sent = a_body_half_sent(&server);
    let reply = send(&server, "register=true", &body_of(4_097));
    assert_told_to_come_back(&reply, &format!("`ingest_spool_bytes_max` of {room}"));
}

#[test]
fn a_streamed_body_of_just_the_room_that_is_left_is_taken() {
    let room = LARGE_BYTES + 4_096;
    let server = server_with(&format!("ingest_spool_bytes_max = {room}"));
    let _half_sent = a_body_half_sent(&server);
    let reply = answer_to(&server, &chunked(&body_of(4_096)));
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[test]
fn a_streamed_body_that_grows_over_the_room_that_is_left_is_told_to_come_back() {
    let room = LARGE_BYTES + 4_096;
    let server = server_with(&format!("ingest_spool_bytes_max = {room}"));
    let _half_sent = a_body_half_sent(&server);
    let reply = answer_to(&server, &chunked(&body_of(4_097)));
    assert_told_to_come_back(&reply, &format!("`ingest_spool_bytes_max` of {room}"));
    assert_eq!(files_below(&server.data_dir().join("spool")).len(), 1);
}

#[test]
fn a_streamed_body_that_grows_over_all_room_is_over_the_limit_and_leaves_nothing() {
    let config = "[limits]\ningest_spool_bytes_max = 4096\n";
    let untouched = Untouched::of(TestServer::with_config(BELLWETHER, config));
    let reply = answer_to(&untouched.server, &chunked(&body_of(4_097)));
    assert_eq!(
        (reply.status, refused(&reply).1),
        (413, json!("LIMIT_EXCEEDED"))
    );
    untouched.assert_so();
}
