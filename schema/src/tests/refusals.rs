//! Refusals: requests that don't run, each with a code, and without `data`.

use std::fmt::Write;
use std::time::{Duration, Instant};

use serde_json::json;

use super::given::{Answer, World, request, variables_of};
use crate::{Method, ReplyOutcome};

/// Asserts that a request was refused before it ran.
fn assert_refused(answer: &Answer, code: &str, told: &str) {
    assert_eq!(
        answer.outcome,
        ReplyOutcome::RequestError,
        "{}",
        answer.body
    );
    assert_eq!(answer.body.get("data"), None);
    assert_eq!(answer.code(), code);
    assert!(answer.message().contains(told), "{}", answer.message());
}

/// Fragments of which each spreads the next one twice: 2 to the power of `n_levels` selections.
fn doubling_fragments(n_levels: usize) -> String {
    let mut text = "{brands{...f0}}".to_owned();
    for level in 0..n_levels {
        let next = level + 1;
        write!(text, "fragment f{level} on Brand{{...f{next} ...f{next}}}").unwrap();
    }
    write!(text, "fragment f{n_levels} on Brand{{id}}").unwrap();
    text
}

#[tokio::test]
async fn fragments_that_double_each_other_are_refused_at_once() {
    let world = World::new();
    let document = doubling_fragments(60);
    let started = Instant::now();
    let answer = world.ask(&document).await;
    assert_refused(
        &answer,
        "QUERY_TOO_COMPLEX",
        "`expanded_selections_max` of 5000",
    );
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_document_of_848_bytes_that_doubles_is_refused() {
    let world = World::new();
    let document = doubling_fragments(20);
    assert!(document.len() <= 848, "{}", document.len());
    let answer = world.ask(&document).await;
    assert_refused(&answer, "QUERY_TOO_COMPLEX", "expanded_selections_max");
}

#[tokio::test]
async fn fragments_that_contain_themselves_are_refused() {
    let world = World::new();
    let document = "{brands{...a}} fragment a on Brand{...b} fragment b on Brand{...a}";
    assert_refused(
        &world.ask(document).await,
        "INVALID_INPUT",
        "contains itself",
    );
}

#[tokio::test]
async fn depth_is_limited_at_one_above() {
    let world = World::new();
    let nested = |n_levels: usize| {
        let inner = "campaigns{nodes{brand{".repeat(n_levels);
        format!("{{brands{{{inner}id{}}}}}", "}}}".repeat(n_levels))
    };
    assert_refused(
        &world.ask(&nested(3)).await,
        "QUERY_TOO_COMPLEX",
        "`depth_max` of 10",
    );
    let answer = world.ask(&nested(2)).await;
    assert_eq!(answer.body.get("errors"), None);
}

#[tokio::test]
async fn aliases_directives_and_root_fields_are_limited() {
    let world = World::new();
    let mut aliases = String::new();
    for n in 0..51 {
        write!(aliases, "a{n}:slug ").unwrap();
    }
    let answer = world.ask(&format!("{{brands{{{aliases}}}}}")).await;
    assert_refused(&answer, "QUERY_TOO_COMPLEX", "`aliases_max` of 50");
    let directives = "@include(if: true) ".repeat(21);
    let answer = world.ask(&format!("{{brands{{slug {directives}}}}}")).await;
    assert_refused(&answer, "QUERY_TOO_COMPLEX", "`directives_max` of 20");
    let answer = world
        .ask(&format!("{{{}}}", "__typename ".repeat(11)))
        .await;
    assert_refused(&answer, "QUERY_TOO_COMPLEX", "`root_fields_max` of 10");
}

#[tokio::test]
async fn long_and_deeply_bracketed_documents_are_not_even_parsed() {
    let world = World::new();
    let answer = world.ask(&" ".repeat(65_537)).await;
    assert_refused(
        &answer,
        "QUERY_TOO_COMPLEX",
        "`document_bytes_max` of 65536",
    );
    for bracket in ["{a", "[", "{a(b:{c:["] {
        let answer = world.ask(&bracket.repeat(7_000)).await;
        assert_refused(&answer, "QUERY_TOO_COMPLEX", "`brackets_max` of 128");
    }
}

/// The answer to a document that takes any filter, of these variables.
async fn with_variables(variables: &str) -> Answer {
    let mut asked = request("query Q($a: String) { campaigns(after: $a) { nodes { id } } }");
    asked.variables = serde_json::value::RawValue::from_string(variables.to_owned()).ok();
    World::new().send(asked, Method::Post).await
}

#[tokio::test]
async fn variables_have_at_most_their_bytes() {
    let of_length = |n_bytes: usize| format!("{{\"b\":\"{}\"}}", "x".repeat(n_bytes - 8));
    let within = with_variables(&of_length(1_000)).await;
    assert_eq!(within.outcome, ReplyOutcome::Executed, "{}", within.body);
    let beyond = with_variables(&of_length(1_001)).await;
    assert_refused(&beyond, "LIMIT_EXCEEDED", "`variables_bytes_max` of 1000");
    assert_eq!(beyond.body["errors"][0]["extensions"]["field"], "variables");
}

#[tokio::test]
async fn variables_are_at_most_so_deep() {
    let nested = |n: usize| format!("{{\"b\":{}{}}}", "[".repeat(n - 1), "]".repeat(n - 1));
    let within = with_variables(&nested(8)).await;
    assert_eq!(within.outcome, ReplyOutcome::Executed, "{}", within.body);
    let beyond = with_variables(&nested(9)).await;
    assert_refused(&beyond, "LIMIT_EXCEEDED", "`variables_depth_max` of 8");
}

#[tokio::test]
async fn a_document_has_at_most_its_words() {
    let world = World::new();
    let of_words = |n: usize| format!("{{ brands {{ {} }} }}", "id ".repeat(n - 1));
    assert_refused(
        &world.ask(&of_words(5_001)).await,
        "QUERY_TOO_COMPLEX",
        "`words_max` of 5000",
    );
    let answer = world.ask(&of_words(5_000)).await;
    assert_eq!(answer.outcome, ReplyOutcome::Executed, "{}", answer.body);
}

#[tokio::test]
async fn introspection_in_circles_is_refused() {
    let world = World::new();
    let answer = world
        .ask("{__schema{types{fields{type{fields{type{name}}}}}}}")
        .await;
    assert_refused(&answer, "QUERY_TOO_COMPLEX", "introspection_lists_max");
}

#[tokio::test]
async fn costly_pages_are_refused_by_their_price() {
    let world = World::new();
    let answer = world
        .ask("{campaigns(first:100){nodes{brand{campaigns(first:100){nodes{brand{campaigns(first:100){nodes{id}}}}}}}}}")
        .await;
    assert_refused(&answer, "QUERY_TOO_COMPLEX", "`complexity_max` of 100000");
}

#[tokio::test]
async fn a_page_below_one_is_refused_with_its_place() {
    let world = World::new();
    for first in ["-1", "0"] {
        let answer = world
            .ask(&format!("{{campaigns(first:{first}){{nodes{{id}}}}}}"))
            .await;
        assert_eq!(answer.code(), "INVALID_INPUT");
        assert_eq!(answer.body["errors"][0]["extensions"]["field"], "first");
        assert_eq!(answer.body["data"], json!(null));
    }
    let answer = world.ask("{campaigns(first:101){nodes{id}}}").await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED");
    assert!(answer.message().contains("`nodes_page_max` of 100"));
}

#[tokio::test]
async fn what_cannot_be_read_or_is_not_in_the_schema_has_a_code() {
    let world = World::new();
    assert_refused(&world.ask("{").await, "INVALID_INPUT", "");
    let answer = world.ask("{ brandz { id } }").await;
    assert_refused(&answer, "INVALID_INPUT", "unknown field \"brandz\"");
    assert_eq!(
        answer.body["errors"][0]["extensions"]["didYouMean"],
        "brands"
    );
    assert_eq!(answer.body["errors"][0]["extensions"]["retryable"], false);
}

#[tokio::test]
async fn an_illegal_combination_names_its_place_and_what_is_allowed() {
    let world = World::new();
    let answer = world
        .ask("{ metrics(input: {range: {last: {n: 7, unit: DAY}}, by: [AGE]}) { rows { age cogs } } }")
        .await;
    assert_eq!(answer.outcome, ReplyOutcome::Executed);
    assert_eq!(answer.code(), "INVALID_INPUT");
    let extensions = &answer.body["errors"][0]["extensions"];
    assert_eq!(extensions["field"], "rows.cogs");
    assert!(
        extensions["allowed"]
            .as_array()
            .unwrap()
            .contains(&json!("spend"))
    );
}

#[tokio::test]
async fn a_field_of_a_dimension_that_is_not_grouped_by_is_refused() {
    let world = World::new();
    let answer = world
        .ask("{ metrics(input: {range: {last: {n: 7, unit: DAY}}}) { rows { ...R } totals { platform } } } fragment R on MetricsRow { campaignName }")
        .await;
    assert_eq!(
        answer.body["errors"][0]["extensions"]["field"],
        "rows.campaignName"
    );
}

#[tokio::test]
async fn of_several_operations_one_must_be_named() {
    let world = World::new();
    let document = "query A { brands { id } } query B { brands { slug } }";
    let answer = world.ask(document).await;
    assert_refused(&answer, "INVALID_INPUT", "`operationName`");
    assert_eq!(
        answer.body["errors"][0]["extensions"]["allowed"],
        json!(["A", "B"])
    );
    let mut named = request(document);
    named.operation_name = Some("B".to_owned());
    let answer = world.send(named.clone(), Method::Post).await;
    assert_eq!(
        answer.body,
        json!({"data": {"brands": [{"slug": "aurora"}]}})
    );
    named.operation_name = Some("C".to_owned());
    assert_refused(
        &world.send(named, Method::Post).await,
        "INVALID_INPUT",
        "`C`",
    );
}

#[tokio::test]
async fn a_mutation_by_get_is_told_apart_and_a_query_by_get_runs() {
    let world = World::new();
    let document = "query Q { brands { slug } } mutation M { renameBrand(input: {brandId: \"x\", name: \"y\"}) { userErrors { code } } }";
    let named = |name: &str| {
        let mut request = request(document);
        request.operation_name = Some(name.to_owned());
        request
    };
    let answer = world.send(named("M"), Method::Get).await;
    assert_eq!(answer.outcome, ReplyOutcome::MutationByGet);
    assert_eq!(answer.code(), "METHOD_NOT_ALLOWED");
    let answer = world.send(named("Q"), Method::Get).await;
    assert_eq!(answer.outcome, ReplyOutcome::Executed);
}

#[tokio::test]
async fn a_variable_of_the_wrong_type_has_a_code() {
    let world = World::new();
    let mut asked = request("query Q($first: Int!) { campaigns(first: $first) { nodes { id } } }");
    asked.variables = variables_of(&json!({"first": "many"}));
    assert_eq!(
        world.send(asked, Method::Post).await.code(),
        "INVALID_INPUT"
    );
    let missing = world
        .ask("query Q($id: ID!) { brand(id: $id) { name } }")
        .await;
    assert_eq!(missing.code(), "INVALID_INPUT");
}

#[tokio::test]
async fn messages_are_one_sentence_without_the_librarys_decoration() {
    let world = World::new();
    let answer = world.ask("{").await;
    assert_refused(
        &answer,
        "INVALID_INPUT",
        "the document can't be parsed at line 1, column 2: expected selection",
    );
    let answer = world
        .ask("{ metrics(input: {range: {between: {from: \"2021\", until: \"2022-01-01\"}}}) { rowCount } }")
        .await;
    assert_eq!(
        answer.message(),
        "`2021` is not a date; use YYYY-MM-DD, such as `2026-04-01`"
    );
}
