//! Costs beside media: spread over days and campaigns to the micro, and all of them in the ROI.

use bellwether_test_support::TestServer;
use serde_json::{Value, json};

use super::{APRIL, delivered, metrics};

const DELIVERY: &str = "date,campaign,platform,spend,revenue,refunds,cogs\n\
    2026-04-01,a,TIKTOK,30,200,20,50\n\
    2026-04-02,a,TIKTOK,30,200,0,50\n\
    2026-04-02,b,META,40,100,0,20\n";

fn with_costs(costs: &str) -> TestServer {
    let server = delivered(DELIVERY);
    let report = format!("from,until,campaign,kind,amount,spread\n{costs}");
    server
        .analyst()
        .commit_csv("costs", server.brand(0), &report);
    server
}

fn ask(server: &TestServer, input: &str, selection: &str) -> Value {
    metrics(&server.viewer(), &format!("{APRIL}{input}"), selection)
}

#[test]
fn a_cost_of_a_campaign_accrues_by_day_with_the_remainder_on_the_last() {
    let server = with_costs("2026-04-01,2026-04-04,a,production,100,day\n");
    let answer = ask(
        &server,
        ", by: [PERIOD]",
        "rows { period productionCosts } totals { productionCosts }",
    );
    assert_eq!(
        answer,
        json!({
            "rows": [
                { "period": "2026-04-01", "productionCosts": "33.333333" },
                { "period": "2026-04-02", "productionCosts": "33.333333" },
                { "period": "2026-04-03", "productionCosts": "33.333334" },
            ],
            "totals": [{ "productionCosts": "100" }],
        })
    );
}

#[test]
fn only_the_days_of_the_range_bear_a_cost() {
    let server = with_costs("2026-03-28,2026-04-07,a,agency_fee,100,day\n");
    let answer = ask(&server, "", "totals { agencyFees }");
    assert_eq!(answer["totals"][0]["agencyFees"], json!("60"));
}

#[test]
fn a_cost_of_the_brand_by_day_stands_in_a_row_without_campaign() {
    let server = with_costs("2026-04-01,2026-04-02,,agency_fee,7,day\n");
    let by = ", by: [CAMPAIGN], orderBy: [{metric: TOTAL_COST, direction: DESC}]";
    let answer = ask(
        &server,
        by,
        "rows { campaignName platform brandName agencyFees } totals { agencyFees totalCost }",
    );
    let rows = answer["rows"].as_array().unwrap();
    let of_brand: Vec<&Value> = rows
        .iter()
        .filter(|row| row["campaignName"].is_null())
        .collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (&of_brand[0]["agencyFees"], &of_brand[0]["platform"]),
        (&json!("7"), &json!(null))
    );
    assert!(of_brand[0]["brandName"].is_string());
    assert_eq!(
        answer["totals"][0],
        json!({ "agencyFees": "7", "totalCost": "107" })
    );
}

#[test]
fn a_cost_spread_by_spend_follows_the_media() {
    let server = with_costs("2026-04-01,2026-04-03,,agency_fee,10,spend\n");
    let by = ", by: [CAMPAIGN], orderBy: [{metric: SPEND, direction: DESC}]";
    let answer = ask(
        &server,
        by,
        "rows { campaignName agencyFees totalCost } totals { agencyFees }",
    );
    assert_eq!(
        answer,
        json!({
            "rows": [
                { "campaignName": "a", "agencyFees": "6", "totalCost": "66" },
                { "campaignName": "b", "agencyFees": "4", "totalCost": "44" },
            ],
            "totals": [{ "agencyFees": "10" }],
        })
    );
}

#[test]
fn a_filter_by_platform_leaves_a_cost_of_the_brand_out_but_not_its_spread_part() {
    let by_day = with_costs("2026-04-01,2026-04-02,,agency_fee,7,day\n");
    let on_meta = ", where: {platform: {eq: META}}";
    let fees = |server: &TestServer| {
        ask(server, on_meta, "totals { agencyFees totalCost }")["totals"][0].take()
    };
    assert_eq!(
        fees(&by_day),
        json!({ "agencyFees": "0", "totalCost": "40" })
    );
    let by_spend = with_costs("2026-04-01,2026-04-03,,agency_fee,10,spend\n");
    assert_eq!(
        fees(&by_spend),
        json!({ "agencyFees": "4", "totalCost": "44" })
    );
}

#[test]
fn roi_counts_every_kind_of_cost() {
    let server = with_costs(
        "2026-04-01,2026-04-03,a,production,20,day\n\
         2026-04-01,2026-04-02,b,influencer,15,day\n\
         2026-04-01,2026-05-01,,agency_fee,25,spend\n",
    );
    // The fee of April has accrued for two of its thirty days where media was spent; the rest
    // stays with the brand, so that the whole month bears all of it.
    let answer = ask(
        &server,
        "",
        "totals { spend agencyFees productionCosts influencerCosts totalCost grossProfit netProfit roi grossRoi }",
    );
    assert_eq!(
        answer["totals"][0],
        json!({
            "spend": "100",
            "agencyFees": "25",
            "productionCosts": "20",
            "influencerCosts": "15",
            "totalCost": "160",
            "grossProfit": "360",
            "netProfit": "200",
            "roi": 1.25,
            "grossRoi": 2.25,
        })
    );
}

#[test]
fn where_only_costs_fall_they_are_the_total_cost() {
    let server = with_costs("2026-04-10,2026-04-11,a,production,20,day\n");
    let later = r#"range: {between: {from: "2026-04-10", until: "2026-05-01"}}"#;
    let answer = metrics(
        &server.viewer(),
        later,
        "totals { spend totalCost netProfit }",
    );
    let expected = json!({ "spend": null, "totalCost": "20", "netProfit": null });
    assert_eq!(answer["totals"][0], expected);
}

