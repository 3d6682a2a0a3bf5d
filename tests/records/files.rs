//! Files of records: all lines or none, each line told of, the same answer to the same key.

use bellwether_test_support::TestServer;
use serde_json::{Value, json};

use super::given::{export, import, import_under};
use crate::given::an_empty_server;

/// A file of products of the first brand.
fn products(server: &TestServer, lines: &[&str]) -> String {
    let brand = server.brand(0);
    let lines = lines.iter().map(|line| format!("{brand},{line}\n"));
    format!(
        "brand,key,name,price.amount,price.currency\n{}",
        lines.collect::<String>()
    )
}

fn keys(server: &TestServer) -> Vec<String> {
    let data = server.owner().data("{ products { nodes { key } } }");
    let nodes = data["products"]["nodes"].as_array().expect("a list");
    let keys = nodes
        .iter()
        .map(|node| node["key"].as_str().expect("a key"));
    keys.map(str::to_owned).collect()
}

#[test]
fn a_file_with_a_wrong_line_writes_nothing_and_tells_every_line() {
    let server = an_empty_server();
    let file = products(
        &server,
        &["tea,Tea,4.95,EUR", "mug,,4.95,EURO", "hat,Hat,-1,EUR"],
    );
    let reply = import(&server.analyst(), "product", "", "csv", &file);
    let answer = reply.json();
    assert_eq!(
        (reply.status, &answer["outcome"]),
        (422, &json!("REJECTED"))
    );
    let lines = answer["lines"].as_array().expect("lines");
    let told: Vec<Value> = lines
        .iter()
        .map(|line| {
            let problems = line["problems"].as_array().cloned().unwrap_or_default();
            let places = problems.iter().map(|problem| problem["field"].clone());
            json!([line["line"], line["action"], places.collect::<Vec<_>>()])
        })
        .collect();
    // A cell that is empty says nothing, so that the name is missing.
    assert_eq!(told[0], json!([2, "CREATED", []]));
    assert_eq!((&told[1][0], &told[1][1]), (&json!(3), &json!("REFUSED")));
    assert_eq!(told[2], json!([4, "REFUSED", ["price.amount"]]));
    assert_eq!(keys(&server), [""; 0]);
}

#[test]
fn a_dry_run_tells_what_would_be_and_writes_nothing() {
    let server = an_empty_server();
    let file = products(&server, &["tea,Tea,4.95,EUR"]);
    let answer = import(&server.analyst(), "product", "dryRun=true", "csv", &file).json();
    assert_eq!(
        (&answer["outcome"], &answer["created"]),
        (&json!("CHECKED"), &json!(1))
    );
    assert_eq!(answer["lines"][0]["id"], Value::Null);
    assert_eq!(keys(&server), [""; 0]);
}

#[test]
fn a_second_file_revises_what_it_changes_and_archives_what_it_says() {
    let server = an_empty_server();
    let analyst = server.analyst();
    let file = products(
        &server,
        &["tea,Tea,4.95,EUR", "mug,Mug,9,EUR", "hat,Hat,20,EUR"],
    );
    assert_eq!(import(&analyst, "product", "", "csv", &file).status, 200);
    let brand = server.brand(0);
    let second = "key,name,price.amount,price.currency,state\ntea,Tea,5.95,EUR,\nmug,Mug,9,EUR,\nhat,Hat,20,EUR,ARCHIVED\n";
    let reply = import(
        &analyst,
        "product",
        &format!("brand={brand}"),
        "csv",
        second,
    );
    let answer = reply.json();
    let actions: Vec<&Value> = (0..3).map(|at| &answer["lines"][at]["action"]).collect();
    assert_eq!(actions, ["REVISED", "UNCHANGED", "ARCHIVED"]);
    assert_eq!(keys(&server), ["mug", "tea"]);
}

#[test]
fn a_line_that_was_written_from_an_old_revision_is_refused() {
    let server = an_empty_server();
    let analyst = server.analyst();
    let first = products(&server, &["tea,Tea,4.95,EUR"]);
    import(&analyst, "product", "", "csv", &first);
    let exported = export(&analyst, "product", "format=csv").text;
    let newer = products(&server, &["tea,Tea,5.95,EUR"]);
    import(&analyst, "product", "", "csv", &newer);
    let edited = exported.replace("4.95", "3.95");
    let answer = import(&analyst, "product", "", "csv", &edited).json();
    let problem = &answer["lines"][0]["problems"][0];
    assert_eq!(problem["code"], "REVISION_CONFLICT");
    assert_eq!(problem["field"], "revision");
}

