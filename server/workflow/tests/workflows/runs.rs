//! Whole runs by an agency of two people, as the guides tell them.

use bellwether_workflow::case::{Actor, Case, GivenEvidence, Verb};
use bellwether_workflow::chain::verify;
use bellwether_workflow::refused::RefusalCode;
use serde_json::json;

use crate::support::Person::{Ana, Budi};
use crate::support::{World, fields};

/// What was recorded makes the case and holds together.
fn is_whole(world: &World) {
    let (case, definition) = (&world.case, world.definition);
    let folded = Case::fold(definition, case.agency, case.id, &world.events);
    assert_eq!(folded.as_ref(), Some(case));
    let links = world
        .links
        .iter()
        .map(|link| (link.bytes.as_str(), link.hash));
    let head = verify(case.agency, case.id, links, None).expect("the chain is whole");
    assert_eq!(head.seq, case.n_events);
}

fn cancelled_up_to_the_stop() -> World {
    let mut world = World::of("cancel_promotion");
    for action in [
        "submit",
        "record_impact",
        "answer_alternatives",
        "decide_cancellation",
        "review_agreement",
        "contact_support",
        "notify_parties",
    ] {
        world.goes(Ana, action);
    }
    world
}

#[test]
fn two_people_cancel_a_promotion_from_the_request_to_the_report() {
    let mut world = cancelled_up_to_the_stop();
    assert_eq!(world.effects, ["stop_campaign"]);
    assert_eq!(
        World::code(world.advance(Ana, "confirm_stop")),
        RefusalCode::MissingEvidence
    );
    world.confirm("stop_campaign").unwrap();
    for action in ["confirm_stop", "reallocate", "update_plan", "close"] {
        world.goes(Ana, action);
    }
    assert_eq!(world.case.state, "closed");
    is_whole(&world);
}

#[test]
fn a_case_says_cancelled_only_when_the_platform_has_confirmed() {
    let mut world = cancelled_up_to_the_stop();
    let given = world.filling("stop_confirmation").remove(0);
    assert_eq!(
        World::code(world.give(Ana, given)),
        RefusalCode::EffectPending
    );
}

#[test]
fn two_people_end_an_agencys_contract() {
    let mut world = World::of("terminate_agency");
    for action in [
        "open_talks",
        "conclude_talks",
        "check_contract",
        "serve_notice",
        "begin_handover",
        "accept_handover",
        "revoke_access",
        "confirm_secured",
        "settle",
        "close",
    ] {
        if action == "confirm_secured" {
            world.confirm("revoke_access").unwrap();
        }
        world.goes(Ana, action);
    }
    assert_eq!(world.case.state, "closed");
    assert_eq!(world.effects, ["revoke_access"]);
    is_whole(&world);
}

#[test]
fn access_is_revoked_only_after_the_new_owner_is_confirmed_and_the_data_is_taken() {
    let mut world = World::of("terminate_agency");
    for action in [
        "open_talks",
        "conclude_talks",
        "check_contract",
        "serve_notice",
        "begin_handover",
    ] {
        world.goes(Ana, action);
    }
    let export = world.filling("export_taken").remove(0);
    assert_eq!(
        World::code(world.give(Ana, export)),
        RefusalCode::OutOfOrder
    );
    assert_eq!(
        World::code(world.advance(Ana, "revoke_access")),
        RefusalCode::OutOfOrder
    );
    world.goes(Ana, "accept_handover");
    let revoked = world.filling("access_revoked").remove(0);
    assert_eq!(
        World::code(world.give(Ana, revoked.clone())),
        RefusalCode::EffectPending
    );
    world.goes(Ana, "revoke_access");
    world.confirm("revoke_access").unwrap();
    let verified = world.filling("revocation_verified").remove(0);
    assert_eq!(
        World::code(world.give(Ana, verified.clone())),
        RefusalCode::OutOfOrder
    );
    world.give(Ana, revoked).unwrap();
    let rotated = world.filling("credentials_rotated").remove(0);
    world.give(Ana, rotated).unwrap();
    world.give(Ana, verified).unwrap();
}

