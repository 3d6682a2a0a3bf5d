//! What metric queries answer: reports in as CSV, numbers out over GraphQL.

mod attributes;
mod attribution;
mod audience;
mod cache;
mod cases;
mod compare;
mod components;
mod conditions;
mod costs;
mod currency;
mod custom;
mod feedback;
mod fill;
mod filters;
mod freshness;
mod groups;
mod having;
mod hourly;
mod label_levels;
mod labels;
mod levels;
mod notes;
mod objects;
mod order;
mod pages;
mod periods;
mod provisional;
mod reach;
mod reading;
mod table;
mod top;
mod totals;

use bellwether_domain::time::{Date, Timestamp, ZoneName};
use bellwether_test_support::{Persona, TestServer};
use serde_json::Value;

use crate::given::an_empty_server;

/// The range of all reports of these tests that don't say otherwise.
pub(crate) const APRIL: &str = r#"range: {between: {from: "2026-04-01", until: "2026-05-01"}}"#;

/// A server whose first brand delivered this.
fn delivered(csv: &str) -> TestServer {
    let server = an_empty_server();
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), csv);
    server
}

/// The answer to a metric query: its input's fields, and what is selected of the result.
pub(crate) fn metrics(persona: &Persona, input: &str, selection: &str) -> Value {
    persona.data(&document(input, selection))["metrics"].take()
}

/// The error of a metric query that is refused.
pub(crate) fn refused(persona: &Persona, input: &str, selection: &str) -> Value {
    persona.error(&document(input, selection))
}

/// The id of the campaign of this external id.
pub(crate) fn campaign_id(persona: &Persona, external_id: &str) -> String {
    let mut after = String::new();
    loop {
        let nodes = "nodes { id externalId } pageInfo { hasNextPage endCursor }";
        let data = persona.data(&format!("{{ campaigns(first: 100{after}) {{ {nodes} }} }}"));
        let page = &data["campaigns"];
        let campaigns = page["nodes"].as_array().expect("a list");
        let found = campaigns
            .iter()
            .find(|node| node["externalId"] == external_id);
        if let Some(id) = found.and_then(|node| node["id"].as_str()) {
            return id.to_owned();
        }
        assert_eq!(
            page["pageInfo"]["hasNextPage"], true,
            "no campaign `{external_id}`"
        );
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
}

/// The id of the brand of this slug.
pub(crate) fn brand_id(persona: &Persona, slug: &str) -> String {
    let data = persona.data("{ brands { id slug } }");
    let brands = data["brands"].as_array().expect("a list");
    let found = brands.iter().find(|brand| brand["slug"] == slug);
    let id = found.and_then(|brand| brand["id"].as_str());
    id.unwrap_or_else(|| panic!("no brand `{slug}` in {data}"))
        .to_owned()
}

fn document(input: &str, selection: &str) -> String {
    format!("{{ metrics(input: {{{input}}}) {{ {selection} }} }}")
}

/// The notes of the grand total as `metric: code`, in the order of the metrics.
fn notes_of_total(answer: &Value) -> Vec<String> {
    let notes = answer["totals"][0]["notes"].as_array().expect("a list");
    let text = |note: &Value| format!("{}: {}", note["metric"], note["code"]).replace('"', "");
    notes.iter().map(text).collect()
}

/// Today where the persona's agency is, by the server's clock.
pub(crate) fn today(persona: &Persona) -> Date {
    let answer = metrics(persona, APRIL, "meta { computedAt timezone }");
    let text = |field: &str| answer["meta"][field].as_str().expect("a text").to_owned();
    let now: Timestamp = text("computedAt").parse().expect("a moment");
    ZoneName::parse(&text("timezone"))
        .expect("a known zone")
        .today(now)
}
