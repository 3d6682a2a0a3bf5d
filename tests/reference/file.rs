//! A file of cases: each is dispatched by its kind, computed, and compared key by key.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::kinds::{computed, package_of};

/// What became of a file's cases.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) file: String,
    pub(super) passed: usize,
    pub(super) total: usize,
    pub(super) failures: Vec<String>,
    /// The packages whose tests run the cases that are not counted here.
    pub(super) elsewhere: BTreeSet<&'static str>,
}

#[derive(Debug, Deserialize)]
struct CaseFile {
    cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    #[serde(alias = "workflow")]
    kind: String,
    input: Value,
    expected: Value,
}

/// What an expectation says in words, for people.
const PROSE: [&str; 2] = ["note", "rule"];

/// What it says in any order.
const SETS: [&str; 1] = ["flags"];

/// Runs every case of a file; a file without cases is a failure too.
pub(super) fn run(file: &str, text: &str) -> Outcome {
    let read = serde_json::from_str::<CaseFile>(text);
    let cases = read.map(|read| read.cases).unwrap_or_default();
    let mut failures = Vec::new();
    if cases.is_empty() {
        failures.push(format!("{file}: no cases in it"));
    }
    let elsewhere = cases.iter().filter_map(|case| package_of(&case.kind));
    let elsewhere = elsewhere.collect();
    let own = cases.iter().filter(|case| package_of(&case.kind).is_none());
    let total = own.clone().count();
    let failed = own.filter_map(|case| judged(case).err());
    let failed: Vec<String> = failed.map(|why| format!("{file}: {why}")).collect();
    let passed = total - failed.len();
    failures.extend(failed);
    Outcome {
        file: file.to_owned(),
        passed,
        total,
        failures,
        elsewhere,
    }
}

fn judged(case: &Case) -> Result<(), String> {
    let Case {
        id,
        kind,
        input,
        expected,
    } = case;
    let told = |why: String| format!("{id} ({kind}): {why}");
    let computed = computed(kind, input).map_err(told)?;
    let expected = expected
        .as_object()
        .ok_or_else(|| told("`expected` is no object".into()))?;
    let normative = expected
        .iter()
        .filter(|(key, _)| !PROSE.contains(&key.as_str()));
    if normative.clone().next().is_none() {
        return Err(told("`expected` has nothing to compare".into()));
    }
    for (key, value) in normative {
        let found = computed
            .get(key)
            .ok_or_else(|| told(format!("nothing here computes `{key}`")))?;
        if !is_same(key, found, value) {
            return Err(told(format!("`{key}` is {found}, expected {value}")));
        }
    }
    Ok(())
}

fn is_same(key: &str, found: &Value, expected: &Value) -> bool {
    if !SETS.contains(&key) {
        return found == expected;
    }
    let sorted = |value: &Value| {
        let mut words: Vec<String> = value
            .as_array()
            .into_iter()
            .flatten()
            .map(Value::to_string)
            .collect();
        words.sort();
        words
    };
    sorted(found) == sorted(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONEY: &str =
        r#""kind": "money", "input": {"values": [{"currency": "USD", "amount": "1.005"}]}"#;

    fn failures(cases: &str) -> String {
        run("a", &format!(r#"{{"cases": [{cases}]}}"#))
            .failures
            .join("; ")
    }

    #[test]
    fn a_case_that_holds_passes() {
        let holds =
            format!(r#"{{"id": "1", {MONEY}, "expected": {{"rounded": ["1.01"], "note": "-"}}}}"#);
        assert_eq!(failures(&holds), "");
    }

    #[test]
    fn a_wrong_number_fails_and_so_does_one_that_nobody_computes() {
        let wrong = format!(r#"{{"id": "1", {MONEY}, "expected": {{"rounded": ["1.00"]}}}}"#);
        assert_eq!(
            failures(&wrong),
            r#"a: 1 (money): `rounded` is ["1.01"], expected ["1.00"]"#
        );
        let unknown = format!(r#"{{"id": "1", {MONEY}, "expected": {{"words": "one"}}}}"#);
        assert_eq!(
            failures(&unknown),
            "a: 1 (money): nothing here computes `words`"
        );
    }

    #[test]
    fn an_expectation_of_words_alone_fails() {
        let empty = format!(r#"{{"id": "1", {MONEY}, "expected": {{"note": "-"}}}}"#);
        assert_eq!(
            failures(&empty),
            "a: 1 (money): `expected` has nothing to compare"
        );
    }

    #[test]
    fn a_kind_of_another_package_is_counted_there() {
        let case = r#"{"id": "1", "kind": "pacing", "input": {}, "expected": {}}"#;
        let outcome = run("a", &format!(r#"{{"cases": [{case}]}}"#));
        assert_eq!((outcome.total, outcome.failures.len()), (0, 0));
        assert!(outcome.elsewhere.contains("bellwether-plugin-host"));
    }

    #[test]
    fn an_unknown_kind_fails() {
        let case = r#"{"id": "1", "workflow": "dance", "input": {}, "expected": {}}"#;
        assert_eq!(
            failures(case),
            "a: 1 (dance): no rule of the product is known for this kind of case"
        );
    }

    #[test]
    fn an_unknown_input_fails() {
        let case =
            r#"{"id": "1", "kind": "money", "input": {"values": [], "more": 1}, "expected": {}}"#;
        assert!(failures(case).contains("unknown field `more`"));
    }

    #[test]
    fn no_cases_fail() {
        assert_eq!(failures(""), "a: no cases in it");
        assert_eq!(run("a", "{}").failures, ["a: no cases in it"]);
    }
}
