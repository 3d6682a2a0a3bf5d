//! The command line: reports into the data folder or to a server, made-up facts, and what an
//! operator sets up.

mod admin;
mod catalog;
mod maps;
pub(crate) mod plugin;
mod rates;

use std::path::PathBuf;

use bellwether_test_support::{Ran, Stopped, run};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::given::{BELLWETHER, an_empty_server};
use crate::ingest::{report, sums};

/// Runs a command line; blanks separate its arguments.
pub(crate) fn bellwether(line: &str) -> Ran {
    run(BELLWETHER, line.split_whitespace())
}

/// A folder of its own with a good report `good.csv` and a bad one `bad.csv`.
struct Reports(TempDir);

impl Reports {
    fn given() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, impressions: i64| {
            let csv = report(
                "date,campaign,impressions",
                &[&format!("2025-01-01,c1,{impressions}")],
            );
            std::fs::write(folder.path().join(name), csv).unwrap();
        };
        write("good.csv", 5);
        write("bad.csv", -5);
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn shown(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }
}

/// A data folder that nobody serves, and the options that lead `ingest` to its first brand.
fn an_unserved_folder() -> (Stopped, String) {
    let server = an_empty_server();
    let (agency, brand) = (server.agency().to_owned(), server.brand(0).to_owned());
    let stopped = server.kill();
    let data_dir = stopped.data_dir().display().to_string();
    let options = format!(
        "--agency {agency} --brand {brand} --dataset delivery_daily --register --data-dir {data_dir}"
    );
    (stopped, options)
}

#[test]
fn a_data_folder_that_is_not_there_is_not_served() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("mistyped");
    let ran = bellwether(&format!("serve --port 0 --data-dir {}", missing.display()));
    assert!(
        ran.stderr.contains("there is no data folder"),
        "{}",
        ran.stderr
    );
    assert!(!missing.exists());
}

#[test]
fn a_report_goes_straight_into_a_folder_that_nobody_serves() {
    let (reports, (stopped, into)) = (Reports::given(), an_unserved_folder());
    let told = bellwether(&format!("ingest {} {into}", reports.shown("good.csv"))).succeeded();
    assert!(
        told.stdout.contains("1 row accepted, 0 lines rejected"),
        "{}",
        told.stdout
    );
    assert_eq!(sums(&stopped.restart().analyst())["impressions"], 5);
}

#[test]
fn a_report_goes_to_a_server_by_its_url_and_a_token() {
    let (reports, server) = (Reports::given(), an_empty_server());
    let (url, token) = (server.url(), server.analyst().token().to_owned());
    let brand = server.brand(0);
    let to =
        format!("--brand {brand} --dataset delivery_daily --register --url {url} --token {token}");
    bellwether(&format!("ingest {} {to}", reports.shown("good.csv"))).succeeded();
    assert_eq!(sums(&server.analyst())["impressions"], 5);
}

#[test]
fn a_script_gets_one_line_of_json_a_batch() {
    let (reports, (_stopped, into)) = (Reports::given(), an_unserved_folder());
    let told = bellwether(&format!(
        "ingest {} {into} --json",
        reports.shown("good.csv")
    ))
    .succeeded();
    let answer = told.json();
    assert_eq!(
        (
            &answer["outcome"],
            &answer["accepted"],
            &answer["registered"]
        ),
        (&json!("COMMITTED"), &json!(1), &json!(["c1"]))
    );
}

#[test]
fn a_rejected_report_ends_the_command_with_1_and_says_why() {
    let (reports, (_stopped, into)) = (Reports::given(), an_unserved_folder());
    let told = bellwether(&format!("ingest {} {into}", reports.shown("bad.csv")));
    assert_eq!(told.code, Some(1));
    let line = "line 2, column `impressions`: NEGATIVE_VALUE: `-5` is below zero; use 0 or more";
    assert!(told.stdout.contains(line), "{}", told.stdout);
}

#[test]
fn of_several_reports_the_good_ones_are_in_and_the_command_still_ends_with_1() {
    let (reports, (stopped, into)) = (Reports::given(), an_unserved_folder());
    let (bad, good) = (reports.shown("bad.csv"), reports.shown("good.csv"));
    assert_eq!(
        bellwether(&format!("ingest {bad} {good} {into}")).code,
        Some(1)
    );
    assert_eq!(sums(&stopped.restart().analyst())["impressions"], 5);
}

#[test]
fn a_slip_in_the_command_ends_it_with_2() {
    let told = bellwether("ingest report.csv --agency a --brand b --dataset delivery_dayly");
    assert_eq!(told.code, Some(2));
    assert!(
        told.stderr.contains("did you mean `delivery_daily`?"),
        "{}",
        told.stderr
    );
}

#[test]
fn a_report_for_an_unknown_brand_is_refused_with_its_code() {
    let (reports, (_stopped, into)) = (Reports::given(), an_unserved_folder());
    let told = bellwether(
        &format!("ingest {} {into} --json", reports.shown("good.csv"))
            .replace("--brand ", "--brand un"),
    );
    assert_eq!(
        (told.code, told.json()["error"]["code"].take()),
        (Some(1), json!("NOT_FOUND"))
    );
}

