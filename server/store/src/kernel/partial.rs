//! Partials: sums by codes that add up across partitions.
//!
//! Invariant: groups are sorted and distinct, and every column has one entry a group.

use bellwether_domain::dataset::KEY_DIMENSIONS_MAX;

/// The period of [`crate::Bucket::Whole`], which no day has for its number.
pub const WHOLE_PERIOD: i32 = i32::MIN;

/// What a sum is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Group {
    /// The campaign's code; 0 for rows of no campaign.
    pub campaign: u32,
    /// The attribution window's code; 0 when not given.
    pub attribution: u32,
    /// The number of the period's first day, or [`WHOLE_PERIOD`].
    pub bucket: i32,
    /// The codes in the plan's dimensions, in its order; 0 beyond.
    pub codes: [u32; KEY_DIMENSIONS_MAX],
}

/// The sums of one partition for one plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Partial {
    /// The groups with at least one row, ascending.
    pub groups: Vec<Group>,
    /// How many rows each group has.
    pub rows: Vec<u64>,
    /// By the plan's measures, the sum of each group; 0 also when nothing was summed.
    pub sums: Vec<Vec<i64>>,
    /// By the plan's measures, how many rows of each group have a value: 0 means the sum is
    /// missing and not zero, fewer than `rows` that it lacks some. `None`: every row has one.
    pub counts: Vec<Option<Vec<u64>>>,
    /// By campaign, ascending, the number of the last day of any row that counted.
    pub last_days: Vec<(u32, i32)>,
}

/// The sums of one measure and how many values they are of; `None` when of every row.
#[derive(Debug)]
pub(crate) struct Sums {
    pub(crate) sums: Vec<i64>,
    pub(crate) counts: Option<Vec<u64>>,
}

impl Partial {
    /// Without groups yet, but with places for this many measures.
    pub(crate) fn of_measures(n_measures: usize) -> Self {
        Self {
            sums: vec![Vec::new(); n_measures],
            counts: vec![Some(Vec::new()); n_measures],
            ..Self::default()
        }
    }

    /// Notes the last day of rows of a campaign; campaigns come in order.
    pub(crate) fn note_last_day(&mut self, campaign: u32, day: i32) {
        match self.last_days.last_mut() {
            Some((known, last)) if *known == campaign => *last = day.max(*last),
            _ => self.last_days.push((campaign, day)),
        }
    }

    /// How many rows of a group have a value of the measure.
    pub fn count(&self, measure: usize, group: usize) -> u64 {
        self.counts[measure]
            .as_ref()
            .map_or(self.rows[group], |counts| counts[group])
    }

    /// The same with `None` for counts that say that every row has a value.
    pub(crate) fn settled(mut self) -> Self {
        for counts in &mut self.counts {
            if counts
                .as_ref()
                .is_some_and(|counts| *counts == self.rows || counts.is_empty())
            {
                *counts = None;
            }
        }
        self
    }

    /// How many bytes of memory it holds.
    pub fn size_bytes(&self) -> usize {
        let sums = self.sums.iter().map(|it| it.capacity() * size_of::<i64>());
        let counts = self.counts.iter().flatten();
        let counts = counts.map(|it| it.capacity() * size_of::<u64>());
        size_of::<Self>()
            + self.last_days.capacity() * size_of::<(u32, i32)>()
            + self.groups.capacity() * size_of::<Group>()
            + self.rows.capacity() * size_of::<u64>()
            + sums.sum::<usize>()
            + counts.sum::<usize>()
    }
}
