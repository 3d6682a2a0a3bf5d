//! Sorted runs to one order, month by month.
//!
//! What comes out are stretches of rows of one run that stand before the next row of any other, so
//! that a report which is sorted as it came costs next to nothing.
//! Invariant: rows of one key come out in the order of their lines.

use std::cmp::Ordering;
use std::ops::Range;

use bellwether_domain::sample::{Layout, Rows};
use bellwether_domain::time::Month;

use super::buffer::Sorted;
use super::run::{BLOCK_ROWS, Run};
use crate::error::Result;

/// Sorted rows, in memory or on disk.
#[derive(Debug)]
pub(super) enum Source {
    Memory(Sorted),
    Disk(Run),
}

impl Source {
    /// The months of its rows.
    pub(super) fn months(&self) -> Vec<Month> {
        match self {
            Self::Memory(sorted) => sorted.months().map(|(month, _)| month).collect(),
            Self::Disk(run) => run.months().collect(),
        }
    }

    /// What tells its blocks of a month apart: places of blocks, or of rows.
    fn extent(&self, month: Month) -> Range<usize> {
        match self {
            Self::Memory(sorted) => sorted
                .months()
                .find(|(known, _)| *known == month)
                .map_or(0..0, |(_, rows)| rows),
            Self::Disk(run) => run.blocks_of(month),
        }
    }

    /// Takes the first block from the front of what is left of an extent.
    fn next_block(
        &self,
        extent: &mut Range<usize>,
        layout: &Layout,
        with_measures: bool,
    ) -> Result<Option<Rows>> {
        if extent.start >= extent.end {
            return Ok(None);
        }
        match self {
            Self::Memory(sorted) => {
                let end = extent.end.min(extent.start + BLOCK_ROWS);
                let rows = extent.start..end;
                extent.start = end;
                Ok(Some(sorted.gather(rows, layout, with_measures)))
            }
            Self::Disk(run) => {
                let block = run.block(extent.start, layout, with_measures)?;
                extent.start += 1;
                Ok(Some(block))
            }
        }
    }
}

/// Where the merge stands in one source.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    source: &'a Source,
    extent: Range<usize>,
    /// The block at hand.
    pub(super) rows: Rows,
    at: usize,
    /// How many blocks were at hand so far.
    pub(super) n_blocks: u64,
}

/// The rows of one month of all sources, in order.
#[derive(Debug)]
pub(super) struct Merge<'a> {
    cursors: Vec<Cursor<'a>>,
    /// The cursors that have rows left, by their next rows.
    order: Vec<usize>,
    ranks: &'a [u32],
    layout: &'a Layout,
    with_measures: bool,
    /// What was given last; it is passed over before the next.
    given: Option<(usize, usize)>,
}

impl<'a> Merge<'a> {
    pub(super) fn new(
        sources: &'a [Source],
        month: Month,
        ranks: &'a [u32],
        layout: &'a Layout,
        with_measures: bool,
    ) -> Result<Self> {
        let cursor = |source: &'a Source| Cursor {
            source,
            extent: source.extent(month),
            rows: Rows::default(),
            at: 0,
            n_blocks: 0,
        };
        let mut merge = Self {
            cursors: sources.iter().map(cursor).collect(),
            order: Vec::with_capacity(sources.len()),
            ranks,
            layout,
            with_measures,
            given: None,
        };
        for place in 0..sources.len() {
            merge.enter(place)?;
        }
        Ok(merge)
    }

    /// The next rows in order: a cursor, and which rows of the block at its hand.
    pub(super) fn next(&mut self) -> Result<Option<(usize, Range<usize>)>> {
        if let Some((place, end)) = self.given.take() {
            self.cursors[place].at = end;
            self.order.remove(0);
            self.enter(place)?;
        }
        let Some(place) = self.order.first().copied() else {
            return Ok(None);
        };
        let cursor = &self.cursors[place];
        let mut end = cursor.at + 1;
        match self.order.get(1) {
            None => end = cursor.rows.len(),
            Some(rival) => {
                while end < cursor.rows.len() && self.compare((place, end), *rival).is_lt() {
                    end += 1;
                }
            }
        }
        self.given = Some((place, end));
        Ok(Some((place, cursor.at..end)))
    }

    pub(super) fn cursor(&self, place: usize) -> &Cursor<'a> {
        &self.cursors[place]
    }

    /// Puts a cursor to its place in the order, with its next block if it needs one.
    fn enter(&mut self, place: usize) -> Result<()> {
        let cursor = &mut self.cursors[place];
        if cursor.at >= cursor.rows.len() {
            let next =
                cursor
                    .source
                    .next_block(&mut cursor.extent, self.layout, self.with_measures)?;
            let Some(rows) = next else { return Ok(()) };
            cursor.rows = rows;
            cursor.at = 0;
            cursor.n_blocks += 1;
        }
        let at = self.cursors[place].at;
        let before = |rival: &usize| self.compare((place, at), *rival).is_gt();
        let index = self.order.partition_point(before);
        self.order.insert(index, place);
        Ok(())
    }

    /// Compares a row of a cursor with the next row of another.
    fn compare(&self, (place, row): (usize, usize), rival: usize) -> Ordering {
        let (a, other) = (&self.cursors[place].rows, &self.cursors[rival]);
        let (b, at) = (&other.rows, other.at);
        let rank = |rows: &Rows, row: usize| self.ranks[rows.campaigns[row] as usize];
        rank(a, row)
            .cmp(&rank(b, at))
            .then_with(|| a.days[row].cmp(&b.days[at]))
            .then_with(|| a.untils.get(row).cmp(&b.untils.get(at)))
            .then_with(|| {
                let columns = a.texts.iter().zip(&b.texts);
                let mut orders = columns.map(|(a, b)| a.get(row).cmp(&b.get(at)));
                orders
                    .find(|order| order.is_ne())
                    .unwrap_or(Ordering::Equal)
            })
            .then_with(|| a.lines[row].cmp(&b.lines[at]))
            .then_with(|| place.cmp(&rival))
    }
}
