//! The level of a row follows from its deepest id, and no two levels are ever added.

use serde_json::json;

use super::{problems, report, send, sums};
use crate::given::an_empty_server;

const COLUMNS: &str = "date,campaign,ad_group,ad,impressions,spend";

#[test]
fn ad_rows_alone_add_up_to_their_campaign() {
    let server = an_empty_server();
    let rows = [
        "2025-03-01,c1,g1,a1,10,1",
        "2025-03-01,c1,g1,a2,20,2",
        "2025-03-01,c1,g2,a3,30,3",
    ];
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), &report(COLUMNS, &rows));
    assert_eq!(sums(&server.analyst())["impressions"], 60);
}

#[test]
fn campaign_ad_group_and_ad_rows_of_one_day_are_never_added_together() {
    let server = an_empty_server();
    let rows = [
        "2025-03-01,c1,,,61,6.5",
        "2025-03-01,c1,g1,,30,3",
        "2025-03-01,c1,g1,a1,10,1",
        "2025-03-01,c1,g1,a2,20,2",
    ];
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), &report(COLUMNS, &rows));
    let sums = sums(&server.analyst());
    assert_eq!(
        (&sums["impressions"], &sums["spend"]),
        (&json!(61), &json!("6.5"))
    );
}

#[test]
fn levels_that_come_in_batches_of_their_own_are_never_added_either() {
    let server = an_empty_server();
    let brand = server.brand(0);
    for rows in [
        ["2025-03-01,c1,g1,a1,10,1"],
        ["2025-03-01,c1,,,11,1"],
        ["2025-03-01,c1,g1,,9,1"],
    ] {
        server
            .analyst()
            .commit_csv("delivery_daily", brand, &report(COLUMNS, &rows));
    }
    assert_eq!(sums(&server.analyst())["impressions"], 11);
}

#[test]
fn each_day_is_read_at_the_coarsest_level_that_it_has() {
    let server = an_empty_server();
    let rows = [
        "2025-03-01,c1,,,100,1",
        "2025-03-01,c1,g1,a1,90,1",
        "2025-03-02,c1,g1,a1,5,1",
    ];
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), &report(COLUMNS, &rows));
    assert_eq!(sums(&server.analyst())["impressions"], 105);
}

#[test]
fn an_ad_without_its_ad_group_is_refused() {
    let server = an_empty_server();
    let rows = ["2025-03-01,c1,,,8,1", "2025-03-01,c1,,a1,5,1"];
    let reply = send(&server, "register=true", &report(COLUMNS, &rows));
    assert_eq!(problems(&reply), json!([[3, "ad_group", "MISSING_VALUE"]]));
}
