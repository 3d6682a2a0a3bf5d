//! All stored rows of a partition to the facts that count: the rule of `merge`, for whole facts.
//!
//! For datasets of few rows; it holds every fact that counts.

use bellwether_domain::dataset::Dataset;
use bellwether_domain::fact::{Fact, FactKey, Shape};
use bellwether_domain::segment::{PartitionVersion, Removal};

use crate::decode::{StoredRow, shape_of_texts};

/// The rows that count, row by row.
#[derive(Debug)]
pub(crate) struct Winners<'a> {
    version: &'a PartitionVersion,
    facts: Vec<Fact>,
}

impl<'a> Winners<'a> {
    pub(crate) fn new(version: &'a PartitionVersion) -> Self {
        Self {
            version,
            facts: Vec::new(),
        }
    }

    /// Adds a row; rows come in the order of their keys, those of one key oldest first.
    pub(crate) fn add(&mut self, row: StoredRow) {
        if !self.is_seen(&row) {
            return;
        }
        let Some(older) = self.facts.last_mut().filter(|it| it.key == row.fact.key) else {
            self.facts.push(row.fact);
            return;
        };
        let spoken = row.merged_measures.unwrap_or(u64::MAX);
        let values = older.measures.iter_mut().zip(row.fact.measures);
        for (measure, (value, newer)) in values.enumerate() {
            if spoken & (1 << measure) != 0 {
                *value = newer;
            }
        }
    }

    /// The facts that count, in the order of their keys.
    pub(crate) fn finish(self) -> Vec<Fact> {
        self.facts
    }

    fn is_seen(&self, row: &StoredRow) -> bool {
        let version = self.version;
        row.commit <= version.up_to
            && version.retracted.binary_search(&row.commit).is_err()
            && !version.removals.iter().any(|it| self.takes(it, row))
    }

    fn takes(&self, removal: &Removal, row: &StoredRow) -> bool {
        let key = &row.fact.key;
        row.commit < removal.commit
            && removal.days.contains(key.from)
            && key
                .campaign
                .is_some_and(|it| removal.campaigns.contains(&it))
            && removal.attributions.contains(&key.attribution)
            && self.is_of_shape(key, &removal.shapes)
    }

    fn is_of_shape(&self, key: &FactKey, shapes: &[Shape]) -> bool {
        let dataset = Dataset::of(self.version.name.dataset);
        let of_key = shape_of_texts(dataset, key.shape(dataset).0);
        let mut shapes = shapes.iter().map(|shape| shape_of_texts(dataset, shape.0));
        shapes.any(|shape| shape == of_key)
    }
}
