//! How an answer is read: what the caches give, moments of the past, and what a query would read.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::{brand_id, campaign_id, delivered, metrics};
use crate::given::an_empty_server;

/// Two months of one campaign.
const REPORT: &str =
    "date,campaign,platform,impressions\n2026-04-01,a,TIKTOK,100\n2026-05-02,a,TIKTOK,10\n";

const SPRING: &str = r#"range: {between: {from: "2026-04-01", until: "2026-06-01"}}"#;

fn restate_may(server: &TestServer) {
    let report = "date,campaign,impressions\n2026-05-02,a,20\n";
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), report);
}

fn read(persona: &Persona, input: &str) -> (String, [i64; 2], Value) {
    let selection =
        "totals { impressions } meta { cache partitions partitionsComputed computedAt }";
    let answer = metrics(persona, input, selection);
    let meta = &answer["meta"];
    let n = |field: &str| meta[field].as_i64().expect("a number");
    (
        meta["cache"].as_str().expect("a word").to_owned(),
        [n("partitions"), n("partitionsComputed")],
        answer["totals"][0]["impressions"].clone(),
    )
}

fn plan(persona: &Persona, input: &str) -> Value {
    let fields = "isResultCached rows bytes partitions { month source makes rows segments }";
    let query =
        format!("{{ explainMetrics(input: {{{input}, metrics: [IMPRESSIONS]}}) {{ {fields} }} }}");
    persona.data(&query)["explainMetrics"].clone()
}

fn sources(plan: &Value) -> Vec<&str> {
    let partitions = plan["partitions"].as_array().expect("a list");
    let sources = partitions.iter().map(|it| it["source"].as_str());
    sources.map(|source| source.expect("a word")).collect()
}

#[test]
fn after_a_report_of_one_month_only_that_month_is_computed_again() {
    let server = delivered(REPORT);
    let viewer = server.viewer();
    let by_platform = format!("{SPRING}, by: [PLATFORM]");
    assert_eq!(
        read(&viewer, &by_platform),
        ("MISS".into(), [2, 2], json!(110))
    );
    restate_may(&server);
    assert_eq!(
        read(&viewer, &by_platform),
        ("PARTIAL".into(), [2, 1], json!(120))
    );
    assert_eq!(
        read(&viewer, &by_platform),
        ("HIT".into(), [2, 0], json!(120))
    );
}

