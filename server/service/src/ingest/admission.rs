//! How many batches may be on their way at once.
//!
//! A batch's rows are held in memory until they are written, so that their number times
//! `ingest_rows_max` bounds what ingest takes.
//! Invariant: nobody waits here; who finds no place is told to come back.

use std::sync::Arc;

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places of batches on their way.
#[derive(Debug)]
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    places_max: usize,
}

impl Admission {
    /// Room for so many batches at once, at least one.
    pub(crate) fn new(concurrent_ingests_max: usize) -> Self {
        let places_max = concurrent_ingests_max.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(Semaphore::new(places_max)),
            places_max,
        }
    }

    /// A place until the permit is dropped, or the refusal that says that there is none.
    pub(super) fn admit(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            let message = format!(
                "as many batches as the limit `concurrent_ingests_max` of {} are on their way; send it again shortly",
                self.places_max
            );
            Refusal::new(ErrorCode::RateLimited, message)
        })
    }
}
