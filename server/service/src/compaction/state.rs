//! What the process remembers of compaction; nothing of it needs to outlive the process.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex as SyncMutex, PoisonError};

use bellwether_domain::ids::SegmentId;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

/// Who compacts, who waits, and what is left alone.
#[derive(Debug, Default)]
pub(crate) struct CompactionState {
    /// Held by whoever compacts.
    pub(super) turn: Mutex<()>,
    pub(super) noticed: Notify,
    pub(super) stopping: CancellationToken,
    /// Segments whose files can't be read; tried again when an operator asks.
    damaged: SyncMutex<HashSet<SegmentId>>,
    n_holding_files: AtomicUsize,
}

impl CompactionState {
    /// Something was committed: there may be something to do.
    pub(crate) fn notice(&self) {
        self.noticed.notify_one();
    }

    /// Ends the work in the background, soon.
    pub(crate) fn stop(&self) {
        self.stopping.cancel();
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// While this is held, no file that gave way is removed from the disk.
    pub(crate) fn hold_files(&self) -> FilesHeld<'_> {
        self.n_holding_files.fetch_add(1, Ordering::AcqRel);
        FilesHeld(self)
    }

    pub(super) fn files_are_held(&self) -> bool {
        self.n_holding_files.load(Ordering::Acquire) > 0
    }

    pub(super) fn leave_alone(&self, segment: SegmentId) {
        self.damaged_ones().insert(segment);
    }

    pub(super) fn try_all_again(&self) {
        self.damaged_ones().clear();
    }

    pub(super) fn is_left_alone(&self, segment: SegmentId) -> bool {
        self.damaged_ones().contains(&segment)
    }

    fn damaged_ones(&self) -> std::sync::MutexGuard<'_, HashSet<SegmentId>> {
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps files on the disk until it is dropped.
#[derive(Debug)]
pub(crate) struct FilesHeld<'a>(&'a CompactionState);

impl Drop for FilesHeld<'_> {
    fn drop(&mut self) {
        self.0.n_holding_files.fetch_sub(1, Ordering::AcqRel);
    }
}
