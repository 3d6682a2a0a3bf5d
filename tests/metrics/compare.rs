//! Comparison: every row and total beside what it was in an earlier range, at the same snapshot.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::{delivered, metrics, refused};

const APRIL_8_TO_11: &str = r#"range: {between: {from: "2026-04-08", until: "2026-04-11"}}"#;
const PERIOD: &str = "compare: {previousPeriod: {}}";
const YEAR: &str = "compare: {previousYear: {}}";

/// `both` spends 30 and, in the three days before, 20; `now` and `before` only in one of them.
fn a_world() -> TestServer {
    delivered(
        "date,campaign,platform,impressions,clicks,spend\n\
         2026-04-05,both,META,100,5,20\n\
         2026-04-06,before,TIKTOK,50,0,4\n\
         2026-04-08,both,META,120,12,30\n\
         2026-04-09,now,TIKTOK,10,1,2\n",
    )
}

fn asked(persona: &Persona, input: &str, selection: &str) -> Value {
    metrics(persona, &format!("{APRIL_8_TO_11}, {input}"), selection)
}

fn refusal(input: &str) -> Value {
    refused(&a_world().viewer(), input, "rowCount")["extensions"].take()
}

#[test]
fn rows_tell_what_they_were_and_by_how_much_they_changed() {
    let selection = "rows { campaignName spend previous { spend } delta { spend } \
                     deltaRatio { spend } }";
    let answer = asked(
        &a_world().viewer(),
        &format!("by: [CAMPAIGN], {PERIOD}"),
        selection,
    );
    let row = |name: &str, now: Value, before: Value, delta: Value, ratio: Value| {
        json!({
            "campaignName": name,
            "spend": now,
            "previous": { "spend": before },
            "delta": { "spend": delta },
            "deltaRatio": { "spend": ratio },
        })
    };
    assert_eq!(
        answer["rows"],
        json!([
            row("both", json!("30"), json!("20"), json!("10"), json!(0.5)),
            row("before", Value::Null, json!("4"), Value::Null, Value::Null),
            row("now", json!("2"), Value::Null, Value::Null, Value::Null),
        ])
    );
}

#[test]
fn totals_are_compared_from_components() {
    let selection = "totals { ctr previous { ctr impressions } delta { impressions ctr } } \
                     meta { range { from until } previousRange { from until } }";
    assert_eq!(
        asked(&a_world().viewer(), PERIOD, selection),
        json!({
            "totals": [{
                "ctr": 0.1,
                "previous": { "ctr": 0.033_333_333_3, "impressions": 150 },
                "delta": { "impressions": -20, "ctr": 0.066_666_666_7 },
            }],
            "meta": {
                "range": { "from": "2026-04-08", "until": "2026-04-11" },
                "previousRange": { "from": "2026-04-05", "until": "2026-04-08" },
            },
        })
    );
}

#[test]
fn each_null_says_why_and_of_which_part_it_is() {
    let input = format!(
        "by: [CAMPAIGN], {PERIOD}, where: {{platform: {{eq: META}}}}, metrics: [CPC, CONVERSIONS]"
    );
    let server = delivered(
        "date,campaign,platform,clicks,spend\n2026-04-05,a,META,0,0\n2026-04-08,a,META,1,0\n",
    );
    let answer = asked(
        &server.viewer(),
        &input,
        "rows { spend deltaRatio { spend } cpc notes { metric of code } }",
    );
    let note =
        |metric: &str, of: &str, code: &str| json!({ "metric": metric, "of": of, "code": code });
    let row = &answer["rows"][0];
    assert_eq!(row["spend"], "0");
    let notes = row["notes"].as_array().unwrap();
    for expected in [
        note("SPEND", "DELTA_RATIO", "ZERO_DENOMINATOR"),
        note("CPC", "PREVIOUS", "ZERO_DENOMINATOR"),
        note("CPC", "DELTA", "ZERO_DENOMINATOR"),
        note("CONVERSIONS", "VALUE", "NOT_REPORTED"),
    ] {
        assert!(notes.contains(&expected), "{expected} in {notes:?}");
    }
}

