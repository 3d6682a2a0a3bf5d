//! Batches are listed, found and undone, over GraphQL and by the command line.

use bellwether_test_support::{Persona, TestServer, run};
use serde_json::{Value, json};

use crate::given::{BELLWETHER, an_empty_server};
use crate::ingest::{report, sums};

/// Two batches: a day, and the same day restated together with another one.
struct Told {
    server: TestServer,
    first: Value,
    second: Value,
}

impl Told {
    fn given() -> Self {
        let server = an_empty_server();
        let send = |rows: &[&str]| {
            let csv = report("date,campaign,impressions", rows);
            let brand = server.brand(0);
            server.analyst().commit_csv("delivery_daily", brand, &csv)["batch"].take()
        };
        let first = send(&["2025-01-01,c1,1"]);
        let second = send(&["2025-01-01,c1,10", "2025-01-02,c1,100"]);
        Self {
            server,
            first,
            second,
        }
    }

    fn batches(&self, arguments: &str) -> Value {
        let document = format!("{{ batches{arguments} {{ nodes {{ id }} }} }}");
        let mut data = self.server.analyst().data(&document);
        data["batches"]["nodes"].take()
    }

    fn impressions(&self) -> Value {
        sums(&self.server.analyst())["impressions"].take()
    }
}

fn retract(persona: &Persona, batch: &Value) -> Value {
    let document = format!(
        "mutation {{ retractBatch(input: {{batchId: {batch}}}) {{
            batch {{ id retractedBy }} snapshot userErrors {{ code field }} }} }}"
    );
    persona.data(&document)["retractBatch"].take()
}

/// What the impressions of all days came to at a moment.
fn impressions_as_of(persona: &Persona, moment: &Value) -> Value {
    let document = format!(
        r#"{{ metrics(input: {{asOf: {moment}, range: {{between: {{from: "2020-01-01", until: "2029-01-01"}}}}}})
            {{ totals {{ impressions }} }} }}"#
    );
    persona.data(&document)["metrics"]["totals"][0]["impressions"].take()
}

#[test]
fn batches_are_listed_newest_first_and_page_by_page() {
    let told = Told::given();
    let (first, second) = (json!({ "id": told.first }), json!({ "id": told.second }));
    assert_eq!(told.batches(""), json!([second, first]));
    assert_eq!(told.batches("(first: 1)"), json!([second]));
    let after = format!("(first: 1, after: {})", told.second);
    assert_eq!(told.batches(&after), json!([first]));
    assert_eq!(told.batches("(dataset: COSTS)"), json!([]));
    assert_eq!(told.batches("(state: COMMITTED)"), json!([second, first]));
}

#[test]
fn a_batch_tells_what_it_brought() {
    let told = Told::given();
    let document = format!(
        "{{ batch(id: {}) {{ dataset brand {{ slug }} state commit accepted rowsWritten retractedBy }} }}",
        told.second
    );
    assert_eq!(
        told.server.analyst().data(&document)["batch"],
        json!({
            "dataset": "DELIVERY_DAILY", "brand": { "slug": told.server.brand(0) },
            "state": "COMMITTED", "commit": 2, "accepted": 2, "rowsWritten": 2, "retractedBy": null,
        })
    );
}

#[test]
fn an_undone_batch_gives_back_what_it_replaced_and_is_seen_as_of_before() {
    let told = Told::given();
    let analyst = told.server.analyst();
    assert_eq!(told.impressions(), json!(110));
    let moment = analyst.data(&format!(
        "{{ batch(id: {}) {{ finishedAt }} }}",
        told.second
    ))["batch"]["finishedAt"]
        .take();
    let payload = retract(&analyst, &told.second);
    assert_eq!(
        payload["batch"],
        json!({ "id": told.second, "retractedBy": 3 })
    );
    assert_eq!(told.impressions(), json!(1));
    assert_eq!(impressions_as_of(&analyst, &moment), json!(110));
}

#[test]
fn a_batch_is_undone_once_and_by_those_who_see_it() {
    let told = Told::given();
    let analyst = told.server.analyst();
    retract(&analyst, &told.second);
    let again = retract(&analyst, &told.second);
    assert_eq!(again["userErrors"][0]["code"], "CONFLICT");
    assert_eq!(again["batch"], Value::Null);
    let document = format!(
        "mutation {{ retractBatch(input: {{batchId: {}}}) {{ snapshot }} }}",
        told.first
    );
    let code = |persona: Persona| persona.error(&document)["extensions"]["code"].take();
    assert_eq!(code(told.server.other_agency()), "NOT_FOUND");
    assert_eq!(code(told.server.viewer()), "FORBIDDEN");
    assert_eq!(told.impressions(), json!(1));
}

#[test]
fn the_command_line_lists_and_undoes_batches_of_a_server() {
    let told = Told::given();
    let analyst = told.server.analyst();
    let (url, token) = (told.server.url(), analyst.token());
    let door = ["--json", "--url", url, "--token", token];
    let list = |more: &[&str]| run(BELLWETHER, [&["batch", "list"], more, &door].concat());
    let listed = list(&["--brand", told.server.brand(0), "--limit", "1"])
        .succeeded()
        .json();
    assert_eq!(listed["batches"][0]["id"], told.second);
    assert_eq!(listed["batches"].as_array().map(Vec::len), Some(1));
    let id = told.second.as_str().expect("ids are texts");
    let undo = || run(BELLWETHER, [&["batch", "retract", id], &door[..]].concat());
    assert_eq!(undo().succeeded().json()["batch"]["retractedBy"], 3);
    assert_eq!(undo().code, Some(1));
    assert_eq!(told.impressions(), json!(1));
}

#[test]
fn the_command_line_undoes_a_batch_of_a_folder_that_nobody_serves() {
    let told = Told::given();
    let agency = told.server.agency().to_owned();
    let stopped = told.server.kill();
    let data_dir = stopped.data_dir().display().to_string();
    let id = told.second.as_str().expect("ids are texts");
    let arguments = [
        "batch",
        "retract",
        id,
        "--agency",
        &agency,
        "--data-dir",
        &data_dir,
    ];
    run(BELLWETHER, arguments).succeeded();
    let server = stopped.restart();
    assert_eq!(sums(&server.analyst())["impressions"], 1);
}
