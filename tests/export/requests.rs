//! Requests for exports: what may be asked, by whom, how often, and how answers are labelled.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::{address, april, exported, readers, refused, two_currencies};
use crate::given::BELLWETHER;
use crate::metrics::{brand_id, campaign_id};

fn by_campaign() -> Value {
    json!({ "range": april(), "by": ["CAMPAIGN"], "metrics": ["SPEND"] })
}

#[test]
fn each_format_has_its_media_type_and_file_name() {
    let server = two_currencies();
    let labels = |options: &str| {
        let reply = exported(&server.viewer(), &by_campaign(), options);
        let header = |name: &str| reply.headers[name].clone();
        (header("content-type"), header("content-disposition"))
    };
    let file = |extension: &str| {
        format!("attachment; filename=\"delivery_daily_2026-04-01_2026-04-30.{extension}\"")
    };
    assert_eq!(
        labels("&format=csv"),
        (
            "text/csv; charset=utf-8; header=present".into(),
            file("csv")
        )
    );
    assert_eq!(
        labels("&format=arrow"),
        ("application/vnd.apache.arrow.stream".into(), file("arrows"))
    );
    assert_eq!(
        labels("&format=PARQUET"),
        ("application/vnd.apache.parquet".into(), file("parquet"))
    );
}

#[test]
fn the_accept_header_chooses_where_no_format_is_named() {
    let server = two_currencies();
    let got = |options: &str, accept: &str| {
        let address = address(&by_campaign(), options);
        let reply = server.viewer().get_bytes(&address, &[("accept", accept)]);
        let reply = reply.expect("the body comes whole");
        let media = reply.headers["content-type"].split(';').next();
        (reply.status, media.unwrap_or_default().to_owned())
    };
    let parquet = "application/vnd.apache.parquet";
    assert_eq!(got("", parquet), (200, parquet.into()));
    assert_eq!(got("", "text/csv;q=0, */*"), (200, "text/csv".into()));
    assert_eq!(got("&format=csv", parquet), (200, "text/csv".into()));
    assert_eq!(got("", "image/png"), (406, "application/json".into()));
}

#[test]
fn the_headers_tell_snapshot_and_rows() {
    let server = two_currencies();
    let reply = exported(&server.viewer(), &by_campaign(), "");
    let query = "{ metrics(input: {range: {last: {n: 1, unit: DAY}}}) { meta { snapshot } } }";
    let snapshot = server.viewer().data(query)["metrics"]["meta"]["snapshot"].take();
    assert_eq!(json!(reply.headers["bellwether-snapshot"]), snapshot);
    assert_eq!(reply.headers["bellwether-rows"], "2");
    assert_eq!(reply.headers["cache-control"], "private, no-store");
}

#[test]
fn a_wrong_input_is_refused_in_the_words_of_graphql() {
    let server = two_currencies();
    let viewer = server.viewer();
    let answer = |input: Value| {
        let (status, code, field) = refused(&viewer, &address(&input, ""));
        format!("{status} {code} {field}").replace('"', "")
    };
    let with = |field: &str, value: Value| {
        let mut input = by_campaign();
        input[field] = value;
        answer(input)
    };
    assert_eq!(with("by", json!(["MOON"])), "400 INVALID_INPUT input.by.0");
    assert_eq!(with("moon", json!(1)), "400 INVALID_INPUT input.moon");
    assert_eq!(
        with("orderBy", json!([{ "dimension": "BRAND" }])),
        "400 INVALID_INPUT orderBy[0].dimension"
    );
    assert_eq!(answer(json!({})), "400 INVALID_INPUT input.range");
    assert_eq!(answer(json!(null)), "400 INVALID_INPUT input");
}

