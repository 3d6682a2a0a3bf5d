//! What the read path gives back: a table, and what to know of it.

use std::collections::BTreeMap;
use std::mem::size_of;
use std::sync::Arc;

use bellwether_domain::answer::MetricTable;
use bellwether_domain::closed_words;
use bellwether_domain::segment::{PartitionName, Snapshot};
use bellwether_domain::time::{Date, Timestamp};

use super::cursor::Cursor;
use crate::budgets::Cost;

closed_words! {
    /// What a reader wants of the caches.
    pub enum CacheMode, "a cache mode" {
        /// Whatever is there is used.
        Use => "USE",
        /// Results, partial sums and roll-ups are made anew from the decoded columns, and kept.
        Refresh => "REFRESH",
        /// Results, partial sums and roll-ups are neither used nor kept; decoded columns are.
        Bypass => "BYPASS",
    }
}

closed_words! {
    /// How an answer came about.
    pub enum CacheState, "a cache state" {
        /// The whole result was there.
        Hit => "HIT",
        /// Sums of some partitions were there, the others were computed.
        Partial => "PARTIAL",
        /// The sums of every partition were computed.
        Miss => "MISS",
    }
}

closed_words! {
    /// What an analyst should know of an answer beside its numbers.
    pub enum WarningCode, "a warning" {
        /// Campaigns of different attribution windows stand in one answer.
        MixedAttribution => "MIXED_ATTRIBUTION",
        /// A campaign reports several windows; one of them was used.
        AttributionChosen => "ATTRIBUTION_CHOSEN",
        /// Costs of whole brands are left out, because a filter tells their campaigns apart.
        BrandCostsLeftOut => "BRAND_COSTS_LEFT_OUT",
        /// A brand's cost is not spread by spend, because its campaigns have several currencies.
        CostsNotSpread => "COSTS_NOT_SPREAD",
        /// Some day's money has no rate into the currency asked for.
        FxRateMissing => "FX_RATE_MISSING",
        /// Days are added up that are cut in several time zones.
        DayBoundaryMixed => "DAY_BOUNDARY_MIXED",
        /// The facts are older than the reader wished.
        Stale => "STALE",
        /// The range compared with has more periods than the range; the last ones are left out.
        PreviousRangeCut => "PREVIOUS_RANGE_CUT",
    }
}

/// One thing to know of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What kind of thing.
    pub code: WarningCode,
    /// The sentence.
    pub message: String,
}

/// The partitions whose sums an answer is made of, and whether each one's had to be computed.
#[derive(Debug, Clone, Default)]
pub(super) struct Effort {
    computed: BTreeMap<PartitionName, bool>,
}

impl Effort {
    /// Counts a partition that was asked; one that is asked twice counts once.
    pub(super) fn add(&mut self, partition: PartitionName, computed: bool) {
        *self.computed.entry(partition).or_default() |= computed;
    }

    /// Counts what another question to the facts took.
    pub(super) fn join(&mut self, other: Self) {
        for (partition, computed) in other.computed {
            self.add(partition, computed);
        }
    }

    /// How many those are.
    pub(super) fn size(&self) -> EffortSize {
        EffortSize {
            n_partitions: self.computed.len(),
            n_computed: self.computed.values().filter(|computed| **computed).count(),
        }
    }
}

/// How many partitions an answer is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct EffortSize {
    /// All of them.
    pub(super) n_partitions: usize,
    /// Those whose sums were computed, not found.
    pub(super) n_computed: usize,
}

/// A computed result as the cache holds it.
#[derive(Debug)]
pub(super) struct Computed {
    pub(super) table: MetricTable,
    pub(super) data_through: Option<Date>,
    /// The first day of the range whose numbers may still change.
    pub(super) provisional_from: Option<Date>,
    pub(super) warnings: Vec<Warning>,
    pub(super) at: Timestamp,
    pub(super) effort: EffortSize,
}

impl Computed {
    /// About how many bytes of memory it holds.
    pub(super) fn size_bytes(&self) -> usize {
        let warnings = self.warnings.iter();
        let warnings = warnings.map(|warning| size_of::<Warning>() + warning.message.len());
        size_of::<Self>() + self.table.size_bytes() + warnings.sum::<usize>()
    }
}

/// The answer to a metric query.
#[derive(Debug, Clone)]
pub struct MetricsAnswer {
    computed: Arc<Computed>,
    is_hit: bool,
    /// The points that it would cost if nothing were in the caches.
    price: u64,
    /// That its facts are older than the reader wished.
    stale: Option<Warning>,
    /// What it was computed from.
    pub snapshot: Snapshot,
}

impl MetricsAnswer {
    pub(super) fn new(
        computed: Arc<Computed>,
        snapshot: Snapshot,
        is_hit: bool,
        price: u64,
        stale: Option<Warning>,
    ) -> Self {
        Self {
            computed,
            is_hit,
            price,
            stale,
            snapshot,
        }
    }

    /// The rows and totals.
    pub fn table(&self) -> &MetricTable {
        &self.computed.table
    }

    /// How it came about.
    pub fn cache(&self) -> CacheState {
        let EffortSize {
            n_partitions,
            n_computed,
        } = self.computed.effort;
        if self.is_hit {
            CacheState::Hit
        } else if n_computed < n_partitions {
            CacheState::Partial
        } else {
            CacheState::Miss
        }
    }

    /// What it was priced at, and that less the share of the partitions that were found.
    pub fn cost(&self) -> Cost {
        let n_computed = self.n_partitions_computed() as u64;
        let actual = (self.price * n_computed).div_ceil(self.n_partitions().max(1) as u64);
        Cost {
            requested: self.price,
            actual: actual.min(self.price),
        }
    }

    /// How many partitions the answer is made of.
    pub fn n_partitions(&self) -> usize {
        self.computed.effort.n_partitions
    }

    /// How many partitions' sums were computed for this request; none for a `HIT`.
    pub fn n_partitions_computed(&self) -> usize {
        if self.is_hit {
            0
        } else {
            self.computed.effort.n_computed
        }
    }

    /// The last day of the range of which any fact is known; `None` when there is none.
    pub fn data_through(&self) -> Option<Date> {
        self.computed.data_through
    }

    /// The first day of the range of whose facts the platforms may still change the numbers; `None`
    /// when all of them are final.
    pub fn provisional_from(&self) -> Option<Date> {
        self.computed.provisional_from
    }

    /// The cursor of the page that begins after so many rows.
    pub fn cursor(&self, offset: usize) -> Cursor {
        let question = Cursor::question_of(&self.table().query);
        Cursor {
            snapshot: self.snapshot,
            offset,
            question,
        }
    }

    /// What to know beside the numbers.
    pub fn warnings(&self) -> impl Iterator<Item = &Warning> {
        self.computed.warnings.iter().chain(&self.stale)
    }

    /// When the numbers were computed.
    pub fn computed_at(&self) -> Timestamp {
        self.computed.at
    }
}
