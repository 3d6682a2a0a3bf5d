//! Arguments to batches, answers to texts, and a batch over HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use bellwether_domain::batch::{BatchAnswer, ColumnRule, IngestMode, ReplaceRule};
use bellwether_domain::dataset::DatasetName;
use bellwether_service::Format;
use clap::Parser;

use super::{IngestArgs, PreparedBatch, plan, report, send_over_http, unsent};

#[derive(clap::Parser)]
struct Command {
    #[command(flatten)]
    ingest: IngestArgs,
}

fn arguments(line: &str) -> Result<IngestArgs, String> {
    let line = format!("ingest --agency a --brand b {line}");
    Command::try_parse_from(line.split_whitespace())
        .map(|command| command.ingest)
        .map_err(|error| error.to_string())
}

fn told(line: &str) -> String {
    let refused = arguments(line).and_then(|args| plan(&args));
    refused.expect_err("the command must be refused")
}

/// An empty file with this ending.
fn file(ending: &str) -> tempfile::NamedTempFile {
    tempfile::NamedTempFile::with_suffix(ending).unwrap()
}

fn prepared(file: &tempfile::NamedTempFile, options: &str) -> PreparedBatch {
    let line = format!(
        "{} --dataset delivery_daily {options}",
        file.path().display()
    );
    plan(&arguments(&line).unwrap()).unwrap().remove(0)
}

fn committed() -> BatchAnswer {
    serde_json::from_str(&answer_json("COMMITTED", "null")).unwrap()
}

fn answer_json(outcome: &str, column: &str) -> String {
    format!(
        r#"{{"batch":"bat_01ARZ3NDEKTSV4RRFFQ69G5FAV","outcome":"{outcome}","accepted":4,"rejected":1,
        "problems":[{{"line":3,"column":{column},"code":"WRONG_TYPE","message":"no number"}}],
        "registered":["7"],"snapshot":"12"}}"#
    )
}

#[test]
fn the_ending_tells_the_format_and_the_option_wins() {
    for (ending, format) in [
        (".CSV", Format::Csv),
        (".ndjson", Format::Ndjson),
        (".jsonl", Format::Ndjson),
        (".parquet", Format::Parquet),
    ] {
        assert_eq!(prepared(&file(ending), "").request.format, format);
    }
    let csv = file(".txt");
    assert_eq!(prepared(&csv, "--format csv").request.format, Format::Csv);
    let without = format!("{} --dataset costs", csv.path().display());
    assert!(told(&without).contains("say its `--format`"));
}

#[test]
fn a_file_in_the_datasets_columns_is_sent_as_it_lies_with_the_options() {
    let csv = file(".csv");
    let options = "--mode skip --duplicates last --register --currency EUR --idempotency-key k";
    let batch = prepared(&csv, options);
    assert_eq!(batch.path(), csv.path());
    assert_eq!(batch.request.dataset, DatasetName::DeliveryDaily);
    assert_eq!(batch.request.mode, IngestMode::Skip);
    assert_eq!(batch.request.idempotency_key.as_deref(), Some("k"));
    assert_eq!(
        batch.request.register.unwrap().currency.unwrap().code(),
        "EUR"
    );
}

#[test]
fn what_a_file_replaces_goes_with_it() {
    let csv = file(".csv");
    let batch = prepared(&csv, "--columns merge");
    assert_eq!(batch.request.columns, ColumnRule::Merge);
    assert_eq!(batch.request.replace, ReplaceRule::Keys);
    let batch = prepared(&csv, "--replace range");
    assert_eq!(batch.request.replace, ReplaceRule::Range);
    assert!(told("x.csv --replace ranges").contains("did you mean `range`?"));
}

#[test]
fn words_of_closed_sets_are_refused_with_the_nearest() {
    assert!(told("x.csv --dataset delivery").contains("did you mean `delivery_daily`?"));
    assert!(told("x.csv --platform TIKTOC").contains("did you mean `TIKTOK`?"));
    assert!(told("x.csv --format cvs").contains("use one of csv, ndjson, parquet, tiktok"));
}

#[test]
fn options_without_effect_are_refused() {
    let csv = file(".csv");
    let line = |options: &str| format!("{} --dataset costs {options}", csv.path().display());
    assert!(told(&line("--currency EUR")).contains("add `--register`"));
    assert!(told(&line("--reference .")).contains("goes with `--format tiktok` only"));
    assert!(told(&line("--url http://x")).contains("--token"));
    assert!(told(&csv.path().display().to_string()).contains("say the `--dataset`"));
}

#[test]
fn a_token_never_shows() {
    let args = arguments("x.csv --url http://x --token secret").unwrap();
    assert!(!format!("{args:?}").contains("secret"));
}

