//! Levels of totals: over all rows, and over those that agree in some dimensions.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::groups::a_small_world;
use super::{APRIL, delivered, metrics, refused};

fn totals(persona: &Persona, input: &str, fields: &str) -> Value {
    let selection = format!("totals {{ level levelBy {fields} }}");
    metrics(persona, &format!("{APRIL}, {input}"), &selection)["totals"].take()
}

fn refusal(server: &TestServer, input: &str) -> Value {
    let input = format!("{APRIL}, {input}");
    refused(&server.viewer(), &input, "rowCount")["extensions"].take()
}

#[test]
fn subtotals_stand_level_by_level_in_the_order_asked_for() {
    let server = a_small_world();
    let input = "by: [PLATFORM, CAMPAIGN], totals: [[PLATFORM], []]";
    assert_eq!(
        totals(&server.viewer(), input, "platform impressions"),
        json!([
            { "level": "SUBTOTAL", "levelBy": ["PLATFORM"], "platform": "META", "impressions": 600 },
            { "level": "SUBTOTAL", "levelBy": ["PLATFORM"], "platform": "TIKTOK", "impressions": 900 },
            { "level": "GRAND", "levelBy": [], "platform": null, "impressions": 1500 },
        ])
    );
}

#[test]
fn subtotals_are_sorted_as_rows_are() {
    let input = "by: [PLATFORM, CAMPAIGN], totals: [[PLATFORM]], \
                 orderBy: [{metric: IMPRESSIONS, direction: DESC}]";
    let shown = totals(&a_small_world().viewer(), input, "platform");
    assert_eq!(shown[0]["platform"], "TIKTOK");
}

#[test]
fn without_levels_there_is_the_grand_total_and_with_none_there_is_none() {
    let server = a_small_world();
    let viewer = server.viewer();
    let grand = totals(&viewer, "by: [BRAND]", "impressions");
    assert_eq!(
        grand,
        json!([{ "level": "GRAND", "levelBy": [], "impressions": 1500 }])
    );
    let none = totals(&viewer, "by: [BRAND], totals: []", "impressions");
    assert_eq!(none, json!([]));
}

#[test]
fn a_subtotal_of_a_ratio_comes_from_components() {
    let server = delivered(
        "date,campaign,platform,spend,revenue\n\
         2026-04-01,a,META,100,300\n\
         2026-04-01,b,META,900,900\n\
         2026-04-01,c,GOOGLE,0,0\n",
    );
    let shown = totals(
        &server.viewer(),
        "by: [PLATFORM, CAMPAIGN], totals: [[PLATFORM]]",
        "platform roas notes { metric code }",
    );
    let note = json!([{ "metric": "ROAS", "code": "NO_SPEND" }]);
    assert_eq!(shown[0]["notes"], note);
    assert_eq!(shown[1]["roas"], json!(1.2));
}

#[test]
fn subtotals_of_money_keep_currencies_apart() {
    let shown = totals(
        &a_small_world().viewer(),
        "by: [PLATFORM, CAMPAIGN], totals: [[PLATFORM]]",
        "platform spend currency notes { metric code }",
    );
    assert_eq!(shown[0]["spend"], json!(null));
    assert_eq!(
        shown[0]["notes"],
        json!([{ "metric": "SPEND", "code": "MIXED_CURRENCY" }])
    );
    assert_eq!(
        (&shown[1]["spend"], &shown[1]["currency"]),
        (&json!("9"), &json!("USD"))
    );
}

#[test]
fn reach_has_no_total_over_periods_or_campaigns() {
    let server = delivered("date,campaign,impressions\n2026-04-01,a,1\n");
    server.analyst().commit_csv(
        "reach",
        server.brand(0),
        "from,until,campaign,reach\n2026-04-01,2026-04-02,a,10\n2026-04-02,2026-04-03,a,20\n",
    );
    let shown = totals(
        &server.viewer(),
        "dataset: REACH, by: [PERIOD, CAMPAIGN], totals: [[PERIOD, CAMPAIGN], [CAMPAIGN], [PERIOD]]",
        "reach notes { code }",
    );
    let reach: Vec<&Value> = shown
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["reach"])
        .collect();
    assert_eq!(
        reach,
        [
            &json!(10),
            &json!(20),
            &json!(null),
            &json!(null),
            &json!(null)
        ]
    );
    assert_eq!(shown[2]["notes"], json!([{ "code": "NOT_ADDITIVE" }]));
}

#[test]
fn totals_are_a_table_too() {
    let input =
        format!("{APRIL}, by: [PLATFORM, PERIOD], metrics: [IMPRESSIONS], totals: [[PERIOD], []]");
    let answer = metrics(
        &a_small_world().viewer(),
        &input,
        "totalsTable { columns { name } rows }",
    );
    let names: Vec<&Value> = answer["totalsTable"]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| &column["name"])
        .collect();
    assert_eq!(
        names,
        ["level", "level_by", "platform", "period", "impressions"]
    );
    assert_eq!(
        answer["totalsTable"]["rows"],
        json!([
            ["SUBTOTAL", "PERIOD", null, "2026-04-01", 300],
            ["SUBTOTAL", "PERIOD", null, "2026-04-02", 1200],
            ["GRAND", "", null, null, 1500],
        ])
    );
}

#[test]
fn a_level_is_of_dimensions_of_the_answer_and_comes_once() {
    let server = a_small_world();
    let foreign = refusal(&server, "by: [PLATFORM], totals: [[], [PLATFORM, BRAND]]");
    assert_eq!(foreign["field"], "totals[1][1]");
    assert_eq!(foreign["allowed"], json!(["PLATFORM"]));
    let twice = refusal(
        &server,
        "by: [PLATFORM, BRAND], totals: [[BRAND, PLATFORM], [PLATFORM, BRAND]]",
    );
    assert_eq!(twice["field"], "totals[1]");
}

#[test]
fn at_most_sixteen_levels_are_asked_for() {
    let server = a_small_world();
    let by = ["PERIOD", "BRAND", "PLATFORM", "CAMPAIGN", "CURRENCY"];
    let levels: Vec<String> = (0..17_usize)
        .map(|level| {
            let chosen = (0..by.len()).filter(|place| level >> place & 1 == 1);
            let chosen: Vec<&str> = chosen.map(|place| by[place]).collect();
            format!("[{}]", chosen.join(", "))
        })
        .collect();
    let of = |n: usize| {
        format!(
            "by: [{}], totals: [{}]",
            by.join(", "),
            levels[..n].join(" ")
        )
    };
    let shown = totals(&server.viewer(), &of(16), "impressions");
    assert!(shown.as_array().unwrap().len() > 16);
    assert_eq!(refusal(&server, &of(17))["code"], "LIMIT_EXCEEDED");
}
