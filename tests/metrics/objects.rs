//! Metrics as fields of brands and campaigns: the rows of `metrics`, asked together.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::{APRIL, brand_id, campaign_id, delivered, metrics};
use crate::given::{an_empty_server, operator_token};

const OF_APRIL: &str = r#"(range: {between: {from: "2026-04-01", until: "2026-05-01"}})"#;
const OF_MARCH: &str = r#"(range: {between: {from: "2026-03-01", until: "2026-04-01"}})"#;

/// Two brands with so many campaigns each, one of them without facts in April, and the operator.
fn brands_of(n_campaigns: usize) -> (TestServer, Persona) {
    brands_configured(n_campaigns, "")
}

fn brands_configured(n_campaigns: usize, config: &str) -> (TestServer, Persona) {
    let server = an_empty_server();
    for brand in 0..2 {
        let rows = (1..n_campaigns).map(|it| format!("2026-04-02,c{it},{it},1,2.5\n"));
        let csv = format!(
            "date,campaign,impressions,clicks,spend\n2026-03-01,quiet,1,0,1\n{}",
            rows.collect::<String>()
        );
        let name = server.brand(brand).to_owned();
        server.analyst().commit_csv("delivery_daily", &name, &csv);
    }
    let stopped = server.kill();
    let token = operator_token(&stopped);
    let server = stopped.restart_configured(config, None);
    let operator = Persona::new(server.url(), Some(&token));
    (server, operator)
}

/// How many questions the engine has computed since the server started.
fn computed(operator: &Persona) -> u64 {
    let status = operator.get("/v1/status", &[]).json();
    status["answers"]["computed"].as_u64().expect("a count")
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

/// The campaigns under all brands of an answer.
fn campaigns(data: &Value) -> Vec<Value> {
    let brands = list(&data["brands"]).iter();
    let nodes = brands.flat_map(|brand| list(&brand["campaigns"]["nodes"]));
    nodes.cloned().collect()
}

/// The campaigns of a page of a hundred under each brand, with what is selected of each.
fn under_brands(selection: &str) -> String {
    format!("{{ brands {{ campaigns(first: 100) {{ nodes {{ id {selection} }} }} }} }}")
}

/// The rows that objects have, sorted, with the id of each under this name.
fn rows_of(objects: &[Value], id: &str) -> Vec<Value> {
    let known = objects.iter().filter(|it| !it["metrics"].is_null());
    let row = |object: &Value| {
        let mut row = object["metrics"].clone();
        row[id] = object["id"].clone();
        row
    };
    sorted(known.map(row).collect(), id)
}

fn sorted(mut rows: Vec<Value>, id: &str) -> Vec<Value> {
    rows.sort_by_key(|row| row[id].to_string());
    rows
}

/// The rows of April that `metrics` has, by this dimension.
fn flat_rows(persona: &Persona, by: &str, id: &str, selection: &str) -> Vec<Value> {
    let data = persona.data(&format!(
        "{{ metrics(input: {{{APRIL}, by: [{by}]}}, first: 1000) {{ rows {{ {id} {selection} }} }} }}"
    ));
    sorted(list(&data["metrics"]["rows"]).clone(), id)
}

#[test]
fn two_hundred_campaigns_with_metrics_are_one_question_to_the_engine() {
    let (server, operator) = brands_of(100);
    let before = computed(&operator);
    let data = server.viewer().data(&under_brands(&format!(
        "metrics{OF_APRIL} {{ impressions spend ctr }}"
    )));
    assert_eq!(computed(&operator) - before, 1);
    assert_eq!(campaigns(&data).len(), 200);
}

#[test]
fn campaigns_have_the_rows_that_metrics_has_for_them() {
    let (server, _) = brands_of(100);
    let viewer = server.viewer();
    let selection = "impressions spend ctr campaignName platform brandName notes { metric code }";
    let data = viewer.data(&under_brands(&format!(
        "metrics{OF_APRIL} {{ {selection} }}"
    )));
    let rows = rows_of(&campaigns(&data), "campaignId");
    let expected = flat_rows(&viewer, "CAMPAIGN", "campaignId", selection);
    assert_eq!(rows.len(), 198);
    assert!(rows == expected, "{rows:?}\n{expected:?}");
}

#[test]
fn all_brands_with_metrics_are_one_question_and_have_their_rows() {
    let (server, operator) = brands_of(3);
    let viewer = server.viewer();
    let before = computed(&operator);
    let data = viewer.data(&format!(
        "{{ brands {{ id metrics{OF_APRIL} {{ impressions spend cpm }} }} }}"
    ));
    assert_eq!(computed(&operator) - before, 1);
    assert_eq!(
        rows_of(list(&data["brands"]), "brandId"),
        flat_rows(&viewer, "BRAND", "brandId", "impressions spend cpm")
    );
}

#[test]
fn brands_and_campaigns_and_each_range_are_a_question_of_their_own() {
    let (server, operator) = brands_of(3);
    let before = computed(&operator);
    let data = server.viewer().data(&format!(
        "{{ brands {{ metrics{OF_APRIL} {{ impressions }}
            campaigns {{ nodes {{ id april: metrics{OF_APRIL} {{ impressions }}
                march: metrics{OF_MARCH} {{ impressions }} }} }} }} }}"
    ));
    assert_eq!(computed(&operator) - before, 3);
    assert_eq!(data["brands"][0]["metrics"], json!({ "impressions": 3 }));
    let quiet = &campaigns(&data)[0];
    assert_eq!(quiet["april"], Value::Null);
    assert_eq!(quiet["march"], json!({ "impressions": 1 }));
}