#[test]
fn a_range_that_moves_by_a_day_computes_only_its_first_and_last_month_again() {
    let server = delivered(REPORT);
    let viewer = server.viewer();
    let range = |from: &str, until: &str| {
        format!(r#"range: {{between: {{from: "{from}", until: "{until}"}}}}"#)
    };
    read(&viewer, &range("2026-03-15", "2026-05-15"));
    let (cache, effort, total) = read(&viewer, &range("2026-03-15", "2026-05-16"));
    assert_eq!(
        (cache.as_str(), effort, total),
        ("PARTIAL", [2, 1], json!(110))
    );
}

#[test]
fn bypass_uses_and_keeps_no_sums() {
    let server = delivered(REPORT);
    let viewer = server.viewer();
    let bypass = format!("{SPRING}, cache: BYPASS");
    assert_eq!(read(&viewer, &bypass), ("MISS".into(), [2, 2], json!(110)));
    assert_eq!(read(&viewer, &bypass), ("MISS".into(), [2, 2], json!(110)));
    assert_eq!(read(&viewer, SPRING), ("MISS".into(), [2, 2], json!(110)));
}

#[test]
fn refresh_computes_anew_and_keeps_the_answer() {
    let server = delivered(REPORT);
    let viewer = server.viewer();
    let refresh = format!("{SPRING}, cache: REFRESH");
    read(&viewer, SPRING);
    assert_eq!(read(&viewer, &refresh), ("MISS".into(), [2, 2], json!(110)));
    assert_eq!(read(&viewer, SPRING).0, "HIT");
}

#[test]
fn as_of_a_moment_shows_the_facts_as_they_were_known_then() {
    let server = delivered(REPORT);
    let viewer = server.viewer();
    let answer = metrics(&viewer, SPRING, "meta { computedAt }");
    let then = answer["meta"]["computedAt"].as_str().expect("a moment");
    restate_may(&server);
    let as_of = |moment: &str| format!(r#"{SPRING}, asOf: "{moment}""#);
    assert_eq!(read(&viewer, SPRING).2, json!(120));
    assert_eq!(read(&viewer, &as_of(then)).2, json!(110));
    assert_eq!(read(&viewer, &as_of("2020-01-01T00:00:00Z")).2, json!(null));
}

#[test]
fn what_will_be_known_at_a_moment_to_come_can_not_be_asked() {
    let server = delivered(REPORT);
    let viewer = server.viewer();
    let document = format!(
        r#"{{ metrics(input: {{{SPRING}, asOf: "2999-01-01T00:00:00Z"}}) {{ totals {{ impressions }} }} }}"#
    );
    let error = viewer.error(&document);
    assert_eq!(error["extensions"]["field"], "asOf");
    let message = error["message"].as_str().expect("errors have messages");
    assert!(message.contains("lies ahead"), "{message}");
}

#[test]
fn explain_tells_the_level_that_would_be_read_and_reads_nothing() {
    let server = delivered(REPORT);
    let viewer = server.viewer();
    let by_platform = format!("{SPRING}, by: [PLATFORM]");
    assert_eq!(
        sources(&plan(&viewer, &by_platform)),
        ["SEGMENTS", "SEGMENTS"]
    );
    assert_eq!(
        sources(&plan(&viewer, &by_platform)),
        ["SEGMENTS", "SEGMENTS"]
    );
    read(&viewer, &by_platform);
    let found = plan(&viewer, &format!("{by_platform}, dataset: DELIVERY_DAILY"));
    assert_eq!(sources(&found), ["PARTIAL", "PARTIAL"]);
    assert_eq!(found["rows"], json!(0));
    let by_week = plan(
        &viewer,
        &format!("{SPRING}, by: [PERIOD, BRAND], grain: WEEK"),
    );
    assert_eq!(sources(&by_week), ["CLASS_ROLL_UP", "CLASS_ROLL_UP"]);
    let by_campaign = plan(&viewer, &format!("{SPRING}, by: [PERIOD, CAMPAIGN]"));
    assert_eq!(
        sources(&by_campaign),
        ["CAMPAIGN_ROLL_UP", "CAMPAIGN_ROLL_UP"]
    );
    let bypassed = plan(&viewer, &format!("{SPRING}, cache: BYPASS"));
    assert_eq!(sources(&bypassed), ["COLUMNS", "COLUMNS"]);
    assert_eq!(bypassed["rows"], json!(2));
}

/// Two months of two brands of five campaigns each, and then a sixth of the first brand in May.
fn given_a_new_campaign_after(first_reading: impl Fn(&Persona)) -> TestServer {
    let server = an_empty_server();
    for (brand, names) in [
        (0, ["a", "b", "c", "d", "e"]),
        (1, ["v", "w", "x", "y", "z"]),
    ] {
        let of =
            |name: &str| format!("2026-04-01,{name},TIKTOK,100\n2026-05-02,{name},TIKTOK,10\n");
        let rows: String = names.into_iter().map(of).collect();
        let report = format!("date,campaign,platform,impressions\n{rows}");
        let brand = server.brand(brand);
        server
            .analyst()
            .commit_csv("delivery_daily", brand, &report);
    }
    first_reading(&server.viewer());
    let report = "date,campaign,platform,impressions\n2026-05-03,f,META,1\n";
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), report);
    server
}

#[test]
fn a_campaign_that_is_new_in_one_month_leaves_the_totals_of_the_others_found() {
    let by_platform = format!("{SPRING}, by: [PLATFORM]");
    let server = given_a_new_campaign_after(|viewer| {
        read(viewer, &by_platform);
    });
    assert_eq!(
        read(&server.viewer(), &by_platform),
        ("PARTIAL".into(), [2, 1], json!(1_101))
    );
}

#[test]
fn a_new_campaign_of_a_brand_leaves_its_sums_of_other_months_found() {
    let of_brand = |viewer: &Persona| {
        let brand = brand_id(viewer, "aurora-skin");
        read(viewer, &format!("{SPRING}, brands: [\"{brand}\"]"))
    };
    let server = given_a_new_campaign_after(|viewer| {
        of_brand(viewer);
    });
    assert_eq!(
        of_brand(&server.viewer()),
        ("PARTIAL".into(), [2, 1], json!(551))
    );
}