#[test]
fn people_read_how_a_batch_ended_and_scripts_one_line() {
    let csv = file(".csv");
    let mut batch = prepared(&csv, "--mode skip");
    batch.source_name = "may.csv".to_owned();
    let answer: BatchAnswer =
        serde_json::from_str(&answer_json("COMMITTED", "\"clicks\"")).unwrap();
    let people = report(&answer, &batch, false);
    assert_eq!(
        people.text,
        "may.csv: committed as bat_01ARZ3NDEKTSV4RRFFQ69G5FAV: 4 rows accepted, 1 line rejected\n  \
         registered campaigns: 7\n  snapshot: 12\n  line 3, column `clicks`: WRONG_TYPE: no number\n"
    );
    assert!(people.success);
    let scripts = report(&answer, &batch, true).text;
    assert_eq!(scripts.lines().count(), 1);
    assert_eq!(
        serde_json::from_str::<BatchAnswer>(&scripts).unwrap(),
        answer
    );
}

#[test]
fn a_strict_command_with_an_unconverted_line_sends_nothing() {
    let report = file(".csv");
    let text = "CAMPAIGN_ID,STAT_TIME_HOUR\n7,never\n";
    std::fs::write(report.path(), text).unwrap();
    let options = "--format tiktok --currency USD --timezone UTC";
    let batches = [prepared(&report, options)];
    let told = unsent(&batches, false).unwrap();
    assert!(!told.success);
    assert!(
        told.text
            .contains("nothing sent: 1 line can't be converted"),
        "{}",
        told.text
    );
    assert!(
        told.text
            .contains("line 2, column `STAT_TIME_HOUR`: BAD_DATE"),
        "{}",
        told.text
    );
    let skipping = [prepared(&report, &format!("{options} --mode skip"))];
    assert_eq!(unsent(&skipping, false), None);
    assert_eq!(
        super::report(&committed(), &skipping[0], true)
            .text
            .matches("\"line\"")
            .count(),
        2
    );
}

/// A server for one request: gives back what it was sent, and says `answer`.
fn serve_once(answer: String) -> (String, std::thread::JoinHandle<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            reader.read_line(&mut head).unwrap();
        }
        let mut stream = stream;
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        let length = head
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.lines().next());
        let mut body = vec![0; length.expect("a length is sent").parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
        (head, String::from_utf8(body).unwrap())
    });
    (url, server)
}

fn response(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

#[test]
fn a_batch_goes_over_http_with_its_options_and_comes_back_as_its_answer() {
    let csv = file(".csv");
    std::fs::write(csv.path(), "date,campaign\n").unwrap();
    let options = "--register --timezone Etc/GMT+5 --idempotency-key k";
    let (url, server) = serve_once(response("200 OK", &answer_json("COMMITTED", "null")));
    let answer = send_over_http(
        &prepared(&csv, options),
        &url,
        &"t".to_owned().into(),
        false,
    );
    assert_eq!(answer.unwrap(), committed());
    let (head, body) = server.join().unwrap();
    assert_eq!(body, "date,campaign\n");
    for part in [
        "post /v1/ingest/delivery_daily?brand=b&mode=strict&register=true&duplicates=reject&columns=replace&replace=keys&platform=other&timezone=etc%2fgmt%2b5 ",
        "authorization: bearer t\r\n",
        "content-type: text/csv\r\n",
        "idempotency-key: k\r\n",
    ] {
        assert!(head.contains(part), "{head}");
    }
    assert!(!head.contains("transfer-encoding"), "{head}");
}

#[test]
fn a_rejected_batch_is_an_answer_too() {
    let (url, server) = serve_once(response(
        "422 Unprocessable Entity",
        &answer_json("REJECTED", "null"),
    ));
    let csv = file(".csv");
    let batch = prepared(&csv, "");
    let answer = send_over_http(&batch, &url, &"t".to_owned().into(), false).unwrap();
    assert!(!report(&answer, &batch, false).success);
    server.join().unwrap();
}

#[test]
fn a_servers_error_is_told_with_what_it_accepts() {
    let error = r#"{"error":{"code":"NOT_FOUND","message":"brand `b` does not exist","retryable":false,"allowed":["c"],"didYouMean":"c"}}"#;
    let csv = file(".csv");
    let (url, server) = serve_once(response("404 Not Found", error));
    let failure =
        send_over_http(&prepared(&csv, ""), &url, &"t".to_owned().into(), false).unwrap_err();
    assert_eq!(
        failure.message,
        "error: brand `b` does not exist (NOT_FOUND)\n  did you mean `c`?\n  accepted: c"
    );
    assert_eq!(failure.json["error"]["code"], "NOT_FOUND");
    server.join().unwrap();
}

#[test]
fn another_server_and_none_are_told_apart() {
    let (url, server) = serve_once(response("302 Found", "<html>"));
    let csv = file(".csv");
    let batch = prepared(&csv, "");
    let failure = send_over_http(&batch, &url, &"t".to_owned().into(), false).unwrap_err();
    assert!(
        failure
            .message
            .contains("HTTP 302 and no Bellwether answer"),
        "{}",
        failure.message
    );
    server.join().unwrap();
    let failure = send_over_http(&batch, &url, &"t".to_owned().into(), false).unwrap_err();
    assert!(
        failure.message.contains("can't be reached"),
        "{}",
        failure.message
    );
    assert_eq!(failure.json["error"]["retryable"], true);
}
