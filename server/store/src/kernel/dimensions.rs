//! Sums by dimensions of rows, or of rows filtered by them: each row is looked at once.
//!
//! Block by block (campaign and attribution window), so that what is written stays in the nearest
//! caches: each row gets its slot, the sum of code x stride over period and dimensions; the slots
//! that occur are numbered in order; each measure is added up by number. Slots are found by a
//! table while there are few, by hashing otherwise.

mod axes;
mod numbered;

use arrow::buffer::ScalarBuffer;
use arrow::datatypes::ArrowNativeType;

use crate::Result;
use crate::column::{Addend, Column, Present, by_width};
use crate::kernel::partial::{Group, Partial};
use crate::kernel::periods::Periods;
use crate::kernel::pieces::scaled;
use crate::kernel::plan::PartialPlan;
use crate::kernel::select::{Block, Selection};
use crate::partition::PartitionView;

use axes::{Axes, Slot};
use numbered::{ByHash, ByTable, Numbering};

/// Folds the selected rows; `dense_groups_max` is the most slots for which a table is made. The
/// inner error is the place of a measure with a sum over 64 bits.
pub(super) fn fold(
    view: &PartitionView,
    plan: &PartialPlan,
    selection: &Selection,
    dense_groups_max: usize,
) -> Result<Result<Partial, usize>> {
    let periods = Periods::of(&view.index, plan.bucket);
    let measures = plan.measures.iter();
    let measures = measures.map(|it| view.column(crate::ColumnName::Measure(*it)));
    let measures = measures.collect::<Result<Vec<_>>>()?;
    let n_slots = Axes::<u128>::n_slots(view, plan, &periods)?;
    let folded = match usize::try_from(n_slots) {
        Ok(n_slots) if n_slots <= dense_groups_max.min(super::DENSE_GROUPS_MAX) => {
            let axes = Axes::<u32>::of(view, plan, &periods)?;
            Fold::new(view, axes, measures).run(selection, &mut ByTable::new(n_slots))
        }
        _ => {
            let axes = Axes::<u128>::of(view, plan, &periods)?;
            Fold::new(view, axes, measures).run(selection, &mut ByHash::default())
        }
    };
    Ok(folded)
}

struct Fold<'a, S> {
    view: &'a PartitionView,
    axes: Axes<'a, S>,
    measures: Vec<&'a Column>,
    partial: Partial,
}

impl<'a, S: Slot> Fold<'a, S> {
    fn new(view: &'a PartitionView, axes: Axes<'a, S>, measures: Vec<&'a Column>) -> Self {
        Self {
            view,
            axes,
            partial: Partial::of_measures(measures.len()),
            measures,
        }
    }

    fn run(
        mut self,
        selection: &Selection,
        numbering: &mut impl Numbering<S>,
    ) -> Result<Partial, usize> {
        let mut slots = Vec::new();
        let mut numbers = Vec::new();
        for block in &selection.blocks {
            let cells = &selection.cells[block.stretches.clone()];
            slots.clear();
            for stretch in cells {
                self.axes.add_slots(stretch.clone(), &mut slots);
            }
            let distinct = numbering.number(&slots, &mut numbers);
            if distinct.is_empty() {
                continue;
            }
            if let Some(day) = self.last_day(cells, &numbers, distinct.len()) {
                self.partial.note_last_day(block.campaign, day);
            }
            self.add_groups(block, &distinct);
            self.add_rows(&numbers, distinct.len());
            for measure in 0..self.measures.len() {
                self.add_sums(measure, cells, &numbers, distinct.len())
                    .ok_or(measure)?;
            }
        }
        Ok(self.partial)
    }

    /// The last day with a row that counts, by its number; rows of the number `n_groups` don't.
    fn last_day(
        &self,
        cells: &[std::ops::Range<usize>],
        numbers: &[u32],
        n_groups: usize,
    ) -> Option<i32> {
        let index = &self.view.index;
        let mut last: Option<u8> = None;
        let mut after = numbers;
        for stretch in cells {
            let (of_stretch, rest) = after.split_at(index.rows_of(stretch.clone()).len());
            after = rest;
            let mut end = of_stretch.len();
            for cell in stretch.clone().rev() {
                let day = index.cell_days[cell];
                if last.is_some_and(|last| last >= day) {
                    break;
                }
                let start = end - index.rows_of(cell..cell + 1).len();
                let mut of_cell = of_stretch[start..end].iter();
                if of_cell.any(|number| *number as usize != n_groups) {
                    last = Some(day);
                    break;
                }
                end = start;
            }
        }
        last.map(|day| index.day_of(day))
    }

    fn add_groups(&mut self, block: &Block, distinct: &[S]) {
        let groups = distinct.iter().map(|slot| {
            let (bucket, codes) = self.axes.meaning(*slot);
            Group {
                campaign: block.campaign,
                attribution: block.attribution,
                bucket,
                codes,
            }
        });
        self.partial.groups.extend(groups);
    }

    fn add_rows(&mut self, numbers: &[u32], n_groups: usize) {
        let mut counts = vec![0; n_groups + 1];
        for number in numbers {
            counts[*number as usize] += 1_u64;
        }
        self.partial.rows.extend_from_slice(&counts[..n_groups]);
    }

    fn add_sums(
        &mut self,
        measure: usize,
        cells: &[std::ops::Range<usize>],
        numbers: &[u32],
        n_groups: usize,
    ) -> Option<()> {
        let index = &self.view.index;
        let column = self.measures[measure];
        let rows = || cells.iter().flat_map(|cells| index.rows_of(cells.clone()));
        let sums = by_width!(&column.values, values => {
            let added = added(values, cells.iter().map(|it| index.rows_of(it.clone())), numbers, n_groups);
            scaled(&added[..n_groups], column.divisor)
        })?;
        self.partial.sums[measure].extend(sums);
        let Present::Nulls(nulls) = &column.present else {
            return Some(());
        };
        let mut counts = vec![0; n_groups + 1];
        for (row, number) in rows().zip(numbers) {
            counts[*number as usize] += u64::from(nulls.is_valid(row));
        }
        if let Some(all) = &mut self.partial.counts[measure] {
            all.extend_from_slice(&counts[..n_groups]);
        }
        Some(())
    }
}

/// The sum of each number's values, and at the end of those that don't count.
fn added<T: Addend + ArrowNativeType>(
    values: &ScalarBuffer<T>,
    stretches: impl Iterator<Item = std::ops::Range<usize>>,
    numbers: &[u32],
    n_groups: usize,
) -> Vec<T::Sum> {
    let mut sums = vec![T::Sum::default(); n_groups + 1];
    let mut after = numbers;
    for rows in stretches {
        let (numbers, rest) = after.split_at(rows.len());
        after = rest;
        for (number, value) in numbers.iter().zip(&values[rows]) {
            sums[*number as usize] += value.widened();
        }
    }
    sums
}
