//! A case in a small world: two people who hold every role, a clock that tests move, and the
//! chain of everything that was recorded.

mod filling;

pub(crate) use filling::input;

use std::collections::BTreeSet;

use bellwether_domain::ids::{AgencyId, CaseId, MemberId};
use bellwether_domain::time::{Date, Timestamp, ZoneName, seconds_after};
use bellwether_workflow::business_days::BusinessDays;
use bellwether_workflow::case::{
    Actor, Case, Circumstances, Command, EffectOutcome, Event, GivenEvidence, Stepped, Verb,
    attempt, start, step,
};
use bellwether_workflow::chain::{KeptText, Link};
use bellwether_workflow::definition::{Definition, built_in};
use bellwether_workflow::refused::{RefusalCode, Refused};
use serde_json::{Map, Value, json};

/// One of the two people of the agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Person {
    /// Who begins the case.
    Ana,
    /// The other one.
    Budi,
}

/// A case with its past.
pub(crate) struct World {
    pub(crate) definition: &'static Definition,
    pub(crate) case: Case,
    pub(crate) events: Vec<Event>,
    pub(crate) links: Vec<Link>,
    pub(crate) texts: Vec<KeptText>,
    pub(crate) effects: Vec<String>,
    pub(crate) now: Timestamp,
    pub(crate) closed_through: Option<Date>,
    zone: ZoneName,
    pub(crate) business_days: BusinessDays,
}

pub(crate) fn definition(name: &str) -> &'static Definition {
    built_in()
        .iter()
        .find(|one| one.name == name)
        .expect("it is built in")
}

pub(crate) fn actor(definition: &Definition, person: Person) -> Actor {
    let roles: Vec<&str> = definition
        .roles
        .iter()
        .map(|role| role.name.as_str())
        .collect();
    member(person, &roles)
}

pub(crate) fn member(person: Person, roles: &[&str]) -> Actor {
    let number = match person {
        Person::Ana => 1,
        Person::Budi => 2,
    };
    Actor::Member {
        id: MemberId::from_parts(Timestamp::UNIX_EPOCH, number),
        roles: roles
            .iter()
            .map(|role| (*role).to_owned())
            .collect::<BTreeSet<_>>(),
    }
}

impl World {
    /// A case that Ana begins, or the product where only it can.
    pub(crate) fn of(name: &str) -> Self {
        let definition = definition(name);
        let now: Timestamp = "2026-03-27T09:00:00Z".parse().expect("a moment");
        let (zone, business_days) = (
            ZoneName::parse("UTC").expect("a zone"),
            BusinessDays::default(),
        );
        let circumstances = Circumstances {
            now,
            zone: &zone,
            business_days: &business_days,
            closed_through: None,
        };
        let by_system = definition.initial().role == "system";
        let actor = if by_system {
            Actor::System
        } else {
            actor(definition, Person::Ana)
        };
        let agency = AgencyId::from_parts(Timestamp::UNIX_EPOCH, 1);
        let id = CaseId::from_parts(Timestamp::UNIX_EPOCH, 1);
        let subject = json!({"promotion": "spring", "start": "2026-04-10"});
        let subject = subject.as_object().expect("an object").clone();
        let begun =
            start(definition, agency, id, subject, &actor, &circumstances).expect("it begins");
        let mut world = Self {
            definition,
            case: begun.case.clone(),
            events: Vec::new(),
            links: Vec::new(),
            texts: Vec::new(),
            effects: Vec::new(),
            now,
            closed_through: None,
            zone,
            business_days,
        };
        world.keep(begun);
        world
    }

