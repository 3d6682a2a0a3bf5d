//! Exports that are written to files in the background: how they stand, who gets them, how they
//! end.

use std::path::PathBuf;

use bellwether_test_support::server::files_below;
use bellwether_test_support::{BytesReply, Persona, TestServer};
use serde_json::{Value, json};

use super::{exported, readers, two_currencies};
use crate::metrics::brand_id;

pub(super) const BY_CAMPAIGN: &str = r#"{range: {between: {from: "2026-04-01", until: "2026-05-01"}}, by: [CAMPAIGN], metrics: [SPEND]}"#;

fn by_campaign() -> Value {
    json!({ "range": super::april(), "by": ["CAMPAIGN"], "metrics": ["SPEND"] })
}

const STATUS: &str = "id state format rows rowsWritten sizeBytes snapshot fileName url startedAt \
                      endedAt expiresAt failure { code message retryable }";

pub(super) fn start_document(input: &str, format: &str) -> String {
    format!(
        "mutation {{ startExport(input: {input}, format: {format}) {{ export {{ {STATUS} }} userErrors {{ field code message }} }} }}"
    )
}

/// The id of an export that was started.
pub(super) fn start(persona: &Persona, format: &str) -> String {
    let data = persona.data(&start_document(BY_CAMPAIGN, format));
    let export = &data["startExport"]["export"];
    assert_eq!(export["state"], "RUNNING", "{data}");
    export["id"].as_str().expect("an id").to_owned()
}

pub(super) fn status(persona: &Persona, id: &str) -> Value {
    persona.data(&format!("{{ export(id: \"{id}\") {{ {STATUS} }} }}"))["export"].take()
}

/// The export once it has ended.
pub(super) fn ended(persona: &Persona, id: &str) -> Value {
    loop {
        let status = status(persona, id);
        if status["state"] != "RUNNING" {
            return status;
        }
    }
}

fn cancel(persona: &Persona, id: &str) -> Value {
    let document = format!(
        "mutation {{ cancelExport(input: {{exportId: \"{id}\"}}) {{ export {{ state url expiresAt }} userErrors {{ code }} }} }}"
    );
    persona.data(&document)["cancelExport"].take()
}

pub(super) fn download(persona: &Persona, id: &str) -> BytesReply {
    let reply = persona.get_bytes(&format!("/v1/exports/{id}"), &[]);
    reply.expect("the body comes whole")
}

/// The status and code of a download that is refused.
pub(super) fn refused(persona: &Persona, id: &str) -> (u16, Value) {
    let reply = persona.get(&format!("/v1/exports/{id}"), &[]);
    (reply.status, reply.json()["error"]["code"].take())
}

pub(super) fn files(server: &TestServer) -> Vec<PathBuf> {
    files_below(&server.data_dir().join("exports"))
}

/// A server with facts at which every export stops for ever at a step.
fn stopping_at(step: &str, config: &str) -> TestServer {
    two_currencies()
        .kill()
        .restart_configured(config, Some(step))
}

#[test]
fn the_file_is_the_one_that_is_sent_without_a_job() {
    let server = two_currencies();
    let viewer = server.viewer();
    for (format, name) in [("CSV", "csv"), ("ARROW", "arrow")] {
        let id = start(&viewer, format);
        let status = ended(&viewer, &id);
        assert_eq!(
            (&status["state"], &status["failure"]),
            (&json!("DONE"), &Value::Null)
        );
        let file = download(&viewer, &id);
        let sent = exported(&viewer, &by_campaign(), &format!("&format={name}"));
        assert_eq!(file.bytes, sent.bytes);
        for header in [
            "content-type",
            "content-disposition",
            "bellwether-snapshot",
            "bellwether-rows",
        ] {
            assert_eq!(file.headers[header], sent.headers[header]);
        }
    }
    let id = start(&viewer, "PARQUET");
    ended(&viewer, &id);
    let rows = readers::parquet(download(&viewer, &id).bytes).rows;
    assert_eq!(rows.len(), 2);
}

#[test]
fn an_export_that_is_done_tells_its_rows_size_and_address() {
    let server = two_currencies();
    let viewer = server.viewer();
    let id = start(&viewer, "CSV");
    let status = ended(&viewer, &id);
    let file = download(&viewer, &id);
    assert_eq!(status["rows"], 2);
    assert_eq!(status["rowsWritten"], 2);
    assert_eq!(status["sizeBytes"], file.bytes.len());
    assert_eq!(file.headers["content-length"], file.bytes.len().to_string());
    assert_eq!(status["url"], format!("/v1/exports/{id}"));
    assert_eq!(
        status["fileName"],
        "delivery_daily_2026-04-01_2026-04-30.csv"
    );
    assert!(status["endedAt"].as_str() >= status["startedAt"].as_str());
    assert!(status["expiresAt"].as_str() > status["endedAt"].as_str());
}

