//! The order of rows: by metrics, with those without a value last, and by dimensions.

use bellwether_test_support::TestServer;

use super::{APRIL, an_empty_server, delivered, metrics, refused};

/// Campaigns with a click-through rate of 0.1, 0.3 and none, on three platforms.
fn three_campaigns() -> TestServer {
    delivered(
        "date,campaign,platform,impressions,clicks,spend\n\
         2026-04-01,low,META,100,10,3\n\
         2026-04-01,none,GOOGLE,0,0,2\n\
         2026-04-01,high,TIKTOK,100,30,1\n",
    )
}

fn names(server: &TestServer, order_by: &str) -> Vec<String> {
    let input = format!("{APRIL}, by: [CAMPAIGN, PLATFORM], orderBy: [{order_by}]");
    let answer = metrics(&server.viewer(), &input, "rows { campaignName ctr }");
    let rows = answer["rows"].as_array().expect("a list");
    rows.iter()
        .map(|row| row["campaignName"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn rows_without_a_value_come_last_in_either_direction() {
    let server = three_campaigns();
    assert_eq!(
        names(&server, "{metric: CTR, direction: DESC}"),
        ["high", "low", "none"]
    );
    assert_eq!(
        names(&server, "{metric: CTR, direction: ASC}"),
        ["low", "high", "none"]
    );
}

#[test]
fn rows_are_sorted_by_a_dimension_in_either_direction() {
    let server = three_campaigns();
    assert_eq!(
        names(&server, "{dimension: PLATFORM}"),
        ["none", "low", "high"]
    );
    assert_eq!(
        names(&server, "{dimension: PLATFORM, direction: DESC}"),
        ["high", "low", "none"]
    );
}

#[test]
fn rows_are_sorted_by_a_metric_that_is_not_selected() {
    let server = three_campaigns();
    assert_eq!(
        names(&server, "{metric: SPEND, direction: DESC}"),
        ["low", "none", "high"]
    );
}

#[test]
fn a_second_key_breaks_the_ties_of_the_first() {
    let server = three_campaigns();
    let order = "{metric: IMPRESSIONS, direction: DESC}, {metric: CLICKS, direction: DESC}";
    assert_eq!(names(&server, order), ["high", "low", "none"]);
}

#[test]
fn a_sort_key_that_is_not_grouped_by_is_refused_with_what_is() {
    let server = an_empty_server();
    let input = format!("{APRIL}, by: [BRAND], orderBy: [{{dimension: PLATFORM}}]");
    let error = refused(&server.viewer(), &input, "totals { impressions }");
    assert_eq!(error["extensions"]["field"], "orderBy[0].dimension");
    assert_eq!(error["extensions"]["allowed"][0], "BRAND");
}

#[test]
fn a_sort_key_has_exactly_one_of_metric_and_dimension() {
    let server = an_empty_server();
    for key in ["{}", "{metric: SPEND, dimension: BRAND}"] {
        let input = format!("{APRIL}, by: [BRAND], orderBy: [{key}]");
        let error = refused(&server.viewer(), &input, "totals { impressions }");
        assert_eq!(error["extensions"]["field"], "orderBy[0]", "{key}");
    }
}