#[test]
fn the_same_key_gets_the_first_answer_and_another_file_under_it_is_a_conflict() {
    let server = an_empty_server();
    let analyst = server.analyst();
    let send = |file: &str| import_under(&analyst, "product", "", "csv", file, Some("monday"));
    let file = products(&server, &["tea,Tea,4.95,EUR"]);
    let first = send(&file);
    assert_eq!(send(&file).text, first.text);
    let other = products(&server, &["mug,Mug,9,EUR"]);
    let refused = send(&other);
    assert_eq!(refused.json()["error"]["code"], "CONFLICT");
    assert_eq!(refused.json()["error"]["field"], "Idempotency-Key");
    assert_eq!(keys(&server), ["tea"]);
}

#[test]
fn lines_of_one_file_are_judged_among_each_other() {
    let server = an_empty_server();
    let analyst = server.analyst();
    let brand = server.brand(0);
    let party =
        format!("{{\"brand\":\"{brand}\",\"key\":\"p\",\"name\":\"P\",\"role\":\"AGENCY\"}}\n");
    let made = import(&analyst, "party", "", "ndjson", &party).json();
    let id = made["lines"][0]["id"].as_str().expect("an id");
    let agreement = |key: &str, from: &str, until: &str| json!({"brand": brand, "key": key, "name": key, "parties": [id], "period": {"from": from, "until": until}});
    let file = [
        agreement("a", "2026-01-01", "2026-06-01"),
        agreement("b", "2026-06-01", "2026-07-01"),
        agreement("c", "2026-05-31", "2026-06-02"),
    ]
    .map(|line| format!("{line}\n"))
    .concat();
    let answer = import(&analyst, "agreement", "", "ndjson", &file).json();
    assert_eq!(
        (&answer["created"], &answer["refused"]),
        (&json!(2), &json!(1))
    );
    let problem = &answer["lines"][2]["problems"][0];
    assert_eq!(problem["code"], "OVERLAPPING_PERIOD");
    assert_eq!(problem["field"], "period");
}

#[test]
fn an_export_is_of_one_moment_and_of_the_states_asked_for() {
    let server = an_empty_server();
    let analyst = server.analyst();
    let many: Vec<String> = (0..250).map(|n| format!("k{n},Tea {n},4.95,EUR")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    import(&analyst, "product", "", "csv", &products(&server, &many));
    let exported = export(&analyst, "product", "format=ndjson");
    assert_eq!(exported.text.lines().count(), 250);
    let moment = exported
        .headers
        .iter()
        .find(|(name, _)| *name == "bellwether-as-of");
    let moment = moment.expect("the moment is told").1.to_owned();
    let brand = server.brand(0);
    let archive = "key,name,price.amount,price.currency,state\nk7,Tea 7,4.95,EUR,ARCHIVED\n";
    import(
        &analyst,
        "product",
        &format!("brand={brand}"),
        "csv",
        archive,
    );
    let count = |options: &str| export(&analyst, "product", options).text.lines().count();
    assert_eq!(count("format=ndjson"), 249);
    assert_eq!(count("format=ndjson&state=ALL"), 250);
    assert_eq!(count("format=ndjson&state=ARCHIVED"), 1);
    assert_eq!(count(&format!("format=ndjson&asOf={moment}")), 250);
}

#[test]
fn what_an_address_can_not_say_is_told_with_what_it_can() {
    let server = an_empty_server();
    let analyst = server.analyst();
    for (reply, status, told) in [
        (
            export(&analyst, "produkt", ""),
            404,
            "did you mean `product`",
        ),
        (
            export(&analyst, "product", "sate=ALL"),
            400,
            "did you mean `state`",
        ),
        (export(&analyst, "product", "state=GONE"), 400, "GONE"),
        (export(&analyst, "product", "format=xlsx"), 400, "xlsx"),
        (
            export(&analyst, "product", "asOf=2999-01-01T00:00:00Z"),
            400,
            "up to now",
        ),
        (
            import(&analyst, "product", "dryRun=yes", "csv", "key\n"),
            400,
            "`true` or `false`",
        ),
        (
            import(&analyst, "product", "", "csv", "keys\n"),
            400,
            "did you mean `key`",
        ),
        (
            import(&analyst, "product", "", "csv", ""),
            400,
            "the file is empty",
        ),
    ] {
        assert_eq!(reply.status, status, "{}", reply.text);
        assert!(reply.text.contains(told), "{told}: {}", reply.text);
    }
    let odd = analyst.post(
        "/v1/import/product",
        &[("content-type", "text/plain")],
        b"key\n",
    );
    assert_eq!(odd.status, 415);
}
