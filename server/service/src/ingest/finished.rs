//! The line that the log has of every batch that came to its end.

use std::sync::Arc;

use bellwether_domain::batch::{BatchAnswer, BatchOutcome};
use bellwether_domain::ids::BatchId;
use bellwether_domain::time::Timestamp;

use super::flow::Received;
use super::progress::Progress;
use crate::error::Result;
use crate::services::Parts;

/// What the line says besides how the batch ended.
#[derive(Debug)]
pub(super) struct FinishedLog {
    batch: BatchId,
    size_bytes: u64,
    started_at: Timestamp,
    progress: Arc<Progress>,
}

impl FinishedLog {
    /// The line of a batch that begins now.
    pub(super) fn of(received: &Received, parts: &Parts) -> Self {
        Self {
            batch: received.id,
            size_bytes: received.body.size_bytes,
            started_at: parts.clock.now(),
            progress: Arc::clone(received.body.progress()),
        }
    }

    /// Writes the line; a failure is told where it is answered.
    pub(super) fn write(&self, outcome: &Result<BatchAnswer>, parts: &Parts) {
        let Ok(answer) = outcome else { return };
        let elapsed = parts.clock.now().duration_since(self.started_at);
        let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(0);
        let n_rows = self.progress.rows_read();
        let rows_per_s = n_rows * 1_000 / duration_ms.max(1);
        let message = match answer.outcome {
            BatchOutcome::Committed => "batch committed",
            BatchOutcome::Rejected => "batch rejected",
        };
        tracing::info!(
            batch.id = %self.batch,
            n_rows,
            n_rows_written = answer.rows_written,
            n_rows_rejected = answer.rejected,
            size_bytes = self.size_bytes,
            duration_ms,
            rows_per_s,
            message
        );
    }
}
