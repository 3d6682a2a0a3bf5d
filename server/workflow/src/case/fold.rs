//! A case from its events: the only code that changes a case.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_domain::ids::{AgencyId, CaseId};

use super::state::{Effect, EffectStatus, GivenAt};
use super::{Approval, Case, EffectOutcome, Event, EventBody, Evidence, Timer, TimerStatus};
use crate::definition::Definition;

impl Case {
    /// The case that these events make; none when they don't begin with a start.
    pub fn fold<'a>(
        definition: &Definition,
        agency: AgencyId,
        id: CaseId,
        events: impl IntoIterator<Item = &'a Event>,
    ) -> Option<Self> {
        let mut events = events.into_iter();
        let mut case = Self::begin(agency, id, events.next()?)?;
        for event in events {
            case.apply(definition, event);
        }
        Some(case)
    }

    /// The case after its first event.
    pub(super) fn begin(agency: AgencyId, id: CaseId, event: &Event) -> Option<Self> {
        let EventBody::Started {
            definition,
            version,
            subject,
            state,
        } = &event.body
        else {
            return None;
        };
        Some(Self {
            agency,
            id,
            definition: definition.clone(),
            definition_version: *version,
            subject: subject.clone(),
            requester: event.by.clone(),
            state: state.clone(),
            entered_at: event.occurred_at,
            version: 1,
            n_events: 1,
            visited: vec![state.clone()],
            evidence: BTreeMap::new(),
            approvals: Vec::new(),
            effects: BTreeMap::new(),
            timers: BTreeMap::new(),
            done: BTreeSet::new(),
            assignee: None,
        })
    }

    /// The case after one more event.
    pub(super) fn apply(&mut self, definition: &Definition, event: &Event) {
        self.n_events = event.seq;
        self.version += u64::from(event.body.changes_the_case());
        match &event.body {
            EventBody::EvidenceGiven(evidence) => {
                let given = GivenAt {
                    seq: event.seq,
                    by: event.by.clone(),
                    evidence: Evidence::clone(evidence),
                };
                let items = self.evidence.entry(evidence.kind.clone()).or_default();
                items.insert(evidence.item.clone(), given);
            }
            EventBody::Approved { approval, content } => self.approvals.push(Approval {
                name: approval.clone(),
                by: event.by.clone(),
                content: *content,
                seq: event.seq,
            }),
            EventBody::ApprovalFell { approval, of } => {
                self.approvals
                    .retain(|one| one.name != *approval || one.by != *of);
            }
            EventBody::Acted { action, to, .. } => self.apply_action(definition, action, to, event),
            EventBody::EffectRequested { effect, key } => {
                let requested = Effect {
                    key: key.clone(),
                    status: EffectStatus::Requested,
                };
                self.effects.insert(effect.clone(), requested);
            }
            EventBody::EffectReported {
                effect, outcome, ..
            } => {
                if let Some(effect) = self.effects.get_mut(effect) {
                    effect.status = EffectStatus::from(*outcome);
                }
            }
            EventBody::TimerOpened {
                timer,
                owner,
                due_at,
            } => {
                let open = Timer {
                    owner: owner.clone(),
                    due_at: *due_at,
                    status: TimerStatus::Open,
                };
                self.timers.insert(timer.clone(), open);
            }
            EventBody::TimerClosed { timer } => self.set_timer(timer, TimerStatus::Closed),
            EventBody::TimerFired { timer, .. } => self.set_timer(timer, TimerStatus::Overdue),
            EventBody::Assigned { member } => self.assignee = *member,
            EventBody::Started { .. }
            | EventBody::Commented { .. }
            | EventBody::Communicated(_)
            | EventBody::Transacted(_)
            | EventBody::AttemptRefused { .. } => {}
        }
    }

    fn set_timer(&mut self, timer: &str, status: TimerStatus) {
        if let Some(timer) = self.timers.get_mut(timer) {
            timer.status = status;
        }
    }

    fn apply_action(&mut self, definition: &Definition, action: &str, to: &str, event: &Event) {
        self.done.insert(action.to_owned());
        if to == self.state {
            return;
        }
        if let Some(place) = self.visited.iter().position(|state| state == to) {
            self.forget_since(definition, place);
        }
        self.visited.push(to.to_owned());
        to.clone_into(&mut self.state);
        self.entered_at = event.occurred_at;
        self.assignee = None;
    }

    /// Going back: what was given since for the states to be passed again counts no more.
    fn forget_since(&mut self, definition: &Definition, place: usize) {
        let again = self.visited.split_off(place);
        let kinds_of = |states: &[String]| -> BTreeSet<String> {
            let states = states.iter().filter_map(|name| definition.state(name));
            states
                .flat_map(|state| state.evidence.iter().cloned())
                .collect()
        };
        let kept = kinds_of(&self.visited);
        let again = kinds_of(&again);
        self.evidence
            .retain(|kind, _| kept.contains(kind) || !again.contains(kind));
        self.approvals.clear();
    }
}

impl From<EffectOutcome> for EffectStatus {
    fn from(outcome: EffectOutcome) -> Self {
        match outcome {
            EffectOutcome::Confirmed => Self::Confirmed,
            EffectOutcome::Failed => Self::Failed,
            EffectOutcome::Manual => Self::Manual,
        }
    }
}
