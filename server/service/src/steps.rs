//! The named steps of a commit, a compaction, a backup, an export and a query, at which a test can stop the process to
//! kill it.
//!
//! A stopped step prints `stopped at <step>` on standard error and never goes on.
//! Invariant: without a configured stop this does nothing.

use std::sync::Arc;

use bellwether_domain::closed_words;
use tokio::sync::Notify;

closed_words! {
    /// A step of a way that ends in something lasting, named by what has just happened.
    pub enum Step, "a step" {
        /// The body lies in the spool folder.
        Received => "received",
        /// Every row is checked; nothing is written yet.
        Validated => "validated",
        /// Codes are given and the lease on the files to come is taken.
        Leased => "leased",
        /// The first segment file is written.
        FirstSegment => "first-segment",
        /// All segment files are written and synced, their folders too.
        Staged => "staged",
        /// The catalogue's transaction is through; the sender doesn't know yet.
        Committed => "committed",
        /// Compaction has taken the lease on its file.
        CompactionLeased => "compaction-leased",
        /// Compaction's file is written and synced, its folders too.
        CompactionStaged => "compaction-staged",
        /// The catalogue names compaction's file; those that gave way are still on the disk.
        CompactionReplaced => "compaction-replaced",
        /// The snapshots that a backup copies are pinned.
        BackupPinned => "backup-pinned",
        /// All files of a backup are copied; the one that makes it a backup is not written.
        BackupCopied => "backup-copied",
        /// An export has written a piece of its file.
        ExportPiece => "export-piece",
        /// The file of an export is whole; the catalogue doesn't know.
        ExportRenamed => "export-renamed",
        /// A query has its place to run in; nothing of it has run.
        QueryPlaced => "query-placed",
    }
}

/// Where to stop, if anywhere.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    stop_at: Option<Step>,
    /// Who hears of the stop; without, it is said on standard error.
    listener: Option<Arc<Notify>>,
}

impl Steps {
    /// Steps that stop at one of them, or at none.
    pub fn stopping_at(stop_at: Option<Step>) -> Self {
        Self {
            stop_at,
            listener: None,
        }
    }

    /// Steps that stop at one of them and tell it to this listener, for a test in the same process.
    pub fn stopping_and_telling(stop_at: Step, listener: Arc<Notify>) -> Self {
        Self {
            stop_at: Some(stop_at),
            listener: Some(listener),
        }
    }

    /// Marks that a step is reached; stays there for ever when it is the one to stop at.
    pub(crate) async fn reached(&self, step: Step) {
        if self.stop_at == Some(step) {
            match &self.listener {
                Some(listener) => listener.notify_one(),
                None => eprintln!("stopped at {step}"),
            }
            std::future::pending::<()>().await;
        }
    }
}
