//! The real process is killed (SIGKILL) at each named step of a commit, and started again.
//!
//! Acknowledged data is whole afterwards, the batch on its way is absent or whole, no stray file
//! remains, and the sender who asks again with its key gets the batch in exactly once.

use std::path::PathBuf;

use bellwether_test_support::postgres::PostgresCluster;
use bellwether_test_support::server::files_below;
use bellwether_test_support::{Reply, TestServer, run};
use serde_json::{Value, json};

use crate::given::{BELLWETHER, an_empty_server};
use crate::ingest::sums;

/// Acknowledged before the kill: 30 impressions in two months.
const FIRST: &str = "date,campaign,impressions\n2025-01-15,c1,10\n2025-02-15,c1,20\n";

/// On its way when the process is killed: a new campaign, a restated day, four months.
const SECOND: &str = "date,campaign,impressions\n2025-01-15,c1,11\n2025-02-16,c1,100\n\
                      2025-03-15,c1,1000\n2025-04-15,c2,10000\n";

/// What the impressions add up to without and with the second batch.
const WITHOUT_SECOND: i64 = 30;
const WITH_SECOND: i64 = 11 + 20 + 100 + 1_000 + 10_000;

/// How many segment files each batch makes: one a month.
const FILES_OF_FIRST: usize = 2;
const FILES_OF_SECOND: usize = 4;

/// A server whose process was killed at a step of the second batch, and started again.
struct Survivor {
    server: TestServer,
    brand: String,
    files_before: Vec<PathBuf>,
}

impl Survivor {
    fn of_a_kill_at(step: &str) -> Self {
        Self::of_a_kill_of(an_empty_server(), step)
    }

    fn of_a_kill_of(server: TestServer, step: &str) -> Self {
        let brand = server.brand(0).to_owned();
        server.analyst().commit_csv("delivery_daily", &brand, FIRST);
        let files_before = segments(&server);
        let mut server = server.kill().restart_stopping_at(step);
        let (sender, to) = (server.analyst(), brand.clone());
        let sending =
            std::thread::spawn(move || sender.try_post(&address(&to), &HEADERS, SECOND.as_bytes()));
        server.wait_until_stopped();
        let killed = server.kill();
        assert!(
            sending.join().expect("the sender lives").is_none(),
            "nothing is acknowledged"
        );
        Self {
            server: killed.restart(),
            brand,
            files_before,
        }
    }

    fn impressions(&self) -> Value {
        sums(&self.server.analyst())["impressions"].take()
    }

    /// The segment files that were not there before the second batch; those must all be.
    fn new_files(&self) -> usize {
        let files = segments(&self.server);
        assert!(
            self.files_before.iter().all(|file| files.contains(file)),
            "{files:?}"
        );
        files.len() - self.files_before.len()
    }

    fn send_again(&self) -> Reply {
        self.server
            .analyst()
            .post(&address(&self.brand), &HEADERS, SECOND.as_bytes())
    }

    fn assert_without_second(&self) {
        assert_eq!(self.files_before.len(), FILES_OF_FIRST);
        assert_eq!(
            (self.impressions(), self.new_files()),
            (json!(WITHOUT_SECOND), 0)
        );
        assert_eq!(spooled(&self.server), Vec::<PathBuf>::new());
    }

    fn assert_with_second_once(&self) {
        assert_eq!(
            (self.impressions(), self.new_files()),
            (json!(WITH_SECOND), FILES_OF_SECOND)
        );
        assert_eq!(spooled(&self.server), Vec::<PathBuf>::new());
    }
}

const HEADERS: [(&str, &str); 2] = [("content-type", "text/csv"), ("idempotency-key", "second")];

fn address(brand: &str) -> String {
    format!("/v1/ingest/delivery_daily?brand={brand}&register=true")
}

fn segments(server: &TestServer) -> Vec<PathBuf> {
    files_below(&server.data_dir().join("segments"))
}

fn spooled(server: &TestServer) -> Vec<PathBuf> {
    files_below(&server.data_dir().join("spool"))
}

/// A kill before the transaction: nothing of the batch is left, and its key is free again.
fn assert_absent_and_repeatable(step: &str) {
    let survivor = Survivor::of_a_kill_at(step);
    survivor.assert_without_second();
    let again = survivor.send_again();
    assert_eq!(again.json()["outcome"], "COMMITTED", "{}", again.text);
    survivor.assert_with_second_once();
}

#[test]
fn a_batch_killed_once_its_body_is_received_is_absent_and_can_be_sent_again() {
    assert_absent_and_repeatable("received");
}

#[test]
fn a_batch_killed_once_it_is_validated_is_absent_and_can_be_sent_again() {
    assert_absent_and_repeatable("validated");
}

