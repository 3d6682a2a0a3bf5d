//! A damaged segment is named, never answered from, and what the message says mends it.

use std::path::PathBuf;

use bellwether_test_support::server::files_below;
use bellwether_test_support::{Ran, Stopped, TestServer, run};
use serde_json::{Value, json};

use crate::given::{BELLWETHER, an_empty_server};
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
