//! The newest commit wins a key, and a row replaces the whole row.

use std::collections::BTreeSet;

use bellwether_test_support::TestServer;
use serde_json::json;

use super::{report, sums};
use crate::given::{BELLWETHER, an_empty_server};

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

fn a_server_of_eight_at_once() -> TestServer {
    TestServer::with_config(
        BELLWETHER,
        "[limits]\nconcurrent_ingests_max = 8\nagency_ingests_max = 8\n",
    )
}

#[test]
fn batches_that_come_at_once_are_all_in() {
    let server = a_server_of_eight_at_once();
    let sending: Vec<_> = (0..8)
        .map(|n| {
            let (sender, brand) = (server.analyst(), server.brand(0).to_owned());
            let csv = report(
                "date,campaign,impressions",
                &[&format!("2025-01-01,c{n},1")],
            );
            std::thread::spawn(move || sender.commit_csv("delivery_daily", &brand, &csv))
        })
        .collect();
    let answers = sending
        .into_iter()
        .map(|sent| sent.join().expect("the sender lives"));
    let snapshots: BTreeSet<String> = answers
        .map(|answer| answer["snapshot"].to_string())
        .collect();
    assert_eq!(
        (
            snapshots.len(),
            sums(&server.analyst())["impressions"].take()
        ),
        (8, json!(8))
    );
}

#[test]
fn batches_that_register_one_campaign_at_once_make_one_campaign() {
    let server = a_server_of_eight_at_once();
    let sending: Vec<_> = (1..=6)
        .map(|day| {
            let (sender, brand) = (server.analyst(), server.brand(0).to_owned());
            let csv = report(
                "date,campaign,impressions",
                &[&format!("2025-01-0{day},same,1")],
            );
            std::thread::spawn(move || {
                sender.ingest_csv("delivery_daily", &brand, "register=true", &csv)
            })
        })
        .collect();
    for sent in sending {
        let reply = sent.join().expect("the sender lives");
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    let campaigns = server
        .analyst()
        .data("{ campaigns(first: 9) { nodes { externalId } } }");
    assert_eq!(
        campaigns["campaigns"]["nodes"],
        json!([{ "externalId": "same" }])
    );
    assert_eq!(sums(&server.analyst())["impressions"], 6);
}
