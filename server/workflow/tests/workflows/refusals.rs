//! What bad use gets: a code of its own, the case as it was, and the attempt on record.

use bellwether_domain::time::{date, seconds_before};
use bellwether_workflow::case::{
    Actor, Command, EventBody, FIELD_BYTES_MAX, GivenEvidence, ITEMS_OF_A_KIND_MAX,
    RECORD_BYTES_MAX, TEXT_BYTES_MAX, Verb, Verbs, step,
};
use bellwether_workflow::chain::Hash;
use bellwether_workflow::refused::RefusalCode;
use serde_json::json;

use crate::support::Person::{Ana, Budi};
use crate::support::{World, definition, fields, member};

fn advance(action: &str) -> Verb {
    Verb::Advance {
        action: action.to_owned(),
        evidence: Vec::new(),
    }
}

fn at_the_decision() -> World {
    let mut world = World::of("cancel_promotion");
    for action in ["submit", "record_impact", "answer_alternatives"] {
        world.goes(Ana, action);
    }
    world.fill(Ana, &["decision_numbers".to_owned()]);
    world
}

#[test]
fn of_two_who_press_at_once_one_wins_and_the_other_is_told_where_the_case_stands() {
    let mut world = World::of("cancel_promotion");
    let kinds = &world.definition.initial().evidence;
    world.fill(Ana, kinds);
    let version = world.case.version;
    let command = |verb| Command {
        expected_version: Some(version),
        occurred_at: None,
        salt: [0; 16],
        verb,
    };
    let (ana, budi) = (world.person(Ana), world.person(Budi));
    world.commands(&ana, &command(advance("submit"))).unwrap();
    let refused = world
        .commands(&budi, &command(advance("submit")))
        .unwrap_err();
    assert_eq!(refused.block.code, RefusalCode::Conflict);
    assert_eq!(
        (refused.state.as_str(), refused.version),
        ("impact_assessed", world.case.version)
    );
}

#[test]
fn a_refused_attempt_leaves_the_case_as_it_was_and_is_recorded() {
    let mut world = World::of("cancel_promotion");
    let mut before = world.case.clone();
    assert_eq!(
        World::code(world.advance(Ana, "submit")),
        RefusalCode::MissingEvidence
    );
    before.n_events += 1;
    assert_eq!(world.case, before);
    let last = &world.events.last().unwrap().body;
    let recorded = EventBody::AttemptRefused {
        attempted: "advance:submit".to_owned(),
        code: "MISSING_EVIDENCE".to_owned(),
    };
    assert_eq!(*last, recorded);
}

#[test]
fn evidence_given_along_with_a_refused_action_isnt_kept() {
    let mut world = World::of("cancel_promotion");
    let ana = world.person(Ana);
    let evidence = world.filling("reason_code");
    let refused = world.tells(
        &ana,
        Verb::Advance {
            action: "submit".to_owned(),
            evidence,
        },
    );
    assert_eq!(World::code(refused), RefusalCode::MissingEvidence);
    assert!(world.case.evidence.is_empty());
}

#[test]
fn a_role_that_may_not_is_told_who_may() {
    let mut world = World::of("cancel_promotion");
    let finance = member(Ana, &["finance"]);
    let refused = world.tells(&finance, advance("submit")).unwrap_err();
    assert_eq!(refused.block.code, RefusalCode::WrongRole);
    assert_eq!(refused.block.message, "`submit` is done by requester");
}

#[test]
fn whoever_asked_for_it_cant_approve_it() {
    let mut world = at_the_decision();
    assert_eq!(
        World::code(world.approve(Ana, "decision")),
        RefusalCode::SelfApproval
    );
    assert_eq!(
        World::code(world.advance(Ana, "decide_cancellation")),
        RefusalCode::MissingApproval
    );
}

#[test]
fn an_approval_falls_when_what_was_approved_changes() {
    let mut world = at_the_decision();
    world.approve(Budi, "decision").unwrap();
    let mut changed = world.filling("decision_numbers").remove(0);
    changed.input.as_mut().unwrap()["media_spent"] = json!("3300.00");
    world.give(Ana, changed).unwrap();
    assert!(matches!(
        world.events.last().unwrap().body,
        EventBody::ApprovalFell { .. }
    ));
    assert_eq!(
        World::code(world.advance(Budi, "decide_cancellation")),
        RefusalCode::MissingApproval
    );
    world.approve(Budi, "decision").unwrap();
    world.advance(Budi, "decide_cancellation").unwrap();
}

