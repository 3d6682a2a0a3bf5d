//! Money in one currency: imports of rates over HTTP, corrections, and who may import.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::{APRIL, delivered, metrics};
use crate::given::an_empty_server;

/// Euros spent on two days.
const SPENT: &str = "date,campaign,currency,impressions,clicks,spend,revenue\n\
     2026-04-01,a,EUR,1000,10,10,30\n\
     2026-04-02,a,EUR,1000,10,20,30\n";

fn spent() -> TestServer {
    delivered(SPENT)
}

fn rates(first: &str, second: &str) -> String {
    format!(
        "date,from,to,rate,source\n2026-04-01,EUR,USD,{first},ECB\n2026-04-02,EUR,USD,{second},ECB\n"
    )
}

fn in_dollars(persona: &Persona, more: &str) -> Value {
    metrics(
        persona,
        &format!(r#"{APRIL}, currency: "USD" {more}"#),
        "totals { spend roas currency notes { metric code } } meta { currency computedAt cache partitionsComputed warnings { code message } }",
    )
}

fn spend(persona: &Persona, more: &str) -> Value {
    in_dollars(persona, more)["totals"][0]["spend"].clone()
}

#[test]
fn a_correction_changes_the_next_answer_and_no_answer_of_before() {
    let server = spent();
    let analyst = server.analyst();
    analyst.import_rates(&rates("1.1", "1.2"));
    let before = in_dollars(&server.viewer(), "");
    assert_eq!(before["totals"][0]["spend"], "35");
    assert_eq!(before["totals"][0]["currency"], "USD");
    let moment = before["meta"]["computedAt"].as_str().unwrap();
    let corrected = analyst.import_rates(&rates("1.1", "1.3"));
    assert_eq!(
        corrected,
        json!({ "outcome": "IMPORTED", "revision": 2, "added": 0, "corrected": 1, "unchanged": 1 })
    );
    assert_eq!(spend(&server.viewer(), ""), "37");
    let as_of = format!(r#", asOf: "{moment}""#);
    assert_eq!(spend(&server.viewer(), &as_of), "35");
}

#[test]
fn a_moment_before_the_first_import_has_no_rates() {
    let server = spent();
    let before = in_dollars(&server.viewer(), "");
    let moment = before["meta"]["computedAt"].as_str().unwrap();
    server.analyst().import_rates(&rates("1.1", "1.2"));
    let as_of = format!(r#", asOf: "{moment}""#);
    assert_eq!(spend(&server.viewer(), &as_of), json!(null));
}

#[test]
fn sums_in_the_cache_serve_whatever_the_rates() {
    let server = spent();
    server.analyst().import_rates(&rates("1.1", "1.2"));
    let first = in_dollars(&server.viewer(), "");
    assert_eq!(first["meta"]["partitionsComputed"], 1);
    server.analyst().import_rates(&rates("1.2", "1.2"));
    let second = in_dollars(&server.viewer(), "");
    assert_eq!(second["meta"]["partitionsComputed"], 0);
    assert_eq!(second["totals"][0]["spend"], "36");
    assert_eq!(in_dollars(&server.viewer(), "")["meta"]["cache"], "HIT");
}

#[test]
fn a_missing_rate_is_a_null_with_its_day_named() {
    let server = spent();
    let rates = "date,from,to,rate\n2026-04-01,EUR,USD,1.1\n2026-04-03,EUR,USD,1.1\n";
    server.analyst().import_rates(rates);
    let answer = in_dollars(&server.viewer(), "");
    assert_eq!(answer["totals"][0]["spend"], json!(null));
    assert_eq!(
        answer["totals"][0]["notes"],
        json!([
            { "metric": "SPEND", "code": "FX_RATE_MISSING" },
            { "metric": "ROAS", "code": "FX_RATE_MISSING" },
        ])
    );
    let warning = &answer["meta"]["warnings"][0];
    assert_eq!(warning["code"], "FX_RATE_MISSING");
    let message = warning["message"].as_str().unwrap();
    assert!(message.contains("EUR on 2026-04-02;"), "{message}");
}

#[test]
fn a_file_with_a_wrong_line_is_refused_whole_with_every_line_named() {
    let server = spent();
    let file =
        "date,from,to,rate\n2026-04-01,EUR,USD,1.1\n2026-04-02,EUR,USD,one\n2026-04-32,EUR,USD,1\n";
    let reply = server.analyst().send_rates("", file);
    assert_eq!(reply.status, 422);
    let problems = reply.json()["problems"].clone();
    let told: Vec<_> = problems
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["line"].clone(), it["column"].clone()))
        .collect();
    assert_eq!(told, [(json!(3), json!("rate")), (json!(4), json!("date"))]);
    assert_eq!(spend(&server.viewer(), ""), json!(null));
}

#[test]
fn a_friday_is_carried_over_the_weekend_when_the_import_says_so() {
    let server = delivered("date,campaign,currency,spend\n2026-04-05,a,EUR,10\n");
    let friday = "date,from,to,rate\n2026-04-03,EUR,USD,1.1\n";
    server.analyst().import_rates(friday);
    assert_eq!(spend(&server.viewer(), ""), json!(null));
    let carried = server.analyst().send_rates("?carryDays=2", friday);
    assert_eq!(carried.json()["added"], 2);
    assert_eq!(spend(&server.viewer(), ""), "11");
}

#[test]
fn days_are_carried_up_to_the_limit() {
    let server = an_empty_server();
    let file = "date,from,to,rate\n2026-04-03,EUR,USD,1.1\n";
    assert_eq!(
        server.analyst().send_rates("?carryDays=7", file).status,
        200
    );
    let over = server.analyst().send_rates("?carryDays=8", file);
    assert_eq!(over.status, 413);
    assert!(over.text.contains("carry_days_max"), "{}", over.text);
    for wrong in ["?carryDays=-1", "?carryDays=two", "?carry=1"] {
        assert_eq!(
            server.analyst().send_rates(wrong, file).status,
            400,
            "{wrong}"
        );
    }
}

#[test]
fn only_members_who_may_ingest_import_rates() {
    let server = an_empty_server();
    let file = rates("1.1", "1.2");
    assert_eq!(server.viewer().send_rates("", &file).status, 403);
    assert_eq!(server.anonymous().send_rates("", &file).status, 401);
    assert_eq!(server.owner().send_rates("", &file).status, 200);
    let json = [("Content-Type", "application/json")];
    let reply = server.analyst().post("/v1/rates", &json, b"{}");
    assert_eq!(reply.status, 415);
    assert_eq!(server.analyst().get("/v1/rates", &[]).status, 405);
}

#[test]
fn rates_of_another_agency_convert_nothing() {
    let server = spent();
    server.other_agency().import_rates(&rates("1.1", "1.2"));
    assert_eq!(spend(&server.viewer(), ""), json!(null));
}

#[test]
fn an_agencys_own_metrics_are_converted_too() {
    let server = spent();
    server.analyst().import_rates(&rates("1.1", "1.2"));
    server.analyst().data(
        r#"mutation { saveCustomMetric(input: {name: "per_click", formula: "2 * spend / clicks + spend / clicks", meaning: "For a test."}) { userErrors { code } } }"#,
    );
    let answer = metrics(
        &server.viewer(),
        &format!(r#"{APRIL}, currency: "USD", customMetrics: ["per_click"]"#),
        "totals { cpc custom { value } }",
    );
    // 35 dollars for 20 clicks, three times.
    let total = &answer["totals"][0];
    assert_eq!(
        (&total["cpc"], &total["custom"][0]["value"]),
        (&json!("1.75"), &json!("5.25"))
    );
}

#[test]
fn totals_are_rounded_once() {
    let server = delivered(
        "date,campaign,currency,spend\n2026-04-01,a,EUR,0.000001\n2026-04-02,a,EUR,0.000001\n2026-04-02,b,EUR,0.000001\n",
    );
    server.analyst().import_rates(&rates("0.5", "0.4"));
    // 0.5 + 0.4 + 0.4 micros; three roundings would make 1 + 0 + 0 and so would their floor.
    let answer = metrics(
        &server.viewer(),
        &format!(r#"{APRIL}, by: [PERIOD], currency: "USD""#),
        "rows { spend } totals { spend }",
    );
    assert_eq!(
        answer["rows"],
        json!([{ "spend": "0.000001" }, { "spend": "0.000001" }])
    );
    assert_eq!(answer["totals"][0]["spend"], "0.000001");
}

#[test]
fn a_cursor_of_before_an_import_says_to_begin_again() {
    let server = spent();
    let analyst = server.analyst();
    analyst.import_rates(&rates("1.1", "1.2"));
    let page = |after: &str| {
        let input = format!(r#"{APRIL}, by: [PERIOD], metrics: [SPEND], currency: "USD""#);
        format!(
            "{{ metrics(input: {{{input}}}, first: 1{after}) {{ rows {{ spend }} pageInfo {{ endCursor }} }} }}"
        )
    };
    let first = server.viewer().data(&page(""));
    let after = format!(", after: {}", first["metrics"]["pageInfo"]["endCursor"]);
    let second = server.viewer().data(&page(&after));
    assert_eq!(second["metrics"]["rows"], json!([{ "spend": "24" }]));
    analyst.import_rates(&rates("1.1", "1.3"));
    let error = server.viewer().error(&page(&after));
    assert_eq!(error["extensions"]["code"], "CONFLICT");
    let message = error["message"].as_str().expect("a sentence");
    assert!(message.contains("begin again without `after`"), "{message}");
}

/// The rates that are listed, as `from to day rate`, and where the page ends.
fn listed(persona: &Persona, arguments: &str) -> (Vec<String>, Value) {
    let document = format!(
        "{{ exchangeRates{arguments} {{ nodes {{ from to day rate source carriedFrom revision }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let mut page = persona.data(&document)["exchangeRates"].take();
    let nodes = page["nodes"].as_array().cloned().unwrap_or_default();
    let told = nodes.iter().map(|node| {
        let text = |field: &str| node[field].as_str().unwrap_or_default().to_owned();
        let of = ["from", "to", "day", "rate"].map(text).join(" ");
        format!("{of} {}", node["revision"])
    });
    (told.collect(), page["pageInfo"].take())
}

#[test]
fn rates_are_listed_as_they_stand() {
    let server = an_empty_server();
    let analyst = server.analyst();
    analyst.import_rates(&rates("1.1", "1.2"));
    analyst.import_rates("date,from,to,rate\n2026-04-02,EUR,USD,1.25\n2026-04-02,USD,EUR,0.8\n");
    let viewer = server.viewer();
    let all = [
        "USD EUR 2026-04-02 0.8 2",
        "EUR USD 2026-04-01 1.1 1",
        "EUR USD 2026-04-02 1.25 2",
    ];
    assert_eq!(listed(&viewer, "").0, all);
    let (first, info) = listed(&viewer, "(first: 2)");
    assert_eq!(first, all[..2]);
    assert_eq!(info["hasNextPage"], true);
    let after = format!("(after: {})", info["endCursor"]);
    assert_eq!(listed(&viewer, &after).0, all[2..]);
    let on_the_first =
        r#"(from: "EUR", to: "USD", range: {from: "2026-04-01", until: "2026-04-02"})"#;
    assert_eq!(listed(&viewer, on_the_first).0, all[1..2]);
    assert!(listed(&server.other_agency(), "").0.is_empty());
    for (wrong, field) in [
        (r#"(from: "euro")"#, "from"),
        (
            r#"(range: {from: "2026-04-02", until: "2026-04-02"})"#,
            "range.until",
        ),
        (r#"(after: "x")"#, "after"),
    ] {
        let error = viewer.error(&format!(
            "{{ exchangeRates{wrong} {{ nodes {{ rate }} }} }}"
        ));
        assert_eq!(error["extensions"]["code"], "INVALID_INPUT", "{wrong}");
        assert_eq!(error["extensions"]["field"], field);
    }
    let error = viewer.error("{ exchangeRates(first: 101) { nodes { rate } } }");
    assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED");
}
