//! Any sequence of commands keeps the invariants.

use bellwether_workflow::case::{
    Actor, Case, Command, EffectOutcome, Event, EventBody, Verb, Verbs,
};
use bellwether_workflow::chain::{Fault, Hash, Head, verify};
use bellwether_workflow::definition::built_in;
use bellwether_workflow::refused::RefusalCode;
use proptest::prelude::*;

use crate::support::{Person, World};

/// A command in the making: numbers that choose among what the case has.
#[derive(Debug, Clone)]
enum Try {
    /// Whatever the first way on from the present state lacks, or the way itself.
    Forward,
    Action(usize),
    /// What the present state or an action asks for next.
    Fill(usize),
    /// Any kind, whether asked for or not.
    AnyEvidence(usize),
    Approve(usize, bool),
    Report(usize, usize),
    Timeout(usize),
    Comment,
    Days(u32),
    Stale(usize),
}

fn tries() -> impl Strategy<Value = Vec<(bool, Try)>> {
    let number = || 0_usize..64;
    let one = prop_oneof![
        30 => Just(Try::Forward),
        2 => number().prop_map(Try::Action),
        2 => number().prop_map(Try::Fill),
        1 => number().prop_map(Try::AnyEvidence),
        2 => (number(), any::<bool>()).prop_map(|(which, fresh)| Try::Approve(which, fresh)),
        2 => (number(), number()).prop_map(|(which, outcome)| Try::Report(which, outcome)),
        1 => number().prop_map(Try::Timeout),
        1 => Just(Try::Comment),
        1 => (0_u32..20).prop_map(Try::Days),
        1 => number().prop_map(Try::Stale),
    ];
    prop::collection::vec((any::<bool>(), one), 1..150)
}

fn pick<T>(items: &[T], which: usize) -> Option<&T> {
    items.get(which % items.len().max(1))
}

/// The verb that a try comes to in this world; none where there is nothing to choose from.
fn verb(world: &World, tried: &Try) -> Option<Verb> {
    let definition = world.definition;
    let advance = |action: &str| Verb::Advance {
        action: action.to_owned(),
        evidence: Vec::new(),
    };
    Some(match tried {
        Try::Forward => return forward(world),
        Try::Action(which) | Try::Stale(which) => {
            let actions: Vec<_> = definition.transitions_from(&world.case.state).collect();
            let action = pick(&actions, *which)
                .copied()
                .or(pick_any(world, *which))?;
            advance(&action.action)
        }
        Try::Fill(which) => {
            let kinds = definition.asked_in(&world.case.state);
            let given = world.filling(pick(&kinds, *which)?);
            Verb::Give(pick(&given, *which / 7)?.clone())
        }
        Try::AnyEvidence(which) => {
            let given = world.filling(&pick(&definition.evidence, *which)?.kind);
            Verb::Give(pick(&given, 0)?.clone())
        }
        Try::Approve(which, fresh) => {
            approve(world, &pick(&definition.approvals, *which)?.name, *fresh)
        }
        Try::Report(which, outcome) => {
            let effects: Vec<_> = world.case.effects.keys().collect();
            let outcomes = [
                EffectOutcome::Confirmed,
                EffectOutcome::Failed,
                EffectOutcome::Manual,
            ];
            report(world, pick(&effects, *which)?, outcomes[outcome % 3])
        }
        Try::Timeout(which) => {
            let timers: Vec<_> = world.case.timers.keys().cloned().collect();
            Verb::Timeout {
                timer: pick(&timers, *which)?.clone(),
            }
        }
        Try::Comment => Verb::Comment("noted".to_owned()),
        Try::Days(_) => return None,
    })
}

fn approve(world: &World, approval: &str, fresh: bool) -> Verb {
    let rule = world.definition.approval(approval).expect("it is defined");
    let content = if fresh {
        world.case.content_of(rule)
    } else {
        Hash::of(b"stale")
    };
    Verb::Approve {
        approval: approval.to_owned(),
        content,
    }
}