#[test]
fn rows_are_sorted_and_kept_by_their_change() {
    let server = delivered(
        "date,campaign,spend\n\
         2026-04-05,up,10\n2026-04-05,down,10\n2026-04-05,same,10\n\
         2026-04-08,up,15\n2026-04-08,down,5\n2026-04-08,same,10\n",
    );
    let names = |input: &str| {
        let input = format!("by: [CAMPAIGN], {PERIOD}, {input}");
        let answer = asked(&server.viewer(), &input, "rows { campaignName }");
        let rows = answer["rows"].as_array().unwrap().iter();
        rows.map(|row| row["campaignName"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let by_delta = "orderBy: [{metric: SPEND, of: DELTA}]";
    assert_eq!(names(by_delta), ["down", "same", "up"]);
    let losers = format!("{by_delta}, top: {{n: 1}}");
    assert_eq!(names(&losers), ["down"]);
    let winners = "having: [{metric: SPEND, of: DELTA_RATIO, gte: \"0.5\"}]";
    assert_eq!(names(winners), ["up"]);
    let by_previous = "orderBy: [{metric: SPEND, of: PREVIOUS}, {metric: SPEND}]";
    assert_eq!(names(by_previous), ["down", "same", "up"]);
}

#[test]
fn periods_stand_beside_each_other_by_their_places() {
    let selection = "rows { period impressions previous { impressions } }";
    let answer = asked(
        &a_world().viewer(),
        &format!("by: [PERIOD], {PERIOD}"),
        selection,
    );
    let row = |period: &str, now: Value, before: Value| json!({ "period": period, "impressions": now, "previous": { "impressions": before } });
    assert_eq!(
        answer["rows"],
        json!([
            row("2026-04-08", json!(120), json!(100)),
            row("2026-04-09", json!(10), json!(50)),
        ])
    );
}

#[test]
fn a_month_is_compared_with_its_like_of_the_year_before() {
    let server = delivered(
        "date,campaign,impressions\n\
         2025-02-28,a,1\n2025-03-01,a,2\n2025-03-31,a,4\n\
         2026-02-28,a,10\n2026-03-01,a,20\n2026-03-31,a,40\n",
    );
    let input = format!(
        r#"range: {{between: {{from: "2026-02-01", until: "2026-04-01"}}}}, by: [PERIOD], grain: MONTH, {YEAR}"#
    );
    let selection = "rows { period impressions previous { impressions } }";
    assert_eq!(
        metrics(&server.viewer(), &input, selection)["rows"],
        json!([
            { "period": "2026-02-01", "impressions": 10, "previous": { "impressions": 1 } },
            { "period": "2026-03-01", "impressions": 60, "previous": { "impressions": 6 } },
        ])
    );
}

#[test]
fn aligned_weekdays_meet_their_like() {
    // 2026-04-08 is a Wednesday, as 2025-04-09 and 2026-04-01 are.
    let server = delivered(
        "date,campaign,impressions\n\
         2025-04-08,a,1\n2025-04-09,a,2\n2026-04-01,a,4\n2026-04-05,a,8\n2026-04-08,a,16\n",
    );
    let first = |compare: &str| {
        let input = format!("by: [PERIOD], compare: {{{compare}}}");
        let selection = "rows { previous { impressions } }";
        asked(&server.viewer(), &input, selection)["rows"][0]["previous"]["impressions"].take()
    };
    assert_eq!(first("previousPeriod: {}"), json!(8));
    assert_eq!(first("previousPeriod: {weekdayAligned: true}"), json!(4));
    assert_eq!(first("previousYear: {}"), json!(1));
    assert_eq!(first("previousYear: {weekdayAligned: true}"), json!(2));
}

#[test]
fn any_two_ranges_are_compared_and_the_longer_one_is_cut_by_periods() {
    let between = r#"compare: {between: {from: "2026-04-01", until: "2026-04-08"}}"#;
    let answer = asked(
        &a_world().viewer(),
        &format!("by: [PERIOD], {between}"),
        "totals { previous { impressions } } meta { previousRange { until } warnings { code } }",
    );
    assert_eq!(
        answer,
        json!({
            "totals": [{ "previous": { "impressions": null } }],
            "meta": {
                "previousRange": { "until": "2026-04-04" },
                "warnings": [{ "code": "PREVIOUS_RANGE_CUT" }],
            },
        })
    );
    let whole = asked(
        &a_world().viewer(),
        between,
        "totals { previous { impressions } } meta { warnings { code } }",
    );
    assert_eq!(
        whole,
        json!({ "totals": [{ "previous": { "impressions": 150 } }], "meta": { "warnings": [] } })
    );
}

#[test]
fn subtotals_and_costs_are_compared_too() {
    let server = a_world();
    server.analyst().commit_csv(
        "costs",
        server.brand(0),
        "from,until,campaign,kind,amount\n2026-04-05,2026-04-11,both,agency_fee,60\n",
    );
    let answer = asked(
        &server.viewer(),
        &format!("by: [PLATFORM, CAMPAIGN], totals: [[PLATFORM]], {PERIOD}"),
        "totals { platform totalCost previous { totalCost } }",
    );
    assert_eq!(
        answer["totals"],
        json!([
            { "platform": "META", "totalCost": "60", "previous": { "totalCost": "50" } },
            { "platform": "TIKTOK", "totalCost": "2", "previous": { "totalCost": "4" } },
        ])
    );
}

#[test]
fn money_in_another_currency_than_before_has_no_change() {
    let server = delivered(
        "date,campaign,currency,impressions,spend\n\
         2026-04-05,old,USD,1,10\n2026-04-08,new,EUR,2,20\n",
    );
    let answer = asked(
        &server.viewer(),
        &format!("by: [BRAND], {PERIOD}"),
        "rows { currency spend impressions previous { spend } delta { impressions spend } \
         notes { of code } }",
    );
    assert_eq!(
        answer["rows"][0],
        json!({
            "currency": null,
            "spend": "20",
            "impressions": 2,
            "previous": { "spend": "10" },
            "delta": { "impressions": 1, "spend": null },
            "notes": [
                { "of": "DELTA", "code": "MIXED_CURRENCY" },
                { "of": "DELTA_RATIO", "code": "MIXED_CURRENCY" },
            ],
        })
    );
}

#[test]
fn tables_have_columns_for_every_part() {
    let answer = asked(
        &a_world().viewer(),
        &format!("by: [PLATFORM], metrics: [SPEND, IMPRESSIONS], {PERIOD}"),
        "table { columns { name type unit } rows }",
    );
    let column =
        |name: &str, kind: &str, unit: Value| json!({ "name": name, "type": kind, "unit": unit });
    assert_eq!(
        answer["table"]["columns"],
        json!([
            column("platform", "STRING", Value::Null),
            column("spend", "DECIMAL", json!("MONEY")),
            column("spend_previous", "DECIMAL", json!("MONEY")),
            column("spend_delta", "DECIMAL", json!("MONEY")),
            column("spend_delta_ratio", "FLOAT", json!("RATIO")),
            column("impressions", "COUNT", json!("COUNT")),
            column("impressions_previous", "COUNT", json!("COUNT")),
            column("impressions_delta", "COUNT", json!("COUNT")),
            column("impressions_delta_ratio", "FLOAT", json!("RATIO")),
        ])
    );
    assert_eq!(
        answer["table"]["rows"],
        json!([
            ["META", "30", "20", "10", 0.5, 120, 100, 20, 0.2],
            ["TIKTOK", "2", "4", "-2", -0.5, 10, 50, -40, -0.8],
        ])
    );
}

#[test]
fn pages_of_a_comparison_are_pinned_to_their_snapshot() {
    let server = a_world();
    let page = |after: &str| {
        let input = format!("{APRIL_8_TO_11}, by: [CAMPAIGN], {PERIOD}");
        let document = format!(
            "{{ metrics(input: {{{input}}}, first: 2{after}) {{ \
             rows {{ spend previous {{ spend }} }} pageInfo {{ endCursor }} meta {{ snapshot }} }} }}"
        );
        server.viewer().data(&document)["metrics"].take()
    };
    let first = page("");
    server.analyst().commit_csv(
        "delivery_daily",
        server.brand(0),
        "date,campaign,platform,spend\n2026-04-07,now,TIKTOK,1000\n",
    );
    let second = page(&format!(", after: {}", first["pageInfo"]["endCursor"]));
    assert_eq!(
        second["rows"],
        json!([{ "spend": "2", "previous": { "spend": null } }])
    );
    assert_eq!(first["meta"]["snapshot"], second["meta"]["snapshot"]);
}

#[test]
fn sums_of_the_range_serve_the_comparison() {
    let server = delivered(
        "date,campaign,spend\n2026-03-08,a,1\n2026-03-09,a,2\n2026-04-08,a,3\n2026-04-09,a,4\n",
    );
    let viewer = server.viewer();
    let effort = "meta { partitions partitionsComputed }";
    let alone = asked(&viewer, "by: [CAMPAIGN], metrics: [SPEND]", effort);
    assert_eq!(
        alone["meta"],
        json!({ "partitions": 1, "partitionsComputed": 1 })
    );
    let march = r#"compare: {between: {from: "2026-03-08", until: "2026-03-11"}}"#;
    let compared = asked(
        &viewer,
        &format!("by: [CAMPAIGN], metrics: [SPEND], {march}"),
        effort,
    );
    assert_eq!(
        compared["meta"],
        json!({ "partitions": 2, "partitionsComputed": 1 })
    );
}

#[test]
fn without_a_comparison_there_is_no_previous_and_its_parts_are_refused() {
    let server = a_world();
    let answer = asked(
        &server.viewer(),
        "by: [BRAND]",
        "rows { previous { spend } delta { spend } deltaRatio { spend } }",
    );
    assert_eq!(
        answer["rows"],
        json!([{ "previous": null, "delta": null, "deltaRatio": null }])
    );
    let order = refusal(&format!(
        "{APRIL_8_TO_11}, by: [BRAND], orderBy: [{{metric: SPEND, of: DELTA}}]"
    ));
    assert_eq!(order["field"], "orderBy[0].of");
}

#[test]
fn comparisons_that_cannot_be_are_refused_at_their_place() {
    let monthly = format!(
        "{APRIL_8_TO_11}, by: [PERIOD], grain: MONTH, compare: {{previousYear: {{weekdayAligned: true}}}}"
    );
    assert_eq!(
        refusal(&monthly)["field"],
        "compare.previousYear.weekdayAligned"
    );
    let empty = r#"compare: {between: {from: "2026-04-01", until: "2026-04-01"}}"#;
    let empty = refusal(&format!("{APRIL_8_TO_11}, {empty}"));
    assert_eq!(empty["field"], "compare.between.until");
    let two = refusal(&format!(
        "{APRIL_8_TO_11}, compare: {{previousYear: {{}}, previousPeriod: {{}}}}"
    ));
    assert_eq!(two["code"], "INVALID_INPUT");
}