#[test]
fn where_nothing_ran_nothing_was_reported_rather_than_zero() {
    let server = delivered(DELIVERY);
    let before = r#"range: {between: {from: "2025-04-01", until: "2025-05-01"}}"#;
    let answer = metrics(&server.viewer(), before, "totals { spend totalCost roi }");
    let expected = json!({ "spend": null, "totalCost": null, "roi": null });
    assert_eq!(answer["totals"][0], expected);
}

#[test]
fn a_credit_takes_cost_off() {
    let server = with_costs(
        "2026-04-01,2026-04-02,a,production,20,day\n\
         2026-04-02,2026-04-03,a,production,-5,day\n",
    );
    let answer = ask(&server, "", "totals { productionCosts }");
    assert_eq!(answer["totals"][0]["productionCosts"], json!("15"));
}

#[test]
fn costs_are_not_read_on_their_own() {
    let server = delivered(DELIVERY);
    let error = super::refused(
        &server.viewer(),
        &format!("{APRIL}, dataset: COSTS"),
        "totals { agencyFees }",
    );
    assert_eq!(error["extensions"]["field"], "dataset");
    assert_eq!(
        error["extensions"]["allowed"],
        json!([
            "delivery_daily",
            "audience_daily",
            "delivery_hourly",
            "feedback_daily",
            "reach"
        ])
    );
}

#[test]
fn a_filter_that_leaves_costs_of_the_brand_out_is_told() {
    let server = with_costs("2026-04-01,2026-04-03,,agency_fee,7,day\n");
    let selection = "totals { agencyFees totalCost } meta { warnings { code } }";
    let whole = ask(&server, "", selection);
    assert_eq!(whole["meta"]["warnings"], json!([]));
    let on_tiktok = ask(&server, ", where: {platform: {eq: TIKTOK}}", selection);
    assert_eq!(on_tiktok["totals"][0]["totalCost"], json!("60"));
    assert_eq!(
        on_tiktok["meta"]["warnings"],
        json!([{ "code": "BRAND_COSTS_LEFT_OUT" }])
    );
}

#[test]
fn a_fee_is_not_spread_over_several_currencies_and_stays_in_its_own() {
    let server = delivered(
        "date,campaign,platform,currency,spend\n\
         2026-04-01,e,TIKTOK,EUR,100\n\
         2026-04-01,j,META,JPY,100\n",
    );
    let costs =
        "from,until,campaign,kind,amount,spread\n2026-04-01,2026-04-02,,agency_fee,7,spend\n";
    server.analyst().commit_csv("costs", server.brand(0), costs);
    let selection = "rows { currency spend agencyFees } meta { warnings { code } }";
    let answer = ask(&server, ", by: [CURRENCY]", selection);
    assert_eq!(
        answer,
        json!({
            "rows": [
                { "currency": "EUR", "spend": "100", "agencyFees": "0" },
                { "currency": "JPY", "spend": "100", "agencyFees": "0" },
                { "currency": "USD", "spend": null, "agencyFees": "7" },
            ],
            "meta": { "warnings": [{ "code": "COSTS_NOT_SPREAD" }] },
        })
    );
}

#[test]
fn ten_years_of_many_long_costs_are_answered_like_any_others() {
    let costs: Vec<String> = (1..=28)
        .map(|day| format!("2020-01-{day:02},2030-01-{day:02},a,production,36530,day\n"))
        .collect();
    let server = with_costs(&costs.concat());
    let answer = ask(&server, ", by: [CAMPAIGN]", "rows { productionCosts }");
    // Each cost accrues 36530 over 3653 days: 10 a day, 30 days of April, 28 costs.
    assert_eq!(answer["rows"][0]["productionCosts"], json!("8400"));
}

#[test]
fn a_fee_is_spread_over_several_currencies_by_what_was_spent_in_the_one_asked_for() {
    let server = delivered(
        "date,campaign,platform,currency,spend\n\
         2026-04-01,e,TIKTOK,EUR,100\n\
         2026-04-02,g,META,GBP,50\n",
    );
    let costs =
        "from,until,campaign,kind,amount,spread\n2026-04-01,2026-04-03,,agency_fee,30,spend\n";
    server.analyst().commit_csv("costs", server.brand(0), costs);
    let selection = "rows { campaignName agencyFees } meta { warnings { code } }";
    let by_campaign = r#", by: [CAMPAIGN], metrics: [AGENCY_FEES], currency: "USD""#;
    let fees = || {
        let answer = ask(&server, by_campaign, selection);
        let warnings = answer["meta"]["warnings"].as_array().cloned();
        let codes: Vec<Value> = warnings
            .unwrap_or_default()
            .into_iter()
            .map(|mut warning| warning["code"].take())
            .collect();
        (answer["rows"].clone(), codes)
    };
    server
        .analyst()
        .import_rates("date,from,to,rate\n2026-04-01,EUR,USD,1\n");
    let (_, codes) = fees();
    assert!(codes.contains(&json!("COSTS_NOT_SPREAD")), "{codes:?}");
    server
        .analyst()
        .import_rates("date,from,to,rate\n2026-04-02,GBP,USD,4\n");
    assert_eq!(
        fees(),
        (
            json!([
                { "campaignName": "e", "agencyFees": "10" },
                { "campaignName": "g", "agencyFees": "20" },
            ]),
            Vec::new()
        )
    );
}
