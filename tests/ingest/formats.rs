//! The same rows as CSV, NDJSON and Parquet are the same facts.

use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::sample::Cell;
use bellwether_domain::time::date;
use bellwether_store::ReportWriter;
use bellwether_test_support::Reply;
use serde_json::{Value, json};

use super::{report, sums};
use crate::given::an_empty_server;

const ADDRESS: &str = "/v1/ingest/delivery_daily?register=true&brand=";

/// Sends a body of this type to a new server, and returns what it adds up to there.
fn sums_after(content_type: &str, body: &[u8]) -> Value {
    let server = an_empty_server();
    let address = format!("{ADDRESS}{}", server.brand(0));
    let reply: Reply = server
        .analyst()
        .post(&address, &[("content-type", content_type)], body);
    assert_eq!(reply.status, 200, "{}", reply.text);
    sums(&server.analyst())
}

fn csv() -> String {
    let rows = [
        "2025-03-01,c1,100,1.5,19.99",
        "2025-03-02,c1,50,,0.01",
        "2025-04-01,c2,7,2,",
    ];
    report("date,campaign,impressions,conversions,spend", &rows)
}

/// What the rows of all formats add up to.
fn expected() -> Value {
    json!({
        "impressions": 157, "clicks": null, "likes": null, "comments": null, "shares": null,
        "conversions": "3.5", "spend": "20", "revenue": null,
    })
}

/// The same rows as Parquet, with whole numbers, decimals and days in columns of their own types.
fn parquet() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.parquet");
    let dataset = Dataset::of(DatasetName::DeliveryDaily);
    let mut writer = ReportWriter::create(&path, dataset).unwrap();
    let decimal = |text: &str| Cell::Decimal(text.parse().unwrap());
    let rows = [
        [
            Cell::Date(date(2025, 3, 1)),
            Cell::Text("c1"),
            Cell::Integer(100),
            decimal("1.5"),
            decimal("19.99"),
        ],
        [
            Cell::Date(date(2025, 3, 2)),
            Cell::Text("c1"),
            Cell::Integer(50),
            Cell::Missing,
            decimal("0.01"),
        ],
        [
            Cell::Date(date(2025, 4, 1)),
            Cell::Text("c2"),
            Cell::Integer(7),
            decimal("2"),
            Cell::Missing,
        ],
    ];
    let places = ["date", "campaign", "impressions", "conversions", "spend"];
    for row in rows {
        let cell_of = |name: &&str| {
            let place = places.iter().position(|known| known == name);
            place.map_or(Cell::Missing, |place| row[place].clone())
        };
        let cells: Vec<Cell<'_>> = dataset.column_names().iter().map(cell_of).collect();
        writer.write(&cells).unwrap();
    }
    writer.finish().unwrap();
    std::fs::read(&path).unwrap()
}

#[test]
fn csv_rows_add_up() {
    assert_eq!(sums_after("text/csv", csv().as_bytes()), expected());
}

#[test]
fn csv_with_crlf_a_byte_order_mark_and_quotes_is_read_the_same() {
    let body = format!(
        "\u{feff}{}",
        csv().replace('\n', "\r\n").replace("c1", "\"c1\"")
    );
    assert_eq!(
        sums_after("text/csv; charset=utf-8", body.as_bytes()),
        expected()
    );
}

#[test]
fn ndjson_lines_with_numbers_as_numbers_or_texts_add_up_the_same() {
    let lines = [
        r#"{"date":"2025-03-01","campaign":"c1","impressions":100,"conversions":1.5,"spend":"19.99"}"#,
        r#"{"date":"2025-03-02","campaign":"c1","impressions":50,"conversions":null,"spend":0.01}"#,
        "",
        r#"{"campaign":"c2","date":"2025-04-01","conversions":2,"impressions":"7"}"#,
    ];
    assert_eq!(
        sums_after("application/x-ndjson", lines.join("\n").as_bytes()),
        expected()
    );
}

#[test]
fn parquet_rows_add_up_the_same() {
    assert_eq!(
        sums_after("application/vnd.apache.parquet", &parquet()),
        expected()
    );
}

#[test]
fn a_truncated_parquet_file_is_refused_with_what_to_send() {
    let server = super::Untouched::given();
    let whole = parquet();
    let address = format!("{ADDRESS}{}", server.server.brand(0));
    let headers = [("content-type", "application/vnd.apache.parquet")];
    let reply = server
        .server
        .analyst()
        .post(&address, &headers, &whole[..whole.len() - 20]);
    assert_eq!(super::refused(&reply).1, "INVALID_INPUT");
    assert!(
        super::message(&reply).contains("send a whole Parquet file"),
        "{}",
        reply.text
    );
    server.assert_so();
}

#[test]
fn a_parquet_file_that_is_damaged_in_its_middle_is_refused_and_nothing_is_written() {
    let server = super::Untouched::given();
    let mut damaged = parquet();
    damaged[8..60].fill(0xff);
    let address = format!("{ADDRESS}{}", server.server.brand(0));
    let headers = [("content-type", "application/vnd.apache.parquet")];
    let reply = server.server.analyst().post(&address, &headers, &damaged);
    assert_eq!(
        (reply.status, super::refused(&reply).1),
        (400, json!("INVALID_INPUT"))
    );
    server.assert_so();
}

#[test]
fn csv_sent_as_parquet_is_refused() {
    let server = super::a_server_without_facts();
    let address = format!("{ADDRESS}{}", server.brand(0));
    let headers = [("content-type", "application/parquet")];
    let reply = server.analyst().post(&address, &headers, csv().as_bytes());
    assert!(
        super::message(&reply).contains("is not a readable Parquet file"),
        "{}",
        reply.text
    );
}
