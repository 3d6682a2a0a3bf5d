//! Golden cases: a few rows, a question, and the whole answer as a table. `cases/README.md` tells
//! the format; `UPDATE=1` writes what is answered into the files, to be read before it is kept.

mod file;

use std::path::PathBuf;

use bellwether_test_support::{Persona, TestServer};
use serde_json::Value;

use super::an_empty_server;
use file::{Case, CaseFile, Report};

/// What is asked for of every answer.
const SELECTION: &str = "table { columns { name } rows } totalsTable { columns { name } rows } \
    rows { notes { metric of code } } totals { notes { metric of code } } \
    meta { warnings { code } }";

#[test]
fn every_case_answers_what_it_expects() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/metrics/cases");
    let entries = std::fs::read_dir(&folder).expect("the folder is there");
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|it| it == "case"))
        .collect();
    paths.sort();
    let updates = std::env::vars_os().any(|(name, _)| name == "UPDATE");
    let (mut n_cases, mut failures) = (0, Vec::new());
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a text");
        let mut file = CaseFile::parse(&text);
        let server = an_empty_server();
        commit(&server, &file.reports);
        for rates in &file.rates {
            server.analyst().import_rates(rates);
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        for case in &mut file.cases {
            n_cases += 1;
            let answered = answered(&server.viewer(), case);
            if updates {
                case.expected = answered;
            } else if answered != case.expected {
                failures.push(format!(
                    "{name}: {}\nexpected:\n{}answered:\n{answered}",
                    case.name, case.expected
                ));
            }
        }
        if updates {
            std::fs::write(&path, file.to_string()).expect("the file can be written");
        }
    }
    println!("{} of {n_cases} cases passed", n_cases - failures.len());
    assert!(n_cases > 0, "there are no cases in {}", folder.display());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn commit(server: &TestServer, reports: &[Report]) {
    let analyst = server.analyst();
    for report in reports {
        analyst.commit_csv(&report.dataset, server.brand(report.brand), &report.csv);
    }
}

/// The sections of what is answered to a case.
fn answered(persona: &Persona, case: &Case) -> String {
    let document = format!(
        "{{ metrics(input: {{{}}}, first: 1000) {{ {SELECTION} }} }}",
        case.query
    );
    let response = persona.graphql(&document);
    if let Some(error) = response["errors"].get(0) {
        let extensions = &error["extensions"];
        let field = extensions["field"].as_str().unwrap_or_default();
        return section(
            "refused",
            &[format!("{} {field}", plain(&extensions["code"]))],
        );
    }
    let answer = &response["data"]["metrics"];
    let mut text = section("table", &table_of(&answer["table"]));
    text += &section("totals", &table_of(&answer["totalsTable"]));
    let mut notes = notes_of("row", &answer["rows"]);
    notes.extend(notes_of("total", &answer["totals"]));
    text += &section("notes", &notes);
    let warnings = answer["meta"]["warnings"].as_array().expect("a list");
    let warnings: Vec<String> = warnings.iter().map(|it| plain(&it["code"])).collect();
    text + &section("warnings", &warnings)
}

/// A section of lines; none without lines.
fn section(name: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    format!("--- {name}\n{}\n", lines.join("\n"))
}

/// The columns' names and the rows; nothing for a table without rows.
fn table_of(table: &Value) -> Vec<String> {
    let names = table["columns"].as_array().expect("a list").iter();
    let names: Vec<String> = names.map(|column| plain(&column["name"])).collect();
    // Ids differ from run to run.
    let shown: Vec<usize> = (0..names.len())
        .filter(|place| !names[*place].ends_with("_id"))
        .collect();
    let line = |cells: &dyn Fn(usize) -> String| {
        let cells: Vec<String> = shown.iter().map(|place| cells(*place)).collect();
        cells.join(" | ")
    };
    let rows = table["rows"].as_array().expect("a list");
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| line(&|place| plain(&row[place])))
        .collect();
    if !lines.is_empty() {
        lines.insert(0, line(&|place| names[place].clone()));
    }
    lines
}

/// The notes of rows: the row's place, the metric, the part where it is not the value, the code.
fn notes_of(what: &str, rows: &Value) -> Vec<String> {
    let rows = rows.as_array().expect("a list").iter().enumerate();
    let lines = rows.flat_map(|(place, row)| {
        let notes = row["notes"].as_array().expect("a list").iter();
        notes.map(move |note| {
            let of = match plain(&note["of"]).as_str() {
                "VALUE" => String::new(),
                part => format!(" {part}"),
            };
            let (metric, code) = (plain(&note["metric"]), plain(&note["code"]));
            format!("{what} {} {metric}{of}: {code}", place + 1)
        })
    });
    lines.collect()
}

/// A value without quotes; `-` for null.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
