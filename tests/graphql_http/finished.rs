//! The same request again: answered with the same bytes, until what it is about changes.

use bellwether_test_support::{Persona, Reply, TestServer};
use serde_json::{Value, json};

use crate::given::an_empty_server;
use crate::metrics::{APRIL, brand_id};

const JSON: (&str, &str) = ("content-type", "application/json");

fn report(impressions: u32) -> String {
    format!("date,campaign,impressions\n2026-04-01,a,{impressions}\n")
}

fn delivered() -> TestServer {
    let server = an_empty_server();
    deliver(&server, 100);
    server
}

fn deliver(server: &TestServer, impressions: u32) {
    let (analyst, brand) = (server.analyst(), server.brand(0));
    analyst.commit_csv("delivery_daily", brand, &report(impressions));
}

fn ask(persona: &Persona) -> Reply {
    let question = "rows { brandName impressions } meta { cache computedAt }";
    let query = format!("{{ metrics(input: {{{APRIL}, by: [BRAND]}}) {{ {question} }} }}");
    persona.post_json("/graphql", &json!({ "query": query }))
}

/// The first row of an answer, if it has one, and its cache state.
fn told(reply: &Reply) -> (Value, Value) {
    let mut answer = reply.json()["data"]["metrics"].take();
    let row = answer["rows"].get(0).cloned().unwrap_or_default();
    (row, answer["meta"]["cache"].take())
}

fn ask_thrice(persona: &Persona) -> [Reply; 3] {
    std::array::from_fn(|_| ask(persona))
}

#[test]
fn a_hit_is_given_again_byte_for_byte_under_an_id_of_its_own() {
    let server = delivered();
    let [first, second, third] = ask_thrice(&server.viewer());
    assert_eq!(
        (told(&first).1, told(&second).1),
        (json!("MISS"), json!("HIT"))
    );
    assert_eq!(
        (third.status, &third.text, &third.headers["content-type"]),
        (200, &second.text, &second.headers["content-type"])
    );
    assert_ne!(
        third.headers["x-request-id"],
        second.headers["x-request-id"]
    );
}

#[test]
fn the_next_answer_after_a_report_has_its_numbers() {
    let server = delivered();
    let viewer = server.viewer();
    ask_thrice(&viewer);
    deliver(&server, 250);
    let (row, cache) = told(&ask(&viewer));
    assert_eq!(
        (row["impressions"].clone(), cache),
        (json!(250), json!("MISS"))
    );
}

#[test]
fn the_next_answer_after_a_rename_has_the_new_name() {
    let server = delivered();
    let (viewer, owner) = (server.viewer(), server.owner());
    ask_thrice(&viewer);
    let id = brand_id(&owner, server.brand(0));
    owner.data(&format!(
        "mutation {{ renameBrand(input: {{brandId: \"{id}\", name: \"New\"}}) {{ userErrors {{ code }} }} }}"
    ));
    assert_eq!(told(&ask(&viewer)).0["brandName"], json!("New"));
}

#[test]
fn the_same_request_of_another_agency_is_another_request() {
    let server = delivered();
    ask_thrice(&server.owner());
    let (row, cache) = told(&ask(&server.other_agency()));
    assert_eq!((row, cache), (Value::Null, json!("MISS")));
}

#[test]
fn a_known_answer_is_given_to_nobody_without_a_token() {
    let server = delivered();
    ask_thrice(&server.owner());
    assert_eq!(ask(&server.anonymous()).status, 401);
}

#[test]
fn a_known_answer_comes_in_the_media_type_that_is_asked_for() {
    let server = delivered();
    let viewer = server.viewer();
    let known = ask_thrice(&viewer)[2].text.clone();
    let question = "rows { brandName impressions } meta { cache computedAt }";
    let query = format!("{{ metrics(input: {{{APRIL}, by: [BRAND]}}) {{ {question} }} }}");
    let body = json!({ "query": query }).to_string();
    let accept = ("accept", "application/graphql-response+json");
    let reply = viewer.post("/graphql", &[JSON, accept], body.as_bytes());
    assert!(reply.headers["content-type"].starts_with("application/graphql-response+json"));
    assert_eq!(reply.text, known);
}
