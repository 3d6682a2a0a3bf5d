//! Roll-ups: a partition's sums by campaign, attribution window and day, and by class of
//! campaigns, window and day.
//!
//! A roll-up is a partition of fewer rows: an index whose rows weigh as many facts as they stand
//! for, and columns of sums. So the same kernels read it, and the same plans fit it.
//! Invariant: derived from one partition version alone; never configured, never stored.

use std::ops::Range;
use std::sync::Arc;

use arrow::buffer::ScalarBuffer;
use arrow::datatypes::ArrowNativeType;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::time::DateRange;

use crate::column::{Addend, Column, Narrow, Present, RawColumn, Sum, by_width};
use crate::kernel::{Bucket, PartialPlan, select};
use crate::partition::{Cell, PartitionIndex};
use crate::{Error, Result};

/// The class of campaigns that a roll-up leaves out.
pub const NO_CLASS: u32 = u32::MAX;

/// An index of sums, and how columns of sums are made for it.
#[derive(Debug, Clone)]
pub struct RollUp {
    index: Arc<PartitionIndex>,
    /// The rows that were put together, of what it was rolled up from.
    parts: Vec<Range<u32>>,
    /// By row, the end of its parts.
    ends: Vec<u32>,
    n_source_rows: usize,
}

/// The sums by campaign, attribution window and day of a dataset whose rows stand for their
/// campaigns: of each day's rows those of the coarsest level. Answers every plan that
/// [`PartialPlan::is_covered_by_roll_up`].
pub fn roll_up_by_day(index: &PartitionIndex) -> RollUp {
    let days = index.name.month.days();
    let selection = select(index, &all_of(days), Dataset::of(index.name.dataset));
    let mut rows: Vec<(Cell, Range<u32>)> = Vec::with_capacity(selection.n_cells());
    for block in &selection.blocks {
        for place in selection.cells[block.stretches.clone()]
            .iter()
            .cloned()
            .flatten()
        {
            let cell = Cell {
                campaign: block.campaign,
                attribution: block.attribution,
                shape: 0,
                day: index.cell_days[place],
            };
            rows.push((cell, index.cell_starts[place]..index.cell_starts[place + 1]));
        }
    }
    rolled_up(index, rows)
}

fn all_of(days: DateRange) -> PartialPlan {
    PartialPlan {
        days,
        bucket: Bucket::Day,
        dimensions: Vec::new(),
        filters: Vec::new(),
        campaigns: None,
        attribution: None,
        measures: Vec::new(),
    }
}

fn rolled_up(source: &PartitionIndex, mut rows: Vec<(Cell, Range<u32>)>) -> RollUp {
    if !rows.is_sorted_by_key(|(cell, _)| *cell) {
        rows.sort_by_key(|(cell, _)| *cell);
    }
    let mut cells = Vec::new();
    let mut weights = Vec::new();
    let mut ends = Vec::new();
    let mut n_parts = 0;
    for same in rows.chunk_by(|a, b| a.0 == b.0) {
        let facts = same.iter().map(|(_, rows)| source.n_facts(as_places(rows)));
        cells.push(same[0].0);
        weights.push(i64::try_from(facts.sum::<u64>()).unwrap_or(i64::MAX));
        n_parts += u32::try_from(same.len()).unwrap_or(u32::MAX);
        ends.push(n_parts);
    }
    // Of the size that is needed: collecting from `rows` itself would keep all of their memory.
    let parts = rows.iter().map(|(_, rows)| rows.clone()).collect();
    ends.shrink_to_fit();
    RollUp {
        index: Arc::new(source.rolled_up(&cells, weights)),
        parts,
        ends,
        n_source_rows: source.n_rows(),
    }
}

fn as_places(rows: &Range<u32>) -> Range<usize> {
    rows.start as usize..rows.end as usize
}

impl RollUp {
    /// Its index, to be viewed with its columns.
    pub fn index(&self) -> &Arc<PartitionIndex> {
        &self.index
    }

