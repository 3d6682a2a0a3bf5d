//! Which rows of a key are still needed once old snapshots can't be read any more.

use crate::dataset::Dataset;
use crate::fact::FactKey;
use crate::segment::{CommitNumber, PartitionVersion, Removal, Segment};

/// One row of a key, as far as the retention needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowVersion {
    /// The commit that wrote it.
    pub commit: CommitNumber,
    /// The measures that it speaks of, bit `i` for the dataset's measure `i`; `None` for a whole
    /// row, which speaks of all.
    pub merged_measures: Option<u64>,
}

/// What a partition's retention goes by: every snapshot from the horizon on can be read.
///
/// A commit up to the horizon can't be retracted any more. So one that is not retracted by now
/// counts in every readable snapshot for ever, and what it replaced or removed is needed by none.
/// A newer commit may still be undone, and so may give back what it replaced.
#[derive(Debug, Clone)]
pub struct Retention {
    dataset: &'static Dataset,
    horizon: CommitNumber,
    /// Commits whose rows no readable snapshot counts, sorted.
    retracted_for_all: Vec<CommitNumber>,
    /// Commits whose rows some snapshot doesn't count, sorted.
    retracted_for_some: Vec<CommitNumber>,
    /// What every readable snapshot is without.
    removals: Vec<Removal>,
}

impl Retention {
    /// The retention of a partition: as it is now, and as it was at the horizon, if it had rows
    /// by then.
    pub fn new(
        horizon: CommitNumber,
        at_horizon: Option<&PartitionVersion>,
        now: &PartitionVersion,
    ) -> Self {
        let for_all = at_horizon.map(|version| version.retracted.clone());
        let lasting = now.removals.iter().filter(|it| it.commit <= horizon);
        Self {
            dataset: Dataset::of(now.name.dataset),
            horizon,
            retracted_for_all: for_all.unwrap_or_default(),
            retracted_for_some: now.retracted.clone(),
            removals: lasting.cloned().collect(),
        }
    }

    /// The commits whose rows no readable snapshot counts, sorted.
    pub fn retracted_for_all(&self) -> &[CommitNumber] {
        &self.retracted_for_all
    }

    /// For each row of a key, newest first, whether some snapshot that can be read, now or after
    /// further retractions, tells whether it is there.
    pub fn needed(&self, key: &FactKey, newest_first: &[RowVersion]) -> Vec<bool> {
        let removed_before = self.removed_before(key);
        let mut covered = Covered::default();
        let needed = newest_first.iter().map(|row| {
            let is_old = row.commit <= self.horizon;
            let is_gone = row.commit < removed_before
                || (is_old && self.retracted_for_all.binary_search(&row.commit).is_ok());
            if is_gone || covered.covers(row) {
                return false;
            }
            if is_old && self.retracted_for_some.binary_search(&row.commit).is_err() {
                covered.add(row);
            }
            true
        });
        needed.collect()
    }

    /// The newest commit that removed older rows of the key from every readable snapshot.
    fn removed_before(&self, key: &FactKey) -> CommitNumber {
        let takes = |removal: &&Removal| is_taken(key, self.dataset, removal);
        let newest = self.removals.iter().filter(takes).map(|it| it.commit).max();
        newest.unwrap_or_default()
    }
}

/// The measures that newer rows of a key give in every readable snapshot.
#[derive(Debug, Default)]
struct Covered {
    has_row: bool,
    is_whole: bool,
    measures: u64,
}

impl Covered {
    fn covers(&self, older: &RowVersion) -> bool {
        let is_spoken_for = |measures: u64| self.has_row && measures & !self.measures == 0;
        self.is_whole || older.merged_measures.is_some_and(is_spoken_for)
    }

    fn add(&mut self, row: &RowVersion) {
        self.has_row = true;
        match row.merged_measures {
            Some(measures) => self.measures |= measures,
            None => self.is_whole = true,
        }
    }
}

fn is_taken(key: &FactKey, dataset: &Dataset, removal: &Removal) -> bool {
    removal.days.contains(key.from)
        && removal.shapes.contains(&key.shape(dataset))
        && removal.attributions.contains(&key.attribution)
        && key
            .campaign
            .is_some_and(|it| removal.campaigns.binary_search(&it).is_ok())
}

/// Whether a rewrite of a segment may drop rows that were still needed when it was written: a
/// commit of its partition that is newer than its oldest rows has passed the horizon since, or one
/// of its own commits was retracted for all.
///
/// `horizon_when_written` is where the horizon stood then; `now` is the partition at present.
pub fn may_shrink(
    segment: &Segment,
    horizon_when_written: CommitNumber,
    now: &PartitionVersion,
    retention: &Retention,
) -> bool {
    let mut own = segment.parts.iter().map(|part| part.commit);
    let oldest = own.clone().next().unwrap_or_default();
    let after = oldest.max(horizon_when_written);
    let has_passed = |commit: CommitNumber| commit > after && commit <= retention.horizon;
    let mut parts = now.segments.iter().flat_map(|it| &it.parts);
    own.any(|commit| retention.retracted_for_all.binary_search(&commit).is_ok())
        || parts.any(|part| has_passed(part.commit))
        || now
            .removals
            .iter()
            .any(|removal| has_passed(removal.commit))
}

#[cfg(test)]
mod tests;
