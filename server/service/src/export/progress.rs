//! The exports of this process that are being written, and how far each is.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bellwether_domain::ids::ExportId;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// How many jobs are at work at once; the others wait.
const JOBS_AT_ONCE: usize = 2;

/// The jobs of this process.
#[derive(Debug)]
pub(crate) struct ExportJobs {
    running: Mutex<HashMap<ExportId, Arc<Progress>>>,
    pub(super) turns: Arc<Semaphore>,
    /// Cancelled when the process stops; the jobs' own are its children.
    pub(super) stopping: CancellationToken,
}

/// How far a job is.
#[derive(Debug)]
pub(super) struct Progress {
    /// How many rows there are; none as long as that isn't known.
    n_rows: Mutex<Option<u64>>,
    n_written: AtomicU64,
    pub(super) cancelled: CancellationToken,
}

impl ExportJobs {
    pub(crate) fn new() -> Self {
        Self {
            running: Mutex::default(),
            turns: Arc::new(Semaphore::new(JOBS_AT_ONCE)),
            stopping: CancellationToken::new(),
        }
    }

    /// Ends every job, because the process stops.
    pub(crate) fn stop(&self) {
        self.stopping.cancel();
    }

    /// Takes a job in.
    pub(super) fn enter(&self, id: ExportId) -> Arc<Progress> {
        let progress = Arc::new(Progress {
            n_rows: Mutex::default(),
            n_written: AtomicU64::new(0),
            cancelled: self.stopping.child_token(),
        });
        self.lock().insert(id, Arc::clone(&progress));
        progress
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<ExportId, Arc<Progress>>> {
        // Nothing panics while it holds the lock.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    /// Takes note of how many rows there are.
    pub(super) fn knows(&self, n_rows: u64) {
        *self.n_rows.lock().unwrap_or_else(PoisonError::into_inner) = Some(n_rows);
    }

    /// Takes note of how many rows are written.
    pub(super) fn has_written(&self, n_rows: u64) {
        self.n_written.store(n_rows, Ordering::Relaxed);
    }

    /// How many rows there are, and how many of them are written.
    pub(super) fn told(&self) -> (Option<u64>, u64) {
        let n_rows = *self.n_rows.lock().unwrap_or_else(PoisonError::into_inner);
        (n_rows, self.n_written.load(Ordering::Relaxed))
    }
}
