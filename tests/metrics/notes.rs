//! Where a number would be wrong the cell is null, and a note says why.

use serde_json::json;

use super::{APRIL, delivered, metrics, notes_of_total};

#[test]
fn a_zero_denominator_makes_null_and_a_note() {
    let server =
        delivered("date,campaign,impressions,clicks,conversions,spend\n2026-04-01,a,0,0,0,5\n");
    let answer = metrics(
        &server.viewer(),
        APRIL,
        "totals { ctr cpc cpm cpa cvr notes { metric code } }",
    );
    let total = &answer["totals"][0];
    assert!(
        ["ctr", "cpc", "cpm", "cpa", "cvr"]
            .iter()
            .all(|field| total[*field].is_null())
    );
    let notes = notes_of_total(&answer);
    let expected =
        ["CTR", "CPC", "CPM", "CPA", "CVR"].map(|metric| format!("{metric}: ZERO_DENOMINATOR"));
    assert_eq!(notes, expected);
}

#[test]
fn a_note_tells_its_meaning_in_words() {
    let server = delivered("date,campaign,impressions,clicks\n2026-04-01,a,0,0\n");
    let answer = metrics(&server.viewer(), APRIL, "totals { ctr notes { message } }");
    assert_eq!(
        answer["totals"][0]["notes"],
        json!([{ "message": "The denominator is zero." }])
    );
}

#[test]
fn an_assumed_margin_estimates_profit_where_no_cost_of_goods_is_reported() {
    let server = delivered("date,campaign,spend,revenue\n2026-04-01,a,2000,12000\n");
    let answer = metrics(
        &server.viewer(),
        &format!("{APRIL}, assumedMargin: \"0.38\""),
        "totals { grossProfit roi roas notes { metric code } }",
    );
    assert_eq!(
        answer["totals"][0],
        json!({
            "grossProfit": "4560",
            "roi": 1.28,
            "roas": 6.0,
            "notes": [
                { "metric": "GROSS_PROFIT", "code": "ESTIMATED" },
                { "metric": "ROI", "code": "ESTIMATED" },
            ],
        })
    );
}

#[test]
fn media_that_cost_nothing_and_a_loss_are_told_apart() {
    let server = delivered(
        "date,campaign,spend,revenue,cogs,clicks,conversions\n2026-04-01,a,0,100,150,10,14\n",
    );
    let answer = metrics(
        &server.viewer(),
        APRIL,
        "totals { grossProfit netProfit cvr roas roi breakEvenRoas notes { metric code } }",
    );
    assert_eq!(
        notes_of_total(&answer),
        [
            "GROSS_PROFIT: NEGATIVE_GROSS_PROFIT",
            "NET_PROFIT: NEGATIVE_PROFIT",
            "CVR: VIEW_THROUGH",
            "ROAS: NO_SPEND",
            "BREAK_EVEN_ROAS: NEGATIVE_GROSS_PROFIT",
            "ROI: NO_COST",
        ]
    );
}

#[test]
fn a_sale_without_cost_of_goods_leaves_profit_unknown() {
    let server = delivered(
        "date,campaign,spend,revenue,cogs\n\
         2026-04-01,a,10,100,40\n\
         2026-04-02,a,10,100,\n",
    );
    let answer = metrics(
        &server.viewer(),
        APRIL,
        "totals { cogs roas grossProfit roi notes { metric code } }",
    );
    let total = &answer["totals"][0];
    assert_eq!(
        (&total["cogs"], &total["roas"]),
        (&json!("40"), &json!(10.0))
    );
    assert_eq!(
        notes_of_total(&answer),
        [
            "COGS: PARTIAL",
            "GROSS_PROFIT: COGS_MISSING",
            "ROI: COGS_MISSING"
        ]
    );
}

#[test]
fn a_row_that_lacks_a_component_leaves_the_ratio_unknown_and_the_sum_known() {
    let server = delivered(
        "date,campaign,impressions,clicks\n\
         2026-04-01,a,100,10\n\
         2026-04-02,a,,10\n",
    );
    let answer = metrics(
        &server.viewer(),
        APRIL,
        "totals { impressions clicks ctr notes { metric code } }",
    );
    let total = &answer["totals"][0];
    assert_eq!(
        (&total["impressions"], &total["clicks"]),
        (&json!(100), &json!(20))
    );
    assert_eq!(
        notes_of_total(&answer),
        ["IMPRESSIONS: PARTIAL", "CTR: COMPONENT_MISSING"]
    );
}

#[test]
fn what_no_row_reports_is_not_zero() {
    let server = delivered("date,campaign,impressions,likes\n2026-04-01,a,100,0\n");
    let answer = metrics(
        &server.viewer(),
        APRIL,
        "totals { likes shares ctr notes { metric code } }",
    );
    let total = &answer["totals"][0];
    assert_eq!(
        (&total["likes"], &total["shares"]),
        (&json!(0), &json!(null))
    );
    assert_eq!(
        notes_of_total(&answer),
        ["SHARES: NOT_REPORTED", "CTR: COMPONENT_MISSING"]
    );
}

#[test]
fn money_of_two_currencies_is_never_added_up_silently() {
    let server = delivered(
        "date,campaign,currency,impressions,spend\n\
         2026-04-01,a,USD,100,5\n\
         2026-04-01,b,EUR,100,7\n",
    );
    let answer = metrics(
        &server.viewer(),
        &format!("{APRIL}, by: [CURRENCY]"),
        "rows { currency spend } totals { currency impressions spend notes { metric code } }",
    );
    let expected =
        json!([{ "currency": "EUR", "spend": "7" }, { "currency": "USD", "spend": "5" }]);
    assert_eq!(answer["rows"], expected);
    let total = &answer["totals"][0];
    assert_eq!(total["impressions"], json!(200));
    assert!(total["spend"].is_null() && total["currency"].is_null());
    assert_eq!(notes_of_total(&answer), ["SPEND: MIXED_CURRENCY"]);
}

#[test]
fn roi_has_no_meaning_by_country() {
    let server = super::an_empty_server();
    server.analyst().commit_csv(
        "audience_daily",
        server.brand(0),
        "date,campaign,country,spend,revenue\n2026-04-01,a,US,5,50\n",
    );
    let answer = metrics(
        &server.viewer(),
        &format!("{APRIL}, by: [COUNTRY]"),
        "rows { roas roi } totals { roas roi notes { metric code } }",
    );
    assert_eq!(answer["rows"], json!([{ "roas": 10.0, "roi": null }]));
    assert_eq!(notes_of_total(&answer), ["ROI: NOT_AT_THIS_GRAIN"]);
}
