//! What subscribers are told, and what not.

use bellwether_catalogue::{Catalogue, CatalogueConfig, Location};
use bellwether_domain::agency::Slug;
use bellwether_domain::ids::BatchId;
use bellwether_domain::time::Timestamp;
use bellwether_test_support::TestServer;
use bellwether_test_support::postgres::PostgresCluster;
use serde_json::json;

use super::{APRIL, BELLWETHER, an_empty_server, april_of, commit, told};
use crate::metrics::{brand_id, campaign_id};

#[test]
fn a_commit_is_told_of_with_the_days_that_it_changed() {
    let server = an_empty_server();
    let mut socket = server.viewer().connected();
    socket.subscribe("1", APRIL);
    let all = vec!["2026-04-01 2026-05-01".to_owned()];
    assert_eq!(told(&socket.event("1")), ("SUBSCRIBED".to_owned(), all));
    let csv = "date,campaign,impressions,spend\n2026-04-07,1001,10,2\n2026-04-09,1001,10,2\n2026-06-09,1001,10,2\n";
    server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), csv);
    let days = vec!["2026-04-07 2026-04-10".to_owned()];
    assert_eq!(told(&socket.event("1")), ("FACTS".to_owned(), days));
}

#[test]
fn an_event_names_the_snapshot_that_a_query_then_reads() {
    let server = an_empty_server();
    let mut socket = server.viewer().connected();
    socket.subscribe("1", APRIL);
    socket.event("1");
    commit(&server.analyst(), server.brand(0), "2026-04-02");
    let event = socket.event("1");
    let document = APRIL.replace("subscription { metricsChanged", "{ metrics");
    let (question, _) = document.split_once(") {").unwrap();
    let answer = server
        .viewer()
        .data(&format!("{question}) {{ meta {{ snapshot }} }} }}"));
    assert_eq!(
        answer["metrics"]["meta"]["snapshot"],
        event["metricsChanged"]["snapshot"]
    );
}

#[test]
fn the_answer_comes_with_the_event_for_whoever_selects_it() {
    let server = an_empty_server();
    let mut socket = server.viewer().connected();
    let document = APRIL.replace("reason", "metrics { totals { impressions } }");
    socket.subscribe("1", &document);
    socket.event("1");
    commit(&server.analyst(), server.brand(0), "2026-04-02");
    let event = socket.event("1");
    let totals = &event["metricsChanged"]["metrics"]["totals"];
    assert_eq!(totals[0]["impressions"], 1000, "{event}");
}

#[test]
fn commits_of_another_brand_dataset_or_month_are_not_told_of() {
    let server = an_empty_server();
    let analyst = server.analyst();
    let brand = brand_id(&analyst, server.brand(0));
    let mut socket = server.viewer().connected();
    socket.subscribe("1", &april_of(&brand));
    socket.event("1");
    commit(&analyst, server.brand(1), "2026-04-03");
    commit(&analyst, server.brand(0), "2026-05-03");
    let audience = "date,campaign,country,impressions,spend\n2026-04-03,1001,US,10,2\n";
    analyst.commit_csv("audience_daily", server.brand(0), audience);
    // The first that is told of is the one that touches the question.
    commit(&analyst, server.brand(0), "2026-04-20");
    let days = vec!["2026-04-20 2026-04-21".to_owned()];
    assert_eq!(told(&socket.event("1")), ("FACTS".to_owned(), days));
}

#[test]
fn another_agency_is_told_of_nothing_and_finds_no_brand() {
    let server = an_empty_server();
    let brand = brand_id(&server.owner(), server.brand(0));
    let stranger = server.other_agency();
    let mut socket = stranger.connected();
    socket.subscribe("1", &april_of(&brand));
    let error = socket.message();
    assert_eq!(error["payload"][0]["extensions"]["code"], "NOT_FOUND");
    socket.subscribe("2", APRIL);
    socket.event("2");
    commit(&server.analyst(), server.brand(0), "2026-04-03");
    commit(&stranger, server.other_brand(), "2026-04-21");
    let days = vec!["2026-04-21 2026-04-22".to_owned()];
    assert_eq!(told(&socket.event("2")), ("FACTS".to_owned(), days));
}

#[test]
fn a_batch_that_is_taken_back_is_told_of() {
    let server = an_empty_server();
    let analyst = server.analyst();
    let csv = super::report("2026-04-02");
    let committed = analyst.commit_csv("delivery_daily", server.brand(0), &csv);
    let mut socket = server.viewer().connected();
    socket.subscribe("1", APRIL);
    socket.event("1");
    let batch = committed["batch"].as_str().unwrap();
    analyst.data(&format!(
        r#"mutation {{ retractBatch(input: {{batchId: "{batch}"}}) {{ snapshot }} }}"#
    ));
    assert_eq!(told(&socket.event("1")).0, "FACTS");
}

#[test]
fn a_campaign_that_is_renamed_is_told_of_as_a_change_of_records() {
    let server = an_empty_server();
    let owner = server.owner();
    commit(&server.analyst(), server.brand(0), "2026-04-02");
    let mut socket = server.viewer().connected();
    socket.subscribe("1", APRIL);
    socket.event("1");
    let campaign = campaign_id(&owner, "1001");
    owner.data(&format!(
        r#"mutation {{ updateCampaign(input: {{campaignId: "{campaign}", name: "Spring"}}) {{ campaign {{ name }} }} }}"#
    ));
    assert_eq!(told(&socket.event("1")).0, "RECORDS");
}

#[test]
fn an_operation_that_its_client_has_ended_says_no_more() {
    let server = an_empty_server();
    let mut socket = server.viewer().connected();
    socket.subscribe("1", APRIL);
    socket.event("1");
    socket.subscribe("2", APRIL);
    socket.event("2");
    socket.complete("1");
    commit(&server.analyst(), server.brand(0), "2026-04-02");
    assert_eq!(told(&socket.event("2")).0, "FACTS");
    socket.say(&json!({ "type": "ping" }));
    assert_eq!(socket.message(), json!({ "type": "pong" }));
}

#[test]
fn what_another_process_commits_on_postgresql_is_told_of() {
    let Some(cluster) = PostgresCluster::shared() else {
        return;
    };
    let url = cluster.create_database();
    let server = TestServer::on_postgres(BELLWETHER, &url);
    let csv = super::report("2026-04-02");
    let committed = server
        .analyst()
        .commit_csv("delivery_daily", server.brand(0), &csv);
    let mut socket = server.viewer().connected();
    socket.subscribe("1", APRIL);
    socket.event("1");
    let catalogue = other_process(url);
    let agency = Slug::parse(server.agency()).unwrap();
    let scope = catalogue.operator_scope(&agency).unwrap();
    let batch: BatchId = committed["batch"].as_str().unwrap().parse().unwrap();
    let now = "2027-01-01T00:00:00Z".parse::<Timestamp>().unwrap();
    catalogue.retract_batch(&scope, batch, now).unwrap();
    assert_eq!(told(&socket.event("1")).0, "FACTS");
}

/// A second one on the catalogue of a server.
pub(super) fn other_process(url: String) -> Catalogue {
    Catalogue::open(CatalogueConfig {
        location: Location::Postgres(url),
        readers_max: 2,
        writer_queue_max: 2,
        busy_timeout_ms: 5_000,
    })
    .unwrap()
}
