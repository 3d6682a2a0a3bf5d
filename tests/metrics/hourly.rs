//! Delivery by hour of the day.

use bellwether_test_support::TestServer;
use serde_json::json;

use super::{APRIL, metrics, refused};
use crate::given::an_empty_server;

/// Campaign `a` by hour on two days, and its ads beside it on the second.
const BY_HOUR: &str = "\
    date,hour,campaign,platform,currency,ad_group,ad,impressions,clicks\n\
    2026-04-01,7,a,TIKTOK,USD,,,100,10\n\
    2026-04-01,08,a,TIKTOK,USD,,,200,10\n\
    2026-04-02,07,a,TIKTOK,USD,,,300,30\n\
    2026-04-02,07,a,TIKTOK,USD,g,x,180,20\n\
    2026-04-02,7,a,TIKTOK,USD,g,y,120,10\n\
    2026-04-02,23,b,META,USD,,,50,1\n";

fn server() -> TestServer {
    let server = an_empty_server();
    let analyst = server.analyst();
    analyst.commit_csv("delivery_hourly", server.brand(0), BY_HOUR);
    analyst.commit_csv(
        "delivery_daily",
        server.brand(0),
        "date,campaign,impressions\n2026-04-01,a,301\n2026-04-02,a,299\n",
    );
    server
}

#[test]
fn an_hour_adds_up_over_days_and_reads_one_level() {
    let answer = metrics(
        &server().viewer(),
        &format!("{APRIL}, by: [HOUR]"),
        "rows { hour impressions ctr } totals { impressions }",
    );
    assert_eq!(
        answer,
        json!({
            "rows": [
                { "hour": 7, "impressions": 400, "ctr": 0.1 },
                { "hour": 8, "impressions": 200, "ctr": 0.05 },
                { "hour": 23, "impressions": 50, "ctr": 0.02 },
            ],
            "totals": [{ "impressions": 650 }],
        })
    );
}

#[test]
fn hours_are_filtered_by_and_stand_beside_other_dimensions() {
    let input = format!(
        "{APRIL}, by: [CAMPAIGN, HOUR], where: {{hour: {{in: [8, 23]}}}}, \
         orderBy: [{{dimension: HOUR, direction: DESC}}]"
    );
    let answer = metrics(
        &server().viewer(),
        &input,
        "rows { hour platform impressions }",
    );
    assert_eq!(
        answer["rows"],
        json!([
            { "hour": 23, "platform": "META", "impressions": 50 },
            { "hour": 8, "platform": "TIKTOK", "impressions": 200 },
        ])
    );
}

#[test]
fn the_daily_reports_answer_where_no_hour_is_asked_for_and_the_hourly_ones_when_named() {
    let server = server();
    let viewer = server.viewer();
    let total = |input: &str| metrics(&viewer, input, "totals { impressions }")["totals"].take();
    assert_eq!(total(APRIL), json!([{ "impressions": 600 }]));
    let hourly = format!("{APRIL}, dataset: DELIVERY_HOURLY");
    assert_eq!(total(&hourly), json!([{ "impressions": 650 }]));
}

#[test]
fn an_hour_is_a_number_in_tables() {
    let answer = metrics(
        &server().viewer(),
        &format!("{APRIL}, by: [HOUR], metrics: [CLICKS]"),
        "table { columns { name type } rows }",
    );
    assert_eq!(
        answer["table"],
        json!({
            "columns": [{ "name": "hour", "type": "COUNT" }, { "name": "clicks", "type": "COUNT" }],
            "rows": [[7, 40], [8, 10], [23, 1]],
        })
    );
}

#[test]
fn costs_are_not_known_by_the_hour() {
    let answer = metrics(
        &server().viewer(),
        &format!("{APRIL}, by: [HOUR]"),
        "rows { roi notes { metric code } }",
    );
    assert_eq!(
        answer["rows"][0],
        json!({ "roi": null, "notes": [{ "metric": "ROI", "code": "NOT_AT_THIS_GRAIN" }] })
    );
}

#[test]
fn an_hour_that_no_day_has_is_refused() {
    let server = server();
    let error = refused(
        &server.viewer(),
        &format!("{APRIL}, by: [HOUR], where: {{hour: {{eq: 24}}}}"),
        "rowCount",
    );
    assert_eq!(error["extensions"]["field"], "where.hour");
    let apart = refused(
        &server.viewer(),
        &format!("{APRIL}, by: [HOUR, COUNTRY]"),
        "rowCount",
    );
    assert_eq!(
        apart["message"],
        "no dataset has `COUNTRY` together with `HOUR`"
    );
}
