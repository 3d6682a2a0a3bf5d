//! Due dates: computed when a state is entered or its day becomes known, and fired once.

use bellwether_workflow::case::{Actor, EffectOutcome, TimerStatus, Verb};
use bellwether_workflow::refused::RefusalCode;

use crate::support::Person::Ana;
use crate::support::{World, member};

fn timeout(timer: &str) -> Verb {
    Verb::Timeout {
        timer: timer.to_owned(),
    }
}

#[test]
fn a_step_of_two_business_days_begun_on_a_friday_is_due_when_tuesday_is_over() {
    let mut world = World::of("cancel_promotion");
    world.goes(Ana, "submit");
    let due = world.case.due_at().expect("it is due").to_string();
    assert_eq!(due, "2026-04-01T00:00:00Z");
}

#[test]
fn a_timer_fires_when_it_is_due_and_only_once() {
    let mut world = World::of("cancel_promotion");
    world.goes(Ana, "pause_at_once");
    assert_eq!(
        World::code(world.tells(&Actor::System, timeout("pause_approval"))),
        RefusalCode::NotDue
    );
    world.days_pass(1);
    world
        .tells(&Actor::System, timeout("pause_approval"))
        .unwrap();
    assert_eq!(
        world.case.timers["pause_approval"].status,
        TimerStatus::Overdue
    );
    let again = world.tells(&Actor::System, timeout("pause_approval"));
    assert_eq!(World::code(again), RefusalCode::AlreadyDone);
}

#[test]
fn a_person_cant_fire_a_timer() {
    let mut world = World::of("cancel_promotion");
    world.goes(Ana, "submit");
    world.days_pass(10);
    let ana = world.person(Ana);
    assert_eq!(
        World::code(world.tells(&ana, timeout("impact_assessed"))),
        RefusalCode::WrongRole
    );
}

#[test]
fn a_due_date_follows_the_day_that_it_counts_from() {
    let mut world = World::of("resolve_mismatch");
    let score = world.filling("composite_score").remove(0);
    world.tells(&Actor::System, Verb::Give(score)).unwrap();
    world.goes(Ana, "open");
    assert_eq!(
        world.case.due_at().unwrap().to_string(),
        "2026-03-28T09:00:00Z"
    );
    world.goes(Ana, "confirm_mismatch");
    assert_eq!(
        world.case.due_at().unwrap().to_string(),
        "2026-05-13T00:00:00Z"
    );
}

#[test]
fn an_effect_without_a_system_becomes_a_step_that_a_person_confirms() {
    let mut world = World::of("cancel_promotion");
    world.goes(Ana, "pause_at_once");
    let key = world.case.effects["pause_campaign"].key.clone();
    let report = |outcome, reference: &str| Verb::Report {
        key: key.clone(),
        outcome,
        reference: reference.to_owned(),
    };
    let manager = member(Ana, &["account_manager"]);
    let early = world.tells(&manager, report(EffectOutcome::Confirmed, "screenshot"));
    assert_eq!(World::code(early), RefusalCode::OutOfOrder);
    world
        .tells(&Actor::System, report(EffectOutcome::Manual, "no webhook"))
        .unwrap();
    let bare = world.tells(&manager, report(EffectOutcome::Confirmed, " "));
    assert_eq!(World::code(bare), RefusalCode::MissingEvidence);
    world
        .tells(&manager, report(EffectOutcome::Confirmed, "screenshot"))
        .unwrap();
}
