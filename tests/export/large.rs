//! Exports of more rows than one answer may have, which are written in parts.

use std::fmt::Write as _;

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::jobs::{download, ended, refused, start_document};
use super::refused as refused_stream;
use crate::given::an_empty_server;

const DAYS: usize = 61;

/// More rows by campaign and day than `groups_max`, in April and May.
fn more_than_one_answer_has() -> (TestServer, usize) {
    let server = an_empty_server();
    let (analyst, brand) = (server.analyst(), server.brand(0).to_owned());
    let n_campaigns = 100_000 / DAYS + 1;
    let mut csv = String::from("date,campaign,impressions,spend\n");
    for campaign in 0..n_campaigns {
        for day in 0..DAYS {
            let (month, day) = if day < 30 {
                (4, day + 1)
            } else {
                (5, day - 29)
            };
            let spend = campaign + day;
            writeln!(csv, "2026-{month:02}-{day:02},c{campaign:04},1,{spend}")
                .expect("a text takes it");
        }
    }
    let options = "register=true&platform=TIKTOK&currency=USD";
    let reply = analyst.ingest_csv("delivery_daily", &brand, options, &csv);
    assert_eq!(reply.status, 200, "{}", reply.text);
    (server, n_campaigns * DAYS)
}

const RANGE: &str =
    r#"range: {between: {from: "2026-04-01", until: "2026-06-01"}}, metrics: [SPEND]"#;

fn exported(persona: &Persona, options: &str) -> Value {
    let input = format!("{{{RANGE}, {options}}}");
    let data = persona.data(&start_document(&input, "CSV"));
    let id = data["startExport"]["export"]["id"].as_str();
    ended(persona, id.unwrap_or_else(|| panic!("{data}")))
}

/// The failure of an export, which must have one.
fn failure(persona: &Persona, options: &str) -> (Value, String) {
    let status = exported(persona, options);
    let told = status["failure"]["message"].as_str().unwrap_or_default();
    (status["failure"]["code"].clone(), told.to_owned())
}

#[test]
fn a_job_writes_more_rows_than_one_answer_has() {
    let (server, n_rows) = more_than_one_answer_has();
    let viewer = server.viewer();
    let address = super::address(
        &json!({"range": {"between": {"from": "2026-04-01", "until": "2026-06-01"}}, "by": ["PERIOD", "CAMPAIGN"], "metrics": ["SPEND"]}),
        "&format=csv",
    );
    let (_, code, _) = refused_stream(&viewer, &address);
    assert_eq!(code, "LIMIT_EXCEEDED");
    let status = exported(&viewer, "by: [PERIOD, CAMPAIGN]");
    assert_eq!(
        (&status["state"], &status["rows"], &status["rowsWritten"]),
        (&json!("DONE"), &json!(n_rows), &json!(n_rows)),
        "{status}"
    );
    let id = status["id"].as_str().expect("an id");
    let file = String::from_utf8(download(&viewer, id).bytes).expect("CSV is text");
    let mut lines = file.lines();
    let columns: Vec<&str> = lines.next().expect("a line of names").split(',').collect();
    let (day, spend) = (place(&columns, "period"), place(&columns, "spend"));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), n_rows);
    assert!(rows.is_sorted_by_key(|row| row[day]));
    let total: f64 = rows
        .iter()
        .filter_map(|row| row[spend].parse::<f64>().ok())
        .sum();
    let asked = viewer.data(&format!(
        "{{ metrics(input: {{{RANGE}}}) {{ rows {{ spend }} }} }}"
    ));
    let sum = asked["metrics"]["rows"][0]["spend"].as_str();
    assert_eq!(sum.and_then(|sum| sum.parse::<f64>().ok()), Some(total));
    assert_eq!(refused(&server.other_agency(), id).1, "NOT_FOUND");

    for (options, name) in [
        ("by: [PERIOD, CAMPAIGN], fill: ZERO", "`fill`"),
        (
            "by: [PERIOD, CAMPAIGN], compare: {previousPeriod: {}}",
            "`compare`",
        ),
        (
            "by: [PERIOD, CAMPAIGN], top: {n: 2, per: [PERIOD]}",
            "`top`",
        ),
        (
            "by: [PERIOD, CAMPAIGN], orderBy: [{metric: SPEND}]",
            "`groups_max`",
        ),
    ] {
        let (code, told) = failure(&viewer, options);
        assert_eq!(code, "LIMIT_EXCEEDED", "{options}");
        assert!(told.contains(name), "{told}");
    }

    let config = format!("[limits]\nexport_rows_max = {}\n", n_rows - 1);
    let server = server.kill().restart_configured(&config, None);
    let (code, told) = failure(&server.viewer(), "by: [PERIOD, CAMPAIGN]");
    assert_eq!(code, "LIMIT_EXCEEDED");
    assert!(told.contains("`export_rows_max`"), "{told}");
    let config = format!("[limits]\nexport_rows_max = {n_rows}\n");
    let server = server.kill().restart_configured(&config, None);
    let status = exported(&server.viewer(), "by: [PERIOD, CAMPAIGN]");
    assert_eq!(status["state"], "DONE");
}

fn place(columns: &[&str], name: &str) -> usize {
    let place = columns.iter().position(|column| *column == name);
    place.unwrap_or_else(|| panic!("no {name} in {columns:?}"))
}
