//! What stands in a file: the columns, types and rows of `table`, then currency and notes.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::readers::{self, Found};
use super::{april, exported, two_currencies};
use crate::given::an_empty_server;

fn question() -> Value {
    json!({
        "range": april(),
        "by": ["PERIOD", "CAMPAIGN"],
        "metrics": ["SPEND", "IMPRESSIONS", "CONVERSIONS", "CTR", "CPC"],
        "orderBy": [{ "metric": "SPEND", "direction": "DESC" }],
    })
}

/// The same question's table over GraphQL; ids are texts in files.
fn table(persona: &Persona, input: &Value) -> Found {
    let query = "query ($input: MetricsInput!) { metrics(input: $input, first: 1000) { \
                 table { columns { name type } rows } } }";
    let body = json!({ "query": query, "variables": { "input": input } });
    let answer = persona.post_json("/graphql", &body).json();
    let table = &answer["data"]["metrics"]["table"];
    let columns = table["columns"].as_array().expect("a list").iter();
    let columns = columns.map(|column| {
        let word = match column["type"].as_str().expect("a word") {
            "DATE" => "DATE",
            "ID" | "STRING" => "STRING",
            "COUNT" => "COUNT",
            "DECIMAL" => "DECIMAL",
            "FLOAT" => "FLOAT",
            other => panic!("{other}"),
        };
        (column["name"].as_str().expect("a name").to_owned(), word)
    });
    let rows = table["rows"].as_array().expect("a list").iter();
    Found {
        columns: columns.collect(),
        rows: rows
            .map(|row| row.as_array().expect("a list").clone())
            .collect(),
    }
}

/// The file without its last columns, of which there are `n`, and these alone.
fn split(mut found: Found, n: usize) -> (Found, Vec<Vec<Value>>) {
    let n_left = found.columns.len() - n;
    found.columns.truncate(n_left);
    let last = found.rows.iter_mut();
    let last = last.map(|row| row.split_off(n_left)).collect();
    (found, last)
}

fn of_arrow(server: &TestServer, input: &Value) -> Found {
    let reply = exported(&server.viewer(), input, "&format=arrow");
    readers::arrow(&reply.bytes)
}

fn of_parquet(server: &TestServer, input: &Value) -> Found {
    let reply = exported(&server.viewer(), input, "&format=parquet");
    readers::parquet(reply.bytes)
}

#[test]
fn an_arrow_stream_has_the_columns_types_and_rows_of_the_table() {
    let server = two_currencies();
    let (found, _) = split(of_arrow(&server, &question()), 2);
    assert_eq!(found, table(&server.viewer(), &question()));
    assert_eq!(found.rows.len(), 3);
}

#[test]
fn a_parquet_file_has_the_columns_types_and_rows_of_the_table() {
    let server = two_currencies();
    let (found, _) = split(of_parquet(&server, &question()), 2);
    assert_eq!(found, table(&server.viewer(), &question()));
}

#[test]
fn csv_has_the_columns_and_rows_of_the_table() {
    let server = two_currencies();
    let reply = exported(&server.viewer(), &question(), "&format=csv&texts=exact");
    let (names, rows) = readers::csv(&reply.bytes);
    let table = table(&server.viewer(), &question());
    let n_columns = table.columns.len();
    assert_eq!(names[..n_columns], table.names());
    let as_field = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => number.as_f64().expect("a float").to_string(),
        other => other.to_string(),
    };
    let expected = table.rows.iter();
    let expected: Vec<Vec<String>> = expected
        .map(|row| row.iter().map(as_field).collect())
        .collect();
    let rows: Vec<&[String]> = rows.iter().map(|row| &row[..n_columns]).collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_last_columns_tell_the_currency_of_each_row_and_why_cells_are_null() {
    let server = two_currencies();
    let found = of_arrow(&server, &question());
    assert_eq!(
        found.names()[found.columns.len() - 2..],
        ["currency", "notes"]
    );
    let (_, last) = split(found, 2);
    assert_eq!(
        last,
        [
            [json!("USD"), Value::Null],
            [
                json!("USD"),
                json!("conversions:NOT_REPORTED;ctr:ZERO_DENOMINATOR;cpc:ZERO_DENOMINATOR")
            ],
            [
                json!("EUR"),
                json!("conversions:NOT_REPORTED;cpc:ZERO_DENOMINATOR")
            ],
        ]
    );
}

