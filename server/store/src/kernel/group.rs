//! The group of each row.
//!
//! Two ways to the same numbers: by a table over all combinations of codes while these are few
//! (group index = sum of code x stride), by hashing otherwise.

use std::collections::HashMap;

use bellwether_domain::dataset::KEY_DIMENSIONS_MAX;

use crate::kernel::partial::Group;
use crate::kernel::plan::PartialPlan;
use crate::kernel::select::Selection;
use crate::partition::Partition;

/// The most combinations of codes for which a table is made: 4 MiB of it, which still fits the
/// second-level cache of a server's core.
pub const DENSE_GROUPS_MAX: usize = 1 << 20;

/// The number of a row that doesn't count.
pub(super) const NO_GROUP: u32 = u32::MAX;

/// The groups of a selection.
#[derive(Debug)]
pub(super) struct Grouping {
    /// For each row of the selection's runs its place in `groups`, or [`NO_GROUP`].
    pub(super) of_row: Vec<u32>,
    /// The groups with rows, ascending.
    pub(super) groups: Vec<Group>,
}

/// Numbers the groups of the selected rows, by a table if it has at most `dense_groups_max`
/// places.
pub(super) fn group(
    partition: &Partition,
    plan: &PartialPlan,
    selection: &Selection,
    dense_groups_max: usize,
) -> Grouping {
    let axes = Axes::of(partition, plan, selection);
    match axes.n_combinations() {
        Some(size) if size <= dense_groups_max => dense(&axes, selection, size),
        _ => hashed(&axes, selection),
    }
}

/// What rows are grouped by, each with its places in ascending order.
struct Axes<'a> {
    campaigns: Vec<u32>,
    attributions: &'a [u32],
    /// By attribution code, its place; empty when there is only one.
    attribution_places: Vec<usize>,
    row_attributions: &'a [u32],
    /// The first days of the periods.
    buckets: Vec<i32>,
    /// By the day's distance from `first_day`, the place of its period.
    bucket_places: Vec<usize>,
    first_day: i32,
    row_days: &'a [i32],
    /// The codes and the width of each dimension grouped by.
    dimensions: Vec<(&'a [u32], usize)>,
}

impl<'a> Axes<'a> {
    fn of(partition: &'a Partition, plan: &PartialPlan, selection: &Selection) -> Self {
        let (first_day, last_day) = partition.day_bounds().unwrap_or((0, 0));
        let firsts: Vec<i32> = (first_day..=last_day)
            .map(|it| plan.bucket.first_day(it))
            .collect();
        let mut buckets = firsts.clone();
        buckets.dedup();
        let place = |first: &i32| buckets.partition_point(|other| other < first);
        let codes = |dimension: &usize| {
            let codes = partition.dimensions[*dimension].as_ref();
            codes.map(|codes| (&codes.values()[..], partition.widths[*dimension]))
        };
        Self {
            campaigns: selection.runs.iter().map(|run| run.campaign).collect(),
            attributions: &partition.attributions_present,
            attribution_places: attribution_places(&partition.attributions_present),
            row_attributions: partition.attributions.values(),
            bucket_places: firsts.iter().map(place).collect(),
            buckets,
            first_day,
            row_days: partition.days.values(),
            dimensions: plan.dimensions.iter().filter_map(codes).collect(),
        }
    }

    fn n_combinations(&self) -> Option<usize> {
        let attributions = self.attributions.len().max(1);
        let widths = self.dimensions.iter().map(|(_, width)| *width);
        let mut sizes = [self.campaigns.len(), attributions, self.buckets.len()]
            .into_iter()
            .chain(widths);
        sizes.try_fold(1_usize, usize::checked_mul)
    }

    /// The row's place in a table over all combinations, in the order of [`Group`].
    fn index(&self, campaign_place: usize, row: usize) -> usize {
        let attribution = if self.attribution_places.is_empty() {
            0
        } else {
            self.attribution_places[self.row_attributions[row] as usize]
        };
        let mut index = campaign_place * self.attributions.len() + attribution;
        index = index * self.buckets.len() + self.bucket_place(row);
        for (codes, width) in &self.dimensions {
            index = index * width + codes[row] as usize;
        }
        index
    }

