//! Rows of one key in one batch: refused with both lines, unless the sender says how they come
//! to one.

use serde_json::json;

use super::{Untouched, problems, report, send, sums};
use crate::given::an_empty_server;

fn twins() -> String {
    let rows = [
        "2025-01-01,c1,10,1.5",
        "2025-01-02,c1,1,1",
        "2025-01-01,c1,20,2",
    ];
    report("date,campaign,impressions,spend", &rows)
}

#[test]
fn two_rows_of_one_key_are_refused_with_both_line_numbers() {
    let untouched = Untouched::given();
    let reply = send(&untouched.server, "register=true", &twins());
    assert_eq!(
        problems(&reply),
        json!([[2, null, "DUPLICATE_KEY"], [4, null, "DUPLICATE_KEY"]])
    );
    assert!(
        reply.text.contains("line 2 has the same key as line 4"),
        "{}",
        reply.text
    );
    untouched.assert_so();
}

#[test]
fn a_skipping_report_leaves_both_twins_out() {
    let server = an_empty_server();
    let reply = send(&server, "register=true&mode=skip", &twins());
    assert_eq!(
        (reply.status, sums(&server.analyst())["impressions"].take()),
        (200, json!(1))
    );
}

#[test]
fn duplicates_are_added_when_that_is_asked_for() {
    let server = an_empty_server();
    send(&server, "register=true&duplicates=sum", &twins());
    let sums = sums(&server.analyst());
    assert_eq!(
        (&sums["impressions"], &sums["spend"]),
        (&json!(31), &json!("4.5"))
    );
}

#[test]
fn every_row_that_is_in_is_accepted_though_fewer_facts_are_written() {
    let server = an_empty_server();
    for rule in ["sum", "last"] {
        let options = format!("register=true&duplicates={rule}");
        let answer = send(&server, &options, &twins()).json();
        assert_eq!(
            (
                &answer["accepted"],
                &answer["rejected"],
                &answer["rows_written"]
            ),
            (&json!(3), &json!(0), &json!(2))
        );
    }
}

#[test]
fn the_last_duplicate_counts_when_that_is_asked_for() {
    let server = an_empty_server();
    send(&server, "register=true&duplicates=last", &twins());
    let sums = sums(&server.analyst());
    assert_eq!(
        (&sums["impressions"], &sums["spend"]),
        (&json!(21), &json!("3"))
    );
}

#[test]
fn rows_of_different_attribution_windows_are_no_duplicates() {
    let server = an_empty_server();
    let rows = ["2025-01-01,c1,7d_click,1", "2025-01-01,c1,1d_view,1"];
    let csv = report("date,campaign,attribution,conversions", &rows);
    assert_eq!(send(&server, "register=true", &csv).json()["accepted"], 2);
}

#[test]
fn the_word_unspecified_is_no_attribution_window() {
    let server = an_empty_server();
    let rows = ["2025-01-01,c1,Unspecified,1", "2025-01-01,c1,,1"];
    let csv = report("date,campaign,attribution,conversions", &rows);
    let reply = send(&server, "register=true", &csv);
    assert_eq!(
        problems(&reply),
        json!([[2, null, "DUPLICATE_KEY"], [3, null, "DUPLICATE_KEY"]])
    );
}
