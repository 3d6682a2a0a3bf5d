//! The one way to change a case: the rules are asked inside the transaction that writes.

use bellwether_catalogue::{CaseGround, CaseSubject, CaseTurn, CommandKey, Commanded};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::CaseId;
use bellwether_domain::time::Timestamp;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_workflow::case::{
    Actor, Circumstances, Command, EffectOutcome, Stepped, Verb, attempt, start, step,
};
use bellwether_workflow::chain::{Hash, Salt};
use bellwether_workflow::definition::Definition;
use bellwether_workflow::refused::Refused;
use serde_json::{Value, json};

use super::ground::{newest, surroundings, view};
use super::turn::{About, attempted, done};
use super::{
    COMMAND_KEY_BYTES_MAX, CaseCommand, CaseOutcome, OPEN_CASES_MAX, StartCase, roles_in_case,
};
use crate::error::Result;
use crate::services::{Parts, Services};

/// What stands as the reference of an effect that no system does.
const NO_SYSTEM: &str = "no system of the agency answers; done by hand";

/// What the rules made of a command, before the case is looked at again.
type Judged = std::result::Result<(), Refused>;

impl Services {
    /// Begins a case of the newest version of a workflow.
    pub async fn start_case(&self, scope: &Scope, asked: StartCase) -> Result<CaseOutcome> {
        self.read("begin a case", scope, move |parts, scope| {
            let now = parts.clock.now();
            let id = CaseId::from_parts(now, parts.ids.random());
            let key = key_of(asked.idempotency_key.as_deref(), || {
                json!({
                    "start": asked.definition,
                    "brand": asked.brand,
                    "campaign": asked.campaign,
                    "subject": asked.subject,
                    "by": scope.member(),
                })
            })?;
            let subject = CaseSubject {
                definition: asked.definition.clone(),
                brand: asked.brand,
                campaign: asked.campaign,
            };
            let judged = parts.catalogue.begin_case(
                scope,
                &subject,
                key.as_ref(),
                OPEN_CASES_MAX,
                |ground| Ok(split(begin(scope, ground, id, &asked, now))),
            )?;
            match judged {
                Commanded::Before(case, _) => looked_at(parts, scope, case, Ok(())),
                Commanded::Now(Ok(Ok(()))) => looked_at(parts, scope, id, Ok(())),
                Commanded::Now(Ok(Err(refused))) => Ok(CaseOutcome::Refused(refused, None)),
                Commanded::Now(Err(refusal)) => Err(refusal.into()),
            }
        })
        .await
    }

    /// Does what a command asks of a case, or records that it was refused.
    pub async fn command_case(
        &self,
        scope: &Scope,
        id: CaseId,
        command: CaseCommand,
    ) -> Result<CaseOutcome> {
        self.read("change a case", scope, move |parts, scope| {
            let now = parts.clock.now();
            if let Verb::Assign(Some(member)) = &command.verb {
                parts.catalogue.get_member(scope, *member)?;
            }
            let salt = parts.ids.random().to_be_bytes();
            let key = key_of(command.idempotency_key.as_deref(), || {
                json!({
                    "case": id,
                    "expected": command.expected_version,
                    "occurred": command.occurred_at,
                    "verb": command.verb,
                    "by": scope.member(),
                })
            })?;
            let judged = parts
                .catalogue
                .change_case(scope, id, key.as_ref(), |ground| {
                    Ok(split(change(scope, ground, &command, salt, now)))
                })?;
            match judged {
                Commanded::Before(case, _) => looked_at(parts, scope, case, Ok(())),
                Commanded::Now(Ok(judged)) => looked_at(parts, scope, id, judged),
                Commanded::Now(Err(refusal)) => Err(refusal.into()),
            }
        })
        .await
    }
}

/// Puts what is to be written apart from what is told.
fn split(
    judged: std::result::Result<(Option<CaseTurn>, Judged), Refusal>,
) -> (Option<CaseTurn>, std::result::Result<Judged, Refusal>) {
    match judged {
        Ok((turn, judged)) => (turn, Ok(judged)),
        Err(refusal) => (None, Err(refusal)),
    }
}

