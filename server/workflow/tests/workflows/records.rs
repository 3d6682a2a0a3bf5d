//! What is recorded: provable, computable again, with personal text apart.

use bellwether_domain::time::{date, days_later};
use bellwether_workflow::business_days::BusinessDays;
use bellwether_workflow::case::{
    ATTEMPTS_UNTIL, Actor, Communication, EVENTS_MAX, EventBody, Transaction, Verb, attempt,
};
use bellwether_workflow::chain::{Fault, Hash, Head, verify};
use bellwether_workflow::refused::RefusalCode;

use crate::support::Person::Ana;
use crate::support::{World, member};

fn told() -> Communication {
    Communication {
        party: "influencer".to_owned(),
        channel: "letter".to_owned(),
        date: date(2026, 3, 27),
        receipt: "RCPT-1".to_owned(),
    }
}

fn paid() -> Transaction {
    Transaction {
        what: "refund of prepaid media".to_owned(),
        amount: "-780.00".parse().expect("an amount"),
        currency: "USD".to_owned(),
        date: date(2026, 3, 27),
        reference: "INV-7".to_owned(),
    }
}

#[test]
fn communications_and_transactions_are_recorded_and_disturb_nobody() {
    let mut world = World::of("cancel_promotion");
    let version = world.case.version;
    let ana = world.person(Ana);
    world.tells(&ana, Verb::Communicate(told())).unwrap();
    world.tells(&ana, Verb::Transact(paid())).unwrap();
    assert_eq!(world.case.version, version);
    assert_eq!(
        world.events.last().unwrap().body,
        EventBody::Transacted(paid())
    );
}

#[test]
fn a_transaction_still_to_come_in_a_closed_period_or_in_no_currency_is_refused() {
    let mut world = World::of("cancel_promotion");
    let ana = world.person(Ana);
    let on = |world: &mut World, changed: Transaction| {
        World::code(world.tells(&ana, Verb::Transact(changed)))
    };
    let tomorrow = Transaction {
        date: date(2026, 3, 28),
        ..paid()
    };
    assert_eq!(on(&mut world, tomorrow), RefusalCode::InTheFuture);
    let unknown = Transaction {
        currency: "USX".to_owned(),
        ..paid()
    };
    assert_eq!(on(&mut world, unknown), RefusalCode::InvalidEvidence);
    world.closed_through = Some(date(2026, 3, 20));
    let closed = Transaction {
        date: date(2026, 3, 20),
        ..paid()
    };
    assert_eq!(on(&mut world, closed), RefusalCode::ClosedPeriod);
}

#[test]
fn whoever_takes_no_part_neither_comments_nor_assigns() {
    let mut world = World::of("cancel_promotion");
    let stranger = member(Ana, &["legal"]);
    assert_eq!(
        World::code(world.tells(&stranger, Verb::Comment("hi".to_owned()))),
        RefusalCode::WrongRole
    );
    let outsider = Actor::External {
        role: "partner".to_owned(),
        link: "lnk-1".to_owned(),
    };
    assert_eq!(
        World::code(world.tells(&outsider, Verb::Assign(None))),
        RefusalCode::WrongRole
    );
}

#[test]
fn amounts_are_computed_again_from_what_is_recorded_whatever_became_of_the_calendar() {
    let mut world = World::of("cancel_promotion");
    let holidays = (0..10).filter_map(|n| days_later(date(2026, 3, 28), n));
    world.business_days = BusinessDays::with_holidays(holidays);
    for action in ["submit", "record_impact"] {
        world.goes(Ana, action);
    }
    world.business_days = BusinessDays::default();
    let recorded = &world.case.evidence["financial_loss"][""].evidence;
    let computed = recorded.computed.as_ref().unwrap();
    assert_eq!(computed.worked.figures["effective_date"], "2026-04-09");
    assert_eq!(recorded.computed_again(), Some(Ok(computed.worked.clone())));
}

