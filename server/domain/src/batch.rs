//! An ingest batch: what was sent, and what its sender is told.

use serde::{Deserialize, Serialize};

use crate::closed_words;
use crate::ids::BatchId;
use crate::sample::LineProblem;

/// The most line problems that one answer lists; the rest is only counted.
pub const PROBLEMS_LISTED_MAX: usize = 1_000;

/// The most bytes, uncompressed, of one column and of all texts together in one row group of a
/// Parquet report: a page is read as a whole and may be that large. A million rows of four texts
/// stay below it.
pub const REPORT_ROW_GROUP_BYTES_MAX: u64 = 128 << 20;

/// The most bytes of a Parquet report's footer, which is read as a whole.
pub const REPORT_FOOTER_BYTES_MAX: u64 = 16 << 20;

closed_words! {
    /// What becomes of a batch with bad lines.
    pub enum IngestMode, "a mode" {
        /// Nothing is written when any line is bad.
        Strict => "strict",
        /// Good lines are written, bad ones are reported.
        Skip => "skip",
    }
}

closed_words! {
    /// What a row says of the measures that its file doesn't have.
    pub enum ColumnRule, "a rule for columns" {
        /// They are missing from then on: the row replaces the whole row.
        Replace => "replace",
        /// They stay as older rows of its key have them.
        Merge => "merge",
    }
}

closed_words! {
    /// What a batch replaces.
    pub enum ReplaceRule, "a rule for replacement" {
        /// The rows of the keys that it has.
        Keys => "keys",
        /// All rows of its campaigns, levels or breakdowns and attribution windows from its first
        /// day to its last, so that keys missing from the file go.
        Range => "range",
    }
}

/// How a batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BatchOutcome {
    /// Its accepted rows are written and seen by every later answer.
    Committed,
    /// Nothing of it is written.
    Rejected,
}

/// The answer to an ingest; the same one is given again to the same idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchAnswer {
    /// The batch.
    pub batch: BatchId,
    /// How it ended.
    pub outcome: BatchOutcome,
    /// How many rows of the report are in; those that were added or replaced as duplicates of
    /// each other count one by one.
    pub accepted: u64,
    /// How many rows were read and refused. Of a batch that is written, `accepted` and `rejected`
    /// are together all rows of the report; of one that is not, good rows are in neither.
    pub rejected: u64,
    /// How many facts were written: fewer than `accepted` where duplicates came to one.
    #[serde(default)]
    pub rows_written: u64,
    /// The problems of the lines that were not, at most [`PROBLEMS_LISTED_MAX`].
    pub problems: Vec<LineProblem>,
    /// The external ids of campaigns that the batch registered.
    pub registered: Vec<String>,
    /// The snapshot from which on answers see the batch; `None` when nothing was written.
    pub snapshot: Option<String>,
}