fn begin(
    scope: &Scope,
    ground: &CaseGround,
    id: CaseId,
    asked: &StartCase,
    now: Timestamp,
) -> std::result::Result<(Option<CaseTurn>, Judged), Refusal> {
    let definition = newest(&ground.definitions, &asked.definition)?;
    let actor = Actor::Member {
        id: member(scope)?,
        roles: roles_in_case(&ground.roles, id, asked.brand),
    };
    let mut subject = asked.subject.clone();
    for (name, value) in [
        ("brand", asked.brand.map(|it| it.to_string())),
        ("campaign", asked.campaign.map(|it| it.to_string())),
    ] {
        if let Some(value) = value {
            subject.insert(name.to_owned(), Value::String(value));
        }
    }
    let there = surroundings(ground, now);
    let agency = scope.agency();
    let begun = start(
        &definition,
        agency,
        id,
        subject,
        &actor,
        &there.circumstances(),
    );
    Ok(match begun {
        Ok(stepped) => {
            let about = About {
                brand: asked.brand,
                campaign: asked.campaign,
                began_at: now,
            };
            (Some(done(&definition, about, None, &stepped, now)), Ok(()))
        }
        Err(refused) => (None, Err(refused)),
    })
}

fn change(
    scope: &Scope,
    ground: &CaseGround,
    command: &CaseCommand,
    salt: Salt,
    now: Timestamp,
) -> std::result::Result<(Option<CaseTurn>, Judged), Refusal> {
    member(scope)?;
    let view = view(scope, ground, now)?;
    let Some(actor) = &view.actor else {
        return Err(no_member());
    };
    let (definition, about) = (&view.definition, About::of(&view.record));
    let head = Some(view.record.head.as_str());
    let there = view.surroundings.circumstances();
    let command = Command {
        expected_version: command.expected_version,
        occurred_at: command.occurred_at,
        salt,
        verb: command.verb.clone(),
    };
    Ok(
        match step(definition, &view.case, &command, actor, &there) {
            Ok(stepped) => {
                let stepped = handed_to_people(definition, stepped, salt, &there);
                let turn = done(definition, about, head, &stepped, now);
                (Some(turn), Ok(()))
            }
            Err(refused) => {
                let tried = attempt(definition, &view.case, &command, actor, &refused, now);
                let turn = tried
                    .map(|(case, event)| attempted(definition, about, head, (&case, event), now));
                (turn, Err(refused))
            }
        },
    )
}

/// The same step, with what it asks for outside handed to people: no system answers for the agency,
/// so each becomes a step that a person does by hand and confirms.
fn handed_to_people(
    definition: &Definition,
    mut stepped: Stepped,
    salt: Salt,
    there: &Circumstances<'_>,
) -> Stepped {
    for effect in std::mem::take(&mut stepped.effects) {
        let report = Command {
            expected_version: None,
            occurred_at: None,
            salt,
            verb: Verb::Report {
                key: effect.key,
                outcome: EffectOutcome::Manual,
                reference: NO_SYSTEM.to_owned(),
            },
        };
        // The product may always report; a case full of events keeps the effect as requested.
        if let Ok(reported) = step(definition, &stepped.case, &report, &Actor::System, there) {
            stepped.case = reported.case;
            stepped.events.extend(reported.events);
        }
    }
    stepped
}

/// The case as it is after a command, with what the rules said.
fn looked_at(parts: &Parts, scope: &Scope, id: CaseId, judged: Judged) -> Result<CaseOutcome> {
    let ground = parts.catalogue.case_ground(scope, id)?;
    let view = Box::new(view(scope, &ground, parts.clock.now())?);
    Ok(match judged {
        Ok(()) => CaseOutcome::Done(view),
        Err(refused) => CaseOutcome::Refused(refused, Some(view)),
    })
}

fn member(scope: &Scope) -> std::result::Result<bellwether_domain::ids::MemberId, Refusal> {
    scope.member().ok_or_else(no_member)
}

fn no_member() -> Refusal {
    let message = "cases are carried through by members of the agency, not by the operator; come with a member's token";
    Refusal::new(ErrorCode::Forbidden, message)
}

/// The key of a command with the fingerprint of what it says.
fn key_of(
    key: Option<&str>,
    says: impl FnOnce() -> Value,
) -> std::result::Result<Option<CommandKey>, Refusal> {
    let Some(key) = key else { return Ok(None) };
    if key.is_empty() {
        let message = "the idempotency key is empty; leave it out or send 1 byte at least";
        return Err(Refusal::invalid(message).at("idempotencyKey"));
    }
    if key.len() > COMMAND_KEY_BYTES_MAX {
        let what = format!("an idempotency key of {} bytes", key.len());
        let (limit, max) = ("command_key_bytes_max", COMMAND_KEY_BYTES_MAX);
        return Err(Refusal::limit(limit, max, what).at("idempotencyKey"));
    }
    Ok(Some(CommandKey {
        key: key.to_owned(),
        fingerprint: Hash::of(says().to_string().as_bytes()).to_string(),
    }))
}