    fn bucket_place(&self, row: usize) -> usize {
        let since_first = self.row_days[row].abs_diff(self.first_day);
        self.bucket_places[since_first as usize]
    }

    /// The group that has this place in the table.
    fn group_at(&self, mut index: usize) -> Group {
        let mut codes = [0; KEY_DIMENSIONS_MAX];
        for (place, (_, width)) in self.dimensions.iter().enumerate().rev() {
            codes[place] = u32::try_from(index % width).unwrap_or(0);
            index /= width;
        }
        let bucket = self.buckets[index % self.buckets.len()];
        index /= self.buckets.len();
        Group {
            campaign: self.campaigns[index / self.attributions.len()],
            attribution: self.attributions[index % self.attributions.len()],
            bucket,
            codes,
        }
    }

    fn group_of(&self, campaign_place: usize, row: usize) -> Group {
        let mut codes = [0; KEY_DIMENSIONS_MAX];
        for (code, (of_rows, _)) in codes.iter_mut().zip(&self.dimensions) {
            *code = of_rows[row];
        }
        Group {
            campaign: self.campaigns[campaign_place],
            attribution: self.row_attributions[row],
            bucket: self.buckets[self.bucket_place(row)],
            codes,
        }
    }
}

fn attribution_places(present: &[u32]) -> Vec<usize> {
    let (Some(highest), true) = (present.last(), present.len() > 1) else {
        return Vec::new();
    };
    let mut places = vec![0; *highest as usize + 1];
    for (place, code) in present.iter().enumerate() {
        places[*code as usize] = place;
    }
    places
}

fn dense(axes: &Axes<'_>, selection: &Selection, size: usize) -> Grouping {
    let mut of_row = Vec::with_capacity(selection.n_rows());
    let mut numbers = vec![NO_GROUP; size];
    for_each_row(selection, |campaign_place, row, counts| {
        if !counts {
            of_row.push(NO_GROUP);
            return;
        }
        let index = axes.index(campaign_place, row);
        numbers[index] = 0;
        of_row.push(u32::try_from(index).unwrap_or(NO_GROUP));
    });
    let mut groups = Vec::new();
    for (index, number) in numbers
        .iter_mut()
        .enumerate()
        .filter(|(_, number)| **number == 0)
    {
        *number = u32::try_from(groups.len()).unwrap_or(NO_GROUP);
        groups.push(axes.group_at(index));
    }
    for place in of_row.iter_mut().filter(|place| **place != NO_GROUP) {
        *place = numbers[*place as usize];
    }
    Grouping { of_row, groups }
}

fn hashed(axes: &Axes<'_>, selection: &Selection) -> Grouping {
    let mut of_row = Vec::with_capacity(selection.n_rows());
    let mut numbers = HashMap::<Group, u32>::new();
    for_each_row(selection, |campaign_place, row, counts| {
        if !counts {
            of_row.push(NO_GROUP);
            return;
        }
        // A partition has fewer than 2^32 rows, hence fewer groups.
        let next = u32::try_from(numbers.len()).unwrap_or(NO_GROUP);
        of_row.push(
            *numbers
                .entry(axes.group_of(campaign_place, row))
                .or_insert(next),
        );
    });
    let mut sorted: Vec<(Group, u32)> = numbers.into_iter().collect();
    sorted.sort_unstable();
    let mut places = vec![NO_GROUP; sorted.len()];
    for (place, (_, number)) in sorted.iter().enumerate() {
        places[*number as usize] = u32::try_from(place).unwrap_or(NO_GROUP);
    }
    for place in of_row.iter_mut().filter(|place| **place != NO_GROUP) {
        *place = places[*place as usize];
    }
    Grouping {
        of_row,
        groups: sorted.into_iter().map(|(group, _)| group).collect(),
    }
}

fn for_each_row(selection: &Selection, mut visit: impl FnMut(usize, usize, bool)) {
    let mut place = 0;
    for (campaign_place, run) in selection.runs.iter().enumerate() {
        for row in run.rows.clone() {
            let counts = selection.counts.as_ref().is_none_or(|counts| counts[place]);
            visit(campaign_place, row, counts);
            place += 1;
        }
    }
}
