//! The naive model: everything that was ever committed, and what of it counts at a commit, folded
//! over the whole history each time.
//!
//! It shares no code with the product, and has neither caches nor segments nor versions.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_domain::batch::BatchAnswer;
use bellwether_domain::ids::{BatchId, CampaignId};
use bellwether_domain::time::Timestamp;

use super::report::{COSTS, ENTRIES, Key, Values};

/// One row of a batch.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) key: Key,
    pub(super) values: Values,
    /// The measures that the row speaks of; `None` is a whole row, which replaces the older one.
    pub(super) speaks_of: Option<Vec<usize>>,
}

/// The rows of a batch.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// The place of its dataset.
    pub(super) dataset: usize,
    pub(super) all: Vec<Row>,
    /// Whether older rows of its range go.
    pub(super) replaces_range: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Change {
    Rows(Rows),
    /// The commit of this number is undone.
    Retraction(usize),
}

#[derive(Debug, Clone)]
pub(super) struct Commit {
    pub(super) at: Timestamp,
    pub(super) batch: BatchId,
    pub(super) change: Change,
}

/// A campaign as it is now.
#[derive(Debug, Clone)]
pub(super) struct Campaign {
    pub(super) id: CampaignId,
    pub(super) name: String,
    pub(super) platform: &'static str,
    pub(super) team: Option<&'static str>,
}

/// One agency: its commits, of which the first has number 1, and its campaigns by their places.
#[derive(Debug, Clone, Default)]
pub(super) struct Agency {
    pub(super) commits: Vec<Commit>,
    pub(super) campaigns: BTreeMap<usize, Campaign>,
    /// The answers that senders were given, and with which idempotency key.
    pub(super) answers: Vec<Answered>,
    /// Commits before this number can't be read any more.
    pub(super) oldest: usize,
}

/// A request that was answered.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub(super) request: super::body::Request,
    pub(super) answer: BatchAnswer,
    pub(super) at: Timestamp,
}

/// The facts of a dataset as they stand at a commit.
pub(super) type Facts = BTreeMap<Key, Values>;

impl Agency {
    /// The number of its newest commit.
    pub(super) fn newest(&self) -> usize {
        self.commits.len()
    }

    pub(super) fn commit(&self, number: usize) -> &Commit {
        &self.commits[number - 1]
    }

    /// The newest commit at or before a moment; 0 before the first.
    pub(super) fn commit_at(&self, moment: Timestamp) -> usize {
        let upto = self.commits.iter().take_while(|commit| commit.at <= moment);
        upto.count()
    }

    /// Whether a commit up to `up_to` undoes this one.
    pub(super) fn is_retracted(&self, number: usize, up_to: usize) -> bool {
        self.commits[..up_to]
            .iter()
            .any(|commit| matches!(commit.change, Change::Retraction(of) if of == number))
    }

    /// The facts of a dataset as they stand at a commit: every batch up to it, one after another.
    pub(super) fn facts(&self, dataset: usize, up_to: usize) -> Facts {
        let mut facts = Facts::new();
        for number in 1..=up_to {
            let Change::Rows(batch) = &self.commit(number).change else {
                continue;
            };
            if batch.dataset != dataset || self.is_retracted(number, up_to) {
                continue;
            }
            if batch.replaces_range {
                facts.retain(|key, _| !batch.takes(key));
            }
            for row in &batch.all {
                row.put_into(&mut facts);
            }
        }
        facts
    }

    /// Whether any batch that was ever committed is of a dataset; costs come with the first one.
    pub(super) fn has_rows(&self, dataset: usize) -> bool {
        let is_of = |of: usize| of == dataset || (of == COSTS && dataset == 0);
        self.commits
            .iter()
            .any(|commit| matches!(&commit.change, Change::Rows(batch) if is_of(batch.dataset)))
    }

    /// Whether any campaign has a team now.
    pub(super) fn has_teams(&self) -> bool {
        self.campaigns.values().any(|it| it.team.is_some())
    }

    /// Whether any row that was ever committed has this attribution window.
    pub(super) fn has_window(&self, window: usize) -> bool {
        self.commits.iter().any(|commit| match &commit.change {
            Change::Rows(batch) => batch.all.iter().any(|row| row.key.window == window),
            Change::Retraction(_) => false,
        })
    }
}

impl Row {
    fn put_into(&self, facts: &mut Facts) {
        match &self.speaks_of {
            None => {
                facts.insert(self.key, self.values.clone());
            }
            Some(measures) => {
                let none = || vec![None; self.values.len()];
                let known = facts.entry(self.key).or_insert_with(none);
                for place in measures {
                    known[*place] = self.values[*place];
                }
            }
        }
    }
}

impl Rows {
    /// Whether a batch that replaces its range takes an older row: it is of one of its campaigns,
    /// days from the first to the last, levels or breakdowns, and attribution windows.
    fn takes(&self, key: &Key) -> bool {
        let entry = &ENTRIES[self.dataset];
        let keys = || self.all.iter().map(|row| row.key);
        let days: BTreeSet<usize> = keys().map(|key| key.day).collect();
        let is_in_days = days.first().is_some_and(|first| *first <= key.day)
            && days.last().is_some_and(|last| key.day <= *last);
        is_in_days
            && keys().any(|own| own.campaign == key.campaign)
            && keys().any(|own| own.shape(entry) == key.shape(entry))
            && keys().any(|own| own.window == key.window)
    }
}
