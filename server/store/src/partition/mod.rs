//! A partition in memory: where the rows that count of one dataset and month lie, and their
//! columns.
//!
//! Rows lie in runs of one campaign, attribution window and shape, and in a run in cells of one
//! day, so that most questions are about contiguous rows. Which shape, window or day a row has is
//! hence known of its run or cell and held nowhere per row.
//! Invariant: immutable; what it holds follows from (agency, name, version) and the codes, which
//! never change their meaning. The order of rows within a cell follows from the segments too, so
//! that columns of one version stand beside each other only if they are of the same segments.

mod build;
mod placement;
mod view;

use std::ops::Range;

use bellwether_domain::ids::{AgencyId, SegmentId};
use bellwether_domain::segment::{CommitNumber, PartitionName};
use bellwether_domain::time::day_number;

use crate::column::Narrow;

pub(crate) use build::{Cell, index_of};
pub(crate) use placement::{MergedRow, Placement};
pub use view::PartitionView;

/// The dimension of the code table in which campaigns have their codes, by their ids.
pub const CAMPAIGN_CODES: &str = "campaign";

/// The dimension of the code table in which attribution windows have their codes.
pub const ATTRIBUTION_CODES: &str = "attribution";

/// The rows of one campaign, attribution window and shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) campaign: u32,
    pub(crate) attribution: u32,
    pub(crate) shape: u8,
    /// Bit `i` is set when there are rows of the month's day `i`, the first being 0.
    pub(crate) days: u32,
    /// Its places among all cells.
    pub(crate) cells: Range<usize>,
}

/// Where the rows of one partition version lie. Its columns are loaded apart from it.
#[derive(Debug, Clone)]
pub struct PartitionIndex {
    pub(crate) agency: AgencyId,
    pub(crate) name: PartitionName,
    pub(crate) version: CommitNumber,
    /// The segments in which the rows were found, in their order; none for a roll-up.
    pub(crate) segments: Vec<SegmentId>,
    /// Sorted by campaign code, attribution code and shape; campaign 0 is "no campaign".
    pub(crate) runs: Vec<Run>,
    /// By cell, the day counted from the month's first; ascending and distinct within a run.
    pub(crate) cell_days: Vec<u8>,
    /// By cell its first row, and at the end the number of rows.
    pub(crate) cell_starts: Vec<u32>,
    /// In a roll-up: by row, how many rows were put together.
    pub(crate) weights: Option<Narrow>,
    /// Where columns find the rows in the segments.
    pub(crate) placement: Placement,
    attributions: Vec<u32>,
}

impl PartitionIndex {
    /// Whose facts they are.
    pub fn agency(&self) -> AgencyId {
        self.agency
    }

    /// The dataset and month.
    pub fn name(&self) -> PartitionName {
        self.name
    }

    /// The newest commit that changed it; with agency and name it identifies the contents.
    pub fn version(&self) -> CommitNumber {
        self.version
    }

    /// How many rows it has: rows that count, or in a roll-up what they were put together to.
    pub fn n_rows(&self) -> usize {
        self.cell_starts.last().map_or(0, |end| *end as usize)
    }

    /// The numbers of the first and the last day with rows; `None` without rows.
    pub fn day_bounds(&self) -> Option<(i32, i32)> {
        let days = self.runs.iter().fold(0, |days, run| days | run.days);
        let first = days.trailing_zeros().try_into().ok()?;
        let last = u32::BITS.checked_sub(days.leading_zeros() + 1)?;
        Some((self.day_of(first), self.day_of(u8::try_from(last).ok()?)))
    }

    /// The codes of the campaigns with rows, ascending; 0 stands for "no campaign".
    pub fn campaigns(&self) -> impl Iterator<Item = u32> {
        let mut last = None;
        self.runs.iter().filter_map(move |run| {
            let is_new = last.replace(run.campaign) != Some(run.campaign);
            is_new.then_some(run.campaign)
        })
    }

    /// The codes of the attribution windows with rows, ascending; 0 stands for "unspecified".
    pub fn attributions(&self) -> &[u32] {
        &self.attributions
    }

    /// How many bytes of memory it holds.
    pub fn size_bytes(&self) -> usize {
        size_of::<Self>()
            + self.runs.capacity() * size_of::<Run>()
            + self.cell_days.capacity()
            + self.cell_starts.capacity() * size_of::<u32>()
            + self.attributions.capacity() * size_of::<u32>()
            + self.weights.as_ref().map_or(0, Narrow::size_bytes)
            + self.placement.size_bytes()
    }

    /// The rows of some neighbouring cells.
    pub(crate) fn rows_of(&self, cells: Range<usize>) -> Range<usize> {
        self.cell_starts[cells.start] as usize..self.cell_starts[cells.end] as usize
    }

    /// How many facts these rows stand for.
    pub(crate) fn n_facts(&self, rows: Range<usize>) -> u64 {
        match &self.weights {
            None => rows.len() as u64,
            Some(weights) => u64::try_from(weights.sum_of(rows)).unwrap_or(u64::MAX),
        }
    }

    /// The number of a day that is counted from the month's first.
    pub(crate) fn day_of(&self, offset: u8) -> i32 {
        day_number(self.name.month.first_day()) + i32::from(offset)
    }
}
