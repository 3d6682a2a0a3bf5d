//! GraphQL over connections that stay open: the WebSocket protocol to the letter, event streams,
//! what subscribers are told, and the limits of both.

mod changes;
mod events;
mod limits;
mod outages;
mod protocol;
mod selections;
mod tokens;

use bellwether_test_support::{Persona, TestServer};
use serde_json::Value;

use crate::given::{BELLWETHER, an_empty_server};

/// What changes of April, and why.
const APRIL: &str = r#"subscription { metricsChanged(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}}) { reason snapshot periods { from until } } }"#;

/// The same, of one brand.
fn april_of(brand: &str) -> String {
    let input = format!(r#"{{brands: ["{brand}"], range"#);
    APRIL.replacen("{range", &input, 1)
}

/// Two rows of one campaign.
fn report(day: &str) -> String {
    format!("date,campaign,impressions,spend\n{day},1001,1000,20\n")
}

/// Sends a report that changes a day.
fn commit(persona: &Persona, brand: &str, day: &str) {
    persona.commit_csv("delivery_daily", brand, &report(day));
}

fn with(section: &str) -> TestServer {
    TestServer::with_config(BELLWETHER, &format!("[subscriptions]\n{section}\n"))
}

/// An event's reason, and its periods as `from until`.
fn told(event: &Value) -> (String, Vec<String>) {
    let change = &event["metricsChanged"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let periods = change["periods"].as_array().into_iter().flatten();
    let periods = periods.map(|it| format!("{} {}", text(&it["from"]), text(&it["until"])));
    (text(&change["reason"]), periods.collect())
}
