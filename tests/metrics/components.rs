//! Totals come from components, never from cells.

use serde_json::json;

use super::{APRIL, campaign_id, delivered, metrics, refused};

#[test]
fn totals_of_ratios_come_from_components_not_from_cells() {
    let server = delivered(
        "date,campaign,impressions,clicks,conversions,spend\n\
         2026-04-01,a,1000,10,1,5.00\n\
         2026-04-02,a,9000,270,9,40.00\n",
    );
    let answer = metrics(
        &server.viewer(),
        &format!("{APRIL}, by: [PERIOD]"),
        "rows { ctr cpm } totals { level impressions clicks spend ctr cpc cpm cpa cvr }",
    );
    assert_eq!(
        answer,
        json!({
            "rows": [{ "ctr": 0.01, "cpm": "5" }, { "ctr": 0.03, "cpm": "4.4444444444" }],
            "totals": [{
                "level": "GRAND",
                "impressions": 10_000,
                "clicks": 280,
                "spend": "45",
                "ctr": 0.028,
                "cpc": "0.1607142857",
                "cpm": "4.5",
                "cpa": "4.5",
                "cvr": 0.035_714_285_7,
            }],
        })
    );
}

#[test]
fn profits_take_off_refunds_goods_and_costs_in_this_order() {
    let server = delivered(
        "date,campaign,spend,revenue,refunds,cogs\n\
         2026-04-01,a,100,500,50,200\n\
         2026-04-02,a,100,300,0,100\n",
    );
    let answer = metrics(
        &server.viewer(),
        APRIL,
        "totals { netRevenue grossProfit totalCost netProfit roas poas roi grossRoi }",
    );
    assert_eq!(
        answer["totals"][0],
        json!({
            "netRevenue": "750",
            "grossProfit": "450",
            "totalCost": "200",
            "netProfit": "250",
            "roas": 3.75,
            "poas": 2.25,
            "roi": 1.25,
            "grossRoi": 2.25,
        })
    );
}

#[test]
fn refunds_that_nobody_reported_count_as_none() {
    let server = delivered("date,campaign,spend,revenue\n2026-04-01,a,100,500\n");
    let answer = metrics(
        &server.viewer(),
        APRIL,
        "totals { refunds netRevenue roas }",
    );
    let expected = json!({ "refunds": null, "netRevenue": "500", "roas": 5.0 });
    assert_eq!(answer["totals"][0], expected);
}

#[test]
fn engagement_counts_likes_comments_and_shares_for_each_impression() {
    let server = delivered(
        "date,campaign,impressions,likes,comments,shares,follows\n\
         2026-04-01,a,1000,20,4,1,900\n",
    );
    let answer = metrics(
        &server.viewer(),
        APRIL,
        "totals { engagementRateByImpressions }",
    );
    assert_eq!(
        answer["totals"][0]["engagementRateByImpressions"],
        json!(0.025)
    );
}

#[test]
fn fractions_of_conversions_and_of_cents_are_exact() {
    let rows = (1..=30)
        .map(|day| format!("2026-04-{day:02},a,0.1,0.01\n"))
        .collect::<Vec<_>>()
        .concat();
    let server = delivered(&format!("date,campaign,conversions,spend\n{rows}"));
    let answer = metrics(&server.viewer(), APRIL, "totals { conversions spend cpa }");
    let expected = json!({ "conversions": "3", "spend": "0.3", "cpa": "0.1" });
    assert_eq!(answer["totals"][0], expected);
}

#[test]
fn a_count_that_clients_could_not_read_exactly_is_refused() {
    let server = delivered(
        "date,campaign,impressions\n\
         2026-04-01,a,9007199254740992\n\
         2026-04-02,a,1\n",
    );
    let viewer = server.viewer();
    let exact = metrics(
        &viewer,
        &format!("{APRIL}, by: [PERIOD]"),
        "rows { impressions }",
    );
    assert_eq!(
        exact["rows"][0]["impressions"],
        json!(9_007_199_254_740_992_i64)
    );
    for selection in ["totals { impressions }", "table { rows }"] {
        let error = refused(&viewer, APRIL, selection);
        assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED", "{selection}");
    }
}

