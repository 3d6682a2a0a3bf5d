//! What people say and send back: rates and averages from their components.

use bellwether_test_support::TestServer;
use serde_json::json;

use super::{APRIL, delivered, metrics, refused};

fn server() -> TestServer {
    let server = delivered(
        "date,campaign,platform,currency,impressions,comments\n\
         2026-04-01,a,TIKTOK,USD,1000,9\n2026-04-01,b,META,USD,500,7\n",
    );
    server.analyst().commit_csv(
        "feedback_daily",
        server.brand(0),
        "date,campaign,product,orders,refund_orders,reviews,negative_reviews,ratings,rating_sum,comments,negative_comments\n\
         2026-04-01,a,,100,20,10,4,2,9,50,5\n\
         2026-04-02,a,,20,4,6,0,4,12.5,,\n\
         2026-04-01,a,serum,60,18,8,4,2,9,40,5\n\
         2026-04-01,b,cream,50,1,5,0,5,25,10,0\n\
         2026-04-01,b,soap,30,1,5,1,5,20,10,0\n",
    );
    server
}

#[test]
fn rates_and_averages_come_from_summed_components() {
    let answer = metrics(
        &server().viewer(),
        &format!("{APRIL}, by: [PLATFORM], orderBy: [{{metric: ORDERS, direction: DESC}}]"),
        "rows { platform orders refundRate negativeReviewRate averageRating } \
         totals { orders refundOrders refundRate averageRating ratingSum }",
    );
    assert_eq!(
        answer,
        json!({
            "rows": [
                { "platform": "TIKTOK", "orders": 120, "refundRate": 0.2, "negativeReviewRate": 0.25, "averageRating": 3.583_333_333_3 },
                { "platform": "META", "orders": 80, "refundRate": 0.025, "negativeReviewRate": 0.1, "averageRating": 4.5 },
            ],
            "totals": [{ "orders": 200, "refundOrders": 26, "refundRate": 0.13, "averageRating": 4.156_25, "ratingSum": "66.5" }],
        })
    );
}

#[test]
fn products_are_told_apart_and_never_added_to_their_campaign() {
    let answer = metrics(
        &server().viewer(),
        &format!("{APRIL}, by: [PRODUCT], where: {{product: {{in: [\"serum\", \"soap\"]}}}}"),
        "rows { product orders refundRate }",
    );
    assert_eq!(
        answer["rows"],
        json!([
            { "product": "serum", "orders": 60, "refundRate": 0.3 },
            { "product": "soap", "orders": 30, "refundRate": 0.033_333_333_3 },
        ])
    );
}

#[test]
fn comments_are_those_of_the_dataset_that_the_other_metrics_need() {
    let server = server();
    let viewer = server.viewer();
    let comments = |fields: &str| {
        let answer = metrics(&viewer, APRIL, &format!("totals {{ {fields} }}"));
        answer["totals"][0]["comments"].clone()
    };
    assert_eq!(comments("comments"), json!(16));
    assert_eq!(comments("comments negativeComments"), json!(70));
}

#[test]
fn a_table_without_metrics_has_the_datasets_standard_ones() {
    let answer = metrics(
        &server().viewer(),
        &format!("{APRIL}, dataset: FEEDBACK_DAILY"),
        "table { columns { name } }",
    );
    let columns = answer["table"]["columns"].as_array().unwrap();
    let names: Vec<&str> = columns
        .iter()
        .filter_map(|it| it["name"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "orders",
            "refund_rate",
            "reviews",
            "negative_review_rate",
            "average_rating",
            "negative_comment_rate"
        ]
    );
}

#[test]
fn metrics_of_two_datasets_are_refused_with_where_each_is() {
    let error = refused(
        &server().viewer(),
        APRIL,
        "totals { spend negativeReviews }",
    );
    assert_eq!(error["extensions"]["field"], "totals.negativeReviews");
    assert_eq!(
        error["message"],
        "`negative_reviews` is not in `delivery_daily`, which answers `spend`; one query reads one dataset, and `negative_reviews` is in `feedback_daily`"
    );
}
