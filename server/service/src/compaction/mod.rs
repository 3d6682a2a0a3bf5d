//! Compaction: many small segments become few, and rows that no readable snapshot sees go.
//!
//! What to merge and which rows to keep is decided in `bellwether_domain::compaction`, purely;
//! here is the work. It takes no commit number and changes no answer: partition versions, and so
//! the keys of all caches, stay as they are.
//! Invariant: one segment is written at a time in the whole process, on one thread; batches that
//! are published meanwhile are left for the next round.
//!
//! Reading order: `worker` (when), `due` (what), `job` (how one goes), `rewrite` (its rows),
//! `dropped` (the files that gave way), `state`.

mod dropped;
mod due;
mod job;
mod rewrite;
mod state;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use dropped::remove_dropped;
pub use job::Compacted;
pub(crate) use state::CompactionState;
pub use worker::{CompactionFailure, CompactionReport};
