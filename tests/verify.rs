//! A damaged segment is named, never answered from, and what the message says mends it.

use std::path::PathBuf;

use bellwether_test_support::server::files_below;
use bellwether_test_support::{Persona, Ran, Stopped, TestServer, run};
use serde_json::{Value, json};

use crate::given::{BELLWETHER, an_empty_server, with_operator};
use crate::ingest::{report, sums};

const FIRST: [&str; 2] = ["2025-01-01,c1,1", "2025-01-02,c1,2"];
const SECOND: [&str; 1] = ["2025-01-01,c1,10"];
const WHOLE: i64 = 12;

/// A folder with two batches of a month, of which the first one's file has a byte changed.
struct Damaged {
    stopped: Stopped,
    /// The first batch and the second.
    batches: [Value; 2],
    file: PathBuf,
    whole: Vec<u8>,
    agency: String,
    brand: String,
}

impl Damaged {
    fn given() -> Self {
        let server = an_empty_server();
        let (agency, brand) = (server.agency().to_owned(), server.brand(0).to_owned());
        let first = commit(&server, &FIRST);
        let file = segments(&server.data_dir()).remove(0);
        let second = commit(&server, &SECOND);
        let stopped = server.kill();
        let whole = std::fs::read(&file).expect("the segment is there");
        let mut bytes = whole.clone();
        bytes[whole.len() / 2] ^= 1;
        std::fs::write(&file, bytes).expect("the segment is writable");
        Self {
            stopped,
            batches: [first, second],
            file,
            whole,
            agency,
            brand,
        }
    }

    fn segment(&self) -> String {
        let name = self.file.file_stem().expect("it has a name");
        name.to_string_lossy().into_owned()
    }

    fn verify(&self, more: &[&str]) -> Ran {
        verify(&self.stopped, more)
    }
}

fn verify(stopped: &Stopped, more: &[&str]) -> Ran {
    let data_dir = stopped.data_dir().display().to_string();
    let arguments = ["verify", "--json", "--data-dir", &data_dir];
    run(BELLWETHER, [&arguments, more].concat())
}

fn commit(server: &TestServer, rows: &[&str]) -> Value {
    let csv = report("date,campaign,impressions", rows);
    let brand = server.brand(0);
    server.analyst().commit_csv("delivery_daily", brand, &csv)["batch"].take()
}

fn segments(data_dir: &std::path::Path) -> Vec<PathBuf> {
    let folder = data_dir.join("segments");
    let below = files_below(&folder).into_iter();
    below.map(|path| folder.join(path)).collect()
}

#[test]
fn a_whole_folder_is_verified_and_a_stray_file_is_no_damage() {
    let server = an_empty_server();
    commit(&server, &FIRST);
    let stopped = server.kill();
    let stray = stopped.data_dir().join("segments/stray.parquet");
    std::fs::write(stray, "x").expect("the folder is writable");
    let report = verify(&stopped, &[]).succeeded().json();
    assert_eq!(
        report,
        json!({
            "sound": true, "segments": 1, "rows": 2, "damaged": [],
            "cases": 0, "damagedCases": [],
            "catalogueProblems": [], "strays": ["segments/stray.parquet"],
        })
    );
}

#[test]
fn a_changed_byte_fails_the_question_and_names_segment_and_batch() {
    let damaged = Damaged::given();
    let segment = damaged.segment();
    let first = damaged.batches[0].clone();
    let server = damaged.stopped.restart();
    let document = r#"{ metrics(input: {range: {between: {from: "2025-01-01", until: "2025-02-01"}}})
        { totals { impressions } } }"#;
    let error = server.analyst().error(document);
    assert_eq!(error["extensions"]["code"], "CORRUPT_SEGMENT");
    let message = error["message"].as_str().expect("errors have messages");
    let batch = first.as_str().expect("ids are texts");
    assert!(
        message.contains(&segment) && message.contains(batch),
        "{message}"
    );
}

#[test]
fn verification_names_a_damaged_segment_and_all_that_is_to_be_sent_again() {
    let damaged = Damaged::given();
    let ran = damaged.verify(&[]);
    assert_eq!(ran.code, Some(1));
    let found = ran.json()["damaged"][0].take();
    assert_eq!(found["segment"], damaged.segment());
    assert_eq!(found["sendAgain"], json!(damaged.batches));
}

#[test]
fn a_missing_file_is_damage_too() {
    let damaged = Damaged::given();
    std::fs::remove_file(&damaged.file).expect("the segment is removable");
    let ran = damaged.verify(&[]);
    assert_eq!(ran.json()["damaged"][0]["segment"], damaged.segment());
}