#[test]
fn an_approval_is_asked_for_again_when_its_content_changes_after_the_decision() {
    let mut world = at_the_decision();
    world.goes(Budi, "decide_cancellation");
    let changed = GivenEvidence {
        fields: fields(json!({"id": "another-promotion"})),
        ..world.filling("promotion_id").remove(0)
    };
    world.give(Ana, changed).unwrap();
    let kinds = &world
        .definition
        .state("agreement_reviewed")
        .unwrap()
        .evidence;
    world.fill(Ana, kinds);
    assert_eq!(
        World::code(world.advance(Ana, "review_agreement")),
        RefusalCode::MissingApproval
    );
    world.approve(Budi, "decision").unwrap();
    world.advance(Ana, "review_agreement").unwrap();
}

#[test]
fn an_approval_of_what_is_there_no_more_is_refused() {
    let mut world = at_the_decision();
    let budi = world.person(Budi);
    let stale = Verb::Approve {
        approval: "decision".to_owned(),
        content: Hash::of(b"what I saw"),
    };
    assert_eq!(
        World::code(world.tells(&budi, stale)),
        RefusalCode::ContentChanged
    );
}

#[test]
fn a_cancellation_isnt_decided_while_an_alternative_is_chosen() {
    let mut world = at_the_decision();
    let chosen = GivenEvidence {
        kind: "alternatives".to_owned(),
        item: Some("PIVOT".to_owned()),
        fields: fields(json!({"chosen": true, "why": "a calmer video"})),
        ..GivenEvidence::default()
    };
    world.give(Ana, chosen).unwrap();
    world.approve(Budi, "decision").unwrap();
    let refused = world.advance(Budi, "decide_cancellation").unwrap_err();
    assert_eq!(refused.block.reason.as_deref(), Some("ALTERNATIVE_CHOSEN"));
    world.advance(Budi, "adopt_alternative").unwrap();
}

#[test]
fn a_date_in_a_closed_period_or_still_to_come_is_refused() {
    let mut world = World::of("cancel_promotion");
    world.closed_through = Some(date(2026, 3, 26));
    let ana = world.person(Ana);
    let happened = |occurred_at| Command {
        expected_version: None,
        occurred_at: Some(occurred_at),
        salt: [0; 16],
        verb: Verb::Comment("late note".to_owned()),
    };
    let day_s = 24 * 3_600;
    let closed = happened(seconds_before(world.now, day_s));
    assert_eq!(
        World::code(world.commands(&ana, &closed)),
        RefusalCode::ClosedPeriod
    );
    let open = happened(seconds_before(world.now, 3_600));
    world.commands(&ana, &open).unwrap();
    let future = happened(bellwether_domain::time::seconds_after(world.now, 1));
    assert_eq!(
        World::code(world.commands(&ana, &future)),
        RefusalCode::InTheFuture
    );
}

#[test]
fn nothing_changes_a_case_that_has_ended() {
    let mut world = World::of("cancel_promotion");
    world.goes(Ana, "withdraw");
    assert_eq!(
        World::code(world.advance(Ana, "submit")),
        RefusalCode::CaseIsFinal
    );
    let reason = world.filling("reason_code").remove(0);
    assert_eq!(
        World::code(world.give(Ana, reason)),
        RefusalCode::CaseIsFinal
    );
    let offered =
        world
            .case
            .available_actions(world.definition, &world.person(Ana), &world.circumstances());
    assert_eq!(offered, []);
}

#[test]
fn a_case_keeps_the_version_it_began_with() {
    let world = World::of("cancel_promotion");
    let newer = bellwether_workflow::definition::Definition {
        version: 2,
        ..definition("cancel_promotion").clone()
    };
    let command = Command {
        expected_version: None,
        occurred_at: None,
        salt: [0; 16],
        verb: advance("submit"),
    };
    let refused = step(
        &newer,
        &world.case,
        &command,
        &world.person(Ana),
        &world.circumstances(),
    )
    .unwrap_err();
    assert_eq!(refused.block.code, RefusalCode::OtherDefinition);
}

