//! What becomes of reports that are sent over HTTP: what is taken in and how it adds up, and what
//! each kind of bad input gets.

mod admission;
mod bodies;
mod campaigns;
mod columns;
mod disk;
mod duplicates;
mod formats;
mod keys;
mod large;
mod levels;
mod lines;
mod ranges;
mod replacement;
mod requests;
mod uploads;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use bellwether_test_support::server::files_below;
use bellwether_test_support::{Persona, Reply, TestServer};
use serde_json::{Value, json};

use crate::given::an_empty_server;

/// What everything that a persona sees in `delivery_daily` adds up to.
pub(crate) fn sums(persona: &Persona) -> Value {
    let document = r#"{ metrics(input: {range: {between: {from: "2020-01-01", until: "2029-01-01"}}})
        { totals { impressions clicks likes comments shares conversions spend revenue } } }"#;
    persona.data(document)["metrics"]["totals"][0].take()
}

/// A report: a header and its rows.
pub(crate) fn report(columns: &str, rows: &[&str]) -> String {
    format!("{columns}\n{}\n", rows.join("\n"))
}

/// A server to which nothing is ever committed, shared by the tests that run at the same time.
///
/// A value in a `static` is never dropped, and with it the process would stay; so the last test
/// takes it along.
fn a_server_without_facts() -> Arc<TestServer> {
    static SHARED: Mutex<Weak<TestServer>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let server = Arc::new(an_empty_server());
        *shared = Arc::downgrade(&server);
        server
    })
}

/// A server that holds one acknowledged row, for tests of what a refusal leaves behind.
struct Untouched {
    server: TestServer,
    files: Vec<std::path::PathBuf>,
}

impl Untouched {
    fn given() -> Self {
        Self::of(an_empty_server())
    }

    fn of(server: TestServer) -> Self {
        let csv = report("date,campaign,impressions", &["2025-01-01,kept,7"]);
        server
            .analyst()
            .commit_csv("delivery_daily", server.brand(0), &csv);
        let files = segments(&server);
        Self { server, files }
    }

    /// Checks that nothing was written beside the one row: no fact, no file, no body.
    fn assert_so(&self) {
        assert_eq!(sums(&self.server.analyst())["impressions"], 7);
        assert_eq!(segments(&self.server), self.files);
        let spooled = files_below(&self.server.data_dir().join("spool"));
        assert!(spooled.is_empty(), "{spooled:?}");
    }
}

fn segments(server: &TestServer) -> Vec<std::path::PathBuf> {
    files_below(&server.data_dir().join("segments"))
}

/// Sends a CSV report as the analyst for the first brand.
fn send(server: &TestServer, options: &str, csv: &str) -> Reply {
    server
        .analyst()
        .ingest_csv("delivery_daily", server.brand(0), options, csv)
}

/// The problems of an answer as `(line, column, code)`.
fn problems(reply: &Reply) -> Value {
    let answer = reply.json();
    let listed = answer["problems"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    listed
        .iter()
        .map(|problem| json!([problem["line"], problem["column"], problem["code"]]))
        .collect()
}

/// The status and code of a request that is refused as a whole, and where the fault lies.
fn refused(reply: &Reply) -> (u16, Value, Value) {
    let mut error = reply.json()["error"].take();
    (reply.status, error["code"].take(), error["field"].take())
}

/// The sentence of a refusal.
fn message(reply: &Reply) -> String {
    reply.json()["error"]["message"]
        .as_str()
        .expect("an error has a message")
        .to_owned()
}
