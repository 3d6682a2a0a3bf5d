//! Small segments are merged, and no answer tells: not during it, not after a kill in it, and not
//! as of earlier moments.

use std::sync::atomic::{AtomicBool, Ordering};

use bellwether_test_support::postgres::PostgresCluster;
use bellwether_test_support::server::files_below;
use bellwether_test_support::{Persona, TestServer, run};
use serde_json::{Value, json};

use crate::given::{BELLWETHER, an_empty_server, with_operator};
use crate::ingest::report;

/// How many batches each world is made of: all of one month, each restating one day of the first.
const BATCHES: i64 = 8;

/// A server with some batches of one month, and what they add up to as of each.
struct World {
    server: TestServer,
    /// Moments, each with the impressions as of then.
    history: Vec<(Value, i64)>,
}

impl World {
    fn given() -> Self {
        Self::of(an_empty_server())
    }

    fn of(server: TestServer) -> Self {
        // Otherwise the batches would be merged as they come.
        let (server, _) = with_operator(server, None);
        let mut world = Self {
            server,
            history: Vec::new(),
        };
        for number in 1..=BATCHES {
            world.commit(number);
        }
        world
    }

    /// The first batch has an impression on each of twenty days; batch `n` makes it `10 n` on one.
    fn commit(&mut self, number: i64) {
        let day = |day: i64, impressions: i64| format!("2025-01-{day:02},c1,{impressions}");
        let rows: Vec<String> = match number {
            1 => (1..=20).map(|it| day(it, 1)).collect(),
            _ => vec![day(number, 10 * number)],
        };
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let csv = report("date,campaign,impressions", &rows);
        let analyst = self.server.analyst();
        let batch = analyst.commit_csv("delivery_daily", self.server.brand(0), &csv);
        let document = format!("{{ batch(id: {}) {{ finishedAt }} }}", batch["batch"]);
        let moment = analyst.data(&document)["batch"]["finishedAt"].take();
        self.history.push((moment, sum_after(number)));
    }

    fn assert_history(&self) {
        let analyst = self.server.analyst();
        for (moment, impressions) in &self.history {
            assert_eq!(impressions_as_of(&analyst, moment), json!(impressions));
        }
        assert_eq!(
            impressions(&analyst),
            json!(sum_after(BATCHES)),
            "of the newest snapshot"
        );
    }

    fn files(&self) -> usize {
        files_below(&self.server.data_dir().join("segments")).len()
    }
}

/// What the impressions come to after so many batches.
fn sum_after(number: i64) -> i64 {
    20 + (2..=number).map(|it| 10 * it - 1).sum::<i64>()
}

const ALL_DAYS: &str =
    r#"cache: BYPASS, range: {between: {from: "2020-01-01", until: "2029-01-01"}}"#;

fn asked(persona: &Persona, input: &str) -> Value {
    let document = format!("{{ metrics(input: {{{input}}}) {{ totals {{ impressions }} }} }}");
    persona.data(&document)["metrics"]["totals"][0]["impressions"].take()
}

fn impressions(persona: &Persona) -> Value {
    asked(persona, ALL_DAYS)
}

fn impressions_as_of(persona: &Persona, moment: &Value) -> Value {
    asked(persona, &format!("asOf: {moment}, {ALL_DAYS}"))
}

fn compact(operator: &Persona) -> Value {
    let reply = operator.post_json("/v1/maintenance/compact", &json!({}));
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

#[test]
fn merged_segments_answer_as_before_at_every_moment() {
    assert_merged_as_before(World::given());
}

#[test]
fn merged_segments_answer_as_before_at_every_moment_on_postgresql_too() {
    if let Some(cluster) = PostgresCluster::shared() {
        let server = TestServer::on_postgres(BELLWETHER, &cluster.create_database());
        assert_merged_as_before(World::of(server));
    }
}

fn assert_merged_as_before(mut world: World) {
    assert_eq!(world.files(), 8);
    let operator;
    (world.server, operator) = with_operator(world.server, None);
    let done = compact(&operator);
    assert_eq!(done["done"][0]["segments"], 7, "the large first one waits");
    assert_eq!(done["failed"], json!([]));
    assert_eq!(world.files(), 2);
    world.assert_history();
    world.server = world.server.kill_and_restart();
    world.assert_history();
}

#[test]
fn compaction_ends_when_nothing_is_due() {
    let world = World::given();
    let (_server, operator) = with_operator(world.server, None);
    compact(&operator);
    assert_eq!(compact(&operator)["done"], json!([]));
}

#[test]
fn members_can_not_ask_for_compaction() {
    let server = an_empty_server();
    let reply = server
        .owner()
        .post_json("/v1/maintenance/compact", &json!({}));
    assert_eq!(reply.status, 403, "{}", reply.text);
}

/// Kills the process at a step of a compaction; everything is there afterwards, and no file more.
fn assert_whole_after_a_kill_at(step: &str, files: usize) {
    let mut world = World::given();
    let operator;
    (world.server, operator) = with_operator(world.server, Some(step));
    let asking =
        std::thread::spawn(move || operator.try_post("/v1/maintenance/compact", &[], b"{}"));
    world.server.wait_until_stopped();
    let stopped = world.server.kill();
    assert!(asking.join().expect("the operator lives").is_none());
    let data_dir = stopped.data_dir().display().to_string();
    let verified = run(BELLWETHER, ["verify", "--json", "--data-dir", &data_dir]).succeeded();
    assert_eq!(verified.json()["strays"], json!([]));
    world.server = stopped.restart();
    assert_eq!(world.files(), files);
    world.assert_history();
}

#[test]
fn a_compaction_killed_with_its_lease_leaves_everything_as_it_was() {
    assert_whole_after_a_kill_at("compaction-leased", 8);
}

#[test]
fn a_compaction_killed_with_its_file_written_leaves_everything_as_it_was() {
    assert_whole_after_a_kill_at("compaction-staged", 8);
}

#[test]
fn a_compaction_killed_after_its_transaction_is_done() {
    assert_whole_after_a_kill_at("compaction-replaced", 2);
}

#[test]
fn readers_and_writers_go_on_during_compaction() {
    let mut world = World::given();
    let operator;
    (world.server, operator) = with_operator(world.server, None);
    let (analyst, brand) = (world.server.analyst(), world.server.brand(0).to_owned());
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reading = || {
            while !is_over.load(Ordering::Relaxed) {
                // Commits come into another month, so that January stays as it is.
                for (moment, known) in &world.history {
                    assert_eq!(impressions_as_of(&analyst, moment), json!(known));
                }
            }
        };
        scope.spawn(reading);
        scope.spawn(reading);
        for number in 1..=12 {
            let row = format!("2025-03-{number:02},c1,1000000");
            let csv = report("date,campaign,impressions", &[&row]);
            analyst.commit_csv("delivery_daily", &brand, &csv);
            assert_eq!(compact(&operator)["failed"], json!([]));
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let newest = sum_after(BATCHES) + 12_000_000;
    assert_eq!(impressions(&analyst), json!(newest));
}