#[test]
fn what_is_wrong_with_the_question_is_told_at_once() {
    let server = two_currencies();
    let input = BY_CAMPAIGN.replace("by: [CAMPAIGN]", "by: [CAMPAIGN, CAMPAIGN]");
    let data = server.viewer().data(&start_document(&input, "CSV"));
    let payload = &data["startExport"];
    assert_eq!(payload["export"], Value::Null);
    assert_eq!(payload["userErrors"][0]["code"], "INVALID_INPUT");
    let brand = brand_id(&server.owner(), server.brand(0));
    let input = BY_CAMPAIGN.replace("by:", &format!("brands: [\"{brand}\"], by:"));
    let error = server.other_agency().error(&start_document(&input, "CSV"));
    assert_eq!(error["extensions"]["code"], "NOT_FOUND");
}

#[test]
fn nobody_but_who_started_it_sees_an_export() {
    let server = two_currencies();
    let id = start(&server.viewer(), "CSV");
    ended(&server.viewer(), &id);
    for stranger in [server.other_agency(), server.owner()] {
        assert_eq!(refused(&stranger, &id), (404, json!("NOT_FOUND")));
        let asked = stranger.error(&format!("{{ export(id: \"{id}\") {{ state }} }}"));
        assert_eq!(asked["extensions"]["code"], "NOT_FOUND");
        let cancelled = stranger.error(&format!(
            "mutation {{ cancelExport(input: {{exportId: \"{id}\"}}) {{ userErrors {{ code }} }} }}"
        ));
        assert_eq!(cancelled["extensions"]["code"], "NOT_FOUND");
    }
    assert_eq!(
        refused(&server.anonymous(), &id),
        (401, json!("UNAUTHENTICATED"))
    );
    assert_eq!(
        refused(&server.viewer(), "exp_1"),
        (400, json!("INVALID_INPUT"))
    );
    assert_eq!(download(&server.viewer(), &id).status, 200);
}

#[test]
fn a_member_lists_the_exports_that_it_started_newest_first() {
    let server = two_currencies();
    let viewer = server.viewer();
    let mut started: Vec<String> = (0..3).map(|_| start(&viewer, "CSV")).collect();
    started.sort_by(|a, b| b.cmp(a));
    let page = |persona: &Persona, arguments: &str| {
        let document = format!(
            "{{ exports{arguments} {{ nodes {{ id }} edges {{ cursor }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"
        );
        let mut page = persona.data(&document)["exports"].take();
        let nodes = page["nodes"].as_array().cloned().unwrap_or_default();
        let ids: Vec<String> = nodes
            .iter()
            .filter_map(|node| Some(node["id"].as_str()?.to_owned()))
            .collect();
        (ids, page["pageInfo"].take())
    };
    let (first, info) = page(&viewer, "(first: 2)");
    assert_eq!(first, started[..2]);
    assert_eq!(info["hasNextPage"], true);
    let after = format!("(first: 2, after: {})", info["endCursor"]);
    let (rest, info) = page(&viewer, &after);
    assert_eq!(rest, started[2..]);
    assert_eq!(
        (&info["hasNextPage"], &info["hasPreviousPage"]),
        (&json!(false), &json!(true))
    );
    for stranger in [server.owner(), server.other_agency()] {
        assert!(page(&stranger, "").0.is_empty());
    }
    let error = viewer.error("{ exports(first: 101) { nodes { id } } }");
    assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED");
}

#[test]
fn an_export_that_runs_tells_how_far_it_is_and_has_no_file() {
    let server = stopping_at("export-piece", "");
    let viewer = server.viewer();
    let id = start(&viewer, "CSV");
    let status = loop {
        let status = status(&viewer, &id);
        if status["rowsWritten"] != 0 {
            break status;
        }
    };
    let told = [
        "state",
        "rows",
        "rowsWritten",
        "url",
        "sizeBytes",
        "endedAt",
    ];
    let told = told.map(|field| status[field].clone());
    let null = Value::Null;
    assert_eq!(
        told,
        [
            json!("RUNNING"),
            json!(2),
            json!(2),
            null.clone(),
            null.clone(),
            null
        ]
    );
    let reply = viewer.get(&format!("/v1/exports/{id}"), &[]);
    assert_eq!(
        (reply.status, reply.json()["error"]["code"].take()),
        (409, json!("BUSY"))
    );
    assert!(reply.headers.contains_key("retry-after"));
}

#[test]
fn an_export_that_runs_can_be_given_up() {
    let server = stopping_at("export-piece", "");
    let viewer = server.viewer();
    let id = start(&viewer, "CSV");
    while files(&server).is_empty() {}
    let payload = cancel(&viewer, &id);
    assert_eq!(payload["export"]["state"], "CANCELLED");
    while !files(&server).is_empty() {}
    assert_eq!(status(&viewer, &id)["state"], "CANCELLED");
    assert_eq!(refused(&viewer, &id), (409, json!("CONFLICT")));
}

