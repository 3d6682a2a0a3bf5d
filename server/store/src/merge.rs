//! Which rows of a partition's segments count.
//!
//! A row counts when its commit is at most the version's and not retracted, no removal of a newer
//! commit takes it, and no newer such row has its key; a row that speaks of some measures only
//! leaves the others to the older rows of its key.
//! Pure; works on numbers only.

use std::collections::HashSet;
use std::ops::Range;

use bellwether_domain::codes::{CODE_OF_NOTHING, CodeTable};
use bellwether_domain::dataset::Dataset;
use bellwether_domain::fact::Text;
use bellwether_domain::segment::{PartitionVersion, Removal};
use bellwether_domain::time::day_number;

use crate::decode::{StoredCell, TextKey, WHOLE_ROW, shape_of_texts};
use crate::partition::{ATTRIBUTION_CODES, CAMPAIGN_CODES, Cell, MergedRow};

/// The most rows of one partition, superseded ones included: what 32-bit places can tell apart.
pub(crate) const PARTITION_ROWS_MAX: usize = u32::MAX as usize;

/// Keeps the cells that the version's commit sees: neither newer, retracted nor removed.
pub(crate) fn keep_seen(
    cells: &mut Vec<StoredCell>,
    version: &PartitionVersion,
    codes: &CodeTable,
) {
    let removals: Vec<_> = version
        .removals
        .iter()
        .map(|removal| CodedRemoval::of(removal, version, codes))
        .collect();
    cells.retain(|stored| {
        stored.commit <= version.up_to.0
            && version
                .retracted
                .binary_search_by_key(&stored.commit, |commit| commit.0)
                .is_err()
            && !removals.iter().any(|removal| removal.takes(stored))
    });
}

/// A removal in codes.
struct CodedRemoval {
    commit: i64,
    /// Days counted from the month's first.
    days: Range<i32>,
    campaigns: HashSet<u32>,
    shapes: u8,
    attributions: Vec<u32>,
}

impl CodedRemoval {
    fn of(removal: &Removal, version: &PartitionVersion, codes: &CodeTable) -> Self {
        let dataset = Dataset::of(version.name.dataset);
        let month_start = day_number(version.name.month.first_day());
        // A text without a code is one that no row has.
        let campaigns = removal.campaigns.iter();
        let campaigns = campaigns.filter_map(|id| codes.code(CAMPAIGN_CODES, &id.to_string()));
        let window = |text: &Option<Text>| match text {
            Some(text) => codes.code(ATTRIBUTION_CODES, text),
            None => Some(CODE_OF_NOTHING),
        };
        let shapes = removal.shapes.iter();
        let shapes = shapes.map(|shape| shape_of_texts(dataset, shape.0));
        Self {
            commit: removal.commit.0,
            days: day_number(removal.days.from()) - month_start
                ..day_number(removal.days.until()) - month_start,
            campaigns: campaigns.collect(),
            shapes: shapes.fold(0, |bits, shape| bits | 1 << shape),
            attributions: removal.attributions.iter().filter_map(window).collect(),
        }
    }

    fn takes(&self, stored: &StoredCell) -> bool {
        let cell = &stored.cell;
        stored.commit < self.commit
            && self.days.contains(&i32::from(cell.day))
            && self.shapes & (1 << cell.shape) != 0
            && self.attributions.contains(&cell.attribution)
            && self.campaigns.contains(&cell.campaign)
    }
}

/// The rows that count, in the order of a partition.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// Cells and how many rows each has, in order; a cell may repeat.
    pub(crate) cells: Vec<(Cell, u32)>,
    /// The stored rows, stretch by stretch.
    pub(crate) stretches: Vec<Range<u32>>,
    pub(crate) merged: Vec<MergedRow>,
}

