//! A client, who sees only the brands that it is limited to.

use std::process::Command;

use bellwether_test_support::{Persona, TestServer};
use serde_json::json;

use super::Stranger::FindsNothing;
use super::{mutations, queries, two_brands, with_ids_of};
use crate::given::BELLWETHER;
use crate::metrics::{APRIL, brand_id, metrics};

/// A member of role CLIENT of the first agency who is limited to its first brand.
fn with_a_client(server: TestServer) -> (TestServer, Persona) {
    let (agency, brand) = (server.agency().to_owned(), server.brand(0).to_owned());
    let stopped = server.kill();
    let mut command = Command::new(BELLWETHER);
    command.args([
        "admin",
        "add-member",
        "Guest",
        "--role",
        "CLIENT",
        "--agency",
        &agency,
        "--brand",
        &brand,
    ]);
    let output = command
        .arg("--data-dir")
        .arg(stopped.data_dir())
        .output()
        .expect("the executable runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let token = String::from_utf8(output.stdout).expect("the token is text");
    let server = stopped.restart();
    let client = Persona::new(server.url(), Some(token.trim()));
    (server, client)
}

#[test]
fn a_client_sees_only_its_brands_though_the_owners_answers_are_cached() {
    let (server, client) = with_a_client(two_brands());
    let owner = server.owner();
    let question = |persona: &Persona| {
        metrics(
            persona,
            &format!("{APRIL}, by: [CAMPAIGN]"),
            "rows { campaignName impressions } totals { impressions }",
        )
    };
    assert_eq!(question(&owner)["totals"][0]["impressions"], json!(1665));
    assert_eq!(
        question(&client),
        json!({ "rows": [{ "campaignName": "secret-1", "impressions": 777 }], "totals": [{ "impressions": 777 }] })
    );
    let listed =
        client.data("{ brands { slug } campaigns { nodes { externalId } } viewer { role } }");
    assert_eq!(
        listed,
        json!({
            "brands": [{ "slug": server.brand(0) }],
            "campaigns": { "nodes": [{ "externalId": "secret-1" }] },
            "viewer": { "role": "CLIENT" },
        })
    );
}

#[test]
fn a_client_finds_no_other_brand_campaign_number_or_score() {
    let (server, client) = with_a_client(two_brands());
    let owner = server.owner();
    let brand = brand_id(&owner, server.brand(1));
    // What names no thing of a brand, such as a custom metric, is the whole agency's.
    let of_a_brand = queries().filter(|one| one.document.contains("_ID"));
    for one in of_a_brand.filter(|one| one.stranger == FindsNothing) {
        let document = with_ids_of(one, &owner, &brand, "secret-2");
        owner.data(&document);
        let error = client.error(&document);
        assert_eq!(error["extensions"]["code"], "NOT_FOUND", "{document}");
    }
    for one in mutations() {
        let document = with_ids_of(one, &owner, &brand, "secret-2");
        let code = client.error(&document)["extensions"]["code"].take();
        assert!(
            code == "FORBIDDEN" || code == "NOT_FOUND",
            "{document}: {code}"
        );
    }
}

#[test]
fn a_client_gets_the_scores_of_its_own_campaigns() {
    let (server, client) = with_a_client(two_brands());
    let scores = "{ campaigns { nodes { externalId scores { plugin } } } }";
    assert_eq!(
        server.owner().data(scores)["campaigns"]["nodes"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    let of_client = client.data(scores);
    let nodes = of_client["campaigns"]["nodes"].as_array().expect("a list");
    assert_eq!(
        (nodes.len(), &nodes[0]["externalId"]),
        (1, &json!("secret-1"))
    );
}

#[test]
fn a_client_is_told_the_last_day_of_its_own_facts() {
    let server = two_brands();
    let later = "date,campaign,impressions\n2026-04-20,secret-2,1\n";
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(1), later);
    let (server, client) = with_a_client(server);
    let through = |persona: &Persona| {
        metrics(persona, APRIL, "meta { dataThrough }")["meta"]["dataThrough"].clone()
    };
    assert_eq!(through(&server.owner()), json!("2026-04-20"));
    assert_eq!(through(&client), json!("2026-04-01"));
}

#[test]
fn a_client_is_not_told_how_much_the_agency_has() {
    let (_server, client) = with_a_client(two_brands());
    let error = client.error(&format!(
        "{{ explainMetrics(input: {{{APRIL}}}) {{ rows }} }}"
    ));
    assert_eq!(error["extensions"]["code"], "FORBIDDEN");
}

const BY_CAMPAIGN: &str = r#"range: {between: {from: "2026-04-01", until: "2026-05-01"}}, by: [CAMPAIGN], metrics: [IMPRESSIONS]"#;

#[test]
fn a_client_exports_only_its_brands_at_once_and_in_the_background() {
    let (server, client) = with_a_client(two_brands());
    let input = json!({
        "range": { "between": { "from": "2026-04-01", "until": "2026-05-01" } },
        "by": ["CAMPAIGN"],
        "metrics": ["IMPRESSIONS"],
    });
    let sent = |persona: &Persona| {
        let reply = persona.get_bytes(&export_address(&input), &[]);
        let bytes = reply.expect("the body comes whole").bytes;
        String::from_utf8(bytes).expect("CSV is text")
    };
    assert!(sent(&server.owner()).contains("secret-2"));
    let of_client = sent(&client);
    assert!(of_client.contains("secret-1") && !of_client.contains("secret-2"));
    let start = format!(
        "mutation {{ startExport(input: {{{BY_CAMPAIGN}}}, format: CSV) {{ export {{ id }} }} }}"
    );
    let started = client.data(&start);
    let id = started["startExport"]["export"]["id"].as_str();
    let id = id.expect("an export was started");
    let state = format!("{{ export(id: \"{id}\") {{ state }} }}");
    while client.data(&state)["export"]["state"] == "RUNNING" {}
    let file = client.get_bytes(&format!("/v1/exports/{id}"), &[]);
    let file = file.expect("the body comes whole").bytes;
    assert_eq!(file, of_client.into_bytes());
    let hidden = brand_id(&server.owner(), server.brand(1));
    let of_hidden = format!(
        "mutation {{ startExport(input: {{{BY_CAMPAIGN}, brands: [\"{hidden}\"]}}, format: CSV) {{ export {{ id }} }} }}"
    );
    assert_eq!(client.error(&of_hidden)["extensions"]["code"], "NOT_FOUND");
    let input = json!({ "range": input["range"], "brands": [hidden] });
    let refused = client.get(&export_address(&input), &[]);
    assert_eq!(refused.json()["error"]["code"], "NOT_FOUND");
}

/// The address of an export as CSV.
fn export_address(input: &serde_json::Value) -> String {
    let encoded = |byte: u8| format!("%{byte:02X}");
    let input: String = input.to_string().bytes().map(encoded).collect();
    format!("/v1/export?input={input}&format=csv")
}

#[test]
fn a_client_hears_only_of_its_brands() {
    let (server, client) = with_a_client(two_brands());
    let document = format!(
        "subscription {{ metricsChanged(input: {{{BY_CAMPAIGN}}}) {{ reason metrics {{ rows {{ campaignName impressions }} }} }} }}"
    );
    let mut socket = client.connected();
    let mut stream = client.events(&document);
    socket.subscribe("1", &document);
    let own = json!([{ "campaignName": "secret-1", "impressions": 777 }]);
    for first in [socket.event("1"), stream.data()] {
        assert_eq!(first["metricsChanged"]["reason"], "SUBSCRIBED");
        assert_eq!(first["metricsChanged"]["metrics"]["rows"], own);
    }
    let report = |campaign: &str| format!("date,campaign,impressions\n2026-04-02,{campaign},1\n");
    let analyst = server.analyst();
    // Were the first commit told of, its event would come before that of the second.
    analyst.commit_csv("delivery_daily", server.brand(1), &report("secret-2"));
    let hidden = brand_id(&server.owner(), server.brand(1));
    analyst.commit_csv("delivery_daily", server.brand(0), &report("secret-1"));
    let own = json!([{ "campaignName": "secret-1", "impressions": 778 }]);
    for next in [socket.event("1"), stream.data()] {
        assert_eq!(next["metricsChanged"]["reason"], "FACTS");
        assert_eq!(next["metricsChanged"]["metrics"]["rows"], own);
    }
    let of_hidden = format!(
        "subscription {{ metricsChanged(input: {{{BY_CAMPAIGN}, brands: [\"{hidden}\"]}}) {{ reason }} }}"
    );
    socket.subscribe("2", &of_hidden);
    let error = socket.message();
    assert_eq!(
        error["payload"][0]["extensions"]["code"], "NOT_FOUND",
        "{error}"
    );
}
