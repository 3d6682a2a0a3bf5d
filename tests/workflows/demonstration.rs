//! The demonstration's cases.

use serde_json::json;

use crate::demo::{of_both_agencies, the_demonstration};

#[test]
fn there_is_an_open_case_of_each_workflow_each_with_a_due_date() {
    let server = the_demonstration();
    for persona in of_both_agencies(&server) {
        let cases = persona.data(
            "{ cases(where: {isOpen: true}) { nodes { definition state dueAt availableActions { action } } } }",
        );
        let mut seen = Vec::new();
        for case in cases["cases"]["nodes"].as_array().unwrap() {
            assert!(case["dueAt"].is_string(), "{case}");
            assert_ne!(case["availableActions"], json!([]), "{case}");
            let word = |name: &str| case[name].as_str().unwrap().to_owned();
            seen.push((word("definition"), word("state")));
        }
        seen.sort();
        let expected = [
            ("cancel_promotion", "impact_assessed"),
            ("performance_review", "metrics_measured"),
            ("resolve_mismatch", "triaged"),
            ("terminate_agency", "negotiating"),
        ];
        assert_eq!(
            seen,
            expected.map(|(workflow, state)| (workflow.to_owned(), state.to_owned()))
        );
    }
}
