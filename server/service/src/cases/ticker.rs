//! Time in cases: timers that are due are fired as ordinary commands of the product's own.
//!
//! Invariant: a timer fires once however many servers look, because firing is a turn of its case,
//! which one of them has first.

use std::sync::Arc;
use std::time::Duration;

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::CaseId;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::ground::{damaged, view};
use super::turn::{About, done};
use crate::background::blocking;
use crate::error::Result;
use crate::services::{Parts, Services};
use bellwether_workflow::case::{Actor, Command, Verb, step};

/// How long it takes at most until a timer that is due is noticed.
const INTERVAL: Duration = Duration::from_secs(20);

/// How many timers of an agency are fired before the next agency has its turn.
const AT_ONCE: u32 = 500;

/// The ticker of one process.
#[derive(Debug, Default)]
pub(crate) struct Ticker {
    stopping: CancellationToken,
}

impl Ticker {
    pub(crate) fn stop(&self) {
        self.stopping.cancel();
    }
}

impl Services {
    /// Fires the timers of cases when they are due, until [`finish`](Services::finish). For a
    /// process that serves; once.
    pub fn start_ticker(&self) {
        let parts = Arc::clone(&self.parts);
        self.parts.tasks.spawn(async move {
            let stopping = parts.ticker.stopping.clone();
            loop {
                let looking = Arc::clone(&parts);
                let looked = blocking("fire timers", move || fire_due(&looking)).await;
                if let Err(error) = looked {
                    let error = error.chain();
                    tracing::warn!(error, "timers of cases could not be fired");
                }
                if timeout(INTERVAL, stopping.cancelled()).await.is_ok() {
                    return;
                }
            }
        });
    }
}

/// Fires what is due in every agency. A case that fails keeps no other from its turn.
fn fire_due(parts: &Parts) -> Result<()> {
    for scope in parts.catalogue.maintenance_scopes()? {
        let due = parts
            .catalogue
            .due_timers(&scope, parts.clock.now(), AT_ONCE)?;
        for (case, timer) in due {
            if let Err(error) = fire(parts, &scope, case, &timer) {
                let error = error.chain();
                tracing::warn!(case.id = %case, timer, error, "a timer could not be fired");
            }
        }
    }
    Ok(())
}

/// Fires one timer, unless another server or a command was quicker.
fn fire(parts: &Parts, scope: &Scope, id: CaseId, timer: &str) -> Result<()> {
    let (now, salt) = (parts.clock.now(), parts.ids.random().to_be_bytes());
    let fired = parts.catalogue.change_case(scope, id, None, |ground| {
        let view = match view(scope, ground, now) {
            Ok(view) => view,
            Err(refusal) => return Ok((None, Err(refusal))),
        };
        let command = Command {
            expected_version: None,
            occurred_at: None,
            salt,
            verb: Verb::Timeout {
                timer: timer.to_owned(),
            },
        };
        let there = view.surroundings.circumstances();
        let (definition, about) = (&view.definition, About::of(&view.record));
        let stepped = step(definition, &view.case, &command, &Actor::System, &there);
        let turn = stepped.map(|stepped| {
            let head = Some(view.record.head.as_str());
            done(definition, about, head, &stepped, now)
        });
        Ok((turn.ok(), Ok(())))
    })?;
    match fired {
        bellwether_catalogue::Commanded::Now(outcome) => Ok(outcome?),
        bellwether_catalogue::Commanded::Before(..) => Err(never_keyed(id).into()),
    }
}

/// A timer has no idempotency key, so nothing was done under one.
fn never_keyed(id: CaseId) -> Refusal {
    damaged(id, "a timer was answered as if it had a key")
}
