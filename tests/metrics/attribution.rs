//! Attribution windows: one a campaign, and no mixture that nobody accepted.

use bellwether_test_support::TestServer;
use serde_json::{Value, json};

use super::{APRIL, delivered, metrics, refused};

/// Campaign `a` reports two windows, `b` one of them.
fn windows() -> TestServer {
    delivered(
        "date,campaign,attribution,conversions,spend\n\
         2026-04-01,a,1d,10,100\n\
         2026-04-01,a,7d,25,100\n\
         2026-04-01,b,7d,5,50\n",
    )
}

fn conversions(answer: &Value) -> &Value {
    &answer["totals"][0]["conversions"]
}

#[test]
fn campaigns_of_different_windows_are_not_compared() {
    let server = windows();
    let error = refused(&server.viewer(), APRIL, "totals { conversions }");
    let extensions = &error["extensions"];
    assert_eq!(
        (&extensions["code"], &extensions["field"]),
        (&json!("ATTRIBUTION_WINDOW_MISMATCH"), &json!("attribution"))
    );
    assert_eq!(extensions["allowed"], json!(["1d", "7d"]));
}

#[test]
fn a_mixture_that_is_accepted_comes_with_a_warning() {
    let server = windows();
    let input = format!("{APRIL}, attribution: {{acceptMixed: true}}");
    let answer = metrics(
        &server.viewer(),
        &input,
        "totals { conversions spend } meta { warnings { code } }",
    );
    assert_eq!(
        answer["totals"][0],
        json!({ "conversions": "15", "spend": "150" })
    );
    let expected = json!([{ "code": "ATTRIBUTION_CHOSEN" }, { "code": "MIXED_ATTRIBUTION" }]);
    assert_eq!(answer["meta"]["warnings"], expected);
}

#[test]
fn one_window_is_asked_for() {
    let server = windows();
    let input = format!("{APRIL}, attribution: {{window: \"7d\"}}");
    let answer = metrics(
        &server.viewer(),
        &input,
        "totals { conversions } meta { warnings { code } }",
    );
    assert_eq!(conversions(&answer), &json!("30"));
    assert_eq!(answer["meta"]["warnings"], json!([]));
}

#[test]
fn a_window_that_nobody_reports_is_refused_with_those_that_are() {
    let server = windows();
    let input = format!("{APRIL}, attribution: {{window: \"28d\"}}");
    let error = refused(&server.viewer(), &input, "totals { conversions }");
    let extensions = &error["extensions"];
    assert_eq!(extensions["field"], json!("attribution.window"));
    assert_eq!(extensions["allowed"], json!(["1d", "7d", "unspecified"]));
}

#[test]
fn the_window_that_nobody_named_is_asked_for_as_unspecified() {
    let server = delivered(
        "date,campaign,attribution,conversions\n\
         2026-04-01,a,,12\n\
         2026-04-01,b,1d,10\n",
    );
    let input = format!("{APRIL}, attribution: {{window: \"unspecified\"}}");
    let answer = metrics(&server.viewer(), &input, "totals { conversions }");
    assert_eq!(conversions(&answer), &json!("12"));
}

#[test]
fn days_that_only_another_window_covers_keep_their_delivery_and_leave_conversions_out() {
    let server = delivered(
        "date,campaign,attribution,impressions,clicks,conversions\n\
         2026-04-01,a,,100,10,4\n\
         2026-04-01,a,7d,100,10,6\n\
         2026-04-02,a,7d,100,10,6\n",
    );
    let selection = "totals { impressions conversions ctr cvr notes { metric code } } meta { warnings { code } }";
    let answer = metrics(&server.viewer(), APRIL, selection);
    let expected = json!({
        "impressions": 200,
        "conversions": "4",
        "ctr": 0.1,
        "cvr": null,
        "notes": [
            { "metric": "CONVERSIONS", "code": "PARTIAL" },
            { "metric": "CVR", "code": "COMPONENT_MISSING" },
        ],
    });
    assert_eq!(answer["totals"][0], expected);
    assert_eq!(
        answer["meta"]["warnings"],
        json!([{ "code": "ATTRIBUTION_CHOSEN" }])
    );
}

#[test]
fn windows_by_day_fall_into_their_weeks() {
    let server = delivered(
        "date,campaign,attribution,impressions\n\
         2026-04-04,a,,1\n\
         2026-04-05,a,7d,10\n\
         2026-04-06,a,,100\n",
    );
    let input = format!("{APRIL}, by: [PERIOD], grain: WEEK");
    let answer = metrics(&server.viewer(), &input, "rows { period impressions }");
    assert_eq!(
        answer["rows"],
        json!([
            { "period": "2026-03-29", "impressions": 1 },
            { "period": "2026-04-05", "impressions": 110 },
        ])
    );
}

#[test]
fn spend_alone_is_compared_and_never_counted_once_a_window() {
    let server = windows();
    let answer = metrics(&server.viewer(), APRIL, "totals { spend }");
    assert_eq!(answer["totals"][0]["spend"], json!("150"));
}

#[test]
fn a_campaign_with_rows_of_no_window_is_read_by_them() {
    let server = delivered(
        "date,campaign,attribution,conversions\n\
         2026-04-01,a,,12\n\
         2026-04-01,a,1d,10\n",
    );
    let answer = metrics(
        &server.viewer(),
        APRIL,
        "totals { conversions } meta { warnings { code } }",
    );
    assert_eq!(conversions(&answer), &json!("12"));
    assert_eq!(
        answer["meta"]["warnings"],
        json!([{ "code": "ATTRIBUTION_CHOSEN" }])
    );
}

/// A campaign whose window changed from April to May.
fn another_window() -> TestServer {
    delivered(
        "date,campaign,attribution,conversions,spend\n\
         2026-04-10,a,30c0v,8,100\n\
         2026-05-10,a,7c1v,5,100\n",
    )
}

fn may_and_april(options: &str) -> String {
    format!(
        r#"range: {{between: {{from: "2026-05-01", until: "2026-06-01"}}}}, compare: {{between: {{from: "2026-04-01", until: "2026-05-01"}}}}{options}"#
    )
}

#[test]
fn ranges_of_different_attribution_windows_are_not_compared() {
    let server = another_window();
    let error = refused(
        &server.viewer(),
        &may_and_april(""),
        "totals { conversions }",
    );
    let extensions = &error["extensions"];
    assert_eq!(
        (&extensions["code"], &extensions["field"]),
        (&json!("ATTRIBUTION_WINDOW_MISMATCH"), &json!("attribution"))
    );
    assert_eq!(extensions["allowed"], json!(["30c0v", "7c1v"]));
    let spent = metrics(
        &server.viewer(),
        &may_and_april(""),
        "totals { spend previous { spend } } meta { warnings { code } }",
    );
    let expected = json!({ "spend": "100", "previous": { "spend": "100" } });
    assert_eq!(spent["totals"][0], expected);
    assert_eq!(spent["meta"]["warnings"], json!([]));
}

#[test]
fn ranges_of_different_windows_are_compared_with_a_warning_where_that_is_accepted() {
    let accepted = may_and_april(", attribution: {acceptMixed: true}");
    let answer = metrics(
        &another_window().viewer(),
        &accepted,
        "totals { conversions previous { conversions } } meta { warnings { code } }",
    );
    let expected = json!({ "conversions": "5", "previous": { "conversions": "8" } });
    assert_eq!(answer["totals"][0], expected);
    assert_eq!(
        answer["meta"]["warnings"],
        json!([{ "code": "MIXED_ATTRIBUTION" }])
    );
}
