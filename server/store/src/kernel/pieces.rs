//! Sums by campaign, attribution window and period: every group is a few stretches of rows.
//!
//! First the stretches are listed, then each measure is added up over the list, one column after
//! the other, in loops over neighbouring numbers.

use std::ops::Range;

use arrow::buffer::ScalarBuffer;
use arrow::datatypes::ArrowNativeType;

use crate::column::{Addend, Column, Present, Sum, by_width};
use crate::kernel::partial::{Group, Sums};
use crate::kernel::periods::Periods;
use crate::kernel::select::{Block, Selection};
use crate::partition::PartitionIndex;

/// Rows that follow each other and are of one group.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    group: u32,
    first: u32,
    end: u32,
}

impl Piece {
    #[inline]
    fn group(&self) -> usize {
        self.group as usize
    }

    #[inline]
    fn rows(&self) -> Range<usize> {
        self.first as usize..self.end as usize
    }
}

/// The groups of a selection and where their rows lie.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    pub(super) groups: Vec<Group>,
    /// By group, ascending.
    pieces: Vec<Piece>,
}

impl Pieces {
    pub(super) fn of(index: &PartitionIndex, selection: &Selection, periods: &Periods) -> Self {
        let n_pieces = match periods.first_days.len() {
            1 => selection.cells.len(),
            _ => selection.n_cells(),
        };
        let mut pieces = Self {
            groups: Vec::with_capacity(n_pieces),
            pieces: Vec::with_capacity(n_pieces),
        };
        let mut of_block = Vec::new();
        for block in &selection.blocks {
            of_block.clear();
            for cells in &selection.cells[block.stretches.clone()] {
                add_stretch(index, cells.clone(), periods, &mut of_block);
            }
            // Stretches of several shapes may take turns by day.
            if !of_block.is_sorted_by_key(|(place, _)| *place) {
                of_block.sort_by_key(|(place, _)| *place);
            }
            pieces.add_block(block, &of_block, periods);
        }
        pieces
    }

    fn add_block(&mut self, block: &Block, of_block: &[(u8, Range<u32>)], periods: &Periods) {
        for of_period in of_block.chunk_by(|a, b| a.0 == b.0) {
            // A partition has fewer than 2^32 rows, hence fewer groups.
            let group = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
            self.groups.push(Group {
                campaign: block.campaign,
                attribution: block.attribution,
                bucket: periods.first_days[usize::from(of_period[0].0)],
                codes: [0; 3],
            });
            for (_, rows) in of_period {
                self.pieces.push(Piece {
                    group,
                    first: rows.start,
                    end: rows.end,
                });
            }
        }
    }

    /// By group, how many facts it has.
    pub(super) fn n_facts(&self, index: &PartitionIndex) -> Vec<u64> {
        let mut counts = vec![0; self.groups.len()];
        for piece in &self.pieces {
            counts[piece.group()] += index.n_facts(piece.rows());
        }
        counts
    }

    /// The sums of a column; `None` when one is over 64 bits.
    pub(super) fn sums(&self, column: &Column) -> Option<Sums> {
        let divisor = column.divisor;
        let sums = by_width!(&column.values, values => self.summed(values, divisor))?;
        let counts = match &column.present {
            Present::All => None,
            Present::Nulls(nulls) => Some(self.counted(|rows| {
                let stretch = nulls.slice(rows.start, rows.len());
                (stretch.len() - stretch.null_count()) as u64
            })),
            Present::Counts(counts) => {
                Some(self.counted(|rows| u64::try_from(counts.sum_of(rows)).unwrap_or(u64::MAX)))
            }
        };
        Some(Sums { sums, counts })
    }

    fn summed<T: Addend + ArrowNativeType>(
        &self,
        values: &ScalarBuffer<T>,
        divisor: i64,
    ) -> Option<Vec<i64>> {
        let mut sums = vec![T::Sum::default(); self.groups.len()];
        for piece in &self.pieces {
            sums[piece.group()] += T::sum(&values[piece.rows()]);
        }
        scaled(&sums, divisor)
    }

    fn counted(&self, count: impl Fn(Range<usize>) -> u64) -> Vec<u64> {
        let mut counts = vec![0; self.groups.len()];
        for piece in &self.pieces {
            counts[piece.group()] += count(piece.rows());
        }
        counts
    }
}

/// Sums of divided values as sums of the values; `None` when one is over 64 bits.
pub(super) fn scaled<S: Sum>(sums: &[S], divisor: i64) -> Option<Vec<i64>> {
    sums.iter().map(|sum| sum.scaled(divisor)).collect()
}

/// Adds the rows of neighbouring cells, those of one period together.
fn add_stretch(
    index: &PartitionIndex,
    cells: Range<usize>,
    periods: &Periods,
    found: &mut Vec<(u8, Range<u32>)>,
) {
    let rows = |cells: Range<usize>| index.cell_starts[cells.start]..index.cell_starts[cells.end];
    if periods.first_days.len() == 1 {
        found.push((0, rows(cells)));
        return;
    }
    let days = &index.cell_days[cells.clone()];
    let place = |day: &u8| periods.place_of_day[usize::from(*day)];
    let mut first = cells.start;
    for of_period in days.chunk_by(|a, b| place(a) == place(b)) {
        let end = first + of_period.len();
        found.push((place(&of_period[0]), rows(first..end)));
        first = end;
    }
}