#[test]
fn one_question_under_several_fields_aliases_and_orders_is_asked_once() {
    let (server, operator) = brands_of(3);
    let viewer = server.viewer();
    let id = campaign_id(&viewer, "quiet");
    let before = computed(&operator);
    let data = viewer.data(&format!(
        "{{ brands {{ campaigns {{ nodes {{ id metrics{OF_APRIL} {{ spend impressions }} }} }} }}
            campaigns {{ nodes {{ again: metrics{OF_APRIL} {{ impressions spend }} brand {{ name }} }} }}
            campaign(id: \"{id}\") {{ brand {{ campaigns {{ nodes {{ metrics{OF_APRIL} {{ x: spend y: impressions }} }} }} }} }} }}"
    ));
    assert_eq!(computed(&operator) - before, 1);
    let again = &data["campaigns"]["nodes"][1]["again"];
    assert_eq!(again, &campaigns(&data)[1]["metrics"]);
}

#[test]
fn a_batch_is_priced_once_however_many_objects_it_has() {
    let (server, _) = brands_of(100);
    let owner = server.owner();
    let query = under_brands(&format!("metrics{OF_APRIL} {{ impressions }}"));
    let request = json!({ "query": query, "extensions": { "cost": true } });
    let explained = owner.data(&format!(
        "{{ explainMetrics(input: {{{APRIL}, by: [CAMPAIGN]}}) {{ cost }} }}"
    ));
    let of_question = explained["explainMetrics"]["cost"].as_u64();
    let reply = owner.post_json("/graphql", &request).json();
    let requested = reply["extensions"]["cost"]["requested"].as_u64();
    // A point for the request itself.
    assert_eq!(requested, of_question.map(|points| points + 1), "{reply}");
}

#[test]
fn one_question_is_of_a_thousand_objects_at_most() {
    let (server, operator) = brands_configured(501, "[limits]\nroot_fields_max = 20\n");
    let viewer = server.viewer();
    let mut after = String::new();
    let pages: Vec<String> = (0..10)
        .map(|page| {
            let arguments = format!("(first: 100{after})");
            let end = viewer.data(&format!(
                "{{ campaigns{arguments} {{ pageInfo {{ endCursor }} }} }}"
            ));
            after = format!(", after: {}", end["campaigns"]["pageInfo"]["endCursor"]);
            format!(
                "p{page}: campaigns{arguments} {{ nodes {{ metrics{OF_APRIL} {{ spend }} }} }} "
            )
        })
        .collect();
    let pages = pages.concat();
    let before = computed(&operator);
    let data = viewer.data(&format!("{{ {pages} }}"));
    assert_eq!(
        data["p9"]["nodes"][99]["metrics"],
        json!({ "spend": "2.5" })
    );
    assert_eq!(computed(&operator) - before, 1);

    let one_more =
        format!("one: campaigns(first: 1{after}) {{ nodes {{ metrics{OF_APRIL} {{ spend }} }} }}");
    let answer = viewer.graphql(&format!("{{ {pages} {one_more} }}"));
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED", "{error}");
    let message = error["message"].as_str().expect("a sentence");
    assert!(
        message.contains("`objects_measured_max` of 1000"),
        "{message}"
    );
    assert_eq!(computed(&operator) - before, 1);
}

#[test]
fn an_object_tells_what_changed_and_why_a_number_lacks() {
    let (server, _) = brands_of(2);
    let data = server.viewer().data(
        r#"{ campaigns { nodes { externalId metrics(
            range: {between: {from: "2026-04-01", until: "2026-05-01"}},
            compare: {between: {from: "2026-03-01", until: "2026-04-01"}})
            { impressions previous { impressions } roi notes { metric of code } } } } }"#,
    );
    let nodes = list(&data["campaigns"]["nodes"]);
    let quiet = nodes.iter().find(|it| it["externalId"] == "quiet");
    let metrics = &quiet.expect("it is listed")["metrics"];
    assert_eq!(metrics["previous"], json!({ "impressions": 1 }));
    assert_eq!(metrics["roi"], Value::Null);
    let notes = list(&metrics["notes"]).iter();
    assert!(
        notes.filter(|note| note["metric"] == "ROI").count() > 0,
        "{metrics}"
    );
}

