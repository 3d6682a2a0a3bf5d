//! Pages: a walk sees every row once, all from the same numbers.

use std::collections::BTreeSet;

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::{APRIL, an_empty_server, brand_id, delivered, metrics};

fn five_campaigns() -> TestServer {
    let rows = (1..=5)
        .map(|n| format!("2026-04-01,c{n},{}\n", n * 10))
        .collect::<Vec<_>>()
        .concat();
    delivered(&format!("date,campaign,impressions\n{rows}"))
}

fn page(persona: &Persona, after: Option<&str>) -> Value {
    let after = after
        .map(|cursor| format!(", after: \"{cursor}\""))
        .unwrap_or_default();
    persona.graphql(&format!(
        "{{ metrics(input: {{{APRIL}, by: [CAMPAIGN], orderBy: [{{metric: IMPRESSIONS}}]}}, first: 2{after}) \
         {{ rows {{ campaignName impressions }} rowCount totals {{ impressions }} meta {{ snapshot }} \
         pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"
    ))
}

#[test]
fn a_walk_sees_every_row_once_though_another_report_comes_in_between() {
    let server = five_campaigns();
    let viewer = server.viewer();
    let mut cursor: Option<String> = None;
    let (mut names, mut snapshots) = (Vec::new(), BTreeSet::new());
    loop {
        let answer = page(&viewer, cursor.as_deref())["data"]["metrics"].take();
        for row in answer["rows"].as_array().expect("a list") {
            names.push(row["campaignName"].as_str().expect("a name").to_owned());
        }
        assert_eq!(answer["totals"][0]["impressions"], json!(150));
        assert_eq!(
            answer["pageInfo"]["hasPreviousPage"],
            json!(cursor.is_some())
        );
        snapshots.insert(answer["meta"]["snapshot"].to_string());
        if answer["pageInfo"]["hasNextPage"] == false {
            break;
        }
        cursor = answer["pageInfo"]["endCursor"].as_str().map(str::to_owned);
        // Would move the first campaign to the end, if the walk saw it.
        let report = format!(
            "date,campaign,impressions\n2026-04-01,c1,{}\n",
            1000 + names.len()
        );
        server
            .analyst()
            .commit_csv("delivery_daily", server.brand(0), &report);
    }
    assert_eq!(names, ["c1", "c2", "c3", "c4", "c5"]);
    assert_eq!(snapshots.len(), 1);
    let fresh = metrics(&viewer, APRIL, "totals { impressions }");
    assert_eq!(fresh["totals"][0]["impressions"], json!(1144));
}

#[test]
fn a_page_behind_the_last_row_is_empty() {
    let server = five_campaigns();
    let viewer = server.viewer();
    let mut cursor: Option<String> = None;
    for _ in 0..3 {
        let answer = page(&viewer, cursor.as_deref());
        cursor = answer["data"]["metrics"]["pageInfo"]["endCursor"]
            .as_str()
            .map(str::to_owned);
    }
    let behind = page(&viewer, cursor.as_deref())["data"]["metrics"].take();
    assert_eq!(behind["rows"], json!([]));
    assert_eq!(
        behind["pageInfo"],
        json!({ "hasNextPage": false, "hasPreviousPage": true, "endCursor": null })
    );
}

#[test]
fn a_walk_over_changed_records_is_told_to_begin_again() {
    let server = five_campaigns();
    let owner = server.owner();
    let first = page(&owner, None);
    let cursor = first["data"]["metrics"]["pageInfo"]["endCursor"]
        .as_str()
        .expect("a cursor")
        .to_owned();
    let brand = brand_id(&owner, server.brand(0));
    owner.data(&format!(
        "mutation {{ renameBrand(input: {{brandId: \"{brand}\", name: \"New\"}}) {{ userErrors {{ code }} }} }}"
    ));
    let error = page(&owner, Some(&cursor))["errors"][0].take();
    assert_eq!(
        (&error["extensions"]["code"], &error["extensions"]["field"]),
        (&json!("CONFLICT"), &json!("after"))
    );
}

#[test]
fn noise_is_no_cursor() {
    let server = an_empty_server();
    let error = page(&server.viewer(), Some("noise"))["errors"][0].take();
    assert_eq!(
        (&error["extensions"]["code"], &error["extensions"]["field"]),
        (&json!("INVALID_INPUT"), &json!("after"))
    );
}

#[test]
fn connections_of_campaigns_walk_over_all_of_them() {
    let server = five_campaigns();
    let viewer = server.viewer();
    let mut cursor: Option<String> = None;
    let mut ids = BTreeSet::new();
    for expected_more in [true, true, false] {
        let after = cursor
            .map(|cursor| format!(", after: \"{cursor}\""))
            .unwrap_or_default();
        let query = format!(
            "{{ campaigns(first: 2{after}) {{ nodes {{ id }} edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let data = viewer.data(&query);
        let connection = &data["campaigns"];
        for (node, edge) in connection["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .zip(connection["edges"].as_array().unwrap())
        {
            assert_eq!(node["id"], edge["node"]["id"]);
            ids.insert(node["id"].to_string());
        }
        assert_eq!(connection["pageInfo"]["hasNextPage"], json!(expected_more));
        cursor = connection["pageInfo"]["endCursor"]
            .as_str()
            .map(str::to_owned);
    }
    assert_eq!(ids.len(), 5);
}

#[test]
fn a_cursor_of_another_question_is_refused() {
    let server = five_campaigns();
    let viewer = server.viewer();
    let first = page(&viewer, None)["data"]["metrics"].take();
    let cursor = first["pageInfo"]["endCursor"].as_str().expect("a cursor");
    let error = viewer.error(&format!(
        "{{ metrics(input: {{{APRIL}, by: [PERIOD]}}, after: \"{cursor}\") {{ rows {{ impressions }} }} }}"
    ));
    assert_eq!(error["extensions"]["code"], "INVALID_INPUT");
    assert_eq!(error["extensions"]["field"], "after");
}
