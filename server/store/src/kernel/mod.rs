//! The aggregation kernels: one partition folded to sums by codes.
//!
//! The steps: `select` prunes to runs of rows and chooses the one level or breakdown that counts,
//! `group` gives each row the number of its group, `sum` adds up one measure at a time.
//! Pure and synchronous. Invariant: only components are added; ratios, names, currencies and
//! attributes of campaigns are somebody else's.

mod group;
mod partial;
mod plan;
mod select;
mod sum;

pub use group::DENSE_GROUPS_MAX;
pub use partial::{Group, Partial, WHOLE_PERIOD};
pub use plan::{Bucket, DimensionFilter, PartialPlan};

use bellwether_domain::dataset::Dataset;

use crate::partition::Partition;
use crate::{Error, Result};

/// Folds the partition by the plan. The caller has refused questions that the dataset can't
/// answer; one that comes through all the same is [`Error::BrokenRule`], as is a measure that
/// the partition was loaded without. A sum over 64 bits is [`Error::Overflow`].
pub fn aggregate(partition: &Partition, plan: &PartialPlan) -> Result<Partial> {
    aggregate_with(partition, plan, DENSE_GROUPS_MAX)
}

pub(crate) fn aggregate_with(
    partition: &Partition,
    plan: &PartialPlan,
    dense_groups_max: usize,
) -> Result<Partial> {
    let dataset = Dataset::of(partition.name.dataset);
    plan.require_legal(dataset)?;
    let selection = select::select(partition, plan, dataset.shape_rule);
    let grouping = group::group(partition, plan, &selection, dense_groups_max);
    let rows = sum::row_counts(&grouping);
    let mut sums = Vec::with_capacity(plan.measures.len());
    let mut counts = Vec::with_capacity(plan.measures.len());
    for index in &plan.measures {
        let values = partition.measures[*index]
            .as_ref()
            .ok_or(Error::BrokenRule {
                rule: "a partition is loaded with the measures that are summed",
            })?;
        let overflow = || Error::Overflow {
            measure: dataset.measures[*index].name,
        };
        let added = sum::sum(values, &selection.runs, &grouping).ok_or_else(overflow)?;
        sums.push(added.sums.into_iter().map(i128::from).collect());
        counts.push(added.counts);
    }
    Ok(Partial {
        last_day: sum::last_day(&partition.days, &selection.runs, &grouping),
        groups: grouping.groups,
        rows,
        sums,
        counts,
    })
}

#[cfg(test)]
mod tests;
