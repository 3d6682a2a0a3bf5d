//! Which stored rows the rows of a partition are, so that a column can be laid in their order.

use std::ops::Range;

use crate::column::RawColumn;

/// By row of a partition, the row of its segments, which are numbered one after the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Placement {
    source: Source,
    /// The rows whose values come from several stored rows, ascending.
    pub(crate) merged: Vec<MergedRow>,
    /// How many rows the segments have.
    n_stored: usize,
}

#[derive(Debug, Clone, Default)]
enum Source {
    /// All stored rows, as they stand.
    #[default]
    AsStored,
    /// Stretches of stored rows, one after the other.
    Stretches(Vec<Range<u32>>),
    /// Row by row.
    Rows(Vec<u32>),
}

/// A row that newer files spoke of in part: each measure comes from the newest that speaks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MergedRow {
    /// The row of the partition.
    pub(crate) row: u32,
    /// Stored rows and the measures that each speaks of, newest first.
    pub(crate) spoken: Vec<(u32, u64)>,
}

impl Placement {
    /// The placement of these stretches of stored rows, of which there are `n_stored`.
    pub(crate) fn new(stretches: Vec<Range<u32>>, merged: Vec<MergedRow>, n_stored: usize) -> Self {
        let stretches = joined(stretches);
        let n_rows: usize = stretches.iter().map(Range::len).sum();
        let is_as_stored = n_rows == n_stored && stretches.len() <= 1;
        let source = if is_as_stored {
            Source::AsStored
        } else if stretches.len() * 2 <= n_rows {
            Source::Stretches(stretches)
        } else {
            Source::Rows(stretches.into_iter().flatten().collect())
        };
        Self {
            source,
            merged,
            n_stored,
        }
    }

    /// The stored values in the order of the partition's rows. `measure` is the measure's place;
    /// none for a key column, which all stored rows of a key agree on.
    pub(crate) fn laid(&self, stored: RawColumn, measure: Option<usize>) -> RawColumn {
        let mut laid = match &self.source {
            Source::AsStored if self.merged.is_empty() => return stored,
            Source::AsStored => {
                let mut laid = RawColumn::with_capacity(self.n_stored);
                laid.extend_from(&stored, 0..self.n_stored);
                laid
            }
            Source::Stretches(stretches) => {
                let n_rows = stretches.iter().map(Range::len).sum();
                let mut laid = RawColumn::with_capacity(n_rows);
                for stretch in stretches {
                    laid.extend_from(&stored, stretch.start as usize..stretch.end as usize);
                }
                laid
            }
            Source::Rows(rows) => {
                let mut laid = RawColumn::with_capacity(rows.len());
                for row in rows {
                    laid.extend_from(&stored, *row as usize..*row as usize + 1);
                }
                laid
            }
        };
        let Some(measure) = measure else {
            return laid;
        };
        for merged in &self.merged {
            let speaks = |(_, mask): &&(u32, u64)| mask & (1 << measure) != 0;
            let newest = merged.spoken.iter().find(speaks);
            let value = newest.and_then(|(row, _)| stored.value(*row as usize));
            laid.set(merged.row as usize, value);
        }
        laid
    }

    pub(crate) fn size_bytes(&self) -> usize {
        let source = match &self.source {
            Source::AsStored => 0,
            Source::Stretches(stretches) => stretches.capacity() * size_of::<Range<u32>>(),
            Source::Rows(rows) => rows.capacity() * size_of::<u32>(),
        };
        let spoken = self.merged.iter().map(|it| it.spoken.capacity());
        source
            + self.merged.capacity() * size_of::<MergedRow>()
            + spoken.sum::<usize>() * size_of::<(u32, u64)>()
    }
}

/// Neighbours put together.
fn joined(stretches: Vec<Range<u32>>) -> Vec<Range<u32>> {
    let mut joined: Vec<Range<u32>> = Vec::new();
    for stretch in stretches {
        match joined.last_mut() {
            Some(last) if last.end == stretch.start => last.end = stretch.end,
            _ => joined.push(stretch),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored() -> RawColumn {
        let mut raw = RawColumn::default();
        raw.extend_whole(10..16);
        raw
    }

    #[test]
    fn rows_are_laid_stretch_by_stretch() {
        let placement = Placement::new(vec![4..6, 0..1, 1..3], Vec::new(), 6);
        assert_eq!(placement.laid(stored(), None).values, [14, 15, 10, 11, 12]);
    }

    #[test]
    fn each_measure_comes_from_the_newest_row_that_speaks_of_it() {
        let merged = MergedRow {
            row: 0,
            spoken: vec![(5, 0b10), (3, 0b01)],
        };
        let placement = Placement::new(vec![5..6, 0..2], vec![merged], 6);
        assert_eq!(placement.laid(stored(), Some(0)).values, [13, 10, 11]);
        assert_eq!(placement.laid(stored(), Some(1)).values, [15, 10, 11]);
        assert_eq!(placement.laid(stored(), Some(2)).value(0), None);
    }
}