fn report(world: &World, effect: &str, outcome: EffectOutcome) -> Verb {
    let key = world.case.effects[effect].key.clone();
    Verb::Report {
        key,
        outcome,
        reference: "seen".to_owned(),
    }
}

/// What the first way on lacks, by the dry run's own word; or the way itself.
fn forward(world: &World) -> Option<Verb> {
    let actor = world.person(Person::Ana);
    let offered = world
        .case
        .available_actions(world.definition, &actor, &world.circumstances());
    let moves = |action: &str| {
        world
            .definition
            .transition(action)
            .is_some_and(|one| one.to.is_some())
    };
    let mut ways = offered.iter().filter(|one| one.verb == Verbs::Advance);
    let way = ways.find(|one| moves(&one.action))?;
    let lack = way
        .blocked_by
        .iter()
        .find(|block| block.code != RefusalCode::WrongRole);
    let Some(block) = lack else {
        return Some(Verb::Advance {
            action: way.action.clone(),
            evidence: Vec::new(),
        });
    };
    Some(match block.code {
        RefusalCode::MissingEvidence => {
            let (kind, item) = block.field.split_once('.').unwrap_or((&block.field, ""));
            let given = world.filling(kind).into_iter();
            let mut given = given.filter(|one| one.item.as_deref().unwrap_or_default() == item);
            let definition = world.definition.evidence_kind(kind)?;
            // What comes before it is given first: accounts are handed over before access ends.
            match definition
                .after
                .iter()
                .find(|first| !world.case.evidence.contains_key(*first))
            {
                Some(first) => Verb::Give(world.filling(first).remove(0)),
                None => match definition
                    .awaits
                    .iter()
                    .find(|effect| !is_confirmed(world, effect))
                {
                    Some(effect) if world.case.effects.contains_key(effect) => {
                        report(world, effect, EffectOutcome::Confirmed)
                    }
                    Some(effect) => Verb::Advance {
                        action: effect.clone(),
                        evidence: Vec::new(),
                    },
                    None => Verb::Give(given.next_back()?),
                },
            }
        }
        RefusalCode::MissingApproval => approve(world, &block.field, true),
        _ => Verb::Advance {
            action: ways.next_back().unwrap_or(way).action.clone(),
            evidence: Vec::new(),
        },
    })
}

fn is_confirmed(world: &World, effect: &str) -> bool {
    world
        .case
        .effects
        .get(effect)
        .is_some_and(|found| found.status.as_str() == "CONFIRMED")
}

fn pick_any(
    world: &World,
    which: usize,
) -> Option<&'static bellwether_workflow::definition::Transition> {
    pick(&world.definition.transitions, which)
}

/// Lives through the tries; after each, what must always hold is asked.
fn live(name: &str, tries: &[(bool, Try)]) -> Result<World, TestCaseError> {
    let mut world = World::of(name);
    for (first, tried) in tries {
        if let Try::Days(days) = tried {
            world.days_pass(*days);
        }
        let Some(verb) = verb(&world, tried) else {
            continue;
        };
        let by_product = matches!(verb, Verb::Report { .. } | Verb::Timeout { .. })
            || (world.case.state == world.definition.initial().name && name == "resolve_mismatch");
        let person = if *first { Person::Ana } else { Person::Budi };
        let actor = if by_product {
            Actor::System
        } else {
            world.person(person)
        };
        let stale = matches!(tried, Try::Stale(_));
        let expected_version = Some(world.case.version - u64::from(stale));
        let command = Command {
            expected_version,
            occurred_at: None,
            salt: [3; 16],
            verb,
        };
        let before = world.case.clone();
        let unblocked = is_offered(&world, &actor, &command.verb);
        let result = world.commands(&actor, &command);
        prop_assert!(!(stale && result.is_ok()), "a stale command was done");
        if let (Some(unblocked), false) = (unblocked, stale) {
            prop_assert_eq!(
                unblocked,
                result.is_ok(),
                "dry run and step differ: {:?}",
                result
            );
        }
        nothing_forbidden_changed(&before, &world, result.is_err())?;
    }
    Ok(world)
}

