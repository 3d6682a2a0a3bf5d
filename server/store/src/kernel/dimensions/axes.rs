//! What rows are grouped and filtered by, and the slot that follows from it.

use std::ops::Range;

use arrow::datatypes::ArrowNativeType;
use bellwether_domain::dataset::KEY_DIMENSIONS_MAX;

use crate::Result;
use crate::column::{Column, ColumnName, by_width};
use crate::kernel::periods::Periods;
use crate::kernel::plan::PartialPlan;
use crate::partition::PartitionView;

/// A slot's number: 32 bits wide where a table is made of slots.
pub(super) trait Slot: Copy + Ord + std::hash::Hash + std::ops::AddAssign {
    /// More than any slot that counts. A slot can be over it by several times.
    const REJECTED: Self;
    fn of(number: u128) -> Self;
    fn number(self) -> u128;
}

impl Slot for u32 {
    // Tables have at most 2^24 places, and a plan at most some dozen filters.
    const REJECTED: Self = 1 << 24;

    fn of(number: u128) -> Self {
        u32::try_from(number).unwrap_or(Self::REJECTED)
    }

    fn number(self) -> u128 {
        self.into()
    }
}

impl Slot for u128 {
    // 31 days and three codes of 32 bits are 101 bits.
    const REJECTED: Self = 1 << 110;

    fn of(number: u128) -> Self {
        number
    }

    fn number(self) -> u128 {
        self
    }
}

/// One dimension: by code, what it adds to a row's slot.
struct Axis<'a, S> {
    column: &'a Column,
    adds: Vec<S>,
}

/// What rows are grouped and filtered by.
pub(super) struct Axes<'a, S> {
    view: &'a PartitionView,
    periods: &'a Periods,
    by_dimension: Vec<Axis<'a, S>>,
    /// By the plan's dimensions, how many codes each has.
    widths: Vec<u128>,
}

impl<'a, S: Slot> Axes<'a, S> {
    /// How many slots there are.
    pub(super) fn n_slots(
        view: &PartitionView,
        plan: &PartialPlan,
        periods: &Periods,
    ) -> Result<u128> {
        let mut slots = periods.first_days.len() as u128;
        for dimension in &plan.dimensions {
            slots *= width(view.column(ColumnName::Dimension(*dimension))?);
        }
        Ok(slots)
    }

    pub(super) fn of(
        view: &'a PartitionView,
        plan: &PartialPlan,
        periods: &'a Periods,
    ) -> Result<Self> {
        let mut widths = Vec::new();
        let mut axes = Vec::new();
        for dimension in &plan.dimensions {
            widths.push(width(view.column(ColumnName::Dimension(*dimension))?));
        }
        for (place, dimension) in plan.dimensions.iter().enumerate() {
            let stride: u128 = widths[place + 1..].iter().product();
            let column = view.column(ColumnName::Dimension(*dimension))?;
            let codes = 0..widths[place];
            axes.push(Axis {
                column,
                adds: codes.map(|code| S::of(code * stride)).collect(),
            });
        }
        for filter in &plan.filters {
            let column = view.column(ColumnName::Dimension(filter.dimension))?;
            let n_codes = usize::try_from(width(column)).unwrap_or(usize::MAX);
            let mut adds = vec![S::REJECTED; n_codes];
            for code in &filter.codes {
                if let Some(adds) = adds.get_mut(*code as usize) {
                    *adds = S::of(0);
                }
            }
            axes.push(Axis { column, adds });
        }
        Ok(Self {
            view,
            periods,
            by_dimension: axes,
            widths,
        })
    }

    /// Adds the slots of the rows of neighbouring cells.
    pub(super) fn add_slots(&self, cells: Range<usize>, slots: &mut Vec<S>) {
        let index = &self.view.index;
        let before = slots.len();
        let of_period: u128 = self.widths.iter().product();
        for cell in cells.clone() {
            let day = usize::from(index.cell_days[cell]);
            let period = u128::from(self.periods.place_of_day[day]);
            let n_rows = index.rows_of(cell..cell + 1).len();
            slots.extend(std::iter::repeat_n(S::of(period * of_period), n_rows));
        }
        let rows = index.rows_of(cells);
        for axis in &self.by_dimension {
            let slots = &mut slots[before..];
            by_width!(&axis.column.values, codes => add(slots, &codes[rows.clone()], &axis.adds));
        }
    }

    /// The first day of a slot's period and its codes, in the plan's order.
    pub(super) fn meaning(&self, slot: S) -> (i32, [u32; KEY_DIMENSIONS_MAX]) {
        let mut rest = slot.number();
        let mut codes = [0; KEY_DIMENSIONS_MAX];
        for (place, width) in self.widths.iter().enumerate().rev() {
            codes[place] = u32::try_from(rest % width).unwrap_or(u32::MAX);
            rest /= width;
        }
        let period = usize::try_from(rest).unwrap_or(0);
        (self.periods.first_days[period], codes)
    }
}

fn add<S: Slot, T: ArrowNativeType>(slots: &mut [S], codes: &[T], adds: &[S]) {
    for (slot, code) in slots.iter_mut().zip(codes) {
        *slot += adds[code.as_usize()];
    }
}

/// The number after the highest code of a column.
fn width(column: &Column) -> u128 {
    u128::try_from(column.highest).unwrap_or(0) + 1
}
