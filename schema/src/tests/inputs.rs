//! Refused input values: each names the thing, what is accepted, and its place.

use serde_json::{Value, json};

use super::given::{World, request, variables_of};
use crate::Method;

/// The message and the extensions of the first error.
async fn refused(document: &str, variables: Value) -> (String, Value) {
    let mut asked = request(document);
    asked.variables = variables_of(&variables);
    let answer = World::new().send(asked, Method::Post).await;
    assert_eq!(answer.code(), "INVALID_INPUT");
    let extensions = answer.body["errors"][0]["extensions"].clone();
    (answer.message().to_owned(), extensions)
}

const WEEK: &str = "range: {last: {n: 7, unit: DAY}}";

#[tokio::test]
async fn a_misspelt_enum_value_is_told_with_the_nearest_and_its_place() {
    let document = format!("{{ metrics(input: {{{WEEK}, by: [PLATFROM]}}) {{ rowCount }} }}");
    let (message, extensions) = refused(&document, json!({})).await;
    assert_eq!(
        message,
        "`PLATFROM` is not a `Dimension`; did you mean `PLATFORM`?"
    );
    assert_eq!(extensions["didYouMean"], "PLATFORM");
    assert_eq!(extensions["field"], "input.by.0");
    let allowed = extensions["allowed"].as_array().unwrap();
    assert!(allowed.contains(&json!("CAMPAIGN")), "{extensions}");
}

#[tokio::test]
async fn each_enum_suggests_its_own_values() {
    let slips = [
        ("range: {last: {n: 7, unit: DAYS}}", "DAY"),
        (
            "range: {last: {n: 7, unit: DAY}}, where: {platform: {eq: TIKTOC}}",
            "TIKTOK",
        ),
        ("range: {last: {n: 7, unit: DAY}}, metrics: [SPND]", "SPEND"),
    ];
    for (input, near) in slips {
        let document = format!("{{ metrics(input: {{{input}}}) {{ rowCount }} }}");
        let (_, extensions) = refused(&document, json!({})).await;
        assert_eq!(extensions["didYouMean"], near, "{input}");
    }
}

#[tokio::test]
async fn an_enum_value_like_no_other_is_told_the_values() {
    let document = "{ metrics(input: {range: {last: {n: 1, unit: FORTNIGHT}}}) { rowCount } }";
    let (message, extensions) = refused(document, json!({})).await;
    assert_eq!(
        message,
        "`FORTNIGHT` is not a `RangeUnit`; use `DAY`, `WEEK` or `MONTH`"
    );
    assert_eq!(extensions["allowed"], json!(["DAY", "WEEK", "MONTH"]));
}

#[tokio::test]
async fn a_misspelt_enum_value_of_a_variable_has_its_place_too() {
    let document = "query Q($input: MetricsInput!) { metrics(input: $input) { rowCount } }";
    let input = json!({"range": {"last": {"n": 7, "unit": "DAYS"}}});
    let (message, extensions) = refused(document, json!({ "input": input })).await;
    assert_eq!(message, "`DAYS` is not a `RangeUnit`; did you mean `DAY`?");
    assert_eq!(extensions["field"], "input.range.last.unit");
}

#[tokio::test]
async fn an_enum_value_beside_a_variable_without_a_value_is_told_alike() {
    let document = format!(
        "query Q($grain: Grain) {{ metrics(input: {{{WEEK}, by: [PLATFROM], grain: $grain}}) {{ rowCount }} }}"
    );
    let (message, extensions) = refused(&document, json!({})).await;
    assert_eq!(
        message,
        "`PLATFROM` is not a `Dimension`; did you mean `PLATFORM`?"
    );
    assert_eq!(extensions["didYouMean"], "PLATFORM");
}

#[tokio::test]
async fn a_range_is_exactly_one_of_its_two_forms() {
    let both = "{last: {n: 7, unit: DAY}, between: {from: \"2026-01-01\", until: \"2026-02-01\"}}";
    for range in ["{}", both, "{last: null}"] {
        let document = format!("{{ metrics(input: {{range: {range}}}) {{ rowCount }} }}");
        let (message, extensions) = refused(&document, json!({})).await;
        assert_eq!(message, "give exactly one of `last` and `between`");
        assert_eq!(extensions["allowed"], json!(["last", "between"]));
        assert_eq!(extensions["field"], "input.range");
    }
}

#[tokio::test]
async fn a_field_that_an_input_lacks_or_needs_is_named() {
    let document = format!("{{ metrics(input: {{{WEEK}, grein: DAY}}) {{ rowCount }} }}");
    let (message, extensions) = refused(&document, json!({})).await;
    assert_eq!(
        message,
        "`MetricsInput` has no `grein`; did you mean `grain`?"
    );
    assert_eq!(extensions["field"], "input.grein");
    let document = "{ metrics(input: {range: {last: {n: 7}}}) { rowCount } }";
    let (message, extensions) = refused(document, json!({})).await;
    assert_eq!(
        message,
        "`input.range.last` needs `unit`, of type `RangeUnit!`"
    );
    assert_eq!(extensions["field"], "input.range.last.unit");
}

#[tokio::test]
async fn a_value_of_another_type_has_its_place() {
    let (message, extensions) =
        refused("{ campaigns(first: \"9\") { nodes { id } } }", json!({})).await;
    assert_eq!(message, "`first` is not of type `Int`");
    assert_eq!(extensions["field"], "first");
}

#[tokio::test]
async fn a_variable_without_a_value_is_named() {
    let documents = [
        "query Q($n: Int!) { campaigns(first: $n) { nodes { id } } }",
        "query Q($n: ID!) { brand(id: $n) { name } }",
    ];
    for document in documents {
        for variables in [json!({}), json!({"n": null})] {
            let (message, extensions) = refused(document, variables).await;
            assert!(message.starts_with("`$n` has no value; "), "{message}");
            assert_eq!(extensions["field"], "variables.n");
        }
    }
}

#[tokio::test]
async fn a_page_far_too_large_is_told_the_largest() {
    let world = World::new();
    let documents = [
        (
            format!("{{ metrics(input: {{{WEEK}}}, first: 1000000) {{ rows {{ spend }} }} }}"),
            "a page of 1000000 is over the limit `rows_page_max` of 1000; use 1 to 1000",
        ),
        (
            "{ brands { campaigns(first: 1000000) { nodes { id } } } }".to_owned(),
            "a page of 1000000 is over the limit `nodes_page_max` of 100; use 1 to 100",
        ),
    ];
    for (document, told) in documents {
        let answer = world.ask(&document).await;
        assert_eq!(answer.code(), "LIMIT_EXCEEDED");
        assert_eq!(answer.message(), told);
        assert_eq!(answer.body["errors"][0]["extensions"]["field"], "first");
    }
}

#[tokio::test]
async fn a_variable_that_is_not_declared_is_told_apart() {
    let document = "query Q { campaigns(first: $n) { nodes { id } } }";
    let (message, _) = refused(document, json!({"n": 1})).await;
    assert_eq!(message, "`$n` is not declared by the operation");
}