#[test]
fn giving_up_an_export_that_is_done_removes_its_file() {
    let server = two_currencies();
    let viewer = server.viewer();
    let id = start(&viewer, "CSV");
    ended(&viewer, &id);
    assert_eq!(files(&server).len(), 1);
    let payload = cancel(&viewer, &id);
    assert_eq!(
        (&payload["export"]["state"], &payload["export"]["url"]),
        (&json!("CANCELLED"), &Value::Null)
    );
    assert_eq!(files(&server), Vec::<PathBuf>::new());
    assert_eq!(refused(&viewer, &id), (409, json!("CONFLICT")));
    let again = cancel(&viewer, &id);
    assert_eq!(
        (&again["export"], &again["userErrors"][0]["code"]),
        (&Value::Null, &json!("CONFLICT"))
    );
}

#[test]
fn a_file_is_removed_once_it_was_kept_long_enough() {
    let server = two_currencies().kill();
    let server = server.restart_configured("[limits]\nexport_kept_s = 1\n", None);
    let viewer = server.viewer();
    let id = start(&viewer, "CSV");
    while files(&server).is_empty() {}
    while !files(&server).is_empty() {}
    assert_eq!(refused(&viewer, &id), (404, json!("NOT_FOUND")));
}

#[test]
fn an_export_that_is_too_large_has_failed_and_says_why() {
    let server = two_currencies().kill();
    let server = server.restart_configured("[limits]\nexport_rows_max = 1\n", None);
    let id = start(&server.viewer(), "CSV");
    let status = ended(&server.viewer(), &id);
    assert_eq!(status["state"], "FAILED");
    let failure = &status["failure"];
    assert_eq!(
        (&failure["code"], &failure["retryable"]),
        (&json!("LIMIT_EXCEEDED"), &json!(false))
    );
    let message = failure["message"].as_str().expect("a sentence");
    assert!(message.contains("`export_rows_max` of 1"), "{message}");
    assert_eq!(files(&server), Vec::<PathBuf>::new());
    assert_eq!(refused(&server.viewer(), &id), (409, json!("CONFLICT")));
}

#[test]
fn so_many_exports_of_an_agency_run_at_once() {
    let server = stopping_at("export-piece", "[limits]\nexport_jobs_per_agency_max = 1\n");
    start(&server.viewer(), "CSV");
    let error = server.analyst().error(&start_document(BY_CAMPAIGN, "CSV"));
    assert_eq!(error["extensions"]["code"], "RATE_LIMITED");
    let message = error["message"].as_str().expect("a sentence");
    assert!(
        message.contains("`export_jobs_per_agency_max` of 1"),
        "{message}"
    );
    start(&server.other_agency(), "CSV");
}

#[test]
fn so_many_exports_of_an_agency_are_kept() {
    let server = two_currencies().kill();
    let server = server.restart_configured("[limits]\nexports_kept_max = 2\n", None);
    for _ in 0..2 {
        let id = start(&server.viewer(), "CSV");
        ended(&server.viewer(), &id);
    }
    let data = server.viewer().data(&start_document(BY_CAMPAIGN, "CSV"));
    let error = &data["startExport"]["userErrors"][0];
    assert_eq!(error["code"], "LIMIT_EXCEEDED");
    let message = error["message"].as_str().expect("a sentence");
    assert!(message.contains("`exports_kept_max` of 2"), "{message}");
    start(&server.other_agency(), "CSV");
}

/// An export at whose step the process is killed has failed, and nothing of it is left or sent.
fn assert_failed_after_a_kill_at(step: &str) {
    let mut server = stopping_at(step, "");
    let id = start(&server.viewer(), "CSV");
    server.wait_until_stopped();
    assert_eq!(files(&server).len(), 1);
    let server = server.kill_and_restart();
    let viewer = server.viewer();
    let status = status(&viewer, &id);
    let failure = &status["failure"];
    assert_eq!(
        (&status["state"], &failure["code"], &failure["retryable"]),
        (&json!("FAILED"), &json!("UNAVAILABLE"), &json!(true))
    );
    assert_eq!(files(&server), Vec::<PathBuf>::new());
    assert_eq!(refused(&viewer, &id), (409, json!("CONFLICT")));
    let again = start(&viewer, "CSV");
    assert_eq!(ended(&viewer, &again)["state"], "DONE");
}

#[test]
fn an_export_killed_while_it_is_written_has_failed() {
    assert_failed_after_a_kill_at("export-piece");
}

#[test]
fn an_export_killed_before_it_is_known_to_be_done_has_failed() {
    assert_failed_after_a_kill_at("export-renamed");
}

#[test]
fn a_file_that_is_done_outlives_the_process() {
    let server = two_currencies();
    let id = start(&server.viewer(), "PARQUET");
    ended(&server.viewer(), &id);
    let before = download(&server.viewer(), &id).bytes;
    let server = server.kill_and_restart();
    assert_eq!(download(&server.viewer(), &id).bytes, before);
}
