//! What a case doesn't let happen: each with its code, the case unchanged, the attempt recorded.

use serde_json::{Value, json};

use super::drive::{Drive, a_server_for, answered, begun, definition, gives_roles, member_id};

fn codes(errors: &Value) -> Vec<&str> {
    let errors = errors.as_array().unwrap().iter();
    errors.filter_map(|error| error["code"].as_str()).collect()
}

fn attempts(drive: &Drive) -> Vec<Value> {
    let page = answered(
        &drive.server.owner(),
        "case",
        "query($id: ID!) { case(id: $id) { events(first: 100) { nodes { type body } } } }",
        &json!({ "id": drive.id() }),
    );
    let events = page["events"]["nodes"].as_array().unwrap().clone();
    let tried = events
        .into_iter()
        .filter(|it| it["type"] == "attempt_refused");
    tried.map(|it| it["body"].clone()).collect()
}

#[test]
fn an_action_without_its_evidence_is_refused_and_the_attempt_recorded() {
    let mut drive = Drive::of("cancel_promotion");
    let before = (drive.state().to_owned(), drive.version());
    let owner = drive.server.owner();
    let errors = drive.advances(&owner, "submit", &json!([]));
    assert_eq!(codes(&errors), ["MISSING_EVIDENCE"]);
    assert_eq!((drive.state().to_owned(), drive.version()), before);
    let tried = attempts(&drive);
    assert_eq!(tried.len(), 1);
    assert_eq!(tried[0]["attempted"], "advance:submit");
    assert_eq!(tried[0]["code"], "MISSING_EVIDENCE");
}

#[test]
fn a_version_that_passed_is_a_conflict_and_shows_the_case_as_it_is() {
    let mut drive = Drive::of("cancel_promotion");
    drive.goes("submit");
    let (owner, id) = (drive.server.owner(), drive.id().to_owned());
    let call = ("advanceCase", ", $action: String!", ", action: $action");
    let stale = json!({ "action": "record_impact", "input": { "case": id, "expectedVersion": 1 } });
    let errors = drive.tries(&owner, call, &stale);
    assert_eq!(codes(&errors), ["CONFLICT"]);
    assert_eq!(drive.state(), "impact_assessed");
}

#[test]
fn nobody_approves_what_they_asked_for() {
    let mut drive = Drive::of("cancel_promotion");
    for action in ["submit", "record_impact", "answer_alternatives"] {
        drive.goes(action);
    }
    let owner = drive.server.owner();
    let terms = super::drive::reference_input("cancellation", "");
    let numbers = json!({ "kind": "decision_numbers", "input": terms });
    assert_eq!(drive.gives(&owner, &numbers), json!([]));
    let errors = drive.approves(&owner, "decision");
    assert_eq!(codes(&errors), ["SELF_APPROVAL"]);
}

#[test]
fn an_approval_falls_when_what_was_approved_changes() {
    let mut drive = Drive::of("cancel_promotion");
    for action in ["submit", "record_impact", "answer_alternatives"] {
        drive.goes(action);
    }
    let (owner, analyst) = (drive.server.owner(), drive.server.analyst());
    let terms = super::drive::reference_input("cancellation", "");
    let numbers = json!({ "kind": "decision_numbers", "input": terms });
    assert_eq!(drive.gives(&owner, &numbers), json!([]));
    assert_eq!(drive.approves(&analyst, "decision"), json!([]));
    assert_eq!(drive.case["approvals"].as_array().unwrap().len(), 1);
    let other = json!({ "kind": "promotion_id", "fields": { "id": "another" } });
    assert_eq!(drive.gives(&owner, &other), json!([]));
    assert_eq!(drive.case["approvals"], json!([]));
    let errors = drive.advances(&owner, "decide_cancellation", &json!([]));
    assert_eq!(codes(&errors), ["MISSING_APPROVAL"]);
}

#[test]
fn a_step_out_of_order_and_a_day_to_come_are_refused() {
    let mut drive = Drive::of("cancel_promotion");
    let owner = drive.server.owner();
    let errors = drive.advances(&owner, "close", &json!([]));
    assert_eq!(codes(&errors), ["OUT_OF_ORDER"]);
    let call = ("advanceCase", ", $action: String!", ", action: $action");
    let later = json!({
        "action": "submit",
        "input": { "case": drive.id(), "occurredAt": "2999-01-01T00:00:00Z" },
    });
    let errors = drive.tries(&owner, call, &later);
    assert_eq!(codes(&errors), ["IN_THE_FUTURE"]);
}

#[test]
fn evidence_that_comes_with_a_refused_action_is_not_kept() {
    let mut drive = Drive::of("cancel_promotion");
    let owner = drive.server.owner();
    let reason = json!([{ "kind": "reason_code", "fields": { "codes": ["BUDGET_CONSTRAINTS"] } }]);
    let errors = drive.advances(&owner, "submit", &reason);
    assert_eq!(codes(&errors), ["MISSING_EVIDENCE"]);
    assert_eq!(drive.case["evidence"], json!([]));
}

#[test]
fn who_holds_no_role_begins_nothing_and_changes_nothing() {
    let mut drive = Drive::of("cancel_promotion");
    let viewer = drive.server.viewer();
    let started = begun(&viewer, &drive.server, "cancel_promotion", None);
    assert_eq!(codes(&started["userErrors"]), ["WRONG_ROLE"]);
    assert_eq!(started["case"], Value::Null);
    let errors = drive.advances(&viewer, "submit", &json!([]));
    assert_eq!(codes(&errors), ["WRONG_ROLE"]);
}

#[test]
fn a_viewer_with_a_workflow_role_may_do_what_the_role_may() {
    let (server, _) = a_server_for("cancel_promotion");
    let viewer = server.viewer();
    gives_roles(&server, &member_id(&viewer), &["requester".to_owned()]);
    let started = begun(&viewer, &server, "cancel_promotion", None);
    assert_eq!(started["userErrors"], json!([]));
}

#[test]
fn a_workflow_that_is_not_there_names_those_that_are() {
    let (server, _) = a_server_for("cancel_promotion");
    let error = server.owner().error(
        r#"mutation { startCase(input: {definition: "sack_everyone"}) { userErrors { message } } }"#,
    );
    assert_eq!(error["extensions"]["code"], "NOT_FOUND");
    let allowed = error["extensions"]["allowed"].as_array().unwrap();
    assert!(allowed.contains(&json!("terminate_agency")), "{allowed:?}");
    assert!(definition(&server.owner(), "terminate_agency").is_object());
}