#[test]
fn attempts_are_recorded_until_a_limit_that_leaves_the_case_its_way() {
    let mut world = World::of("cancel_promotion");
    let refused = world.advance(Ana, "close").unwrap_err();
    let command = bellwether_workflow::case::Command {
        expected_version: None,
        occurred_at: None,
        salt: [0; 16],
        verb: Verb::Assign(None),
    };
    let mut tried = |n_events: u64| {
        world.case.n_events = n_events;
        attempt(
            world.definition,
            &world.case,
            &command,
            &world.person(Ana),
            &refused,
            world.now,
        )
    };
    assert!(tried(ATTEMPTS_UNTIL - 1).is_some());
    assert!(tried(ATTEMPTS_UNTIL).is_none());
    world.case.n_events = EVENTS_MAX - 1;
    world.commands(&world.person(Ana), &command).unwrap();
    assert_eq!(
        World::code(world.commands(&world.person(Ana), &command)),
        RefusalCode::LimitExceeded
    );
}

#[test]
fn personal_text_can_be_erased_without_breaking_the_chain() {
    let mut world = World::of("cancel_promotion");
    let given = world.filling("explanation").remove(0);
    world.give(Ana, given).unwrap();
    let kept = world.texts.remove(0);
    assert_eq!(kept.text, "as we talked about");
    let event = world
        .links
        .iter()
        .find(|link| link.bytes.contains(&kept.hash().to_string()));
    assert!(
        !event
            .expect("the event holds the hash")
            .bytes
            .contains(&kept.text)
    );
    drop(kept);
    let links = world
        .links
        .iter()
        .map(|link| (link.bytes.as_str(), link.hash));
    assert!(verify(world.case.agency, world.case.id, links, None).is_ok());
}

#[test]
fn one_changed_byte_of_one_event_is_found_and_named() {
    let mut world = World::of("cancel_promotion");
    world.goes(Ana, "submit");
    world.links[2].bytes = world.links[2].bytes.replacen("evidence", "evidance", 1);
    let links = world
        .links
        .iter()
        .map(|link| (link.bytes.as_str(), link.hash));
    let broken = verify(world.case.agency, world.case.id, links, None).unwrap_err();
    assert_eq!((broken.seq, broken.fault), (3, Fault::Changed));
}

#[test]
fn a_chain_that_lost_its_end_is_found_by_a_head_that_was_sent_out() {
    let mut world = World::of("cancel_promotion");
    world.goes(Ana, "submit");
    let last = world.links.pop().expect("there are events");
    let sent = Head {
        seq: world.case.n_events,
        hash: last.hash,
    };
    let (agency, case) = (world.case.agency, world.case.id);
    let links = || {
        world
            .links
            .iter()
            .map(|link| (link.bytes.as_str(), link.hash))
    };
    assert!(verify(agency, case, links(), None).is_ok());
    let broken = verify(agency, case, links(), Some(sent)).unwrap_err();
    assert_eq!((broken.seq, broken.fault), (sent.seq, Fault::NotTheHead));
}

#[test]
fn a_chain_belongs_to_its_agency_and_case() {
    let world = World::of("cancel_promotion");
    let other = bellwether_domain::ids::AgencyId::from_parts(world.now, 9);
    let links = world
        .links
        .iter()
        .map(|link| (link.bytes.as_str(), link.hash));
    let broken = verify(other, world.case.id, links, None).unwrap_err();
    assert_eq!((broken.seq, broken.fault), (1, Fault::Foreign));
}

#[test]
fn an_event_is_stored_as_canonical_json_that_anybody_can_hash_again() {
    let mut world = World::of("cancel_promotion");
    let ana = world.person(Ana);
    world.tells(&ana, Verb::Communicate(told())).unwrap();
    let (first, second) = (&world.links[0], &world.links[1]);
    let expected = format!(
        concat!(
            r#"{{"agency":"agy_00000000000000000000000001","case":"cse_00000000000000000000000001","#,
            r#""event":{{"body":{{"channel":"letter","date":"2026-03-27","party":"influencer","#,
            r#""receipt":"RCPT-1","type":"communicated"}},"#,
            r#""by":{{"id":"mem_00000000000000000000000001","kind":"member"}},"#,
            r#""occurred_at":"2026-03-27T09:00:00Z","recorded_at":"2026-03-27T09:00:00Z","seq":2}},"#,
            r#""previous":"{}"}}"#
        ),
        first.hash
    );
    assert_eq!(second.bytes, expected);
    // printf '%s' 'abc' | sha256sum
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(Hash::of(b"abc").to_string(), known);
}
