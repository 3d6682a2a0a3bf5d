//! The named steps of a commit, at which a test can stop the process to kill it.
//!
//! A stopped step prints `stopped at <step>` on standard error and never goes on.
//! Invariant: without a configured stop this does nothing.

use bellwether_domain::closed_words;

closed_words! {
    /// A step of the ingest's way to its acknowledgement, named by what has just happened.
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
    }
}

/// Where to stop, if anywhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct Steps {
    stop_at: Option<Step>,
}

impl Steps {
    /// Steps that stop at one of them, or at none.
    pub fn stopping_at(stop_at: Option<Step>) -> Self {
        Self { stop_at }
    }

    /// Marks that a step is reached; stays there for ever when it is the one to stop at.
    pub(crate) async fn reached(self, step: Step) {
        if self.stop_at == Some(step) {
            eprintln!("stopped at {step}");
            std::future::pending::<()>().await;
        }
    }
}
