//! Timers: due dates of states and of actions, fired by the ticker as ordinary commands.

use super::draft::Draft;
use super::{Actor, EventBody, TimerStatus};
use crate::definition::Transition;
use crate::refused::{Block, RefusalCode};

impl Draft<'_> {
    /// Starts and ends the timers of an action that was done.
    pub(super) fn move_timers(&mut self, transition: &Transition, from: &str) -> Result<(), Block> {
        for timer in &transition.closes {
            self.close_timer(timer);
        }
        if self.case.state != from {
            self.close_timer(from);
        }
        for rule in &transition.opens {
            let facts = self.case.facts(self.definition, &self.circumstances);
            let due = rule
                .due
                .due(self.occurred_at, &facts, &self.circumstances)?;
            if let Some(due_at) = due {
                let (timer, owner) = (rule.name.clone(), rule.owner.clone());
                self.record(EventBody::TimerOpened {
                    timer,
                    owner,
                    due_at,
                });
            }
        }
        if self.definition.is_final(&self.case.state) {
            let all: Vec<_> = self.case.timers.keys().cloned().collect();
            for timer in &all {
                self.close_timer(timer);
            }
        }
        Ok(())
    }

    /// Brings the due date of the present state up to what is known now.
    pub(super) fn refresh_due(&mut self) -> Result<(), Block> {
        let Some(state) = self.definition.state(&self.case.state) else {
            return Ok(());
        };
        let facts = self.case.facts(self.definition, &self.circumstances);
        let Some(rule) = state.due.iter().find(|rule| rule.counts(&facts)) else {
            return Ok(());
        };
        let due = rule.due(self.case.entered_at, &facts, &self.circumstances)?;
        let Some(due_at) = due else { return Ok(()) };
        let present = self.case.timers.get(&state.name);
        let runs = present
            .is_some_and(|timer| timer.due_at == due_at && timer.status != TimerStatus::Closed);
        if !runs {
            let (timer, owner) = (state.name.clone(), state.role.clone());
            self.record(EventBody::TimerOpened {
                timer,
                owner,
                due_at,
            });
        }
        Ok(())
    }

    /// A timer fires, once, when its moment has come.
    pub(super) fn fire(&mut self, name: &str, actor: &Actor) -> Result<(), Block> {
        if *actor != Actor::System {
            let message = format!("the timer `{name}` is fired by the product");
            return Err(Block::new(RefusalCode::WrongRole, message).of(name));
        }
        let Some(timer) = self.case.timers.get(name).cloned() else {
            let message = format!("there is no timer `{name}`");
            return Err(Block::new(RefusalCode::Unknown, message).of(name));
        };
        if timer.status != TimerStatus::Open {
            let message = format!("the timer `{name}` doesn't run any more");
            return Err(Block::new(RefusalCode::AlreadyDone, message).of(name));
        }
        if self.circumstances.now < timer.due_at {
            let message = format!("the timer `{name}` is due at {}", timer.due_at);
            return Err(Block::new(RefusalCode::NotDue, message).of(name));
        }
        self.record(EventBody::TimerFired {
            timer: name.to_owned(),
            owner: timer.owner,
        });
        Ok(())
    }

    fn close_timer(&mut self, name: &str) {
        let timer = self.case.timers.get(name);
        if timer.is_some_and(|timer| timer.status != TimerStatus::Closed) {
            self.record(EventBody::TimerClosed {
                timer: name.to_owned(),
            });
        }
    }
}
