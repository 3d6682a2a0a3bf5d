//! How far a batch on its way is, for whoever shows it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters of one batch; written by its threads, read by anybody.
#[derive(Debug, Default)]
pub struct Progress {
    bytes_read: AtomicU64,
    rows_read: AtomicU64,
    rows_written: AtomicU64,
}

impl Progress {
    /// How many bytes of the body are read.
    pub fn bytes(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    /// How many rows are read and checked, bad ones too.
    pub fn rows_read(&self) -> u64 {
        self.rows_read.load(Ordering::Relaxed)
    }

    /// How many rows are written to segments.
    pub fn rows_written(&self) -> u64 {
        self.rows_written.load(Ordering::Relaxed)
    }

    /// Begins anew: the batch is checked once more.
    pub(super) fn restart(&self) {
        self.bytes_read.store(0, Ordering::Relaxed);
        self.rows_read.store(0, Ordering::Relaxed);
        self.rows_written.store(0, Ordering::Relaxed);
    }

    pub(super) fn read_bytes(&self, n: u64) {
        self.bytes_read.fetch_add(n, Ordering::Relaxed);
    }

    pub(super) fn read_rows(&self, n: u64) {
        self.rows_read.fetch_add(n, Ordering::Relaxed);
    }

    pub(super) fn wrote_rows(&self, n: u64) {
        self.rows_written.fetch_add(n, Ordering::Relaxed);
    }
}
