//! Campaigns that reports name: known ones, new ones, and those of other brands.

use bellwether_test_support::TestServer;
use serde_json::{Value, json};

use super::{a_server_without_facts, problems, report, send, sums};
use crate::given::an_empty_server;

/// The campaigns that the analyst sees, by their external ids.
fn campaigns(server: &TestServer) -> Vec<Value> {
    let data = server.analyst().data(
        "{ campaigns(first: 100) { nodes { externalId name platform currency brand { slug } } } }",
    );
    let mut nodes = data["campaigns"]["nodes"]
        .as_array()
        .expect("a list")
        .clone();
    nodes.sort_by_key(|node| node["externalId"].to_string());
    nodes
}

#[test]
fn an_unknown_campaign_is_refused_by_line_unless_it_may_be_registered() {
    let server = a_server_without_facts();
    let csv = report(
        "date,campaign,impressions",
        &["2025-01-01,new,1", "2025-01-02,new,1"],
    );
    let reply = send(&server, "", &csv);
    assert_eq!(reply.status, 422);
    assert_eq!(
        problems(&reply),
        json!([
            [2, "campaign", "UNKNOWN_CAMPAIGN"],
            [3, "campaign", "UNKNOWN_CAMPAIGN"]
        ])
    );
}

#[test]
fn a_report_registers_campaigns_as_its_rows_and_options_say() {
    let server = an_empty_server();
    let rows = ["2025-01-01,c1,Spring,META,USD,1", "2025-01-01,c2,,,,1"];
    let csv = report(
        "date,campaign,campaign_name,platform,currency,impressions",
        &rows,
    );
    send(&server, "register=true&platform=TIKTOK&currency=EUR", &csv);
    let brand = json!({ "slug": server.brand(0) });
    assert_eq!(
        campaigns(&server),
        [
            json!({ "externalId": "c1", "name": "Spring", "platform": "META", "currency": "USD", "brand": brand }),
            json!({ "externalId": "c2", "name": "c2", "platform": "TIKTOK", "currency": "EUR", "brand": brand }),
        ]
    );
}

#[test]
fn the_answer_names_the_campaigns_that_it_registered() {
    let server = an_empty_server();
    let csv = report(
        "date,campaign,impressions",
        &["2025-01-01,b,1", "2025-01-01,a,1"],
    );
    let registered = |options| send(&server, options, &csv).json()["registered"].take();
    assert_eq!(registered("register=true"), json!(["a", "b"]));
    assert_eq!(registered("register=true"), json!([]));
}

#[test]
fn a_rejected_report_registers_nothing() {
    let server = a_server_without_facts();
    let csv = report(
        "date,campaign,impressions",
        &["2025-01-01,new,1", "2025-01-02,new,-1"],
    );
    assert_eq!(send(&server, "register=true", &csv).status, 422);
    assert_eq!(campaigns(&server), Vec::<Value>::new());
}

#[test]
fn a_campaign_that_only_rejected_lines_name_is_not_registered() {
    let server = an_empty_server();
    let csv = report(
        "date,campaign,impressions",
        &["2025-01-01,good,1", "2025-01-02,bad,-1"],
    );
    send(&server, "register=true&mode=skip", &csv);
    assert_eq!(campaigns(&server).len(), 1);
}

#[test]
fn a_new_campaigns_name_over_its_limit_is_refused_by_line() {
    let server = a_server_without_facts();
    let row = |n| format!("2025-01-01,c{n},{},1", "n".repeat(n));
    let csv = report(
        "date,campaign,campaign_name,impressions",
        &[&row(256), &row(257)],
    );
    let reply = send(&server, "register=true", &csv);
    assert_eq!(
        problems(&reply),
        json!([[3, "campaign_name", "TEXT_TOO_LONG"]])
    );
}

#[test]
fn one_external_id_in_two_brands_is_two_campaigns() {
    let server = an_empty_server();
    let csv = report("date,campaign,impressions", &["2025-01-01,same,5"]);
    for brand in [server.brand(0), server.brand(1)] {
        server.analyst().commit_csv("delivery_daily", brand, &csv);
    }
    assert_eq!(sums(&server.analyst())["impressions"], 10);
}

#[test]
fn a_currency_that_is_not_the_campaigns_is_refused_by_line() {
    let server = an_empty_server();
    let csv = |currency: &str| {
        report(
            "date,campaign,currency,spend",
            &[&format!("2025-01-01,c1,{currency},1")],
        )
    };
    send(&server, "register=true", &csv("USD"));
    let reply = send(&server, "", &csv("EUR"));
    assert_eq!(
        problems(&reply),
        json!([[2, "currency", "CURRENCY_MISMATCH"]])
    );
}

#[test]
fn an_unknown_currency_gets_the_likely_one_suggested() {
    let server = a_server_without_facts();
    let csv = report("date,campaign,currency,spend", &["2025-01-01,c1,CAN,1"]);
    let reply = send(&server, "register=true", &csv);
    assert_eq!(
        problems(&reply),
        json!([[2, "currency", "UNKNOWN_CURRENCY"]])
    );
    assert!(reply.text.contains("did you mean `CAD`?"), "{}", reply.text);
}

#[test]
fn an_unknown_currency_for_new_campaigns_is_refused_with_the_likely_one() {
    let server = a_server_without_facts();
    let reply = send(
        &server,
        "register=true&currency=CAN",
        "date,campaign\n2025-01-01,c1\n",
    );
    assert_eq!(
        super::refused(&reply),
        (400, json!("INVALID_INPUT"), json!("currency"))
    );
    assert_eq!(reply.json()["error"]["didYouMean"], "CAD");
}
