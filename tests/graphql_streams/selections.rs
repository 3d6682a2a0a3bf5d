//! What an answer within an event selects decides what is told of.

use bellwether_test_support::{Socket, TestServer};

use super::{an_empty_server, commit, told};

/// Listens to April as the viewer; the first event is heard.
fn listening(server: &TestServer, input: &str, selection: &str) -> Socket {
    let range = r#"range: {between: {from: "2026-04-01", until: "2026-05-01"}}"#;
    let document = format!(
        "subscription {{ metricsChanged(input: {{{range}{input}}}) {{ reason periods {{ from until }} {selection} }} }}"
    );
    let mut socket = server.viewer().connected();
    socket.subscribe("1", &document);
    let first = socket.event("1");
    assert_eq!(told(&first).0, "SUBSCRIBED", "{first}");
    socket
}

/// A server with a day of delivery.
fn delivered() -> TestServer {
    let server = an_empty_server();
    commit(&server.analyst(), server.brand(0), "2026-04-02");
    server
}

fn commit_reach(server: &TestServer) {
    let csv = "from,until,campaign,reach,impressions\n2026-04-01,2026-05-01,1001,400,1000\n";
    server.analyst().commit_csv("reach", server.brand(0), csv);
}

fn commit_costs(server: &TestServer) {
    let csv =
        "from,until,campaign,kind,amount,spread\n2026-04-01,2026-04-03,1001,production,100,day\n";
    server.analyst().commit_csv("costs", server.brand(0), csv);
}

#[test]
fn a_report_of_reach_is_told_of_to_whoever_selects_reach() {
    let server = delivered();
    let selection = "metrics { rows { reach } }";
    let mut socket = listening(&server, ", by: [CAMPAIGN]", selection);
    commit_reach(&server);
    let event = socket.event("1");
    assert_eq!(told(&event).0, "FACTS");
    let rows = &event["metricsChanged"]["metrics"]["rows"];
    assert_eq!(rows[0]["reach"], 400, "{event}");
}

#[test]
fn of_several_answers_in_an_event_each_is_listened_for() {
    let server = delivered();
    let selection = "a: metrics { rows { impressions } } ... { b: metrics { rows { reach } } }";
    let mut socket = listening(&server, ", by: [CAMPAIGN]", selection);
    commit_reach(&server);
    assert_eq!(told(&socket.event("1")).0, "FACTS");
    commit(&server.analyst(), server.brand(0), "2026-04-03");
    let days = vec!["2026-04-03 2026-04-04".to_owned()];
    assert_eq!(told(&socket.event("1")), ("FACTS".to_owned(), days));
}

#[test]
fn a_cost_is_told_of_to_whoever_selects_the_return_on_all_costs() {
    let server = delivered();
    let selection = "metrics { rows { roi } }";
    let mut socket = listening(&server, ", metrics: [IMPRESSIONS]", selection);
    commit_costs(&server);
    assert_eq!(told(&socket.event("1")).0, "FACTS");
}

#[test]
fn a_cost_is_not_told_of_to_whoever_selects_impressions() {
    let server = delivered();
    let selection = "metrics { rows { impressions } }";
    let mut socket = listening(&server, ", metrics: [IMPRESSIONS]", selection);
    commit_costs(&server);
    commit(&server.analyst(), server.brand(0), "2026-04-03");
    let days = vec!["2026-04-03 2026-04-04".to_owned()];
    assert_eq!(told(&socket.event("1")), ("FACTS".to_owned(), days));
}

#[test]
fn rates_are_told_of_to_whoever_selects_money_in_one_currency() {
    let server = delivered();
    let input = r#", metrics: [IMPRESSIONS], currency: "EUR""#;
    let mut socket = listening(&server, input, "metrics { totals { spend } }");
    let rates = "date,from,to,rate,source\n2026-04-02,EUR,USD,1.1,ECB\n";
    server.analyst().import_rates(rates);
    assert_eq!(told(&socket.event("1")).0, "RECORDS");
}

#[test]
fn costs_are_told_of_to_whoever_selects_nothing_but_a_metric_of_their_own_that_needs_them() {
    let server = delivered();
    let saved = server.analyst().data(
        r#"mutation { saveCustomMetric(input: {name: "all_in", formula: "spend + production_costs", meaning: "For a test."}) { userErrors { message } } }"#,
    );
    let errors = saved["saveCustomMetric"]["userErrors"].as_array();
    assert_eq!(errors.map(Vec::len), Some(0), "{saved}");
    let input = r#", customMetrics: ["all_in"]"#;
    let mut socket = listening(&server, input, "metrics { rows { custom { name value } } }");
    commit_costs(&server);
    let event = socket.event("1");
    assert_eq!(told(&event).0, "FACTS");
    let rows = &event["metricsChanged"]["metrics"]["rows"];
    assert_eq!(rows[0]["custom"][0]["value"], "120", "{event}");
}