#[test]
fn a_notice_is_taken_back_only_before_the_contract_has_ended() {
    let up_to_the_handover = || {
        let mut world = World::of("terminate_agency");
        for action in [
            "open_talks",
            "conclude_talks",
            "check_contract",
            "serve_notice",
            "begin_handover",
        ] {
            world.goes(Ana, action);
        }
        world
    };
    let mut early = up_to_the_handover();
    early.goes(Ana, "rescind");
    assert_eq!(early.case.state, "rescinded");
    let mut late = up_to_the_handover();
    late.days_pass(90);
    late.fill(Ana, &["rescission".to_owned()]);
    let refused = late.advance(Ana, "rescind").unwrap_err();
    assert_eq!(refused.block.reason.as_deref(), Some("CONTRACT_ENDED"));
}

#[test]
fn two_people_resolve_a_mismatch_after_triaging_it_twice() {
    let mut world = World::of("resolve_mismatch");
    let score = world.filling("composite_score").remove(0);
    world.tells(&Actor::System, Verb::Give(score)).unwrap();
    let round = |world: &mut World| {
        for action in [
            "confirm_mismatch",
            "correct_content",
            "align_strategy",
            "retarget",
            "publish",
        ] {
            world.goes(Ana, action);
        }
    };
    world.goes(Ana, "open");
    round(&mut world);
    outcome(
        &mut world,
        json!({"score": 0.31, "orders": 160, "clicks": 5200, "refunds": 22}),
    );
    world.advance(Ana, "reopen").unwrap();
    assert_eq!(
        World::code(world.advance(Ana, "confirm_mismatch")),
        RefusalCode::MissingEvidence
    );
    round(&mut world);
    outcome(
        &mut world,
        json!({"score": 0.1, "orders": 160, "clicks": 5200, "refunds": 3}),
    );
    world.advance(Ana, "resolve").unwrap();
    assert_eq!(world.case.state, "resolved");
    is_whole(&world);
}

fn outcome(world: &mut World, after: serde_json::Value) {
    let mut given = world.filling("outcome").remove(0);
    given.input.as_mut().expect("it is computed")["after"] = after;
    world.give(Ana, given).expect("it is given");
    let test = world.filling("variant_test").remove(0);
    world.give(Ana, test).expect("it is given");
}

#[test]
fn a_review_that_ends_badly_asks_for_a_case_to_cancel() {
    let mut world = World::of("performance_review");
    for action in [
        "set_objective",
        "record_metrics",
        "record_comparison",
        "record_returns",
    ] {
        world.goes(Ana, action);
    }
    let verdict = GivenEvidence {
        kind: "verdict".to_owned(),
        fields: fields(json!({"verdict": "PIVOT_OR_CANCEL"})),
        ..GivenEvidence::default()
    };
    world.give(Ana, verdict).unwrap();
    world.goes(Ana, "conclude");
    assert_eq!(world.effects, ["open_cancellation"]);
    is_whole(&world);
}

#[test]
fn a_pause_at_once_is_approved_afterwards_by_somebody_else() {
    let mut world = World::of("cancel_promotion");
    world.goes(Ana, "pause_at_once");
    assert_eq!(world.effects, ["pause_campaign"]);
    assert_eq!(
        World::code(world.approve(Ana, "emergency_pause")),
        RefusalCode::SelfApproval
    );
    world.approve(Budi, "emergency_pause").unwrap();
    world.advance(Budi, "approve_pause").unwrap();
    assert_eq!(world.case.state, "requested");
    is_whole(&world);
}

#[test]
fn a_request_is_withdrawn_until_the_platform_confirms_and_not_after() {
    let mut before = cancelled_up_to_the_stop();
    before.goes(Ana, "withdraw");
    assert_eq!(before.case.state, "withdrawn");
    let mut after = cancelled_up_to_the_stop();
    after.confirm("stop_campaign").unwrap();
    after.fill(Ana, &["withdrawal_reason".to_owned()]);
    let refused = after.advance(Ana, "withdraw").unwrap_err();
    assert_eq!(refused.block.reason.as_deref(), Some("STOP_CONFIRMED"));
}
