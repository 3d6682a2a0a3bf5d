//! Closed sets of words about cases.

use async_graphql::Enum;
use bellwether_workflow::case::{
    EffectOutcome as Outcome, EffectStatus as Status, TimerStatus as Timer,
};

/// How something that must happen outside stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Status")]
pub(crate) enum EffectStatus {
    /// It was asked for.
    Requested,
    /// The other side has confirmed it.
    Confirmed,
    /// It failed.
    Failed,
    /// A person has to do it by hand, and confirms it with `reportEffect`.
    Manual,
}

/// What became of something that must happen outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Outcome")]
pub(crate) enum EffectOutcome {
    /// It is done, and something shows it.
    Confirmed,
    /// It was refused, or never answered.
    Failed,
    /// A person does it by hand.
    Manual,
}

/// How a timer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Timer")]
pub(crate) enum TimerStatus {
    /// It runs.
    Open,
    /// Its moment has come, and what it stands for is still to be done.
    Overdue,
    /// It is over.
    Closed,
}

/// Who acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum CaseActorKind {
    /// A member of the agency.
    Member,
    /// The product itself: detection, timers, answers to effects.
    System,
    /// Somebody outside, by a link that was made for this case.
    External,
}

/// How an action is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ActionVerb {
    /// By `advanceCase`.
    Advance,
    /// By `approveCase`, with the hash of what is approved.
    Approve,
}

/// By what a list of cases is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_service::CaseSort")]
#[expect(
    clippy::enum_variant_names,
    reason = "the words of the API: they are moments, and other orders may join them"
)]
pub(crate) enum CaseSort {
    /// By when the present step is due; what isn't due at all comes last.
    DueAt,
    /// By when they began.
    BeganAt,
    /// By when they last changed.
    ChangedAt,
}
