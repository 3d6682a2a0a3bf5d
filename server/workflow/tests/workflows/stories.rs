//! The guides' stories, told with their figures: what was decided, what it cost, where the money went.

use bellwether_workflow::amounts::Calculation;
use bellwether_workflow::case::{GivenEvidence, Verb};
use serde_json::{Value, json};

use crate::support::Person::{Ana, Budi};
use crate::support::{World, fields, input};

fn evidence(kind: &str, record: Value) -> GivenEvidence {
    GivenEvidence {
        kind: kind.to_owned(),
        fields: fields(record),
        ..GivenEvidence::default()
    }
}

fn computed(kind: &str, input: Value) -> GivenEvidence {
    GivenEvidence {
        kind: kind.to_owned(),
        input: Some(input),
        snapshot: Some("commit-41".to_owned()),
        ..GivenEvidence::default()
    }
}

fn figure(world: &World, kind: &str, name: &str) -> String {
    let computed = world.case.evidence[kind][""].evidence.computed.as_ref();
    let figures = &computed.expect("it is computed").worked.figures;
    let figure = name
        .split('.')
        .fold(figures, |figures, part| &figures[part]);
    figure.as_str().expect("a figure is text").to_owned()
}

/// Gives this, then everything else that the action needs, and does it.
fn with(world: &mut World, action: &str, given: Vec<GivenEvidence>) {
    for one in given {
        world.give(Ana, one).expect("it is asked for");
    }
    world.goes(Ana, action);
}

#[test]
fn a_budget_is_cut_and_the_money_moves_to_a_campaign_that_brings_more() {
    let mut world = World::of("cancel_promotion");
    let terms = input(Calculation::Cancellation, "W18");
    with(
        &mut world,
        "submit",
        vec![evidence(
            "reason_code",
            json!({"codes": ["BUDGET_CONSTRAINTS"]}),
        )],
    );
    with(
        &mut world,
        "record_impact",
        vec![computed("financial_loss", terms.clone())],
    );
    with(&mut world, "answer_alternatives", Vec::new());
    with(
        &mut world,
        "decide_cancellation",
        vec![computed("decision_numbers", terms)],
    );
    assert_eq!(
        figure(&world, "decision_numbers", "decision.recommend"),
        "cancel"
    );
    assert_eq!(
        figure(&world, "financial_loss", "reallocatable_budget"),
        "5780.00"
    );
    the_campaign_stops_and_the_money_moves(&mut world);
    assert_eq!(world.case.state, "closed");
}

fn the_campaign_stops_and_the_money_moves(world: &mut World) {
    for action in [
        "review_agreement",
        "contact_support",
        "notify_parties",
        "confirm_stop",
    ] {
        if action == "confirm_stop" {
            world
                .confirm("stop_campaign")
                .expect("the platform confirms");
        }
        with(world, action, Vec::new());
    }
    with(
        world,
        "reallocate",
        vec![evidence(
            "reallocation",
            json!({"proposal": "budget-proposal-7"}),
        )],
    );
    assert_eq!(world.effects, ["stop_campaign", "apply_budget"]);
    with(world, "update_plan", Vec::new());
    let report = |item: &str, roi: &str| GivenEvidence {
        item: Some(item.to_owned()),
        ..evidence(
            "effect_report",
            json!({"report": {"roi_before": "0.12", "roi_after": roi}}),
        )
    };
    with(
        world,
        "close",
        vec![report("14", "0.31"), report("28", "0.44")],
    );
}

#[test]
fn goals_shift_to_launches_and_the_plan_says_so() {
    let mut world = World::of("cancel_promotion");
    with(
        &mut world,
        "submit",
        vec![evidence(
            "reason_code",
            json!({"codes": ["CHANGING_OBJECTIVES"]}),
        )],
    );
    for action in [
        "record_impact",
        "answer_alternatives",
        "decide_cancellation",
        "review_agreement",
        "contact_support",
        "notify_parties",
    ] {
        with(&mut world, action, Vec::new());
    }
    world
        .confirm("stop_campaign")
        .expect("the platform confirms");
    with(&mut world, "confirm_stop", Vec::new());
    with(&mut world, "reallocate", Vec::new());
    let plan = evidence(
        "plan_revision",
        json!({"revision": "plan-2026-launches", "objective": "ENGAGEMENT"}),
    );
    with(&mut world, "update_plan", vec![plan]);
    with(&mut world, "close", Vec::new());
    assert_eq!(world.case.state, "closed");
}

#[test]
fn an_agency_that_leaves_forty_days_early_is_owed_what_the_contract_says() {
    let mut world = World::of("terminate_agency");
    // Three weeks of notice where sixty days were agreed.
    let mut terms = input(Calculation::Termination, "W30");
    terms["requested_end"] = json!("2026-04-30");
    with(&mut world, "open_talks", Vec::new());
    with(&mut world, "conclude_talks", Vec::new());
    let threshold = evidence(
        "penalty_clause",
        json!({"clause": {"percent": "20"}, "advice_above": "5000"}),
    );
    let planned = computed("planned_amounts", terms.clone());
    world.give(Ana, planned).expect("it is asked for");
    world.give(Ana, threshold).expect("it is asked for");
    assert!(needs_legal_advice(&world));
    with(&mut world, "check_contract", Vec::new());
    with(&mut world, "serve_notice", Vec::new());
    with(
        &mut world,
        "begin_handover",
        vec![computed("termination_amounts", terms.clone())],
    );
    assert_eq!(
        figure(&world, "termination_amounts", "pay_in_lieu"),
        "7890.41"
    );
    assert_eq!(figure(&world, "termination_amounts", "penalty"), "8087.67");
    assert_eq!(
        world.case.due_at().expect("it is due").to_string(),
        "2026-05-01T00:00:00Z"
    );
    with(&mut world, "accept_handover", Vec::new());
    with(&mut world, "revoke_access", Vec::new());
    world
        .confirm("revoke_access")
        .expect("the agency's systems confirm");
    with(&mut world, "confirm_secured", Vec::new());
    with(
        &mut world,
        "settle",
        vec![computed("settlement_statement", terms)],
    );
    assert_eq!(
        figure(&world, "settlement_statement", "settlement.amount"),
        "15328.08"
    );
    let ana = world.person(Ana);
    world
        .tells(
            &ana,
            Verb::Comment("the last invoice came today".to_owned()),
        )
        .expect("she takes part");
    with(&mut world, "close", Vec::new());
    assert_eq!(world.case.state, "closed");
}

/// Whether the dry run asks for legal advice on the contract.
fn needs_legal_advice(world: &World) -> bool {
    let offered = world.case.available_actions(
        world.definition,
        &world.person(Budi),
        &world.circumstances(),
    );
    let check = offered
        .iter()
        .find(|one| one.action == "check_contract")
        .expect("it is offered");
    check
        .requires
        .iter()
        .any(|needed| needed.kind == "legal_advice")
}