/// A refused command changes nothing, and a case that has ended stays as it ended.
fn nothing_forbidden_changed(
    before: &Case,
    world: &World,
    refused: bool,
) -> Result<(), TestCaseError> {
    let after = &world.case;
    if refused {
        prop_assert_eq!(
            &Case {
                n_events: after.n_events,
                ..before.clone()
            },
            after
        );
    }
    if world.definition.is_final(&before.state) {
        prop_assert_eq!(&before.state, &after.state);
        prop_assert_eq!(&before.evidence, &after.evidence);
        prop_assert_eq!(&before.approvals, &after.approvals);
    }
    Ok(())
}

/// What the dry run says of an action that is among those it tells of.
fn is_offered(world: &World, actor: &Actor, verb: &Verb) -> Option<bool> {
    let Verb::Advance { action, .. } = verb else {
        return None;
    };
    let offered = world
        .case
        .available_actions(world.definition, actor, &world.circumstances());
    let action = offered
        .iter()
        .find(|one| one.verb == Verbs::Advance && one.action == *action)?;
    Some(action.blocked_by.is_empty())
}

/// Every action had its evidence on record before, given since the case last came back there.
fn had_its_evidence(world: &World) -> Result<(), TestCaseError> {
    for (index, event) in world.events.iter().enumerate() {
        let EventBody::Acted { action, from, .. } = &event.body else {
            continue;
        };
        let case = fold(world, &world.events[..index]);
        let transition = world.definition.transition(action).expect("it was done");
        for kind in world.definition.required(transition, from) {
            let on_condition = world
                .definition
                .evidence_kind(kind)
                .is_some_and(|kind| kind.needed_when.is_some());
            prop_assert!(
                on_condition || case.evidence.contains_key(kind),
                "{action} without {kind}"
            );
        }
        for approval in &transition.approvals {
            let rule = world.definition.approval(approval).expect("it is defined");
            let content = case.content_of(rule);
            let holds = |one: &bellwether_workflow::case::Approval| {
                one.name == *approval && one.content == content
            };
            prop_assert!(
                case.approvals.iter().any(holds),
                "{action} without {approval}"
            );
        }
        for effect in &transition.awaits {
            prop_assert_eq!(case.effects[effect].status.as_str(), "CONFIRMED");
        }
    }
    Ok(())
}

fn fold(world: &World, events: &[Event]) -> Case {
    Case::fold(world.definition, world.case.agency, world.case.id, events).expect("it was begun")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_commands_keeps_the_invariants(which in 0_usize..4, tries in tries()) {
        let world = live(&built_in()[which].name, &tries)?;
        prop_assert_eq!(&fold(&world, &world.events), &world.case);
        had_its_evidence(&world)?;
        let links = world.links.iter().map(|link| (link.bytes.as_str(), link.hash));
        let head = verify(world.case.agency, world.case.id, links, None);
        let end = Head { seq: world.case.n_events, hash: world.links.last().expect("it was begun").hash };
        prop_assert_eq!(head, Ok(end));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_change_of_a_chain_is_found_at_its_place(tries in tries(), at in 0_usize..500, change in 0_u8..3) {
        let mut world = live("cancel_promotion", &tries)?;
        let end = Head { seq: world.case.n_events, hash: world.links.last().expect("it was begun").hash };
        let place = at % world.links.len();
        let last = place + 1 == world.links.len();
        match change {
            0 => world.links[place].bytes.push(' '),
            1 => { world.links.remove(place); }
            _ if last => return Ok(()),
            _ => world.links.swap(place, place + 1),
        }
        let links = world.links.iter().map(|link| (link.bytes.as_str(), link.hash));
        let broken = verify(world.case.agency, world.case.id, links, Some(end)).expect_err("it was changed");
        prop_assert_eq!(broken.seq, place as u64 + 1);
        if change == 0 {
            prop_assert_eq!(broken.fault, Fault::Changed);
        }
    }
}