#[test]
fn a_file_that_is_put_back_from_a_backup_mends_everything() {
    let damaged = Damaged::given();
    std::fs::write(&damaged.file, &damaged.whole).expect("the segment is writable");
    damaged.verify(&[]).succeeded();
    assert_eq!(
        sums(&damaged.stopped.restart().analyst())["impressions"],
        WHOLE
    );
}

#[test]
fn batches_that_are_sent_again_and_a_segment_that_is_given_up_mend_the_present() {
    let damaged = Damaged::given();
    let segment = damaged.segment();
    let server = damaged.stopped.restart();
    commit(&server, &FIRST);
    commit(&server, &SECOND);
    let stopped = server.kill();
    verify(&stopped, &["--forget", &segment]).succeeded();
    verify(&stopped, &[]).succeeded();
    let server = stopped.restart();
    assert_eq!(sums(&server.analyst())["impressions"], WHOLE);
    let first = damaged.batches[0].to_string();
    let moment = format!("{{ batch(id: {first}) {{ finishedAt }} }}");
    let moment = server.analyst().data(&moment)["batch"]["finishedAt"].take();
    let document = format!(
        r#"{{ metrics(input: {{asOf: {moment}, range: {{between: {{from: "2025-01-01", until: "2025-02-01"}}}}}})
            {{ totals {{ impressions }} }} }}"#
    );
    let code = server.analyst().error(&document)["extensions"]["code"].take();
    assert_eq!(code, "SNAPSHOT_EXPIRED");
}

/// A server that has answered about all of it, with its operator; its first batch is damaged only
/// now, so that everything that was asked for is in the caches.
struct Warm {
    server: TestServer,
    operator: Persona,
    segment: String,
    first: String,
}

impl Warm {
    /// `rest` is committed after the first batch, before anything is asked.
    fn given(first: &str, rest: impl FnOnce(&TestServer)) -> Self {
        let (server, operator) = with_operator(an_empty_server(), None);
        let (analyst, brand) = (server.analyst(), server.brand(0).to_owned());
        let first = analyst.commit_csv("delivery_daily", &brand, first)["batch"].take();
        let file = segments(&server.data_dir()).remove(0);
        rest(&server);
        asked(&analyst, "impressions");
        std::fs::write(&file, "damaged").expect("the segment is writable");
        let segment = file.file_stem().expect("it has a name");
        Self {
            segment: segment.to_string_lossy().into_owned(),
            server,
            operator,
            first: first.as_str().expect("ids are texts").to_owned(),
        }
    }

    fn analyst(&self) -> Persona {
        self.server.analyst()
    }

    /// Gives the segment up and says what is to be sent again.
    fn forget(&self) -> Vec<String> {
        let body = json!({ "segment": self.segment });
        let reply = self.operator.post_json("/v1/maintenance/forget", &body);
        assert_eq!(reply.status, 200, "{}", reply.text);
        let again = reply.json()["sendAgain"].take();
        serde_json::from_value(again).expect("it is a list of ids")
    }
}

const YEAR: &str = r#"range: {between: {from: "2025-01-01", until: "2026-01-01"}}"#;

fn question(measure: &str) -> String {
    format!("{{ metrics(input: {{{YEAR}}}) {{ totals {{ {measure} }} }} }}")
}

fn asked(persona: &Persona, measure: &str) -> Value {
    persona.data(&question(measure))["metrics"]["totals"][0][measure].take()
}

const TWO_MEASURES: &str = "date,campaign,impressions,clicks";

#[test]
fn a_segment_that_is_given_up_is_out_of_every_answer_at_once() {
    let second = report(TWO_MEASURES, &["2025-01-02,c1,10,5"]);
    let warm = Warm::given(&report(TWO_MEASURES, &["2025-01-01,c1,1,1"]), |server| {
        let brand = server.brand(0);
        server
            .analyst()
            .commit_csv("delivery_daily", brand, &second);
    });
    let analyst = warm.analyst();
    let code = analyst.error(&question("clicks"))["extensions"]["code"].take();
    assert_eq!(code, "CORRUPT_SEGMENT", "clicks were not asked for before");
    assert_eq!(asked(&analyst, "impressions"), 11, "of the cache");
    warm.forget();
    let after = ["impressions", "clicks"].map(|measure| asked(&analyst, measure));
    assert_eq!(after, [json!(10), json!(5)]);
}

