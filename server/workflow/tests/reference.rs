//! The reference cases of the workflows, computed outside the project: to the cent and to the day.
//!
//! `BELLWETHER_REFERENCE_DIR` names the folder with `workflow_cases.json`; without it the copy
//! beside this file is read. Only the public functions are called, as the product calls them.

use bellwether_domain::money::Decimal;
use bellwether_domain::time::{Timestamp, ZoneName};
use bellwether_reference_cases::path_of;
use bellwether_workflow::amounts::Calculation;
use bellwether_workflow::business_days::BusinessDays;
use serde_json::{Map, Value};

fn cases() -> Vec<Value> {
    let copies = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference");
    let path = path_of("workflow_cases.json", copies);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("can't read {}: {error}", path.display()));
    let file: Value = serde_json::from_str(&text).expect("the file is JSON");
    file["cases"].as_array().cloned().unwrap_or_default()
}

/// Which calculation a case is of, by its `workflow`.
fn calculation_of(case: &Value) -> Calculation {
    match case["workflow"].as_str() {
        Some("any") => Calculation::Due,
        Some("cancel_promotion") => Calculation::Cancellation,
        Some("terminate_agency") => Calculation::Termination,
        Some("resolve_mismatch") => Calculation::Mismatch,
        Some("performance_review") => Calculation::Review,
        other => panic!("case {}: unknown workflow {other:?}", case["id"]),
    }
}

/// What differs between what is expected and what came out; figures beyond the expected are fine.
fn differences(path: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (key, value) in expected {
                let place = format!("{path}.{key}");
                match actual.get(key) {
                    Some(actual) => differences(&place, value, actual, found),
                    None => found.push(format!("{place}: expected {value}, which isn't there")),
                }
            }
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            let (expected, actual) = (in_order(expected), in_order(actual));
            for (index, (expected, actual)) in expected.iter().zip(&actual).enumerate() {
                differences(&format!("{path}[{index}]"), expected, actual, found);
            }
        }
        _ if same(expected, actual) => {}
        _ => found.push(format!("{path}: expected {expected}, got {actual}")),
    }
}

/// Objects of a list by their text, because a list by metric has no order of its own.
fn in_order(list: &[Value]) -> Vec<Value> {
    let mut list = list.to_vec();
    if list.iter().all(|item| item.get("metric").is_some()) {
        list.sort_by_key(|item| item["metric"].to_string());
    }
    list
}

/// Equal as written, or the same moment written in another way, or the same number unquoted.
fn same(expected: &Value, actual: &Value) -> bool {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let (expected, actual) = (text(expected), text(actual));
    let moments = expected
        .parse::<Timestamp>()
        .ok()
        .zip(actual.parse::<Timestamp>().ok());
    let numbers = expected
        .parse::<Decimal>()
        .ok()
        .zip(actual.parse::<Decimal>().ok());
    expected == actual
        || moments.is_some_and(|(one, other)| one == other)
        || numbers.is_some_and(|(one, other)| one == other)
}

#[test]
fn reference_workflow_cases_come_out_to_the_cent_and_to_the_day() {
    let utc = ZoneName::parse("UTC").expect("UTC is a zone");
    let cases = cases();
    assert!(!cases.is_empty(), "the file has no cases");
    let mut found = Vec::new();
    let mut n_passed = 0;
    for case in &cases {
        let calculation = calculation_of(case);
        let id = case["id"].as_str().expect("a case has an id");
        let before = found.len();
        match calculation.run(&case["input"], &BusinessDays::default(), &utc) {
            Ok(worked) => differences(id, &case["expected"], &worked.figures, &mut found),
            Err(refusal) => found.push(format!("{id}: {refusal}")),
        }
        let none = Value::Object(Map::new());
        assert_ne!(case["expected"], none, "{id} expects nothing");
        n_passed += usize::from(found.len() == before);
    }
    println!(
        "workflow reference cases: {n_passed}/{} passed",
        cases.len()
    );
    assert!(
        found.is_empty(),
        "{n_passed}/{} passed\n{}",
        cases.len(),
        found.join("\n")
    );
}
