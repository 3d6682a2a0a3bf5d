//! Levels: the same delivery reported as campaign, ad group and ad is never added up.

use serde_json::json;

use super::{APRIL, delivered, metrics};

#[test]
fn campaign_and_ad_rows_of_the_same_day_are_never_added_together() {
    let server = delivered(
        "date,campaign,ad_group,ad,impressions,spend\n\
         2026-04-01,a,,,100,10\n\
         2026-04-01,a,g1,,60,6\n\
         2026-04-01,a,g2,,40,4\n\
         2026-04-01,a,g1,x1,60,6\n\
         2026-04-01,a,g2,x2,39,3.9\n",
    );
    let answer = metrics(&server.viewer(), APRIL, "totals { impressions spend }");
    assert_eq!(
        answer["totals"][0],
        json!({ "impressions": 100, "spend": "10" })
    );
}

#[test]
fn a_day_without_campaign_rows_is_read_at_the_coarsest_level_it_has() {
    let server = delivered(
        "date,campaign,ad_group,ad,impressions\n\
         2026-04-01,a,,,100\n\
         2026-04-02,a,g1,,60\n\
         2026-04-02,a,g2,,30\n\
         2026-04-02,a,g1,x1,59\n\
         2026-04-03,a,g1,x1,50\n\
         2026-04-03,a,g1,x2,25\n",
    );
    let answer = metrics(
        &server.viewer(),
        &format!("{APRIL}, by: [PERIOD]"),
        "rows { impressions }",
    );
    let expected = json!([{ "impressions": 100 }, { "impressions": 90 }, { "impressions": 75 }]);
    assert_eq!(answer["rows"], expected);
}

#[test]
fn a_campaign_row_that_comes_later_takes_the_place_of_the_ads() {
    let server = delivered(
        "date,campaign,ad_group,ad,impressions\n2026-04-01,a,g,x,70\n2026-04-01,a,g,y,20\n",
    );
    let viewer = server.viewer();
    let impressions =
        || metrics(&viewer, APRIL, "totals { impressions }")["totals"][0]["impressions"].take();
    assert_eq!(impressions(), json!(90));
    let whole = "date,campaign,impressions\n2026-04-01,a,95\n";
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), whole);
    assert_eq!(impressions(), json!(95));
}

#[test]
fn campaigns_of_different_levels_stand_in_one_answer() {
    let server = delivered(
        "date,campaign,ad_group,ad,impressions\n\
         2026-04-01,whole,,,100\n\
         2026-04-01,by_ad,g,x,10\n\
         2026-04-01,by_ad,g,y,20\n",
    );
    let answer = metrics(&server.viewer(), APRIL, "totals { impressions }");
    assert_eq!(answer["totals"][0]["impressions"], json!(130));
}
