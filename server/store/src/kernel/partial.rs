//! Partials: sums by codes that add up across partitions.
//!
//! Invariant: groups are sorted and distinct, and every column has one entry a group.

use std::ops::Add;

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

/// The sums of one partition, or of several merged, for one plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Partial {
    /// The groups with at least one row, ascending.
    pub groups: Vec<Group>,
    /// How many rows each group has.
    pub rows: Vec<u64>,
    /// By the plan's measures, the sum of each group; 0 also when nothing was summed.
    pub sums: Vec<Vec<i128>>,
    /// By the plan's measures, how many rows of each group have a value: 0 means the sum is
    /// missing and not zero, fewer than `rows` that it lacks some.
    pub counts: Vec<Vec<u64>>,
    /// The number of the last day of any row that counted.
    pub last_day: Option<i32>,
}

/// A place in the left partial, in the right one, or in both.
type Places = (Option<usize>, Option<usize>);

impl Partial {
    /// Adds the partial of the same plan over another partition. An empty default partial takes
    /// the other's measures.
    pub fn merge(&mut self, other: &Self) {
        if self.groups.is_empty() {
            let last_day = self.last_day.max(other.last_day);
            *self = Self {
                last_day,
                ..other.clone()
            };
            return;
        }
        if other.groups.is_empty() {
            return;
        }
        assert_eq!(
            self.sums.len(),
            other.sums.len(),
            "partials of one plan have its measures"
        );
        let places = zipped(&self.groups, &other.groups);
        self.rows = added(&places, &self.rows, &other.rows);
        for (mine, theirs) in self.sums.iter_mut().zip(&other.sums) {
            // Sums of 64 bits can't overflow 128 bits in fewer than 2^64 merges.
            *mine = added(&places, mine, theirs);
        }
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine = added(&places, mine, theirs);
        }
        let group = |(left, right): &Places| {
            left.map(|place| self.groups[place])
                .or(right.map(|place| other.groups[place]))
        };
        self.groups = places.iter().filter_map(group).collect();
        self.last_day = self.last_day.max(other.last_day);
    }

    /// How many bytes of memory it holds.
    pub fn size_bytes(&self) -> usize {
        let sums = self.sums.iter().map(|it| it.capacity() * size_of::<i128>());
        let counts = self
            .counts
            .iter()
            .map(|it| it.capacity() * size_of::<u64>());
        size_of::<Self>()
            + self.groups.capacity() * size_of::<Group>()
            + self.rows.capacity() * size_of::<u64>()
            + sums.sum::<usize>()
            + counts.sum::<usize>()
    }
}

/// Where each group of either side stands, in the order of groups.
fn zipped(left: &[Group], right: &[Group]) -> Vec<Places> {
    let mut places = Vec::with_capacity(left.len().max(right.len()));
    let (mut i, mut j) = (0, 0);
    while i < left.len() || j < right.len() {
        let take_left = j == right.len() || (i < left.len() && left[i] <= right[j]);
        let take_right = i == left.len() || (j < right.len() && right[j] <= left[i]);
        places.push((take_left.then_some(i), take_right.then_some(j)));
        i += usize::from(take_left);
        j += usize::from(take_right);
    }
    places
}

fn added<T: Add<Output = T> + Copy + Default>(
    places: &[Places],
    left: &[T],
    right: &[T],
) -> Vec<T> {
    let value = |column: &[T], place: Option<usize>| place.map_or(T::default(), |it| column[it]);
    places
        .iter()
        .map(|(i, j)| value(left, *i) + value(right, *j))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partial(rows: &[(u32, i128)]) -> Partial {
        let group = |campaign| Group {
            campaign,
            attribution: 0,
            bucket: 0,
            codes: [0; 3],
        };
        Partial {
            groups: rows.iter().map(|(campaign, _)| group(*campaign)).collect(),
            rows: vec![1; rows.len()],
            sums: vec![rows.iter().map(|(_, sum)| *sum).collect()],
            counts: vec![vec![1; rows.len()]],
            last_day: Some(7),
        }
    }

    #[test]
    fn partials_add_up_group_by_group_and_stay_sorted() {
        let mut left = partial(&[(1, 10), (3, 30)]);
        left.merge(&partial(&[(2, 2), (3, 3), (4, 4)]));
        let campaigns: Vec<_> = left.groups.iter().map(|group| group.campaign).collect();
        assert_eq!(campaigns, [1, 2, 3, 4]);
        assert_eq!(left.sums, [[10, 2, 33, 4]]);
        assert_eq!(left.rows, [1, 1, 2, 1]);
        assert_eq!(left.counts, [[1, 1, 2, 1]]);
    }

    #[test]
    fn an_empty_partial_takes_the_others_place() {
        let mut sum = Partial::default();
        sum.merge(&partial(&[(1, 10)]));
        assert_eq!(sum, partial(&[(1, 10)]));
        sum.merge(&Partial::default());
        assert_eq!(sum, partial(&[(1, 10)]));
    }
}
