//! Which rows of a partition count for a plan, as stretches of cells.
//!
//! All of it follows from what rows are sorted by: campaign, attribution window, shape and day;
//! among shapes the rule counts that one level or breakdown is read per campaign, day and window.
//! No row is looked at, and no run of a campaign that isn't asked for.

use std::ops::Range;

use bellwether_domain::dataset::{Dataset, ShapeRule};
use bellwether_domain::fact::Shape;
use bellwether_domain::time::day_number;

use crate::kernel::plan::PartialPlan;
use crate::partition::{PartitionIndex, Run};

/// The rows of one campaign and attribution window that count.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) campaign: u32,
    pub(crate) attribution: u32,
    /// Its places in [`Selection::cells`].
    pub(crate) stretches: Range<usize>,
}

/// The rows that count, filters on dimensions aside.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    /// Ascending by campaign and attribution window; none is empty.
    pub(crate) blocks: Vec<Block>,
    /// Stretches of neighbouring cells.
    pub(crate) cells: Vec<Range<usize>>,
}

impl Selection {
    /// How many cells it has.
    pub(crate) fn n_cells(&self) -> usize {
        self.cells.iter().map(Range::len).sum()
    }

    /// How many rows it has.
    pub(crate) fn n_rows(&self, index: &PartitionIndex) -> usize {
        let stretches = self.cells.iter().cloned();
        stretches.map(|cells| index.rows_of(cells).len()).sum()
    }

    /// The last day of the rows of each block, with its campaign.
    pub(crate) fn last_days(&self, index: &PartitionIndex) -> impl Iterator<Item = (u32, i32)> {
        self.blocks.iter().filter_map(|block| {
            let stretches = self.cells[block.stretches.clone()].iter();
            let last = stretches
                .map(|cells| index.cell_days[cells.end - 1])
                .max()?;
            Some((block.campaign, index.day_of(last)))
        })
    }
}

/// The rows of the partition that count for the plan.
pub(crate) fn select(index: &PartitionIndex, plan: &PartialPlan, dataset: &Dataset) -> Selection {
    let rule = Rule {
        days: days_asked(index, plan),
        needed: plan.needed_shape(dataset),
        is_additive: dataset.shape_rule == ShapeRule::Additive,
        attribution: plan.attribution,
    };
    let mut selection = Selection::default();
    if rule.days == 0 {
        return selection;
    }
    match &plan.campaigns {
        None => rule.add(index, &index.runs, &mut selection),
        Some(asked) => {
            let mut rest = index.runs.as_slice();
            for campaign in asked {
                rest = from_campaign(rest, *campaign);
                let n_runs = rest.iter().take_while(|run| run.campaign == *campaign);
                let (runs, after) = rest.split_at(n_runs.count());
                rule.add(index, runs, &mut selection);
                rest = after;
            }
        }
    }
    selection
}

/// The days of the plan, counted from the month's first, as bits.
fn days_asked(index: &PartitionIndex, plan: &PartialPlan) -> u32 {
    let month_start = index.day_of(0);
    let place = |day: i32| u32::try_from((day - month_start).clamp(0, 31)).unwrap_or(0);
    let from = place(day_number(plan.days.from()));
    let until = place(day_number(plan.days.until()));
    let before = |day: u32| (1_u32 << day) - 1;
    before(until) & !before(from)
}

/// The runs from the first of a campaign on. Few steps when it is near or the runs are few, as
/// when most campaigns are asked for, and never more than the runs' number has digits.
fn from_campaign(runs: &[Run], campaign: u32) -> &[Run] {
    let (mut known_before, mut step) = (0, 1);
    while runs
        .get(known_before + step - 1)
        .is_some_and(|run| run.campaign < campaign)
    {
        known_before += step;
        step *= 2;
    }
    let end = runs.len().min(known_before + step);
    let near = &runs[known_before..end];
    &runs[known_before + near.partition_point(|run| run.campaign < campaign)..]
}

struct Rule {
    days: u32,
    needed: Shape,
    is_additive: bool,
    attribution: Option<u32>,
}

impl Rule {
    /// Adds the rows of these runs, whole campaigns, that count.
    fn add(&self, index: &PartitionIndex, runs: &[Run], selection: &mut Selection) {
        let same = |a: &Run, b: &Run| (a.campaign, a.attribution) == (b.campaign, b.attribution);
        for of_window in runs.chunk_by(same) {
            let attribution = of_window[0].attribution;
            if self.attribution.is_some_and(|asked| asked != attribution) {
                continue;
            }
            let before = selection.cells.len();
            self.add_window(index, of_window, &mut selection.cells);
            if selection.cells.len() > before {
                selection.blocks.push(Block {
                    campaign: of_window[0].campaign,
                    attribution,
                    stretches: before..selection.cells.len(),
                });
            }
        }
    }

    fn add_window(&self, index: &PartitionIndex, runs: &[Run], cells: &mut Vec<Range<usize>>) {
        if self.is_additive {
            for run in runs {
                index.cells_on(run, self.days, |stretch| cells.push(stretch));
            }
            return;
        }
        // The coarsest shape first: it takes its days, and finer ones get what is left. Shapes
        // are three bits, so there are at most eight runs.
        let covering = |run: &&Run| Shape(run.shape).covers(self.needed);
        let mut left = self.days;
        let mut last = None;
        loop {
            let coarseness = |run: &&Run| (run.shape.count_ones(), run.shape);
            let untaken = runs.iter().filter(covering);
            let untaken = untaken.filter(|run| last.is_none_or(|last| coarseness(run) > last));
            let Some(run) = untaken.min_by_key(coarseness) else {
                return;
            };
            if run.days & left != 0 {
                index.cells_on(run, left, |stretch| cells.push(stretch));
                left &= !run.days;
            }
            last = Some((run.shape.count_ones(), run.shape));
        }
    }
}