#[test]
fn batches_that_are_sent_again_after_a_segment_was_given_up_bring_its_rows_back() {
    let first = report(TWO_MEASURES, &["2025-01-01,c1,1,1", "2025-01-02,c1,2,2"]);
    let second = report(TWO_MEASURES, &["2025-01-02,c1,10,5"]);
    let send = |server: &TestServer, csv: &str| {
        let brand = server.brand(0);
        server.analyst().commit_csv("delivery_daily", brand, csv)["batch"].take()
    };
    let warm = Warm::given(&first, |server| drop(send(server, &second)));
    let again = warm.forget();
    assert_eq!((again.len(), &again[0]), (2, &warm.first));
    let analyst = warm.analyst();
    assert_eq!(asked(&analyst, "impressions"), 10);
    send(&warm.server, &first);
    assert_eq!(asked(&analyst, "impressions"), 3, "the second comes later");
    send(&warm.server, &second);
    let after = ["impressions", "clicks"].map(|measure| asked(&analyst, measure));
    assert_eq!(after, [json!(11), json!(6)]);
}

#[test]
fn an_earlier_moment_can_not_be_asked_once_a_segment_is_given_up_though_its_answer_was_kept() {
    let warm = Warm::given(&report(TWO_MEASURES, &["2025-01-01,c1,1,1"]), |_| ());
    let analyst = warm.analyst();
    let moment = format!(r#"{{ batch(id: "{}") {{ finishedAt }} }}"#, warm.first);
    let moment = analyst.data(&moment)["batch"]["finishedAt"].take();
    let document =
        format!("{{ metrics(input: {{asOf: {moment}, {YEAR}}}) {{ totals {{ impressions }} }} }}");
    for _ in 0..2 {
        let mut known = analyst.data(&document);
        assert_eq!(known["metrics"]["totals"][0]["impressions"].take(), 1);
    }
    warm.forget();
    let code = analyst.error(&document)["extensions"]["code"].take();
    assert_eq!(code, "SNAPSHOT_EXPIRED");
    let changed = r#"{ changedSince(snapshot: "1.0") { snapshot } }"#;
    let code = analyst.error(changed)["extensions"]["code"].take();
    assert_eq!(code, "SNAPSHOT_EXPIRED");
}

#[test]
fn a_batch_that_only_removed_rows_of_a_damaged_segment_is_sent_again_too() {
    let first = report(TWO_MEASURES, &["2025-02-10,c1,1,1"]);
    // Clears February, which lies between, and has no row of it.
    let around = ["2025-01-31,c1,10,10", "2025-03-01,c1,10,10"];
    let replace = |server: &TestServer| {
        let (analyst, brand) = (server.analyst(), server.brand(0));
        let csv = report(TWO_MEASURES, &around);
        let reply = analyst.ingest_csv("delivery_daily", brand, "replace=range", &csv);
        assert_eq!(reply.json()["outcome"], "COMMITTED", "{}", reply.text);
        reply.json()["batch"].take()
    };
    let mut removing = Value::Null;
    let warm = Warm::given(&first, |server| removing = replace(server));
    assert_eq!(json!(warm.forget()), json!([warm.first, removing]));
    let (analyst, brand) = (warm.analyst(), warm.server.brand(0));
    analyst.commit_csv("delivery_daily", brand, &first);
    assert_eq!(asked(&analyst, "impressions"), 21);
    replace(&warm.server);
    assert_eq!(asked(&analyst, "impressions"), 20);
}

#[test]
fn compaction_leaves_a_damaged_segment_alone_and_merges_the_others() {
    let damaged = Damaged::given();
    let data_dir = damaged.stopped.data_dir().display().to_string();
    let folder = tempfile::tempdir().expect("the machine has a temporary folder");
    for day in 3..=8 {
        let file = folder.path().join(format!("{day}.csv"));
        let csv = report(
            "date,campaign,impressions",
            &[&format!("2025-01-0{day},c1,5")],
        );
        std::fs::write(&file, csv).expect("the folder is writable");
        let file = file.display().to_string();
        let arguments = [
            "ingest",
            &file,
            "--agency",
            &damaged.agency,
            "--brand",
            &damaged.brand,
            "--dataset",
            "delivery_daily",
            "--data-dir",
            &data_dir,
        ];
        run(BELLWETHER, arguments).succeeded();
    }
    let ran = run(BELLWETHER, ["compact", "--json", "--data-dir", &data_dir]);
    assert_eq!(ran.code, Some(1), "the damage is told");
    let told = ran.json();
    assert_eq!(told["failed"][0]["error"]["code"], "CORRUPT_SEGMENT");
    assert_eq!(told["done"][0]["segments"], 7);
}
