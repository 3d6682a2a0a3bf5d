//! The guides' stories, over GraphQL: what was decided, what it cost, where the money went, and that
//! the record of it is whole.

use serde_json::{Value, json};

use super::drive::{Drive, answered, reference_input};

fn computed(kind: &str, input: &Value) -> Value {
    json!({ "kind": kind, "input": input, "snapshot": "commit-41" })
}

fn verified(drive: &Drive) -> Value {
    answered(
        &drive.server.owner(),
        "verifyCase",
        "query($id: ID!) { verifyCase(id: $id) { isWhole eventCount head brokenAt } }",
        &json!({ "id": drive.id() }),
    )
}

#[test]
fn a_budget_is_cut_and_the_money_moves_to_a_campaign_that_brings_more() {
    let mut drive = Drive::of("cancel_promotion");
    let terms = reference_input("cancellation", "W18");
    let reason = json!({ "kind": "reason_code", "fields": { "codes": ["BUDGET_CONSTRAINTS"] } });
    drive.goes_with("submit", &[reason]);
    drive.goes_with("record_impact", &[computed("financial_loss", &terms)]);
    drive.goes("answer_alternatives");
    drive.goes_with(
        "decide_cancellation",
        &[computed("decision_numbers", &terms)],
    );
    assert_eq!(
        drive.figure("decision_numbers", "decision.recommend"),
        "cancel"
    );
    assert_eq!(
        drive.figure("financial_loss", "reallocatable_budget"),
        "5780.00"
    );
    for action in [
        "review_agreement",
        "contact_support",
        "notify_parties",
        "confirm_stop",
    ] {
        drive.goes(action);
    }
    let proposal = json!({ "kind": "reallocation", "fields": { "proposal": "budget-proposal-7" } });
    drive.goes_with("reallocate", &[proposal]);
    drive.goes("update_plan");
    drive.goes("close");
    assert_eq!(
        (drive.state(), &drive.case["isFinal"]),
        ("closed", &json!(true))
    );
    let verified = verified(&drive);
    assert_eq!(verified["isWhole"], true);
    assert_eq!(verified["eventCount"], drive.case["eventCount"]);
    assert_eq!(verified["head"], drive.case["head"]);
}

#[test]
fn goals_shift_to_launches_and_the_plan_says_so() {
    let mut drive = Drive::of("cancel_promotion");
    let reason = json!({ "kind": "reason_code", "fields": { "codes": ["CHANGING_OBJECTIVES"] } });
    drive.goes_with("submit", &[reason]);
    for action in [
        "record_impact",
        "answer_alternatives",
        "decide_cancellation",
        "review_agreement",
        "contact_support",
        "notify_parties",
        "confirm_stop",
        "reallocate",
    ] {
        drive.goes(action);
    }
    let plan = json!({
        "kind": "plan_revision",
        "fields": { "revision": "plan-2026-launches", "objective": "ENGAGEMENT" },
    });
    drive.goes_with("update_plan", &[plan]);
    drive.goes("close");
    assert_eq!(drive.state(), "closed");
    assert_eq!(verified(&drive)["isWhole"], true);
}

#[test]
fn an_agency_that_leaves_forty_days_early_is_owed_what_the_contract_says() {
    let mut drive = Drive::of("terminate_agency");
    let mut terms = reference_input("termination", "W30");
    terms["requested_end"] = json!("2026-04-30");
    drive.goes("open_talks");
    drive.goes("conclude_talks");
    let threshold = json!({
        "kind": "penalty_clause",
        "fields": { "clause": { "percent": "20" }, "advice_above": "5000" },
    });
    let planned = computed("planned_amounts", &terms);
    drive.goes_with("check_contract", &[planned, threshold]);
    drive.goes("serve_notice");
    drive.goes_with("begin_handover", &[computed("termination_amounts", &terms)]);
    assert_eq!(
        drive.figure("termination_amounts", "pay_in_lieu"),
        "7890.41"
    );
    assert_eq!(drive.figure("termination_amounts", "penalty"), "8087.67");
    // The day begins in the agency's zone.
    assert_eq!(drive.case["dueAt"], "2026-05-01T04:00:00Z");
    for action in ["accept_handover", "revoke_access", "confirm_secured"] {
        drive.goes(action);
    }
    drive.goes_with("settle", &[computed("settlement_statement", &terms)]);
    assert_eq!(
        drive.figure("settlement_statement", "settlement.amount"),
        "15328.08"
    );
    drive.goes("close");
    assert_eq!(drive.state(), "closed");
    assert_eq!(verified(&drive)["isWhole"], true);
}

#[test]
fn every_event_tells_who_did_what_and_holds_the_hash_of_the_one_before() {
    let mut drive = Drive::of("cancel_promotion");
    drive.goes("submit");
    let page = answered(
        &drive.server.owner(),
        "case",
        "query($id: ID!) { case(id: $id) { events(first: 100) { nodes { seq type by { kind } sha256 entry texts { field text } } pageInfo { hasNextPage } } } }",
        &json!({ "id": drive.id() }),
    );
    let events = page["events"]["nodes"].as_array().unwrap();
    assert_eq!(events[0]["type"], "started");
    for pair in events.windows(2) {
        let entry: Value = serde_json::from_str(pair[1]["entry"].as_str().unwrap()).unwrap();
        assert_eq!(entry["previous"], pair[0]["sha256"]);
    }
    let explained = events.iter().find(|it| it["texts"] != json!([])).unwrap();
    assert_eq!(
        explained["texts"],
        json!([{ "field": "explanation.text", "text": "as we talked about" }])
    );
}

#[test]
fn an_erased_text_is_gone_and_the_chain_is_whole() {
    let mut drive = Drive::of("cancel_promotion");
    drive.goes("submit");
    let owner = drive.server.owner();
    let erased = answered(
        &owner,
        "eraseCaseTexts",
        "mutation($id: ID!) { eraseCaseTexts(case: $id) }",
        &json!({ "id": drive.id() }),
    );
    assert_eq!(erased, 1);
    let page = answered(
        &owner,
        "case",
        "query($id: ID!) { case(id: $id) { events(first: 100) { nodes { texts { text } } } } }",
        &json!({ "id": drive.id() }),
    );
    assert!(!page.to_string().contains("as we talked about"));
    assert_eq!(verified(&drive)["isWhole"], true);
}