#[test]
fn a_row_of_several_currencies_has_none_and_a_note() {
    let server = two_currencies();
    let input = json!({ "range": april(), "metrics": ["SPEND"] });
    let found = of_parquet(&server, &input);
    assert_eq!(found.names(), ["spend", "currency", "notes"]);
    let expected = [[Value::Null, Value::Null, json!("spend:MIXED_CURRENCY")]];
    assert_eq!(found.rows, expected);
}

#[test]
fn a_currency_that_is_grouped_by_stands_in_its_own_place_alone_and_counts_need_none() {
    let server = two_currencies();
    let names = |by: Value, metrics: Value| {
        let input = json!({ "range": april(), "by": by, "metrics": metrics });
        let found = of_arrow(&server, &input);
        found.names().join(",")
    };
    assert_eq!(
        names(json!(["CURRENCY"]), json!(["SPEND"])),
        "currency,spend,notes"
    );
    assert_eq!(names(json!([]), json!(["CLICKS"])), "clicks,notes");
}

#[test]
fn totals_are_left_out_and_a_comparison_brings_its_columns() {
    let server = two_currencies();
    let input = json!({
        "range": { "between": { "from": "2026-04-02", "until": "2026-04-03" } },
        "by": ["PLATFORM"],
        "metrics": ["IMPRESSIONS"],
        "totals": [[], ["PLATFORM"]],
        "compare": { "previousPeriod": {} },
    });
    let (found, _) = split(of_arrow(&server, &input), 1);
    assert_eq!(found, table(&server.viewer(), &input));
    assert_eq!(found.rows.len(), 2);
}

#[test]
fn texts_that_a_spreadsheet_would_run_are_guarded_in_csv_unless_they_are_wanted_exactly() {
    let server = two_currencies();
    let input = json!({ "range": april(), "by": ["CAMPAIGN"], "metrics": ["CLICKS"] });
    let names = |options: &str| -> Vec<String> {
        let reply = exported(&server.viewer(), &input, options);
        let (_, rows) = readers::csv(&reply.bytes);
        let mut names: Vec<String> = rows.into_iter().map(|mut row| row.remove(1)).collect();
        names.sort();
        names
    };
    assert_eq!(names(""), ["'=cmd(1)", "quiet, \"old\""]);
    assert_eq!(names("&texts=exact"), ["=cmd(1)", "quiet, \"old\""]);
}

#[test]
fn columns_and_types_are_the_same_computed_or_cached_and_with_rows_or_without() {
    let server = two_currencies();
    let computed = of_arrow(&server, &question());
    let cached = of_arrow(&server, &question());
    let empty = an_empty_server();
    assert_eq!(computed, cached);
    let expected = Found {
        rows: Vec::new(),
        ..computed
    };
    assert_eq!(of_arrow(&empty, &question()), expected);
    assert_eq!(of_parquet(&empty, &question()), expected);
    let csv = exported(&empty.viewer(), &question(), "");
    assert_eq!(readers::csv(&csv.bytes).0, expected.names());
}

#[test]
fn a_custom_metric_is_a_column_and_a_number_too_long_for_files_is_refused_but_in_csv() {
    let server = two_currencies();
    let save = |name: &str, formula: &str| {
        let saved = server.analyst().data(&format!(
            r#"mutation {{ saveCustomMetric(input: {{name: "{name}", formula: "{formula}", meaning: "A test."}}) {{ userErrors {{ code message }} }} }}"#
        ));
        assert_eq!(saved["saveCustomMetric"]["userErrors"], json!([]));
    };
    let (million, trillion) = ("1000000", "1000000000000");
    save(
        "fits",
        &format!("spend * {trillion} * {million} * 100000000"),
    );
    save(
        "too_long",
        &format!("spend * {trillion} * {million} * 1000000000"),
    );
    let input = |name: &str| {
        let day = json!({ "between": { "from": "2026-04-01", "until": "2026-04-02" } });
        json!({ "range": day, "metrics": ["CLICKS"], "customMetrics": [name] })
    };
    let found = of_parquet(&server, &input("fits"));
    assert_eq!(found.names(), ["clicks", "fits", "currency", "notes"]);
    let digits = "0".repeat(25);
    assert_eq!(found.rows[0][1], json!(format!("125{digits}")));
    let address = super::address(&input("too_long"), "&format=parquet");
    let reply = server.viewer().get(&address, &[]);
    assert_eq!(reply.status, 413, "{}", reply.text);
    assert!(
        reply.text.contains("`export_decimal_digits_max` of 28"),
        "{}",
        reply.text
    );
    let csv = exported(&server.viewer(), &input("too_long"), "");
    assert_eq!(readers::csv(&csv.bytes).1[0][1], format!("1250{digits}"));
}
