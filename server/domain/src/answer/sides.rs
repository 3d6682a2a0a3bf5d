//! The groups of an answer with the sums of its two ranges: the one asked for, and the one that it
//! is compared with, if any.
//!
//! Invariant: both sides number the groups alike; a side that knows nothing of a group has no
//! pieces of it.

use std::collections::{HashMap, HashSet};

use super::sums::GroupSums;
use super::table::check_size;
use super::tally::RowKey;
use crate::error_code::Refusal;
use crate::query::{Dimension, Fill, Level, MetricQuery};
use crate::time::Date;

/// The groups of an answer, by their numbers.
pub(super) struct Sides {
    pub(super) keys: Vec<RowKey>,
    pub(super) now: GroupSums,
    pub(super) before: Option<GroupSums>,
}

impl Sides {
    /// The groups of both ranges, with those that are filled in.
    pub(super) fn new(
        query: &MetricQuery,
        mut now: GroupSums,
        mut before: Option<GroupSums>,
    ) -> Result<Self, Refusal> {
        check_size(now.n_groups())?;
        let mut keys = Keys::new(now.take_keys());
        if before.is_some() || query.fill != Fill::None {
            keys.find_all();
        }
        if let Some(before) = &mut before {
            keys.add_previous(query, before);
        }
        if query.fill != Fill::None {
            keys.fill(query)?;
        }
        check_size(keys.list.len())?;
        Ok(Self {
            keys: keys.list,
            now,
            before,
        })
    }

    /// The larger groups of this level; one of all groups where nothing tells them apart.
    pub(super) fn level(&self, level: &Level) -> Self {
        let mut keys = Keys::new(Vec::new());
        if level.is_grand() {
            keys.number(RowKey::default());
        }
        let own = self.keys.iter();
        let number_of: Vec<u32> = own.map(|key| keys.number(key.at_level(level))).collect();
        let regrouped = |sums: &GroupSums| sums.regrouped(&number_of);
        Self {
            keys: keys.list,
            now: regrouped(&self.now),
            before: self.before.as_ref().map(regrouped),
        }
    }
}

/// Keys and their numbers.
struct Keys {
    list: Vec<RowKey>,
    numbers: HashMap<RowKey, u32>,
}

impl Keys {
    fn new(list: Vec<RowKey>) -> Self {
        let numbers = HashMap::new();
        Self { list, numbers }
    }

    /// Makes the keys that are there known by their numbers.
    fn find_all(&mut self) {
        self.numbers.extend(self.list.iter().cloned().zip(0..));
    }

    fn number(&mut self, key: RowKey) -> u32 {
        if let Some(known) = self.numbers.get(&key) {
            return *known;
        }
        // `groups_max` is far below what 32 bits hold.
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(key.clone());
        self.numbers.insert(key, number);
        number
    }

    /// Adds the groups of the range compared with, each under the period that it stands beside.
    fn add_previous(&mut self, query: &MetricQuery, before: &mut GroupSums) {
        let previous = query.previous();
        let theirs = previous.map(|previous| previous.periods());
        let beside: HashMap<Date, Date> =
            theirs.into_iter().flatten().zip(query.periods()).collect();
        let number_of: Vec<u32> = before
            .take_keys()
            .into_iter()
            .map(|mut key| {
                key.period = key.period.and_then(|period| beside.get(&period)).copied();
                self.number(key)
            })
            .collect();
        before.renumber(&number_of);
    }

    /// Adds each group seen in the periods that it lacks. Without other dimensions than the
    /// period there is one group, seen or not.
    fn fill(&mut self, query: &MetricQuery) -> Result<(), Refusal> {
        let mut things: Vec<RowKey> = Vec::new();
        let mut seen: HashSet<RowKey> = HashSet::new();
        if query.by == [Dimension::Period] && query.labels.is_empty() {
            things.push(RowKey::default());
        } else {
            for key in &self.list {
                let thing = RowKey {
                    period: None,
                    ..key.clone()
                };
                if seen.insert(thing.clone()) {
                    things.push(thing);
                }
            }
        }
        let periods = query.periods();
        check_size(things.len().saturating_mul(periods.len()))?;
        for thing in things {
            for period in &periods {
                self.number(RowKey {
                    period: Some(*period),
                    ..thing.clone()
                });
            }
        }
        Ok(())
    }
}
