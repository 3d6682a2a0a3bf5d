//! The table: columns that follow from the question, rows in the shape asked for.

use bellwether_test_support::TestServer;
use serde_json::{Value, json};

use super::{APRIL, an_empty_server, delivered, metrics};

fn two_days() -> TestServer {
    delivered(
        "date,campaign,impressions,clicks,conversions,spend\n\
         2026-04-01,a,1000,10,0.5,12.50\n\
         2026-04-02,a,0,0,,2\n",
    )
}

fn table(server: &TestServer, arguments: &str, input: &str) -> Value {
    let input = format!("{APRIL}, {input}");
    metrics(
        &server.viewer(),
        &input,
        &format!("table{arguments} {{ columns {{ name type unit }} rows }}"),
    )["table"]
        .take()
}

const QUESTION: &str =
    "by: [PERIOD, PLATFORM], metrics: [SPEND, IMPRESSIONS, CONVERSIONS, CTR, CPC]";

#[test]
fn rows_are_arrays_in_the_order_of_the_columns() {
    let server = two_days();
    assert_eq!(
        table(&server, "", QUESTION),
        json!({
            "columns": [
                { "name": "period", "type": "DATE", "unit": null },
                { "name": "platform", "type": "STRING", "unit": null },
                { "name": "spend", "type": "DECIMAL", "unit": "MONEY" },
                { "name": "impressions", "type": "COUNT", "unit": "COUNT" },
                { "name": "conversions", "type": "DECIMAL", "unit": "CONVERSIONS" },
                { "name": "ctr", "type": "FLOAT", "unit": "RATIO" },
                { "name": "cpc", "type": "DECIMAL", "unit": "MONEY_PER_EVENT" },
            ],
            "rows": [
                ["2026-04-01", "TIKTOK", "12.5", 1000, "0.5", 0.01, "1.25"],
                ["2026-04-02", "TIKTOK", "2", 0, null, null, null],
            ],
        })
    );
}

#[test]
fn rows_are_records_with_the_columns_names() {
    let server = two_days();
    let table = table(
        &server,
        "(shape: RECORDS)",
        "by: [PERIOD], metrics: [SPEND, CTR]",
    );
    assert_eq!(
        table["rows"],
        json!([
            { "period": "2026-04-01", "spend": "12.5", "ctr": 0.01 },
            { "period": "2026-04-02", "spend": "2", "ctr": null },
        ])
    );
}

#[test]
fn decimals_are_numbers_where_numbers_are_asked_for() {
    let server = two_days();
    let table = table(
        &server,
        "(decimals: NUMBER)",
        "by: [PERIOD], metrics: [SPEND, CONVERSIONS, CPC]",
    );
    assert_eq!(
        table["rows"],
        json!([
            ["2026-04-01", 12.5, 0.5, 1.25],
            ["2026-04-02", 2.0, null, null]
        ])
    );
}

#[test]
fn columns_are_the_same_computed_or_cached_and_with_rows_or_without() {
    let server = two_days();
    let computed = table(&server, "", QUESTION)["columns"].take();
    let cached = table(&server, "", QUESTION)["columns"].take();
    let without_rows = table(&an_empty_server(), "", QUESTION);
    assert_eq!(computed, cached);
    assert_eq!(without_rows, json!({ "columns": computed, "rows": [] }));
}

#[test]
fn a_table_without_named_metrics_shows_the_selected_ones_else_the_standard_ones() {
    let server = two_days();
    let input = format!("{APRIL}, by: [PERIOD]");
    let names = |answer: &Value| -> Vec<String> {
        let columns = answer["table"]["columns"]
            .as_array()
            .expect("a list")
            .iter();
        columns
            .map(|column| column["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    let selected = metrics(
        &server.viewer(),
        &input,
        "rows { spend clicks } table { columns { name } }",
    );
    assert_eq!(names(&selected), ["period", "clicks", "spend"]);
    let standard = metrics(&server.viewer(), &input, "table { columns { name } }");
    assert!(
        ["impressions", "spend", "ctr", "roi"]
            .iter()
            .all(|name| names(&standard).contains(&(*name).to_owned()))
    );
}

#[test]
fn a_column_of_money_names_the_currency_of_the_answer() {
    let server = two_days();
    let input = format!("{APRIL}, by: [PERIOD], metrics: [SPEND, CLICKS]");
    let answer = metrics(
        &server.viewer(),
        &input,
        "table { columns { name currency } }",
    );
    assert_eq!(
        answer["table"]["columns"],
        json!([
            { "name": "period", "currency": null },
            { "name": "spend", "currency": "USD" },
            { "name": "clicks", "currency": null },
        ])
    );
}