#[test]
fn measures_of_different_campaigns_make_no_ratio_though_as_many_rows_have_them() {
    let server = delivered(
        "date,campaign,impressions,clicks\n\
         2026-04-01,a,1000000,\n\
         2026-04-01,b,,50\n",
    );
    let answer = metrics(
        &server.viewer(),
        APRIL,
        "totals { impressions clicks ctr notes { metric code } }",
    );
    let expected = json!({
        "impressions": 1_000_000,
        "clicks": 50,
        "ctr": null,
        "notes": [
            { "metric": "IMPRESSIONS", "code": "PARTIAL" },
            { "metric": "CLICKS", "code": "PARTIAL" },
            { "metric": "CTR", "code": "COMPONENT_MISSING" },
        ],
    });
    assert_eq!(answer["totals"][0], expected);
}

/// As many impressions as make a sum of two over 64 bits.
const HUGE: i64 = i64::MAX / 2 + 1;

#[test]
fn sums_that_only_a_coarser_roll_up_can_not_hold_come_from_a_finer_one() {
    // Together over 64 bits: on a day of all campaigns of a platform, but not of each.
    let day = |day: &str| {
        let of = |campaign: &str| format!("{day},{campaign},TIKTOK,USD,{HUGE},{HUGE}\n");
        ["a", "b", "c", "d"].map(of).concat()
    };
    let server = delivered(&format!(
        "date,campaign,platform,currency,impressions,clicks\n{}{}",
        day("2026-04-01"),
        day("2026-04-02"),
    ));
    for cache in ["USE", "USE", "REFRESH", "BYPASS"] {
        let by_platform = format!("{APRIL}, by: [PLATFORM, PERIOD], cache: {cache}");
        let answer = metrics(&server.viewer(), &by_platform, "rows { ctr }");
        let expected = json!([{ "ctr": 1.0 }, { "ctr": 1.0 }]);
        assert_eq!(answer["rows"], expected, "{cache}");
    }
}

#[test]
fn a_campaign_whose_sums_no_level_can_hold_hinders_no_answer_about_one_among_many_others() {
    let server = delivered(&format!(
        "date,campaign,platform,currency,ad_group,ad,impressions\n\
         2026-04-01,a,TIKTOK,USD,,,7\n2026-04-01,c,TIKTOK,USD,,,7\n2026-04-01,d,TIKTOK,USD,,,7\n\
         2026-04-01,b,TIKTOK,USD,g,x,{HUGE}\n2026-04-01,b,TIKTOK,USD,g,y,{HUGE}\n",
    ));
    let viewer = server.viewer();
    let campaign = campaign_id(&viewer, "a");
    for cache in ["USE", "USE", "REFRESH", "BYPASS"] {
        let of_one =
            format!(r#"{APRIL}, where: {{campaign: {{eq: "{campaign}"}}}}, cache: {cache}"#);
        let answer = metrics(&viewer, &of_one, "totals { impressions }");
        assert_eq!(answer["totals"], json!([{ "impressions": 7 }]), "{cache}");
    }
}

#[test]
fn a_sum_that_no_level_can_hold_is_refused_by_name() {
    let server = delivered(&format!(
        "date,campaign,platform,currency,impressions\n\
         2026-04-01,a,TIKTOK,USD,{HUGE}\n2026-04-02,a,TIKTOK,USD,{HUGE}\n",
    ));
    for cache in ["USE", "REFRESH", "BYPASS"] {
        let query = format!(
            "{{ metrics(input: {{{APRIL}, cache: {cache}}}) {{ totals {{ impressions }} }} }}"
        );
        let error = server.viewer().error(&query);
        assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED", "{cache}");
        let message = error["message"].as_str().expect("errors have messages");
        assert!(message.contains("`impressions`"), "{message}");
    }
}
