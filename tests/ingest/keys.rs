//! Idempotency keys: a request that is sent again gives the first answer and writes nothing.

use bellwether_test_support::{Persona, Reply, TestServer};
use serde_json::json;

use super::{Untouched, a_server_without_facts, message, refused, report, sums};
use crate::given::{BELLWETHER, an_empty_server};

fn keyed(server: &TestServer, key: &str, options: &str, csv: &str) -> Reply {
    keyed_by(&server.analyst(), server.brand(0), key, options, csv)
}

fn keyed_by(sender: &Persona, brand: &str, key: &str, options: &str, csv: &str) -> Reply {
    let address = format!("/v1/ingest/delivery_daily?brand={brand}&{options}");
    let headers = [("content-type", "text/csv"), ("idempotency-key", key)];
    sender.post(&address, &headers, csv.as_bytes())
}

fn try_keyed(sender: &Persona, brand: &str, key: &str, csv: &str) -> Option<Reply> {
    let address = format!("/v1/ingest/delivery_daily?brand={brand}&register=true");
    let headers = [("content-type", "text/csv"), ("idempotency-key", key)];
    sender.try_post(&address, &headers, csv.as_bytes())
}

fn csv(impressions: i64) -> String {
    report(
        "date,campaign,impressions",
        &[&format!("2025-01-01,c1,{impressions}")],
    )
}

#[test]
fn the_same_request_under_the_same_key_gets_the_same_answer_word_for_word() {
    let server = an_empty_server();
    let send = || keyed(&server, "k1", "register=true", &csv(5)).text;
    assert_eq!(send(), send());
}

#[test]
fn the_same_request_under_the_same_key_writes_nothing() {
    let server = an_empty_server();
    keyed(&server, "k1", "register=true", &csv(5));
    keyed(&server, "k2", "register=true", &csv(6));
    let files = super::segments(&server);
    keyed(&server, "k1", "register=true", &csv(5));
    assert_eq!(
        (
            super::segments(&server),
            sums(&server.analyst())["impressions"].take()
        ),
        (files, json!(6))
    );
}

#[test]
fn another_body_under_the_same_key_is_a_conflict() {
    let server = an_empty_server();
    keyed(&server, "k1", "register=true", &csv(5));
    let reply = keyed(&server, "k1", "register=true", &csv(6));
    assert_eq!(
        refused(&reply),
        (409, json!("CONFLICT"), json!("Idempotency-Key"))
    );
}

#[test]
fn other_options_under_the_same_key_are_a_conflict() {
    let server = an_empty_server();
    keyed(&server, "k1", "register=true", &csv(5));
    let reply = keyed(&server, "k1", "register=true&mode=skip", &csv(5));
    assert_eq!(refused(&reply).1, "CONFLICT");
}

#[test]
fn another_brand_under_the_same_key_is_a_conflict() {
    let server = an_empty_server();
    keyed(&server, "k1", "register=true", &csv(5));
    let reply = keyed_by(
        &server.analyst(),
        server.brand(1),
        "k1",
        "register=true",
        &csv(5),
    );
    assert_eq!(refused(&reply).1, "CONFLICT");
}

#[test]
fn a_key_belongs_to_its_agency() {
    let server = an_empty_server();
    keyed(&server, "k1", "register=true", &csv(5));
    let other = keyed_by(
        &server.other_agency(),
        server.other_brand(),
        "k1",
        "register=true",
        &csv(6),
    );
    assert_eq!(other.status, 200, "{}", other.text);
}

#[test]
fn a_rejected_batch_is_repeated_word_for_word_too() {
    let server = a_server_without_facts();
    let send = || keyed(&server, "rejected", "register=true", &csv(-5));
    let (first, second) = (send(), send());
    assert_eq!((first.status, first.text), (422, second.text));
}

#[test]
fn a_key_is_free_again_after_a_request_that_was_refused_as_a_whole() {
    let server = an_empty_server();
    let refusal = keyed(&server, "k1", "register=true", "date,campaign,nonsense\n");
    let reply = keyed(&server, "k1", "register=true", &csv(5));
    assert_eq!(
        (refusal.status, reply.status),
        (400, 200),
        "{} {}",
        refusal.text,
        reply.text
    );
}

#[test]
fn a_key_of_255_bytes_is_taken_and_one_of_256_is_refused() {
    let server = an_empty_server();
    assert_eq!(
        keyed(&server, &"k".repeat(255), "register=true", &csv(5)).status,
        200
    );
    let reply = keyed(&server, &"k".repeat(256), "register=true", &csv(5));
    assert_eq!(
        refused(&reply),
        (400, json!("INVALID_INPUT"), json!("Idempotency-Key"))
    );
    assert!(message(&reply).contains("255"), "{}", reply.text);
}

#[test]
fn an_empty_key_is_refused_and_writes_nothing() {
    let untouched = Untouched::given();
    let reply = keyed(&untouched.server, "", "register=true", &csv(5));
    assert_eq!(
        refused(&reply),
        (400, json!("INVALID_INPUT"), json!("Idempotency-Key"))
    );
    untouched.assert_so();
}

#[test]
fn a_twin_of_a_request_under_way_is_told_to_come_back() {
    let mut server = TestServer::stopping_at(BELLWETHER, "validated");
    let (sender, brand) = (server.analyst(), server.brand(0).to_owned());
    let first = {
        let (sender, brand) = (sender.clone(), brand.clone());
        std::thread::spawn(move || try_keyed(&sender, &brand, "k1", &csv(5)))
    };
    server.wait_until_stopped();
    let twin = try_keyed(&sender, &brand, "k1", &csv(5)).expect("the server answers");
    let other = try_keyed(&sender, &brand, "k1", &csv(6)).expect("the server answers");
    server.kill();
    assert!(first.join().expect("the sender lives").is_none());
    assert_eq!((twin.status, refused(&twin).1), (409, json!("BUSY")));
    assert_eq!(twin.headers["retry-after"], "1");
    assert_eq!(refused(&other).1, "CONFLICT");
}
