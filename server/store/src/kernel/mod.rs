//! The aggregation kernels: one partition folded to sums by codes.
//!
//! The steps: `select` finds the stretches of rows that count without looking at a row; `pieces`
//! adds up what is asked by campaign, window and period alone, stretch by stretch; `dimensions`
//! does what needs a look at each row.
//! Pure and synchronous. Invariant: only components are added; ratios, names, currencies and
//! attributes of campaigns are somebody else's.

mod dimensions;
mod estimate;
mod partial;
mod periods;
mod pieces;
mod plan;
mod select;

pub use estimate::Estimate;
pub use partial::{Group, Partial, WHOLE_PERIOD};
pub use plan::{Bucket, DimensionFilter, PartialPlan};
pub(crate) use select::select;

use bellwether_domain::dataset::Dataset;

use crate::column::ColumnName;
use crate::partition::PartitionView;
use crate::{Error, Result};

/// The most combinations of codes for which a table is made: 4 MiB of it.
pub const DENSE_GROUPS_MAX: usize = 1 << 20;

/// Folds the partition by the plan. The caller has refused questions that the dataset can't
/// answer; one that comes through all the same is [`Error::BrokenRule`], as is a view that lacks
/// one of [`PartialPlan::columns`]. A sum over 64 bits is [`Error::Overflow`].
pub fn aggregate(view: &PartitionView, plan: &PartialPlan) -> Result<Partial> {
    aggregate_with(view, plan, DENSE_GROUPS_MAX)
}

pub(crate) fn aggregate_with(
    view: &PartitionView,
    plan: &PartialPlan,
    dense_groups_max: usize,
) -> Result<Partial> {
    let index = &view.index;
    let dataset = Dataset::of(index.name.dataset);
    plan.require_legal(dataset)?;
    let overflow = |place: usize| Error::Overflow {
        measure: dataset.measures[plan.measures[place]].name,
    };
    let selection = select(index, plan, dataset);
    if !plan.is_covered_by_roll_up() {
        let folded = dimensions::fold(view, plan, &selection, dense_groups_max)?;
        return Ok(folded.map_err(overflow)?.settled());
    }
    let periods = periods::Periods::of(index, plan.bucket);
    let pieces = pieces::Pieces::of(index, &selection, &periods);
    let mut partial = Partial::of_measures(0);
    for (place, measure) in plan.measures.iter().enumerate() {
        let column = view.column(ColumnName::Measure(*measure))?;
        let added = pieces.sums(column).ok_or_else(|| overflow(place))?;
        partial.sums.push(added.sums);
        partial.counts.push(added.counts);
    }
    partial.rows = pieces.n_facts(index);
    partial.groups = pieces.groups;
    for (campaign, day) in selection.last_days(index) {
        partial.note_last_day(campaign, day);
    }
    Ok(partial.settled())
}

#[cfg(test)]
mod tests;
