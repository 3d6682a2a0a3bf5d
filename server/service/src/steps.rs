//! The named steps of a commit, at which a test can stop the process to kill it.
//!
//! A stopped step prints `stopped at <step>` on standard error and never goes on.
//! Invariant: without a configured stop this does nothing.

use std::sync::Arc;

use bellwether_domain::closed_words;
use tokio::sync::Notify;

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