#[test]
fn an_address_that_asks_for_nothing_known_says_what_it_takes() {
    let server = two_currencies();
    let answer = |address: &str| {
        let reply = server.viewer().get(address, &[]);
        let error = reply.json()["error"].take();
        format!("{} {} {}", reply.status, error["code"], error["field"]).replace('"', "")
    };
    let asked = address(&by_campaign(), "");
    assert_eq!(answer("/v1/export"), "400 INVALID_INPUT input");
    assert_eq!(answer("/v1/export?input=%7B"), "400 INVALID_INPUT input");
    assert_eq!(
        answer(&format!("{asked}&format=xlsx")),
        "400 INVALID_INPUT format"
    );
    assert_eq!(
        answer(&format!("{asked}&texts=bare")),
        "400 INVALID_INPUT texts"
    );
    assert_eq!(
        answer(&format!("{asked}&fromat=csv")),
        "400 INVALID_INPUT fromat"
    );
    let posted = server.viewer().post(&asked, &[], b"");
    assert_eq!(
        (posted.status, &*posted.headers["allow"]),
        (405, "GET, HEAD")
    );
}

#[test]
fn nobody_exports_what_they_may_not_see() {
    let server = two_currencies();
    let owner = server.owner();
    let brand = brand_id(&owner, server.brand(0));
    let campaign = campaign_id(&owner, "=cmd(1)");
    let asks = |persona: &Persona, input: Value| refused(persona, &address(&input, "")).1;
    let stranger = server.other_agency();
    let of_brand = json!({ "range": april(), "brands": [brand] });
    let of_campaign = json!({ "range": april(), "where": { "campaign": { "eq": campaign } } });
    assert_eq!(asks(&stranger, of_brand), "NOT_FOUND");
    assert_eq!(asks(&stranger, of_campaign), "NOT_FOUND");
    assert_eq!(asks(&server.anonymous(), by_campaign()), "UNAUTHENTICATED");
    let all = exported(&stranger, &by_campaign(), "");
    assert_eq!(readers::csv(&all.bytes).1, Vec::<Vec<String>>::new());
}

#[test]
fn a_token_that_runs_only_listed_documents_exports_nothing() {
    let server = two_currencies();
    let agency = server.agency().to_owned();
    let stopped = server.kill();
    let terms = ["--role", "VIEWER", "--trusted-documents-only"];
    let arguments = ["admin", "add-member", "--agency", &agency, "app"];
    let added = stopped.run(&[&arguments[..], &terms[..]].concat());
    let token = added.succeeded().stdout.trim().to_owned();
    let server = stopped.restart();
    let persona = Persona::new(server.url(), Some(&token));
    let (status, code, _) = refused(&persona, &address(&by_campaign(), ""));
    assert_eq!((status, code), (403, json!("DOCUMENT_NOT_TRUSTED")));
}

fn two_rows_on(limits: &str) -> TestServer {
    let server = TestServer::with_config(BELLWETHER, limits);
    server.analyst().commit_csv(
        "delivery_daily",
        server.brand(0),
        "date,campaign,spend\n2026-04-01,a,1\n2026-04-01,b,2\n",
    );
    server
}

#[test]
fn an_export_has_at_most_so_many_rows() {
    let at_limit = two_rows_on("[limits]\nexport_rows_max = 2\n");
    let reply = exported(&at_limit.viewer(), &by_campaign(), "");
    assert_eq!(readers::csv(&reply.bytes).1.len(), 2);
    let below = two_rows_on("[limits]\nexport_rows_max = 1\n");
    let reply = below.viewer().get(&address(&by_campaign(), ""), &[]);
    assert_eq!(reply.status, 413);
    let told = "an export of 2 rows is over the limit `export_rows_max` of 1";
    assert!(reply.text.contains(told), "{}", reply.text);
}

#[test]
fn an_export_is_paid_for_as_the_question_and_by_its_rows() {
    let affordable = two_rows_on("[budget]\ntoken_points_max = 3\ntoken_points_per_s = 1\n");
    exported(&affordable.viewer(), &by_campaign(), "");
    let server = two_rows_on("[budget]\ntoken_points_max = 2\ntoken_points_per_s = 1\n");
    let reply = server.viewer().get(&address(&by_campaign(), ""), &[]);
    let code = reply.json()["error"]["code"].take();
    assert_eq!((reply.status, code), (429, json!("RATE_LIMITED")));
    assert!(reply.headers.contains_key("retry-after"));
}
