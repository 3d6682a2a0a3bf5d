//! GraphQL over HTTP: methods, media types, statuses, and the limits that protect the server.

mod attacks;
mod finished;
mod health;
mod limits;
mod media;
mod places;
mod requests;
mod stored;

use bellwether_test_support::Reply;
use serde_json::Value;

/// The code of a reply's first error.
fn code(reply: &Reply) -> Value {
    reply.json()["errors"][0]["extensions"]["code"].take()
}

/// Checks that a reply refuses the request as a whole: this status and code, and no `data`.
fn assert_refused(reply: &Reply, status: u16, expected: &str) {
    assert_eq!(
        (reply.status, code(reply)),
        (status, Value::from(expected)),
        "{}",
        reply.text
    );
    assert!(reply.json().get("data").is_none(), "{}", reply.text);
}
