//! Scores: the ROI plugin, loaded from its library by a child process, over real numbers.

use bellwether_domain::time::Date;
use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::plugin::example_in_c;
use crate::given::{BELLWETHER, an_empty_server};
use crate::metrics::{campaign_id, today};

const SCORES: &str = "scores { plugin pluginVersion name value verdict evidence snapshot }";

/// The day before today, where the first agency is.
fn yesterday(server: &TestServer) -> Date {
    today(&server.viewer())
        .yesterday()
        .expect("there is a day before today")
}

fn deliver(server: &TestServer, revenue: &str, cogs: &str) {
    let day = yesterday(server);
    let report =
        format!("date,campaign,spend,revenue,refunds,cogs\n{day},serum,100,{revenue},10,{cogs}\n");
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), &report);
}

/// A campaign that spent 100 in media and 25 in production yesterday.
fn a_campaign(revenue: &str, cogs: &str) -> TestServer {
    let server = an_empty_server();
    deliver(&server, revenue, cogs);
    let (from, until) = (yesterday(&server), today(&server.viewer()));
    let costs = format!("from,until,campaign,kind,amount\n{from},{until},serum,production,25\n");
    server
        .analyst()
        .commit_csv("costs", server.brand(0), &costs);
    server
}

fn scores(persona: &Persona) -> Value {
    let id = campaign_id(persona, "serum");
    persona.data(&format!("{{ campaign(id: \"{id}\") {{ {SCORES} }} }}"))["campaign"]["scores"]
        .take()
}

#[test]
fn a_day_without_revenue_makes_no_confident_score() {
    let server = a_campaign("310", "50");
    let day = yesterday(&server).yesterday().unwrap();
    let report = format!("date,campaign,spend\n{day},serum,40\n");
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), &report);
    let score = scores(&server.viewer())[0].take();
    assert_eq!(
        (&score["value"], &score["verdict"]),
        (&Value::Null, &json!("INSUFFICIENT_DATA"))
    );
    assert_eq!(score["evidence"]["reason"], "REVENUE_MISSING");
}

#[test]
fn an_answer_that_is_not_ready_within_the_wall_time_is_given_up_and_names_the_limit() {
    let server = a_campaign("310", "50");
    let document = format!("{{ campaigns {{ nodes {{ {SCORES} }} }} }}");
    // A plugin's process takes longer to begin than that; a name is there at once.
    let stopped = server.kill();
    let server = stopped.restart_configured("[limits]\nwall_time_ms = 3\n", None);
    let error = server.viewer().error(&document);
    assert_eq!(error["extensions"]["code"], "TIMEOUT");
    assert_eq!(error["extensions"]["retryable"], true);
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("`wall_time_ms` of 3"), "{message}");
    let stopped = server.kill();
    let server = stopped.restart_configured("[limits]\nwall_time_ms = 60000\n", None);
    let answered = server.viewer().data(&document);
    let scores = &answered["campaigns"]["nodes"][0]["scores"];
    assert_eq!(scores[0]["plugin"], "roi");
}

#[test]
fn the_roi_plugin_scores_a_campaign_from_its_numbers() {
    let server = a_campaign("310", "50");
    let scores = scores(&server.viewer());
    assert_eq!(scores.as_array().map(Vec::len), Some(1), "{scores}");
    let score = &scores[0];
    // (310 - 10 - 50 - 125) / 125
    assert_eq!(
        (&score["value"], &score["verdict"]),
        (&json!(1.0), &json!("KEEP"))
    );
    assert_eq!(
        (&score["plugin"], &score["name"]),
        (&json!("roi"), &json!("roi"))
    );
}

#[test]
fn the_evidence_holds_every_number_that_the_score_rests_on() {
    let server = a_campaign("310", "50");
    let evidence = scores(&server.viewer())[0]["evidence"].take();
    let expected = [
        ("spend_micros", 100_000_000_i64),
        ("revenue_micros", 310_000_000),
        ("refunds_micros", 10_000_000),
        ("cogs_micros", 50_000_000),
        ("agency_fees_micros", 0),
        ("production_costs_micros", 25_000_000),
        ("total_cost_micros", 125_000_000),
    ];
    for (name, value) in expected {
        assert_eq!(evidence[name], json!(value), "{name} of {evidence}");
    }
    assert!(
        evidence["formula"].is_string() && evidence["thresholds"].is_object(),
        "{evidence}"
    );
}

#[test]
fn a_score_follows_a_new_report() {
    let server = a_campaign("310", "50");
    let before = scores(&server.viewer());
    deliver(&server, "100", "50");
    let after = scores(&server.viewer());
    // (100 - 10 - 50 - 125) / 125
    assert_eq!(
        (&after[0]["value"], &after[0]["verdict"]),
        (&json!(-0.68), &json!("CANCEL"))
    );
    assert_ne!(before[0]["snapshot"], after[0]["snapshot"]);
    assert_eq!(after.as_array().map(Vec::len), Some(1));
}

#[test]
fn a_campaign_for_awareness_is_never_cancelled() {
    let server = a_campaign("0", "0");
    let owner = server.owner();
    assert_eq!(scores(&owner)[0]["verdict"], "CANCEL");
    for objective in ["AWARENESS", "ENGAGEMENT"] {
        let id = campaign_id(&owner, "serum");
        owner.data(&format!(
            "mutation {{ updateCampaign(input: {{campaignId: \"{id}\", objective: {objective}}}) {{ userErrors {{ code }} }} }}"
        ));
        let score = scores(&owner)[0].take();
        assert_eq!(score["verdict"], "INSUFFICIENT_DATA", "{objective}");
        assert_eq!(
            score["evidence"]["reason"], "NOT_JUDGED_BY_ROI",
            "{objective}"
        );
    }
}

