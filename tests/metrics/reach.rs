//! People reached: only as reported, for one campaign and exactly the days that were reported.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::{APRIL, campaign_id, delivered, metrics};

const FIELDS: &str = "reach frequency impressions notes { metric code }";

/// Campaign `a` reports April and two of its weeks, which begin on Sundays here; `b` only one week.
fn server() -> TestServer {
    let server = delivered(
        "date,campaign,platform,currency,impressions\n\
         2026-04-01,a,TIKTOK,USD,5000\n2026-04-01,b,META,USD,500\n",
    );
    server.analyst().commit_csv(
        "reach",
        server.brand(0),
        "from,until,campaign,reach,impressions\n\
         2026-04-01,2026-05-01,a,400,1000\n\
         2026-04-05,2026-04-12,a,150,300\n\
         2026-04-12,2026-04-19,a,160,320\n\
         2026-04-05,2026-04-12,b,50,100\n",
    );
    server
}

fn rows(persona: &Persona, input: &str, fields: &str) -> Value {
    let input = format!("{input}, orderBy: [{{metric: REACH, direction: DESC}}]");
    metrics(persona, &input, &format!("rows {{ {fields} {FIELDS} }}"))["rows"].take()
}

fn lacking(code: &str, mut known: Value) -> Value {
    let notes = ["IMPRESSIONS", "REACH", "FREQUENCY"];
    let note = |metric: &str| json!({ "metric": metric, "code": code });
    known["reach"] = json!(null);
    known["frequency"] = json!(null);
    known["impressions"] = json!(null);
    known["notes"] = notes.iter().map(|metric| note(metric)).collect();
    known
}

#[test]
fn a_campaign_has_the_reach_that_was_reported_for_exactly_these_days() {
    let server = server();
    assert_eq!(
        rows(
            &server.viewer(),
            &format!("{APRIL}, by: [CAMPAIGN]"),
            "platform"
        ),
        json!([
            { "platform": "TIKTOK", "reach": 400, "frequency": 2.5, "impressions": 1000, "notes": [] },
            lacking("NOT_REPORTED_FOR_PERIOD", json!({ "platform": "META" })),
        ])
    );
}

#[test]
fn other_days_have_no_reach_though_reports_lie_within_them() {
    let range = r#"range: {between: {from: "2026-04-05", until: "2026-04-19"}}"#;
    let answer = rows(
        &server().viewer(),
        &format!("{range}, by: [CAMPAIGN]"),
        "platform",
    );
    assert_eq!(
        answer[0],
        lacking(
            "NOT_REPORTED_FOR_PERIOD",
            json!({ "platform": answer[0]["platform"] })
        )
    );
}

#[test]
fn reach_is_never_added_over_campaigns() {
    let server = server();
    let viewer = server.viewer();
    let of_platforms = rows(&viewer, &format!("{APRIL}, by: [PLATFORM]"), "platform");
    assert_eq!(
        of_platforms[0],
        lacking(
            "NOT_ADDITIVE",
            json!({ "platform": of_platforms[0]["platform"] })
        )
    );
    let answer = metrics(&viewer, APRIL, &format!("totals {{ {FIELDS} }}"));
    assert_eq!(answer["totals"][0], lacking("NOT_ADDITIVE", json!({})));
}

#[test]
fn a_filter_on_one_campaign_lets_its_total_stand() {
    let server = server();
    let viewer = server.viewer();
    let a = campaign_id(&viewer, "a");
    let input = format!("{APRIL}, where: {{campaign: {{eq: \"{a}\"}}}}");
    let answer = metrics(&viewer, &input, &format!("totals {{ {FIELDS} }}"));
    assert_eq!(
        answer["totals"][0],
        json!({ "reach": 400, "frequency": 2.5, "impressions": 1000, "notes": [] })
    );
}

#[test]
fn each_period_has_the_report_of_exactly_its_days() {
    let server = server();
    let viewer = server.viewer();
    let a = campaign_id(&viewer, "a");
    let range = r#"range: {between: {from: "2026-04-05", until: "2026-04-19"}}"#;
    let input = format!("{range}, by: [PERIOD], grain: WEEK, where: {{campaign: {{eq: \"{a}\"}}}}");
    let answer = metrics(
        &viewer,
        &input,
        &format!("rows {{ period reach }} totals {{ {FIELDS} }}"),
    );
    assert_eq!(
        answer["rows"],
        json!([
            { "period": "2026-04-05", "reach": 150 },
            { "period": "2026-04-12", "reach": 160 },
        ])
    );
    assert_eq!(answer["totals"][0], lacking("NOT_ADDITIVE", json!({})));
}

#[test]
fn a_newer_report_of_the_same_days_replaces_the_older() {
    let server = server();
    let viewer = server.viewer();
    let reach = || rows(&viewer, &format!("{APRIL}, by: [CAMPAIGN]"), "")[0]["reach"].clone();
    assert_eq!(reach(), json!(400));
    server.analyst().commit_csv(
        "reach",
        server.brand(0),
        "from,until,campaign,reach,impressions\n2026-04-01,2026-05-01,a,410,1000\n",
    );
    assert_eq!(reach(), json!(410));
}

#[test]
fn a_report_of_days_to_come_is_refused() {
    let server = server();
    let reply = server.analyst().ingest_csv(
        "reach",
        server.brand(0),
        "",
        "from,until,campaign,reach\n2026-04-01,2033-01-01,a,400\n",
    );
    assert!(reply.text.contains("FUTURE_DATE"), "{}", reply.text);
}