#[test]
fn partitions_without_any_of_the_campaigns_asked_for_are_no_part_of_the_answer() {
    let server = given_a_new_campaign_after(|_| {});
    let viewer = server.viewer();
    let campaign = campaign_id(&viewer, "f");
    let of_one = format!("{SPRING}, where: {{campaign: {{in: [\"{campaign}\"]}}}}");
    assert_eq!(read(&viewer, &of_one), ("MISS".into(), [1, 1], json!(1)));
}

#[test]
fn refresh_replaces_the_sums_and_roll_ups_that_the_next_question_finds() {
    let server = delivered(REPORT);
    let viewer = server.viewer();
    let by_platform = format!("{SPRING}, by: [PLATFORM]");
    read(&viewer, &by_platform);
    read(&viewer, &format!("{by_platform}, cache: REFRESH"));
    let found = plan(&viewer, &format!("{by_platform}, dataset: DELIVERY_DAILY"));
    assert_eq!(sources(&found), ["PARTIAL", "PARTIAL"]);
    let by_brand = plan(
        &viewer,
        &format!("{SPRING}, by: [PERIOD, BRAND], grain: WEEK"),
    );
    assert_eq!(sources(&by_brand), ["CLASS_ROLL_UP", "CLASS_ROLL_UP"]);
}

#[test]
fn media_costs_that_others_are_spread_by_count_among_the_partitions() {
    let server = delivered("date,campaign,spend\n2026-03-05,a,10.00\n2026-04-05,a,10.00\n");
    let costs =
        "from,until,campaign,kind,amount,spread\n2026-03-01,2026-05-01,,agency_fee,30,spend\n";
    server.analyst().commit_csv("costs", server.brand(0), costs);
    let april = r#"range: {between: {from: "2026-04-01", until: "2026-05-01"}}"#;
    let selection = "totals { totalCost } meta { partitions partitionsComputed }";
    let answer = metrics(&server.viewer(), april, selection);
    assert_eq!(
        answer["meta"],
        json!({ "partitions": 2, "partitionsComputed": 2 })
    );
}

#[test]
fn explain_tells_which_roll_up_would_be_made_of_what_is_read() {
    let server = delivered(REPORT);
    let viewer = server.viewer();
    let makes = |input: &str| plan(&viewer, input)["partitions"][0].take();
    let of = |told: &Value| [told["source"].clone(), told["makes"].clone()];
    assert_eq!(
        of(&makes(SPRING)),
        [json!("SEGMENTS"), json!("CAMPAIGN_ROLL_UP")]
    );
    read(&viewer, &format!("{SPRING}, cache: BYPASS"));
    assert_eq!(
        of(&makes(SPRING)),
        [json!("COLUMNS"), json!("CAMPAIGN_ROLL_UP")]
    );
    read(&viewer, &format!("{SPRING}, by: [CAMPAIGN]"));
    let of_classes = makes(&format!("{SPRING}, by: [PERIOD, PLATFORM], grain: WEEK"));
    assert_eq!(
        of(&of_classes),
        [json!("CAMPAIGN_ROLL_UP"), json!("CLASS_ROLL_UP")]
    );
    let bypassed = makes(&format!("{SPRING}, cache: BYPASS"));
    assert_eq!(of(&bypassed), [json!("COLUMNS"), json!(null)]);
}

#[test]
fn explain_tells_of_no_roll_up_whose_measures_lack() {
    let server =
        delivered("date,campaign,platform,impressions,clicks\n2026-04-01,a,TIKTOK,100,5\n");
    let viewer = server.viewer();
    read(&viewer, SPRING);
    let document = format!(
        "{{ explainMetrics(input: {{{SPRING}, metrics: [CLICKS]}}) {{ partitions {{ source makes }} }} }}"
    );
    let told = viewer.data(&document)["explainMetrics"]["partitions"][0].take();
    assert_eq!(
        told,
        json!({ "source": "SEGMENTS", "makes": "CAMPAIGN_ROLL_UP" })
    );
}

#[test]
fn explain_tells_whether_the_whole_answer_is_there() {
    let server = delivered(REPORT);
    let viewer = server.viewer();
    assert_eq!(plan(&viewer, SPRING)["isResultCached"], json!(false));
    metrics(
        &viewer,
        &format!("{SPRING}, metrics: [IMPRESSIONS]"),
        "rowCount",
    );
    assert_eq!(plan(&viewer, SPRING)["isResultCached"], json!(true));
    restate_may(&server);
    assert_eq!(plan(&viewer, SPRING)["isResultCached"], json!(false));
}
