//! Which rows of a partition count for a plan.
//!
//! First by what rows are sorted by (campaign, day), which costs nothing per row; then row by
//! row by filters and by the rule that one level or breakdown counts per campaign, day and
//! attribution window.

use bellwether_domain::dataset::ShapeRule;
use bellwether_domain::fact::Shape;
use bellwether_domain::time::day_number;

use crate::kernel::plan::PartialPlan;
use crate::partition::{CampaignRun, Partition};

/// The rows that count.
#[derive(Debug)]
pub(super) struct Selection {
    /// Runs of rows of one campaign each, ascending.
    pub(super) runs: Vec<CampaignRun>,
    /// For each row of the runs, one after the other, whether it counts; `None` when all do.
    pub(super) counts: Option<Vec<bool>>,
}

impl Selection {
    /// How many rows the runs hold.
    pub(super) fn n_rows(&self) -> usize {
        self.runs.iter().map(|run| run.rows.len()).sum()
    }
}

/// The rows of the partition that count for the plan.
pub(super) fn select(partition: &Partition, plan: &PartialPlan, rule: ShapeRule) -> Selection {
    let mut selection = Selection {
        runs: asked_runs(partition, plan),
        counts: None,
    };
    match shape_pass(partition.shapes_present, plan.needed_shape(), rule) {
        ShapePass::AllRows => {}
        ShapePass::NoRows => selection.runs.clear(),
        ShapePass::OnePerDay(chosen) => keep_one_shape(partition, &chosen, &mut selection),
    }
    keep_attribution(partition, plan, &mut selection);
    for filter in &plan.filters {
        let Some(codes) = &partition.dimensions[filter.dimension] else {
            continue;
        };
        let mut lets_through = vec![false; partition.widths[filter.dimension]];
        for code in &filter.codes {
            if let Some(place) = lets_through.get_mut(*code as usize) {
                *place = true;
            }
        }
        let codes = codes.values();
        keep_rows(&mut selection, |row| lets_through[codes[row] as usize]);
    }
    selection
}

fn asked_runs(partition: &Partition, plan: &PartialPlan) -> Vec<CampaignRun> {
    let (from, until) = (day_number(plan.days.from()), day_number(plan.days.until()));
    let Some((first, last)) = partition.day_bounds() else {
        return Vec::new();
    };
    if last < from || until <= first {
        return Vec::new();
    }
    let all_days = from <= first && last < until;
    let days = partition.days.values();
    let cut = |run: &CampaignRun| {
        let mut run = run.clone();
        if !all_days {
            let of_run = &days[run.rows.clone()];
            let end = run.rows.start + of_run.partition_point(|day| *day < until);
            run.rows.start += of_run.partition_point(|day| *day < from);
            run.rows.end = end;
        }
        (!run.rows.is_empty()).then_some(run)
    };
    let Some(campaigns) = &plan.campaigns else {
        return partition.runs.iter().filter_map(cut).collect();
    };
    let run_of = |code: &u32| {
        partition
            .runs
            .binary_search_by_key(code, |run| run.campaign)
            .ok()
    };
    let asked = campaigns.iter().filter_map(run_of);
    asked
        .filter_map(|place| cut(&partition.runs[place]))
        .collect()
}

fn keep_attribution(partition: &Partition, plan: &PartialPlan, selection: &mut Selection) {
    let Some(asked) = plan.attribution else {
        return;
    };
    if partition.attributions_present == [asked] {
        return;
    }
    let attributions = partition.attributions.values();
    keep_rows(selection, |row| attributions[row] == asked);
}

/// How the rule of one level or breakdown is kept.
enum ShapePass {
    AllRows,
    NoRows,
    /// By the set of shapes present on a day, the shape that counts.
    OnePerDay(Box<[Option<u8>; SHAPE_SETS]>),
}

/// How many sets of shapes there are: three dimensions make eight shapes.
const SHAPE_SETS: usize = 256;

fn shape_pass(present: u8, needed: Shape, rule: ShapeRule) -> ShapePass {
    if rule == ShapeRule::Additive {
        return ShapePass::AllRows;
    }
    if present.count_ones() <= 1 {
        let covers = shapes_of(present).all(|shape| shape.covers(needed));
        return if covers {
            ShapePass::AllRows
        } else {
            ShapePass::NoRows
        };
    }
    let chosen = |set: usize| {
        let set = u8::try_from(set).unwrap_or(0);
        Shape::coarsest_covering(shapes_of(set), needed).map(|shape| shape.0)
    };
    ShapePass::OnePerDay(Box::new(std::array::from_fn(chosen)))
}

fn shapes_of(set: u8) -> impl Iterator<Item = Shape> {
    (0..8).filter(move |bit| set & (1 << bit) != 0).map(Shape)
}

fn keep_one_shape(
    partition: &Partition,
    chosen: &[Option<u8>; SHAPE_SETS],
    selection: &mut Selection,
) {
    let (days, shapes) = (partition.days.values(), partition.shapes.values());
    let attributions = partition.attributions.values();
    let mut counts = Vec::with_capacity(selection.n_rows());
    for run in &selection.runs {
        let mut start = run.rows.start;
        while start < run.rows.end {
            // Rows are sorted by day and then by attribution window.
            let same = |row: &usize| {
                days[*row] == days[start] && attributions[*row] == attributions[start]
            };
            let end = (start..run.rows.end)
                .find(|row| !same(row))
                .unwrap_or(run.rows.end);
            let set = shapes[start..end]
                .iter()
                .fold(0_u8, |set, shape| set | 1 << shape);
            let shape = chosen[usize::from(set)];
            counts.extend(shapes[start..end].iter().map(|it| Some(*it) == shape));
            start = end;
        }
    }
    selection.counts = Some(counts);
}

fn keep_rows(selection: &mut Selection, keeps: impl Fn(usize) -> bool) {
    let n_rows = selection.n_rows();
    let counts = selection.counts.get_or_insert_with(|| vec![true; n_rows]);
    let rows = selection.runs.iter().flat_map(|run| run.rows.clone());
    for (counts, row) in counts.iter_mut().zip(rows) {
        *counts = *counts && keeps(row);
    }
}
