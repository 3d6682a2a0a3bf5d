//! A catalogue that is away for a moment ends no subscription for good.

use bellwether_domain::agency::Slug;
use bellwether_domain::ids::BatchId;
use bellwether_domain::time::Timestamp;
use bellwether_test_support::TestServer;
use bellwether_test_support::postgres::PostgresCluster;

use super::changes::other_process;
use super::{APRIL, BELLWETHER, report, told};

const OFTEN: &str = "[subscriptions]\npoll_ms = 50\nkeep_alive_ms = 1000\ntoken_check_ms = 100\n";

/// A server on PostgreSQL, and its database.
struct Outage {
    cluster: &'static PostgresCluster,
    url: String,
    server: TestServer,
}

impl Outage {
    fn to_come() -> Option<Self> {
        let cluster = PostgresCluster::shared()?;
        let url = cluster.create_database();
        let server = TestServer::on_postgres_with_config(BELLWETHER, &url, OFTEN);
        Some(Self {
            cluster,
            url,
            server,
        })
    }

    fn begin(&self, table: &str) {
        let statement = format!("ALTER TABLE {table} RENAME TO {table}_away");
        self.cluster.execute(&self.url, &statement);
    }

    fn end(&self, table: &str) {
        let statement = format!("ALTER TABLE {table}_away RENAME TO {table}");
        self.cluster.execute(&self.url, &statement);
    }

    /// Commits a batch of April; what is returned takes it back, past the server.
    fn retraction(&self) -> impl FnOnce() + use<> {
        let (server, csv) = (&self.server, report("2026-04-02"));
        let analyst = server.analyst();
        let committed = analyst.commit_csv("delivery_daily", server.brand(0), &csv);
        let catalogue = other_process(self.url.clone());
        let agency = Slug::parse(server.agency()).unwrap();
        let scope = catalogue.operator_scope(&agency).unwrap();
        let batch: BatchId = committed["batch"].as_str().unwrap().parse().unwrap();
        let now = "2027-01-01T00:00:00Z".parse::<Timestamp>().unwrap();
        move || {
            catalogue.retract_batch(&scope, batch, now).unwrap();
        }
    }
}

#[test]
fn a_subscription_outlives_names_that_can_not_be_read_for_a_while() {
    let Some(outage) = Outage::to_come() else {
        return;
    };
    let retract = outage.retraction();
    let mut socket = outage.server.viewer().connected();
    socket.subscribe("1", APRIL);
    socket.event("1");
    outage.begin("campaigns");
    retract();
    // Time enough to look for commits many times; an event would be lost here.
    for _ in 0..2 {
        socket.hear_ping();
    }
    outage.end("campaigns");
    assert_eq!(told(&socket.event("1")).0, "FACTS");
}

#[test]
fn a_subscription_that_begins_while_the_catalogue_is_away_begins_once_it_is_back() {
    let Some(outage) = Outage::to_come() else {
        return;
    };
    let mut socket = outage.server.viewer().connected();
    outage.begin("campaigns");
    socket.subscribe("1", APRIL);
    for _ in 0..2 {
        socket.hear_ping();
    }
    outage.end("campaigns");
    assert_eq!(told(&socket.event("1")).0, "SUBSCRIBED");
}

#[test]
fn a_socket_whose_token_can_not_be_looked_at_is_told_to_come_again() {
    let Some(outage) = Outage::to_come() else {
        return;
    };
    let viewer = outage.server.viewer();
    let mut socket = viewer.connected();
    let mut new = viewer.silent_socket();
    outage.begin("tokens");
    socket.subscribe("1", APRIL);
    assert_eq!(socket.closed().0, 1013);
    new.say(&viewer.init());
    assert_eq!(new.closed().0, 1013);
}

#[test]
fn a_stream_whose_token_can_not_be_looked_at_ends_without_complete() {
    let Some(outage) = Outage::to_come() else {
        return;
    };
    let retract = outage.retraction();
    let mut stream = outage.server.viewer().events(APRIL);
    stream.data();
    outage.begin("tokens");
    retract();
    assert_eq!(stream.next_event(), None);
}
