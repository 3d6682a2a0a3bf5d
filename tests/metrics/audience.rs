//! Audiences: breakdowns stand beside each other and never for the campaign's total.

use bellwether_test_support::TestServer;
use serde_json::json;

use super::{APRIL, an_empty_server, metrics, refused};

/// The same 100 impressions of a day by country, and again by age and gender, as platforms report.
fn broken_down() -> TestServer {
    let server = an_empty_server();
    server.analyst().commit_csv(
        "audience_daily",
        server.brand(0),
        "date,campaign,country,age,gender,impressions,clicks\n\
         2026-04-01,a,US,,,70,7\n\
         2026-04-01,a,CA,,,30,3\n\
         2026-04-01,a,,18-24,FEMALE,50,5\n\
         2026-04-01,a,,18-24,MALE,20,2\n\
         2026-04-01,a,,25-34,FEMALE,28,3\n",
    );
    server
}

#[test]
fn breakdowns_of_the_same_day_are_never_added_together() {
    let server = broken_down();
    let answer = metrics(
        &server.viewer(),
        &format!("{APRIL}, by: [COUNTRY]"),
        "rows { country impressions } totals { impressions }",
    );
    assert_eq!(
        answer,
        json!({
            "rows": [{ "country": "CA", "impressions": 30 }, { "country": "US", "impressions": 70 }],
            "totals": [{ "impressions": 100 }],
        })
    );
}

#[test]
fn an_age_is_summed_over_genders_of_its_own_breakdown() {
    let server = broken_down();
    let answer = metrics(
        &server.viewer(),
        &format!("{APRIL}, by: [AGE]"),
        "rows { age impressions ctr } totals { impressions }",
    );
    assert_eq!(
        answer,
        json!({
            "rows": [
                { "age": "18-24", "impressions": 70, "ctr": 0.1 },
                { "age": "25-34", "impressions": 28, "ctr": 0.107_142_857_1 },
            ],
            "totals": [{ "impressions": 98 }],
        })
    );
}

#[test]
fn age_and_gender_are_told_apart_together() {
    let server = broken_down();
    let answer = metrics(
        &server.viewer(),
        &format!("{APRIL}, by: [AGE, GENDER], where: {{gender: {{eq: \"FEMALE\"}}}}"),
        "rows { age gender impressions }",
    );
    assert_eq!(
        answer["rows"],
        json!([
            { "age": "18-24", "gender": "FEMALE", "impressions": 50 },
            { "age": "25-34", "gender": "FEMALE", "impressions": 28 },
        ])
    );
}

#[test]
fn a_breakdown_that_nobody_reported_has_no_rows() {
    let server = broken_down();
    let answer = metrics(
        &server.viewer(),
        &format!("{APRIL}, by: [COUNTRY, AGE]"),
        "rows { impressions } totals { impressions }",
    );
    assert_eq!(
        answer,
        json!({ "rows": [], "totals": [{ "impressions": null }] })
    );
}

#[test]
fn an_audience_never_stands_for_the_campaigns_total() {
    let server = broken_down();
    let viewer = server.viewer();
    let error = refused(
        &viewer,
        &format!("{APRIL}, dataset: AUDIENCE_DAILY, by: [CAMPAIGN]"),
        "rows { impressions }",
    );
    let extensions = &error["extensions"];
    assert_eq!(
        (&extensions["code"], &extensions["field"]),
        (&json!("INVALID_INPUT"), &json!("by"))
    );
    assert_eq!(extensions["allowed"], json!(["COUNTRY", "AGE", "GENDER"]));
    let total = metrics(&viewer, APRIL, "totals { impressions }");
    assert_eq!(total["totals"][0]["impressions"], json!(null));
}

#[test]
fn age_with_fields_of_the_delivery_alone_is_refused_with_the_path_and_what_is_allowed() {
    let server = broken_down();
    let error = refused(
        &server.viewer(),
        &format!("{APRIL}, by: [AGE]"),
        "rows { impressions videoP25 }",
    );
    let extensions = &error["extensions"];
    assert_eq!(
        (&extensions["code"], &extensions["field"]),
        (&json!("INVALID_INPUT"), &json!("rows.videoP25"))
    );
    let allowed = extensions["allowed"].as_array().expect("a list");
    assert!(allowed.contains(&json!("impressions")) && !allowed.contains(&json!("video_p25")));
}

#[test]
fn a_dimension_that_the_named_dataset_lacks_is_refused_with_those_it_has() {
    let server = broken_down();
    let error = refused(
        &server.viewer(),
        &format!("{APRIL}, dataset: DELIVERY_DAILY, by: [PLATFORM, AGE]"),
        "rows { impressions }",
    );
    let extensions = &error["extensions"];
    assert_eq!(extensions["field"], "by[1]");
    assert_eq!(
        extensions["allowed"],
        json!(["PERIOD", "BRAND", "PLATFORM", "CAMPAIGN", "CURRENCY"])
    );
}
