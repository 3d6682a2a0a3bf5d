//! Cells, sorted and settled, to the index of a partition.

use std::ops::Range;

use bellwether_domain::segment::PartitionVersion;

use crate::column::Narrow;
use crate::partition::placement::Placement;
use crate::partition::{PartitionIndex, Run};

/// Rows that follow each other and are of one campaign, attribution window, shape and day. The
/// order is that of rows in a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell {
    pub(crate) campaign: u32,
    pub(crate) attribution: u32,
    pub(crate) shape: u8,
    /// Counted from the month's first.
    pub(crate) day: u8,
}

/// The index of rows of these cells, which are sorted but may repeat: each with how many rows
/// it has.
pub(crate) fn index_of(
    version: &PartitionVersion,
    cells: impl Iterator<Item = (Cell, u32)>,
    placement: Placement,
) -> PartitionIndex {
    let mut index = PartitionIndex {
        agency: version.agency,
        name: version.name,
        version: version.version,
        segments: version.segments.iter().map(|it| it.id).collect(),
        runs: Vec::new(),
        cell_days: Vec::new(),
        cell_starts: vec![0],
        weights: None,
        placement,
        attributions: Vec::new(),
    };
    for (cell, n_rows) in cells {
        index.push(cell, n_rows);
    }
    index.finish()
}

impl PartitionIndex {
    /// The index of a roll-up of this partition, whose rows have these cells and weights.
    pub(crate) fn rolled_up(&self, cells: &[Cell], weights: Vec<i64>) -> Self {
        let mut index = Self {
            segments: Vec::new(),
            runs: Vec::new(),
            cell_days: Vec::new(),
            cell_starts: vec![0],
            weights: Some(Narrow::of(weights, 1)),
            placement: Placement::default(),
            attributions: Vec::new(),
            ..*self
        };
        for cell in cells {
            index.push(*cell, 1);
        }
        index.finish()
    }

    fn push(&mut self, cell: Cell, n_rows: u32) {
        let n_cells = self.cell_days.len();
        let end = self.cell_starts[n_cells] + n_rows;
        let is_of_run = |run: &&mut Run| {
            (run.campaign, run.attribution, run.shape)
                == (cell.campaign, cell.attribution, cell.shape)
        };
        let Some(run) = self.runs.last_mut().filter(is_of_run) else {
            self.runs.push(Run {
                campaign: cell.campaign,
                attribution: cell.attribution,
                shape: cell.shape,
                days: 1 << cell.day,
                cells: n_cells..n_cells + 1,
            });
            self.cell_days.push(cell.day);
            self.cell_starts.push(end);
            return;
        };
        if self.cell_days.last() == Some(&cell.day) {
            self.cell_starts[n_cells] = end;
            return;
        }
        run.days |= 1 << cell.day;
        run.cells.end += 1;
        self.cell_days.push(cell.day);
        self.cell_starts.push(end);
    }

    fn finish(mut self) -> Self {
        self.attributions = self.runs.iter().map(|run| run.attribution).collect();
        self.attributions.sort_unstable();
        self.attributions.dedup();
        self.attributions.shrink_to_fit();
        self.runs.shrink_to_fit();
        self.cell_days.shrink_to_fit();
        self.cell_starts.shrink_to_fit();
        self
    }

    /// The cell at a place of a run.
    pub(crate) fn cell(&self, run: &Run, place: usize) -> Cell {
        Cell {
            campaign: run.campaign,
            attribution: run.attribution,
            shape: run.shape,
            day: self.cell_days[place],
        }
    }

    /// The stretches of neighbouring cells of a run whose days are among these.
    pub(crate) fn cells_on(&self, run: &Run, days: u32, mut visit: impl FnMut(Range<usize>)) {
        if run.days & !days == 0 {
            visit(run.cells.clone());
            return;
        }
        let mut open: Option<Range<usize>> = None;
        for place in run.cells.clone() {
            if days & (1 << self.cell_days[place]) != 0 {
                open.get_or_insert(place..place).end = place + 1;
            } else if let Some(whole) = open.take() {
                visit(whole);
            }
        }
        if let Some(whole) = open {
            visit(whole);
        }
    }
}
