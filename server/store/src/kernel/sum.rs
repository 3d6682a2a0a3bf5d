//! Adding up: one measure at a time, in 64 bits with a look at overflow.

use arrow::array::{Array, Int32Array, Int64Array};

use crate::kernel::group::{Grouping, NO_GROUP};
use crate::partition::CampaignRun;

/// The sum and the number of values of each group.
#[derive(Debug)]
pub(super) struct Added {
    pub(super) sums: Vec<i64>,
    pub(super) counts: Vec<u64>,
}

/// How many rows each group has.
pub(super) fn row_counts(grouping: &Grouping) -> Vec<u64> {
    let mut rows = vec![0; grouping.groups.len()];
    for group in grouping.of_row.iter().filter(|group| **group != NO_GROUP) {
        rows[*group as usize] += 1;
    }
    rows
}

/// The sums of a measure by group; `None` when one is over 64 bits.
pub(super) fn sum(values: &Int64Array, runs: &[CampaignRun], grouping: &Grouping) -> Option<Added> {
    let n_groups = grouping.groups.len();
    let mut added = Added {
        sums: vec![0; n_groups],
        counts: vec![0; n_groups],
    };
    let mut overflowed = false;
    let mut of_row = grouping.of_row.as_slice();
    for run in runs {
        let (groups, rest) = of_row.split_at(run.rows.len());
        of_row = rest;
        let of_run = &values.values()[run.rows.clone()];
        let validity = values.nulls();
        for (offset, (group, value)) in groups.iter().zip(of_run).enumerate() {
            let present = validity.is_none_or(|valid| valid.is_valid(run.rows.start + offset));
            if *group == NO_GROUP || !present {
                continue;
            }
            let place = *group as usize;
            let (sum, over) = added.sums[place].overflowing_add(*value);
            overflowed |= over;
            added.sums[place] = sum;
            added.counts[place] += 1;
        }
    }
    (!overflowed).then_some(added)
}

/// The last day of any row that counted.
pub(super) fn last_day(
    days: &Int32Array,
    runs: &[CampaignRun],
    grouping: &Grouping,
) -> Option<i32> {
    let rows = runs.iter().flat_map(|run| run.rows.clone());
    let counted = rows
        .zip(&grouping.of_row)
        .filter(|(_, group)| **group != NO_GROUP);
    counted.map(|(row, _)| days.value(row)).max()
}