#[test]
fn an_object_has_its_part_of_the_costs_of_its_brand() {
    let server = delivered("date,campaign,spend\n2026-04-01,a,30\n2026-04-01,b,10\n");
    let costs =
        "from,until,campaign,kind,amount,spread\n2026-04-01,2026-04-02,,agency_fee,8,spend\n";
    let analyst = server.analyst();
    analyst.commit_csv("costs", server.brand(0), costs);
    let id = campaign_id(&analyst, "a");
    let data = analyst.data(&format!(
        "{{ campaign(id: \"{id}\") {{ metrics{OF_APRIL} {{ agencyFees totalCost }} }} }}"
    ));
    assert_eq!(
        data["campaign"]["metrics"],
        json!({ "agencyFees": "6", "totalCost": "36" })
    );
}

#[test]
fn an_object_has_the_numbers_that_were_known_at_a_moment() {
    let server = delivered("date,campaign,impressions\n2026-04-01,a,5\n");
    let analyst = server.analyst();
    let moment = metrics(&analyst, APRIL, "meta { computedAt }")["meta"]["computedAt"].take();
    let later = "date,campaign,impressions\n2026-04-01,a,7\n2026-04-01,b,9\n";
    analyst.commit_csv("delivery_daily", server.brand(0), later);
    let range = &OF_APRIL[..OF_APRIL.len() - 1];
    let data = analyst.data(&format!(
        "{{ campaigns {{ nodes {{ now: metrics{OF_APRIL} {{ impressions }} then: metrics{range}, asOf: {moment}) {{ impressions }} }} }} }}"
    ));
    assert_eq!(
        data["campaigns"]["nodes"],
        json!([
            { "now": { "impressions": 7 }, "then": { "impressions": 5 } },
            { "now": { "impressions": 9 }, "then": null },
        ])
    );
}

#[test]
fn a_field_that_tells_campaigns_apart_is_refused_of_a_brand() {
    let server = delivered("date,campaign,impressions\n2026-04-01,a,5\n");
    let viewer = server.viewer();
    let id = brand_id(&viewer, server.brand(0));
    let error = viewer.error(&format!(
        "{{ brand(id: \"{id}\") {{ metrics{OF_APRIL} {{ campaignName impressions }} }} }}"
    ));
    assert_eq!(error["extensions"]["code"], "INVALID_INPUT", "{error}");
}