/// Sorts the cells and settles which rows of each count. `keys` gives the keys of all stored
/// rows; it is asked only if some cell has rows of several commits.
pub(crate) fn settle<E>(
    mut cells: Vec<StoredCell>,
    keys: impl FnOnce() -> Result<Vec<TextKey>, E>,
) -> Result<Settled, E> {
    let order = |stored: &StoredCell| (stored.cell, stored.first);
    if !cells.is_sorted_by_key(order) {
        cells.sort_by_key(order);
    }
    let is_contested = cells
        .chunk_by(|a, b| a.cell == b.cell)
        .any(is_of_several_commits);
    let keys = if is_contested { keys()? } else { Vec::new() };
    let mut settled = Settled::default();
    let mut n_rows = 0;
    for same in cells.chunk_by(|a, b| a.cell == b.cell) {
        let before = settled.stretches.len();
        if is_of_several_commits(same) {
            settle_cell(same, &keys, n_rows, &mut settled);
        } else {
            let rows = same.iter().map(|it| it.first..it.first + it.n_rows);
            settled.stretches.extend(rows);
        }
        let added = settled.stretches[before..]
            .iter()
            .map(ExactSizeIterator::len);
        let added = u32::try_from(added.sum::<usize>()).unwrap_or(u32::MAX);
        settled.cells.push((same[0].cell, added));
        n_rows += added;
    }
    Ok(settled)
}

/// Rows of one commit have distinct keys.
fn is_of_several_commits(same: &[StoredCell]) -> bool {
    same.iter().any(|it| it.commit != same[0].commit)
}

/// Settles the rows of one cell, the first of which becomes row `n_rows`.
fn settle_cell(same: &[StoredCell], keys: &[TextKey], mut n_rows: u32, settled: &mut Settled) {
    let mut rows: Vec<(TextKey, i64, u32, u64)> = Vec::new();
    for stored in same {
        let of_cell = stored.first..stored.first + stored.n_rows;
        rows.extend(of_cell.map(|row| (keys[row as usize], stored.commit, row, stored.spoken)));
    }
    rows.sort_unstable();
    for versions in rows.chunk_by(|a, b| a.0 == b.0) {
        let newest_first = versions
            .iter()
            .rev()
            .map(|(_, _, row, spoken)| (*row, *spoken));
        let mut spoken: Vec<(u32, u64)> = Vec::new();
        for version in newest_first {
            spoken.push(version);
            if version.1 == WHOLE_ROW {
                break;
            }
        }
        let newest = spoken[0].0;
        if spoken[0].1 != WHOLE_ROW {
            settled.merged.push(MergedRow {
                row: n_rows,
                spoken,
            });
        }
        settled.stretches.push(newest..newest + 1);
        n_rows += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: Cell = Cell {
        campaign: 1,
        attribution: 0,
        shape: 0,
        day: 0,
    };

    fn stored(day: u8, commit: i64, spoken: u64, first: u32, n_rows: u32) -> StoredCell {
        StoredCell {
            cell: Cell { day, ..CELL },
            commit,
            spoken,
            first,
            n_rows,
        }
    }

    #[test]
    fn keys_are_asked_for_only_where_commits_meet() {
        let apart = vec![stored(1, 2, WHOLE_ROW, 3, 2), stored(0, 1, WHOLE_ROW, 0, 3)];
        let settled = settle(apart, || Err("asked")).unwrap();
        assert_eq!(settled.stretches, [0..3, 3..5]);
        let meeting = vec![stored(0, 1, WHOLE_ROW, 0, 1), stored(0, 2, WHOLE_ROW, 1, 1)];
        assert_eq!(settle(meeting, || Err("asked")).unwrap_err(), "asked");
    }

    #[test]
    fn a_row_that_speaks_of_some_measures_is_followed_to_the_newest_whole_one() {
        let cells = vec![
            stored(0, 1, WHOLE_ROW, 0, 1),
            stored(0, 2, WHOLE_ROW, 1, 1),
            stored(0, 3, 0b01, 2, 1),
            stored(0, 4, 0b10, 3, 1),
        ];
        let keys = || Ok::<_, ()>(vec![TextKey::default(); 4]);
        let settled = settle(cells, keys).unwrap();
        let newest = settled.stretches.into_iter().flatten();
        assert_eq!(newest.collect::<Vec<_>>(), [3]);
        let spoken = vec![(3, 0b10), (2, 0b01), (1, WHOLE_ROW)];
        assert_eq!(settled.merged, [MergedRow { row: 0, spoken }]);
    }
}