#[test]
fn evidence_of_the_wrong_shape_says_what_would_be_accepted() {
    let mut world = World::of("cancel_promotion");
    let codes = |codes: serde_json::Value| GivenEvidence {
        kind: "reason_code".to_owned(),
        fields: fields(json!({ "codes": codes })),
        ..GivenEvidence::default()
    };
    let refused = world.give(Ana, codes(json!(["BORED"]))).unwrap_err();
    assert_eq!(refused.block.code, RefusalCode::InvalidEvidence);
    assert!(
        refused.block.message.contains("BUDGET_CONSTRAINTS"),
        "{refused}"
    );
    let missing = GivenEvidence {
        kind: "reason_code".to_owned(),
        ..GivenEvidence::default()
    };
    assert_eq!(
        World::code(world.give(Ana, missing)),
        RefusalCode::InvalidEvidence
    );
}

#[test]
fn texts_and_references_are_taken_up_to_their_limit_and_no_further() {
    let mut world = World::of("cancel_promotion");
    let of = |kind: &str, field: &str, n_bytes: usize| GivenEvidence {
        kind: kind.to_owned(),
        fields: fields(json!({ field: "x".repeat(n_bytes) })),
        ..GivenEvidence::default()
    };
    world
        .give(Ana, of("explanation", "text", TEXT_BYTES_MAX))
        .unwrap();
    assert!(
        world
            .give(Ana, of("explanation", "text", TEXT_BYTES_MAX + 1))
            .is_err()
    );
    world
        .give(Ana, of("promotion_id", "id", FIELD_BYTES_MAX))
        .unwrap();
    assert!(
        world
            .give(Ana, of("promotion_id", "id", FIELD_BYTES_MAX + 1))
            .is_err()
    );
}

#[test]
fn lists_and_records_are_taken_up_to_their_limit_and_no_further() {
    let mut world = World::of("cancel_promotion");
    world.goes(Ana, "submit");
    let linked = |n: usize| GivenEvidence {
        kind: "linked".to_owned(),
        fields: fields(json!({ "parties": vec!["partner"; n] })),
        ..GivenEvidence::default()
    };
    world.give(Ana, linked(ITEMS_OF_A_KIND_MAX)).unwrap();
    assert!(world.give(Ana, linked(ITEMS_OF_A_KIND_MAX + 1)).is_err());

    let mut review = World::of("performance_review");
    let objective = |targets: serde_json::Value| GivenEvidence {
        kind: "objective".to_owned(),
        fields: fields(json!({ "objective": "SALES", "targets": targets })),
        ..GivenEvidence::default()
    };
    // Two quotation marks around the text.
    let text = |n_bytes: usize| json!("x".repeat(n_bytes - 2));
    review.give(Ana, objective(text(RECORD_BYTES_MAX))).unwrap();
    assert!(
        review
            .give(Ana, objective(text(RECORD_BYTES_MAX + 1)))
            .is_err()
    );
    let exact = 1_i64 << 53;
    review
        .give(Ana, objective(json!({ "views": exact })))
        .unwrap();
    assert!(
        review
            .give(Ana, objective(json!({ "views": exact + 1 })))
            .is_err()
    );
}

#[test]
fn an_outsider_gives_only_what_the_link_is_for() {
    let mut world = at_the_decision();
    for action in ["decide_cancellation", "review_agreement"] {
        world.goes(Ana, action);
    }
    let support = Actor::External {
        role: "platform_support".to_owned(),
        link: "lnk-1".to_owned(),
    };
    let ticket = world.filling("platform_ticket").remove(0);
    world.tells(&support, Verb::Give(ticket)).unwrap();
    assert_eq!(
        World::code(world.tells(&support, advance("contact_support"))),
        RefusalCode::WrongRole
    );
}

#[test]
fn what_can_be_done_is_told_with_what_it_takes_and_what_blocks_it() {
    let world = at_the_decision();
    let offered = world.case.available_actions(
        world.definition,
        &world.person(Budi),
        &world.circumstances(),
    );
    let decide = offered
        .iter()
        .find(|one| one.action == "decide_cancellation")
        .unwrap();
    let codes: Vec<_> = decide.blocked_by.iter().map(|block| block.code).collect();
    assert_eq!(codes, [RefusalCode::MissingApproval]);
    assert_eq!(decide.requires[0].kind, "decision_numbers");
    assert_eq!(decide.due_at, world.case.due_at());
    let approve = offered.iter().find(|one| one.action == "decision").unwrap();
    assert_eq!(approve.blocked_by, []);
    assert!(matches!(approve.verb, Verbs::Approve { .. }));
}
