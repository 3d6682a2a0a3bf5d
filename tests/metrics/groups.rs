//! Grouping: by each dimension and by pairs, rows add up to the same total.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::{APRIL, an_empty_server, metrics};

/// Two brands, four campaigns, two platforms, two currencies, two days: 1500 impressions.
pub(super) fn a_small_world() -> TestServer {
    let server = an_empty_server();
    let analyst = server.analyst();
    analyst.commit_csv(
        "delivery_daily",
        server.brand(0),
        "date,campaign,platform,currency,impressions,clicks,spend\n\
         2026-04-01,a,TIKTOK,USD,100,10,1\n\
         2026-04-01,b,META,USD,200,10,2\n\
         2026-04-02,a,TIKTOK,USD,300,10,3\n\
         2026-04-02,c,META,EUR,400,10,4\n",
    );
    analyst.commit_csv(
        "delivery_daily",
        server.brand(1),
        "date,campaign,platform,currency,impressions,clicks,spend\n\
         2026-04-02,d,TIKTOK,USD,500,10,5\n",
    );
    server
}

fn impressions(persona: &Persona, by: &str, fields: &str) -> Value {
    let input = format!("{APRIL}, by: [{by}], orderBy: [{{metric: IMPRESSIONS, direction: DESC}}]");
    metrics(persona, &input, &format!("rows {{ {fields} impressions }}"))["rows"].take()
}

#[test]
fn rows_of_every_grouping_add_up_to_the_same_total() {
    let server = a_small_world();
    let viewer = server.viewer();
    let dimensions = ["PERIOD", "BRAND", "PLATFORM", "CAMPAIGN", "CURRENCY"];
    let singles = dimensions.iter().map(|one| (*one).to_owned());
    let pairs = dimensions.iter().flat_map(|one| {
        let others = dimensions.iter().filter(move |other| *other != one);
        others.map(move |other| format!("{one}, {other}"))
    });
    for by in singles.chain(pairs).chain([dimensions.join(", ")]) {
        let answer = metrics(
            &viewer,
            &format!("{APRIL}, by: [{by}]"),
            "rows { impressions } totals { impressions } rowCount",
        );
        let rows = answer["rows"].as_array().unwrap();
        let sum: i64 = rows
            .iter()
            .filter_map(|row| row["impressions"].as_i64())
            .sum();
        assert_eq!(
            (sum, &answer["totals"][0]["impressions"]),
            (1500, &json!(1500)),
            "by {by}"
        );
        assert_eq!(answer["rowCount"], json!(rows.len()), "by {by}");
    }
}

#[test]
fn each_dimension_brings_its_groups() {
    let server = a_small_world();
    let viewer = server.viewer();
    assert_eq!(
        impressions(&viewer, "PLATFORM", "platform"),
        json!([{ "platform": "TIKTOK", "impressions": 900 }, { "platform": "META", "impressions": 600 }])
    );
    assert_eq!(
        impressions(&viewer, "PERIOD", "period"),
        json!([{ "period": "2026-04-02", "impressions": 1200 }, { "period": "2026-04-01", "impressions": 300 }])
    );
    assert_eq!(
        impressions(&viewer, "CURRENCY", "currency"),
        json!([{ "currency": "USD", "impressions": 1100 }, { "currency": "EUR", "impressions": 400 }])
    );
    let brands = impressions(&viewer, "BRAND", "brandName");
    assert_eq!(
        (&brands[0]["impressions"], &brands[1]["impressions"]),
        (&json!(1000), &json!(500))
    );
}

#[test]
fn a_campaign_brings_its_name_brand_platform_and_currency() {
    let server = a_small_world();
    let viewer = server.viewer();
    let rows = impressions(
        &viewer,
        "CAMPAIGN",
        "campaignId campaignName brandId brandName platform currency spend",
    );
    let first = &rows[0];
    assert_eq!(
        (
            &first["campaignName"],
            &first["platform"],
            &first["currency"],
            &first["impressions"]
        ),
        (&json!("d"), &json!("TIKTOK"), &json!("USD"), &json!(500))
    );
    assert_eq!(first["campaignId"], json!(super::campaign_id(&viewer, "d")));
    assert_eq!(
        first["brandId"],
        json!(super::brand_id(&viewer, server.brand(1)))
    );
    assert!(first["brandName"].is_string());
}

#[test]
fn pairs_are_told_apart() {
    let server = a_small_world();
    assert_eq!(
        impressions(&server.viewer(), "PERIOD, PLATFORM", "period platform"),
        json!([
            { "period": "2026-04-02", "platform": "TIKTOK", "impressions": 800 },
            { "period": "2026-04-02", "platform": "META", "impressions": 400 },
            { "period": "2026-04-01", "platform": "META", "impressions": 200 },
            { "period": "2026-04-01", "platform": "TIKTOK", "impressions": 100 },
        ])
    );
}

#[test]
fn without_dimensions_there_is_one_row_and_it_is_the_total() {
    let server = a_small_world();
    let answer = metrics(
        &server.viewer(),
        APRIL,
        "rows { level impressions } totals { level impressions }",
    );
    assert_eq!(
        answer,
        json!({
            "rows": [{ "level": "GROUP", "impressions": 1500 }],
            "totals": [{ "level": "GRAND", "impressions": 1500 }],
        })
    );
}

#[test]
fn a_field_of_a_dimension_that_is_not_grouped_by_is_refused_at_its_place() {
    let server = an_empty_server();
    let error = super::refused(
        &server.viewer(),
        &format!("{APRIL}, by: [BRAND]"),
        "rows { platform impressions }",
    );
    assert_eq!(error["extensions"]["code"], "INVALID_INPUT");
    assert_eq!(error["extensions"]["field"], "rows.platform");
}