    /// The column of sums of a measure's column, which must be one of what this was rolled up
    /// from: of the partition, or of the roll-up that [`RollUp::by_class`] was called on. A sum
    /// over 64 bits is [`Error::Overflow`] of an unnamed measure: read the rows themselves.
    pub fn column(&self, measure: &Column) -> Result<Column> {
        if measure.len() != self.n_source_rows {
            return Err(Error::BrokenRule {
                rule: "a roll-up's column is made of a column of its source",
            });
        }
        let divisor = measure.divisor;
        let sums = by_width!(&measure.values, values => self.sums(values, divisor));
        let sums = sums.ok_or(Error::Overflow {
            measure: "a measure",
        })?;
        let mut column = RawColumn::default();
        column.extend_whole(sums.into_iter());
        let present = match &measure.present {
            Present::All => Present::All,
            Present::Nulls(nulls) => self.counts(|rows| {
                let stretch = nulls.slice(rows.start, rows.len());
                stretch.len() - stretch.null_count()
            }),
            Present::Counts(counts) => {
                self.counts(|rows| usize::try_from(counts.sum_of(rows)).unwrap_or(usize::MAX))
            }
        };
        Ok(Column {
            present,
            ..column.narrowed()
        })
    }

    /// The same with campaigns put together to classes, such as those of one brand, platform and
    /// currency. `class_of` is by campaign code; a campaign beyond its end or of [`NO_CLASS`] is
    /// left out. In its index, plans and partials the class stands for the campaign.
    pub fn by_class(&self, class_of: &[u32]) -> Self {
        let mut rows = Vec::new();
        for run in &self.index.runs {
            let class = class_of.get(run.campaign as usize).copied();
            let Some(class) = class.filter(|class| *class != NO_CLASS) else {
                continue;
            };
            for place in run.cells.clone() {
                let cell = Cell {
                    campaign: class,
                    ..self.index.cell(run, place)
                };
                let starts = &self.index.cell_starts;
                rows.push((cell, starts[place]..starts[place + 1]));
            }
        }
        rolled_up(&self.index, rows)
    }

    /// How many bytes of memory it holds, its columns aside.
    pub fn size_bytes(&self) -> usize {
        size_of::<Self>()
            + self.index.size_bytes()
            + self.parts.capacity() * size_of::<Range<u32>>()
            + self.ends.capacity() * size_of::<u32>()
    }

    /// By row, what was put together.
    fn rows(&self) -> impl Iterator<Item = &[Range<u32>]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ends = self.ends.iter().copied();
        starts
            .zip(ends)
            .map(|(start, end)| &self.parts[start as usize..end as usize])
    }

    /// The sum of each row; `None` when one is over 64 bits.
    fn sums<T: Addend + ArrowNativeType>(
        &self,
        values: &ScalarBuffer<T>,
        divisor: i64,
    ) -> Option<Vec<i64>> {
        let sum = |parts: &[Range<u32>]| {
            let mut sum = T::Sum::default();
            for rows in parts {
                sum += T::sum(&values[as_places(rows)]);
            }
            sum.scaled(divisor)
        };
        self.rows().map(sum).collect()
    }

    /// How many values each row's sum is of.
    fn counts(&self, count: impl Fn(Range<usize>) -> usize) -> Present {
        let total = |parts: &[Range<u32>]| {
            let counts = parts.iter().map(|rows| count(as_places(rows)));
            i64::try_from(counts.sum::<usize>()).unwrap_or(i64::MAX)
        };
        let counts: Vec<i64> = self.rows().map(total).collect();
        let is_of_all = |(row, count): (usize, &i64)| {
            u64::try_from(*count) == Ok(self.index.n_facts(row..row + 1))
        };
        if counts.iter().enumerate().all(is_of_all) {
            return Present::All;
        }
        Present::Counts(Narrow::of(counts, 1))
    }
}