#[test]
fn a_campaign_without_cost_of_goods_has_no_value_and_a_reason() {
    let server = a_campaign("310", "");
    let score = scores(&server.viewer())[0].take();
    assert_eq!(
        (&score["value"], &score["verdict"]),
        (&json!(null), &json!("INSUFFICIENT_DATA"))
    );
    assert_eq!(score["evidence"]["reason"], "COGS_MISSING");
}

#[test]
fn another_agency_has_no_scores_of_it() {
    let server = a_campaign("310", "50");
    scores(&server.owner());
    let data = server
        .other_agency()
        .data(&format!("{{ campaigns {{ nodes {{ id {SCORES} }} }} }}"));
    assert_eq!(data["campaigns"]["nodes"], json!([]));
}

#[test]
fn scores_of_many_campaigns_come_in_one_answer_each_its_own() {
    let server = an_empty_server();
    let day = yesterday(&server);
    let rows = (1..=20)
        .map(|n| format!("{day},c{n},100,{},0,0\n", n * 100))
        .collect::<Vec<_>>()
        .concat();
    let report = format!("date,campaign,spend,revenue,refunds,cogs\n{rows}");
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), &report);
    let data = server
        .viewer()
        .data("{ campaigns(first: 20) { nodes { externalId scores { value } } } }");
    let nodes = data["campaigns"]["nodes"].as_array().expect("a list");
    assert_eq!(nodes.len(), 20);
    for node in nodes {
        let n: f64 = node["externalId"]
            .as_str()
            .and_then(|id| id.strip_prefix('c')?.parse().ok())
            .expect("`c` and a number");
        assert_eq!(node["scores"], json!([{ "value": n - 1.0 }]), "{node}");
    }
}

#[test]
fn a_campaign_that_delivered_nothing_lately_has_no_score() {
    let server = an_empty_server();
    server.analyst().commit_csv(
        "delivery_daily",
        server.brand(0),
        "date,campaign,spend\n2020-04-01,serum,100\n",
    );
    assert_eq!(scores(&server.viewer()), json!([]));
}

/// A folder with the library of the plugin that always fails, under a plugin's name, and the
/// configuration that makes a server look there.
fn a_faulty_plugin() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let executable = std::env::current_exe().unwrap();
    let built = executable.with_file_name("libbellwether_faulty_plugin.so");
    let plugin = folder.path().join("libbellwether_plugin_faulty.so");
    std::fs::copy(&built, plugin).unwrap_or_else(|error| panic!("{}: {error}", built.display()));
    let config = format!("[plugins]\nfolders = [\"{}\"]\n", folder.path().display());
    (folder, config)
}

/// The answer to a question for the scores of two campaigns, of which both delivered.
fn scores_beside_a_fault(server: &TestServer) -> Value {
    let day = yesterday(server);
    let report = format!(
        "date,campaign,spend,revenue,refunds,cogs\n{day},c1,100,200,0,0\n{day},c2,100,300,0,0\n"
    );
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), &report);
    let question = "{ campaigns { nodes { externalId scores { plugin value } } } }";
    let mut answer = server.viewer().graphql(question);
    // Campaigns of one batch come in no order of their external ids.
    if let Some(nodes) = answer["data"]["campaigns"]["nodes"].as_array_mut() {
        nodes.sort_by_key(|node| node["externalId"].to_string());
    }
    answer
}

#[test]
fn a_plugin_that_fails_takes_no_scores_of_others_away_and_is_told_once() {
    let (_folder, config) = a_faulty_plugin();
    let server = TestServer::with_config(BELLWETHER, &config);
    let answer = scores_beside_a_fault(&server);
    assert_eq!(
        answer["data"]["campaigns"]["nodes"],
        json!([
            { "externalId": "c1", "scores": [{ "plugin": "roi", "value": 1.0 }] },
            { "externalId": "c2", "scores": [{ "plugin": "roi", "value": 2.0 }] },
        ])
    );
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{answer}");
    assert_eq!(errors[0]["extensions"]["code"], "PLUGIN_FAULT");
    assert!(
        errors[0]["message"].as_str().unwrap().contains("`faulty`"),
        "{answer}"
    );
}

#[test]
fn a_plugin_that_failed_is_not_started_again_at_once() {
    let (folder, config) = a_faulty_plugin();
    let server = TestServer::with_config(BELLWETHER, &config);
    let first = scores_beside_a_fault(&server);
    // Started again, it would fail in another way.
    std::fs::remove_file(folder.path().join("libbellwether_plugin_faulty.so")).unwrap();
    let again = server
        .viewer()
        .graphql("{ campaigns { nodes { scores { plugin } } } }");
    assert_eq!(again["errors"][0]["message"], first["errors"][0]["message"]);
}

#[test]
fn a_demonstration_runs_a_plugin_from_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::with_plugin(BELLWETHER, &example_in_c(folder.path()));
    deliver(&server, "400", "100");
    let scores = scores(&server.viewer());
    let of_plugin = |name: &str| {
        let all = scores.as_array().unwrap().iter();
        all.filter(|score| score["plugin"] == name)
            .map(|score| score["value"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of_plugin("margin_c"), [json!(0.75)], "{scores}");
    assert_eq!(of_plugin("roi").len(), 1, "{scores}");
}