#[test]
fn a_batch_killed_once_its_files_are_leased_is_absent_and_can_be_sent_again() {
    assert_absent_and_repeatable("leased");
}

#[test]
fn a_batch_killed_after_its_first_file_is_absent_and_can_be_sent_again() {
    assert_absent_and_repeatable("first-segment");
}

#[test]
fn a_batch_killed_with_all_its_files_written_is_absent_and_can_be_sent_again() {
    assert_absent_and_repeatable("staged");
}

#[test]
fn a_killed_batch_leaves_nothing_and_a_free_key_on_postgresql_too() {
    let Some(cluster) = PostgresCluster::shared() else {
        return;
    };
    let server = TestServer::on_postgres(BELLWETHER, &cluster.create_database());
    let survivor = Survivor::of_a_kill_of(server, "staged");
    survivor.assert_without_second();
    let again = survivor.send_again();
    assert_eq!(again.json()["outcome"], "COMMITTED", "{}", again.text);
    survivor.assert_with_second_once();
}

#[test]
fn a_batch_killed_after_its_transaction_is_whole_and_its_key_gives_the_stored_answer() {
    let survivor = Survivor::of_a_kill_at("committed");
    survivor.assert_with_second_once();
    let (first, second) = (survivor.send_again(), survivor.send_again());
    assert_eq!(first.json()["accepted"], 4, "{}", first.text);
    assert_eq!(first.text, second.text);
    survivor.assert_with_second_once();
}

#[test]
fn a_kill_in_a_kills_clearing_up_loses_nothing_either() {
    let survivor = Survivor::of_a_kill_at("staged");
    let Survivor {
        server,
        brand,
        files_before,
    } = survivor;
    let server = server.kill_and_restart();
    Survivor {
        server,
        brand,
        files_before,
    }
    .assert_without_second();
}

#[test]
fn nobody_sees_a_batch_before_its_transaction() {
    let server = an_empty_server();
    let brand = server.brand(0).to_owned();
    server.analyst().commit_csv("delivery_daily", &brand, FIRST);
    let mut server = server.kill().restart_stopping_at("staged");
    let sender = server.analyst();
    let sending =
        std::thread::spawn(move || sender.try_post(&address(&brand), &HEADERS, SECOND.as_bytes()));
    server.wait_until_stopped();
    let seen = sums(&server.analyst())["impressions"].take();
    server.kill();
    assert!(sending.join().expect("the sender lives").is_none());
    assert_eq!(seen, json!(WITHOUT_SECOND));
}

#[test]
fn a_start_removes_half_received_bodies_and_nothing_else_from_the_spool_folder() {
    let stopped = an_empty_server().kill();
    let spool = stopped.data_dir().join("spool");
    std::fs::create_dir_all(spool.join("a-folder")).expect("the folder is writable");
    for name in ["body-half", "notes.txt", "a-folder/body-kept"] {
        std::fs::write(spool.join(name), "x").expect("the folder is writable");
    }
    let server = stopped.restart();
    let kept = ["a-folder/body-kept", "notes.txt"].map(PathBuf::from);
    assert_eq!(spooled(&server), kept);
}

#[test]
fn a_second_folder_on_one_catalogue_is_refused_at_its_start() {
    let Some(cluster) = PostgresCluster::shared() else {
        return;
    };
    let url = cluster.create_database();
    let server = TestServer::on_postgres(BELLWETHER, &url);
    let folder = tempfile::tempdir().expect("the machine has a temporary folder");
    let config = folder.path().join("bellwether.toml");
    std::fs::write(&config, format!("[catalogue]\nurl = \"{url}\"\n")).expect("it is writable");
    let data_dir = folder.path().join("data");
    std::fs::create_dir(&data_dir).expect("it is writable");
    let (config, data_dir) = (config.display().to_string(), data_dir.display().to_string());
    let arguments = [
        "serve",
        "--port",
        "0",
        "--config",
        &config,
        "--data-dir",
        &data_dir,
    ];
    let second = run(BELLWETHER, arguments);
    assert_eq!(second.code, Some(1));
    let told = "this catalogue's facts lie in another data folder";
    assert!(second.stderr.contains(told), "{}", second.stderr);
    drop(server);
}

#[test]
fn a_second_process_on_the_same_folder_says_so_and_ends() {
    let server = an_empty_server();
    let data_dir = server.data_dir().display().to_string();
    let second = run(
        BELLWETHER,
        ["serve", "--port", "0", "--data-dir", &data_dir],
    );
    assert_eq!(second.code, Some(1));
    let told = format!("another process holds the data folder `{data_dir}`");
    assert!(second.stderr.contains(&told), "{}", second.stderr);
}
