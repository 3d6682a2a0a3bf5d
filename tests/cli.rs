//! The command line: reports into the data folder or to a server, made-up facts, and what an
//! operator sets up.

use std::path::PathBuf;

use bellwether_test_support::{Persona, Ran, Stopped, run};
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
    let expected =
        format!("another process holds the data folder `{data_dir}`; stop it, use its `--url`");
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
    let folder = tempfile::tempdir().unwrap();
    let told = bellwether(&format!("schema --data-dir {}", folder.path().display())).succeeded();
    assert!(told.stdout.contains("type Query") && told.stdout.contains("scalar Decimal"));
}

/// An operator's folder, set up by `admin` alone.
struct Agency {
    folder: TempDir,
    owner: String,
}

impl Agency {
    fn given() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let agency = Self {
            folder,
            owner: String::new(),
        };
        let options = [
            "add-agency",
            "acme",
            "--name",
            "Acme & Sons",
            "--currency",
            "EUR",
            "--timezone",
            "Europe/Berlin",
        ];
        let owner = agency.admin_of(&options);
        agency.admin_of(&["add-brand", "tea", "--agency", "acme", "--name", "Tea"]);
        agency.admin_of(&["add-brand", "milk", "--agency", "acme", "--name", "Milk"]);
        Self { owner, ..agency }
    }

    /// What `admin` prints to these arguments.
    fn admin_of(&self, arguments: &[&str]) -> String {
        let data_dir = self.folder.path().join("data").display().to_string();
        let line = ["admin"]
            .iter()
            .chain(arguments)
            .copied()
            .chain(["--data-dir", &data_dir]);
        run(BELLWETHER, line).succeeded().stdout.trim().to_owned()
    }

    fn add_member(&self, options: &str) -> String {
        let line = format!("add-member --agency acme {options}");
        self.admin_of(&line.split(' ').collect::<Vec<_>>())
    }

    /// Serves the folder and asks it something.
    fn asked<T>(self, ask: impl FnOnce(&str) -> T) -> T {
        let served = Stopped::left_in(BELLWETHER, self.folder).serve();
        ask(served.url())
    }
}

/// The status of a question with this token.
fn status(url: &str, token: &str) -> u16 {
    let asker = Persona::new(url, Some(token));
    asker
        .post_json(
            "/graphql",
            &json!({ "query": "{ viewer { agency { slug } } }" }),
        )
        .status
}

#[test]
fn an_agency_that_admin_made_is_served_to_its_owner() {
    let agency = Agency::given();
    let owner = agency.owner.clone();
    let slugs = agency.asked(|url| Persona::new(url, Some(&owner)).data("{ brands { slug } }"));
    assert_eq!(
        slugs,
        json!({ "brands": [{ "slug": "milk" }, { "slug": "tea" }] })
    );
}

#[test]
fn a_member_of_one_brand_sees_that_brand_alone() {
    let agency = Agency::given();
    let client = agency.add_member("client --role CLIENT --brand tea");
    let slugs = agency.asked(|url| Persona::new(url, Some(&client)).data("{ brands { slug } }"));
    assert_eq!(slugs, json!({ "brands": [{ "slug": "tea" }] }));
}

#[test]
fn a_revoked_token_opens_nothing_any_more() {
    let agency = Agency::given();
    let (kept, lost) = (
        agency.add_member("kept --role ANALYST"),
        agency.add_member("lost --role ANALYST"),
    );
    assert_eq!(
        agency.admin_of(&["revoke-tokens", "--agency", "acme", "lost"]),
        "revoked 1 tokens"
    );
    assert_eq!(
        agency.asked(|url| (status(url, &kept), status(url, &lost))),
        (200, 401)
    );
}

#[test]
fn a_token_opens_nothing_once_its_days_are_over() {
    let agency = Agency::given();
    let (lasting, over) = (
        agency.add_member("lasting --role ANALYST --token-days 1"),
        agency.add_member("over --role ANALYST --token-days 0"),
    );
    assert_eq!(
        agency.asked(|url| (status(url, &lasting), status(url, &over))),
        (200, 401)
    );
}

#[test]
fn an_operators_token_shows_the_instance_and_no_agency() {
    let agency = Agency::given();
    let operator = agency.admin_of(&["operator-token"]);
    let seen = agency.asked(|url| {
        let operator = Persona::new(url, Some(&operator));
        let question = operator.post_json("/graphql", &json!({ "query": "{ brands { slug } }" }));
        (operator.get("/v1/status", &[]).status, question.status)
    });
    assert_eq!(seen, (200, 401));
}

#[test]
fn an_agency_of_an_unknown_currency_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!(
        "admin add-agency acme --name Acme --currency CAN --timezone UTC --data-dir {}",
        folder.path().display()
    );
    let told = bellwether(&line);
    assert_eq!(told.code, Some(1));
    assert!(
        told.stderr.contains("did you mean `CAD`?"),
        "{}",
        told.stderr
    );
}
