//! The result cache: the same question is answered once, and never from old numbers.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::{APRIL, delivered, metrics};

const REPORT: &str = "date,campaign,impressions,clicks\n2026-04-01,a,100,10\n2026-04-03,a,100,10\n";

fn ask(persona: &Persona, input: &str, fields: &str) -> (String, Value) {
    let selection = format!("totals {{ {fields} }} meta {{ cache snapshot dataThrough }}");
    let mut answer = metrics(persona, input, &selection);
    let cache = answer["meta"]["cache"].as_str().expect("a word").to_owned();
    (cache, answer.take())
}

fn cache_of(persona: &Persona, input: &str, fields: &str) -> String {
    ask(persona, input, fields).0
}

fn commit_number(answer: &Value) -> i64 {
    let snapshot = answer["meta"]["snapshot"].as_str().expect("a snapshot");
    let (commit, _) = snapshot.split_once('.').expect("`commit.catalogue`");
    commit.parse().expect("a number")
}

fn server() -> TestServer {
    delivered(REPORT)
}

#[test]
fn the_same_question_is_computed_once() {
    let server = server();
    let viewer = server.viewer();
    let (first, computed) = ask(&viewer, APRIL, "impressions");
    let (second, cached) = ask(&viewer, APRIL, "impressions");
    assert_eq!((first.as_str(), second.as_str()), ("MISS", "HIT"));
    assert_eq!(computed["totals"], cached["totals"]);
}

#[test]
fn colleagues_share_what_was_computed() {
    let server = server();
    assert_eq!(cache_of(&server.viewer(), APRIL, "impressions"), "MISS");
    assert_eq!(cache_of(&server.analyst(), APRIL, "impressions"), "HIT");
}

#[test]
fn other_metrics_groups_and_ranges_are_other_questions() {
    let server = server();
    let viewer = server.viewer();
    assert_eq!(cache_of(&viewer, APRIL, "impressions"), "MISS");
    assert_eq!(cache_of(&viewer, APRIL, "impressions clicks"), "MISS");
    let by_week = format!("{APRIL}, by: [PERIOD], grain: WEEK");
    assert_eq!(cache_of(&viewer, &by_week, "impressions"), "MISS");
    let may = r#"range: {between: {from: "2026-05-01", until: "2026-06-01"}}"#;
    assert_eq!(cache_of(&viewer, may, "impressions"), "MISS");
}

#[test]
fn the_same_question_in_other_words_is_the_same_question() {
    let server = server();
    let viewer = server.viewer();
    let one = format!("{APRIL}, where: {{platform: {{in: [META, TIKTOK]}}}}");
    let other = format!(
        "{APRIL}, dataset: DELIVERY_DAILY, where: {{platform: {{in: [TIKTOK, META, TIKTOK]}}}}"
    );
    assert_eq!(cache_of(&viewer, &one, "impressions ctr"), "MISS");
    assert_eq!(cache_of(&viewer, &other, "rate: ctr impressions"), "HIT");
}

#[test]
fn the_answer_after_a_report_has_a_higher_snapshot_and_sees_it() {
    let server = server();
    let viewer = server.viewer();
    let (_, before) = ask(&viewer, APRIL, "impressions");
    let restated = "date,campaign,impressions\n2026-04-01,a,500\n2026-04-10,a,1\n";
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), restated);
    let (cache, after) = ask(&viewer, APRIL, "impressions");
    assert_eq!(cache, "MISS");
    assert!(commit_number(&after) > commit_number(&before));
    assert_eq!(after["totals"][0]["impressions"], json!(601));
    assert_eq!(after["meta"]["dataThrough"], json!("2026-04-10"));
}

#[test]
fn a_row_replaces_the_whole_row() {
    let server = server();
    let restated = "date,campaign,impressions\n2026-04-01,a,500\n";
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), restated);
    let answer = metrics(&server.viewer(), APRIL, "totals { impressions clicks }");
    assert_eq!(
        answer["totals"][0],
        json!({ "impressions": 600, "clicks": 10 })
    );
}

#[test]
fn data_goes_through_the_last_day_of_the_range_that_has_any() {
    let server = server();
    let viewer = server.viewer();
    let (_, whole) = ask(&viewer, APRIL, "impressions");
    assert_eq!(whole["meta"]["dataThrough"], json!("2026-04-03"));
    let before = r#"range: {between: {from: "2026-04-01", until: "2026-04-03"}}"#;
    assert_eq!(
        ask(&viewer, before, "impressions").1["meta"]["dataThrough"],
        json!("2026-04-01")
    );
    let empty = r#"range: {between: {from: "2026-03-01", until: "2026-04-01"}}"#;
    assert_eq!(
        ask(&viewer, empty, "impressions").1["meta"]["dataThrough"],
        json!(null)
    );
}

#[test]
fn another_agency_never_gets_a_cached_answer() {
    let server = server();
    assert_eq!(cache_of(&server.owner(), APRIL, "impressions"), "MISS");
    let (cache, answer) = ask(&server.other_agency(), APRIL, "impressions");
    assert_eq!(cache, "MISS");
    assert_eq!(answer["totals"][0]["impressions"], json!(null));
}