    pub(crate) fn circumstances(&self) -> Circumstances<'_> {
        Circumstances {
            now: self.now,
            zone: &self.zone,
            business_days: &self.business_days,
            closed_through: self.closed_through,
        }
    }

    pub(crate) fn days_pass(&mut self, days: u32) {
        self.now = seconds_after(self.now, days * 24 * 3_600);
    }

    /// Does it, or records that it was tried.
    pub(crate) fn tells(&mut self, actor: &Actor, verb: Verb) -> Result<(), Refused> {
        let expected_version = Some(self.case.version);
        self.commands(
            actor,
            &Command {
                expected_version,
                occurred_at: None,
                salt: [7; 16],
                verb,
            },
        )
    }

    pub(crate) fn commands(&mut self, actor: &Actor, command: &Command) -> Result<(), Refused> {
        match step(
            self.definition,
            &self.case,
            command,
            actor,
            &self.circumstances(),
        ) {
            Ok(stepped) => {
                self.keep(stepped);
                Ok(())
            }
            Err(refused) => {
                let tried = attempt(
                    self.definition,
                    &self.case,
                    command,
                    actor,
                    &refused,
                    self.now,
                );
                if let Some((case, event)) = tried {
                    self.case = case;
                    self.link(event);
                }
                Err(refused)
            }
        }
    }

    fn keep(&mut self, stepped: Stepped) {
        self.case = stepped.case;
        self.texts.extend(stepped.texts);
        self.effects
            .extend(stepped.effects.into_iter().map(|effect| effect.effect));
        for event in stepped.events {
            self.link(event);
        }
    }

    fn link(&mut self, event: Event) {
        let previous = self.links.last().map(|link| link.hash);
        self.links.push(Link::new(
            self.case.agency,
            self.case.id,
            previous,
            event.clone(),
        ));
        self.events.push(event);
    }

    pub(crate) fn person(&self, person: Person) -> Actor {
        actor(self.definition, person)
    }

    pub(crate) fn advance(&mut self, person: Person, action: &str) -> Result<(), Refused> {
        let actor = self.person(person);
        self.tells(
            &actor,
            Verb::Advance {
                action: action.to_owned(),
                evidence: Vec::new(),
            },
        )
    }

    pub(crate) fn give(&mut self, person: Person, given: GivenEvidence) -> Result<(), Refused> {
        let actor = self.person(person);
        self.tells(&actor, Verb::Give(given))
    }

    pub(crate) fn approve(&mut self, person: Person, approval: &str) -> Result<(), Refused> {
        let actor = self.person(person);
        let rule = self
            .definition
            .approval(approval)
            .expect("the approval is defined");
        let content = self.case.content_of(rule);
        self.tells(
            &actor,
            Verb::Approve {
                approval: approval.to_owned(),
                content,
            },
        )
    }

    pub(crate) fn confirm(&mut self, effect: &str) -> Result<(), Refused> {
        let key = self.case.effects[effect].key.clone();
        let report = Verb::Report {
            key,
            outcome: EffectOutcome::Confirmed,
            reference: "TT-1".to_owned(),
        };
        self.tells(&Actor::System, report)
    }

    /// Gives everything that an action needs and is missing, then does the action.
    pub(crate) fn goes(&mut self, person: Person, action: &str) {
        let definition = self.definition;
        let transition = definition
            .transition(action)
            .expect("the action is defined");
        self.fill(
            person,
            definition.required(transition, &self.case.state.clone()),
        );
        for approval in &transition.approvals {
            let rule = definition
                .approval(approval)
                .expect("the approval is defined");
            let content = self.case.content_of(rule);
            if !self
                .case
                .approvals
                .iter()
                .any(|one| one.name == *approval && one.content == content)
            {
                self.approve(Person::Budi, approval)
                    .expect("Budi may approve");
            }
        }
        for effect in &transition.awaits {
            if !self.case.effects[effect].status.as_str().eq("CONFIRMED") {
                self.confirm(effect).expect("the effect is confirmed");
            }
        }
        if let Err(refused) = self.advance(person, action) {
            panic!("`{action}`: {refused}");
        }
    }

    /// Gives what is missing of these kinds.
    pub(crate) fn fill(&mut self, person: Person, kinds: &[String]) {
        for kind in kinds {
            if !self.case.evidence.contains_key(kind) {
                for given in self.filling(kind) {
                    self.give(person, given)
                        .unwrap_or_else(|refused| panic!("`{kind}`: {refused}"));
                }
            }
        }
    }

    /// The code with which something is refused.
    pub(crate) fn code(result: Result<(), Refused>) -> RefusalCode {
        result.expect_err("it is refused").block.code
    }
}

/// Fields from JSON.
pub(crate) fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("{other} has no fields"),
    }
}