#[test]
fn a_configuration_file_holds_for_a_report_into_a_folder_too() {
    let (reports, (_stopped, into)) = (Reports::given(), an_unserved_folder());
    let config = reports.path("bellwether.toml");
    std::fs::write(&config, "[limits]\ningest_body_bytes_max = 8\n").unwrap();
    let told = bellwether(&format!(
        "ingest {} {into} --json --config {}",
        reports.shown("good.csv"),
        config.display()
    ));
    assert_eq!(
        (told.code, told.json()["error"]["code"].take()),
        (Some(1), json!("LIMIT_EXCEEDED"))
    );
}

/// The `source` and the error's code of each line that a command printed for scripts.
fn failures(told: &Ran) -> Vec<Value> {
    let lines = told.stdout.lines();
    let line = |line| serde_json::from_str::<Value>(line).unwrap();
    lines
        .map(line)
        .map(|line| json!([line["source"], line["error"]["code"]]))
        .collect()
}

#[test]
fn a_script_gets_one_line_a_batch_from_a_server_that_is_away() {
    let reports = Reports::given();
    let (good, bad) = (reports.shown("good.csv"), reports.shown("bad.csv"));
    let told = bellwether(&format!(
        "ingest {good} {bad} --brand b --dataset delivery_daily --json --url http://127.0.0.1:1 --token bw_x"
    ));
    assert_eq!(told.code, Some(1));
    assert_eq!(
        failures(&told),
        [
            json!(["good.csv", "UNAVAILABLE"]),
            json!(["bad.csv", "UNAVAILABLE"])
        ]
    );
}

#[test]
fn a_script_gets_one_line_a_batch_for_a_folder_that_is_not_there() {
    let reports = Reports::given();
    let told = bellwether(&format!(
        "ingest {} --agency a --brand b --dataset costs --json --data-dir {}",
        reports.shown("good.csv"),
        reports.shown("nothing"),
    ));
    assert_eq!(told.code, Some(1));
    assert_eq!(failures(&told), [json!(["good.csv", "UNAVAILABLE"])]);
}

#[test]
fn a_script_gets_one_line_for_a_file_that_is_not_there() {
    let told = bellwether("ingest /nowhere.csv --agency a --brand b --dataset costs --json");
    assert_eq!(told.code, Some(1));
    assert_eq!(failures(&told), [json!([null, "INVALID_INPUT"])]);
}

#[test]
fn the_help_of_ingest_says_what_the_exit_codes_mean() {
    let help = bellwether("ingest --help").succeeded().stdout;
    assert!(help.contains("Exit codes:"), "{help}");
}

#[test]
fn a_folder_that_is_served_is_left_to_its_server() {
    let (reports, server) = (Reports::given(), an_empty_server());
    let (agency, brand) = (server.agency(), server.brand(0));
    let data_dir = server.data_dir().display().to_string();
    let told = bellwether(&format!(
        "ingest {} --agency {agency} --brand {brand} --dataset delivery_daily --data-dir {data_dir}",
        reports.shown("good.csv"),
    ));
    assert_eq!(told.code, Some(1));
    let expected = format!("another process holds the data folder `{data_dir}`; stop it");
    assert!(told.stderr.contains(&expected), "{}", told.stderr);
}

#[test]
fn a_folder_that_is_not_there_is_not_made() {
    let (reports, nowhere) = (Reports::given(), tempfile::tempdir().unwrap());
    let nowhere = nowhere.path().join("nothing");
    let shown = nowhere.display();
    let told = bellwether(&format!(
        "ingest {} --agency a --brand b --dataset costs --data-dir {shown}",
        reports.shown("good.csv"),
    ));
    assert_eq!((told.code, nowhere.exists()), (Some(1), false));
}

/// Generates 500 rows, ingests them into a new folder and returns what they add up to.
fn sums_of_generated(name: &str) -> Value {
    let (reports, (stopped, into)) = (Reports::given(), an_unserved_folder());
    let file = reports.shown(name);
    bellwether(&format!(
        "generate --rows 500 --seed 7 --until 2026-01-01 --out {file}"
    ))
    .succeeded();
    bellwether(&format!("ingest {file} {into}")).succeeded();
    sums(&stopped.restart().analyst())
}

#[test]
fn generated_csv_and_parquet_are_the_same_facts() {
    let csv = sums_of_generated("facts.csv");
    assert!(
        csv["impressions"]
            .as_i64()
            .is_some_and(|impressions| impressions > 0),
        "{csv}"
    );
    assert_eq!(csv, sums_of_generated("facts.parquet"));
}

#[test]
fn migrate_says_what_it_ran_and_then_that_all_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let migrate =
        || bellwether(&format!("migrate --data-dir {}", folder.path().display())).succeeded();
    assert!(migrate().stdout.starts_with("ran "));
    assert_eq!(migrate().stdout, "the catalogue's schema is up to date\n");
}

#[test]
fn the_schema_is_printed() {
    let told = bellwether("schema").succeeded();
    assert!(told.stdout.contains("type Query") && told.stdout.contains("scalar Decimal"));
}
