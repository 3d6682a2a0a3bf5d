//! The newest commit wins a key, and a row replaces the whole row.

use serde_json::json;

use super::{report, sums};
use crate::given::an_empty_server;

#[test]
fn a_row_that_is_sent_again_replaces_and_does_not_add() {
    let server = an_empty_server();
    let csv = report(
        "date,campaign,impressions",
        &["2025-01-01,c1,10", "2025-01-02,c1,5"],
    );
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), &csv);
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), &csv);
    assert_eq!(sums(&server.analyst())["impressions"], 15);
}

#[test]
fn the_newest_of_three_restatements_counts() {
    let server = an_empty_server();
    for impressions in [10, 99, 12] {
        let csv = report(
            "date,campaign,impressions",
            &[&format!("2025-01-01,c1,{impressions}")],
        );
        server
            .analyst()
            .commit_csv("delivery_daily", server.brand(0), &csv);
    }
    assert_eq!(sums(&server.analyst())["impressions"], 12);
}

#[test]
fn a_measure_that_the_newer_row_lacks_is_missing_afterwards() {
    let server = an_empty_server();
    for (columns, row) in [("impressions,clicks", "10,3"), ("impressions", "11")] {
        let csv = report(
            &format!("date,campaign,{columns}"),
            &[&format!("2025-01-01,c1,{row}")],
        );
        server
            .analyst()
            .commit_csv("delivery_daily", server.brand(0), &csv);
    }
    let sums = sums(&server.analyst());
    assert_eq!(
        (&sums["impressions"], &sums["clicks"]),
        (&json!(11), &json!(null))
    );
}

#[test]
fn a_restated_day_leaves_the_other_days_as_they_are() {
    let server = an_empty_server();
    let first = report(
        "date,campaign,impressions",
        &["2025-01-01,c1,10", "2025-01-02,c1,20"],
    );
    let second = report("date,campaign,impressions", &["2025-01-02,c1,1"]);
    for csv in [first, second] {
        server
            .analyst()
            .commit_csv("delivery_daily", server.brand(0), &csv);
    }
    assert_eq!(sums(&server.analyst())["impressions"], 11);
}

#[test]
fn every_commit_gives_a_newer_snapshot() {
    let server = an_empty_server();
    let csv = report("date,campaign,impressions", &["2025-01-01,c1,10"]);
    let commit = || {
        server
            .analyst()
            .commit_csv("delivery_daily", server.brand(0), &csv)
    };
    let (first, second) = (commit(), commit());
    assert_ne!(first["snapshot"], second["snapshot"]);
}
