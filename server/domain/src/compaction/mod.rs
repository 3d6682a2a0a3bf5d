//! Compaction, decided: which segments of a partition to put into one, and which of their rows are
//! still needed.
//!
//! Pure; the work itself is the service's. Invariant: a choice is made from what the manifest says
//! alone, and a row is dropped only if no snapshot that can be read, now or later, tells the
//! difference.
//!
//! Reading order: [`choose`] (which segments), [`Retention`] (which rows).

mod choice;
mod retention;

pub use choice::{CompactionPolicy, GROWTH, SegmentSize, choose};
pub use retention::{Retention, RowVersion, may_shrink};
