//! Which batches are on their way, and what memory each may take; their places are in `places`.
//!
//! Invariant: nobody waits here; who finds no memory is told to come back, and together batches
//! never have more than `ingest_memory_bytes_max`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bellwether_domain::dataset::DatasetName;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{AgencyId, BatchId};
use bellwether_domain::time::Timestamp;

use super::flow::Received;
use super::places::{Place, Places, PlacesConfig, come_back};
use super::progress::Progress;
use crate::services::Services;

/// The least that a batch of any size is given: room for some pieces of its body and a segment
/// that is being written.
const FLOOR_BYTES: u64 = 4 << 20;

/// What a byte of a body can become as rows with their order; of Parquet, compressed, it can be
/// more, and then rows are written aside sooner.
const BYTES_A_BODY_BYTE: u64 = 24;

/// A large body that finds less than this comes back later, since it would be cut into many runs.
const LARGE_BODY_BYTES_MIN: u64 = 64 << 20;

/// The places and the memory of batches on their way.
#[derive(Debug)]
pub(crate) struct Admission {
    places: Places,
    /// The memory that batches have.
    taken: Arc<Mutex<u64>>,
    on_their_way: Arc<Mutex<BTreeMap<BatchId, OnItsWay>>>,
    bytes_max: u64,
}

/// A share of memory until it is dropped.
#[derive(Debug)]
pub(super) struct Permit {
    taken: Arc<Mutex<u64>>,
    /// The memory that the batch may take.
    pub(super) bytes: u64,
}

/// A batch on its way, for the operator.
#[derive(Debug, Clone)]
pub struct OnItsWay {
    /// The batch.
    pub batch: BatchId,
    /// Whose it is.
    pub agency: AgencyId,
    /// The dataset of its rows.
    pub dataset: DatasetName,
    /// When its body was received.
    pub received_at: Timestamp,
    /// The size of its body.
    pub size_bytes: u64,
    /// How far it is.
    pub progress: Arc<Progress>,
}

impl Services {
    /// The batches that are being checked and written right now, in the order of their arrival.
    pub fn batches_on_their_way(&self) -> Vec<OnItsWay> {
        lock(&self.parts.ingests.on_their_way)
            .values()
            .cloned()
            .collect()
    }
}

/// Keeps a batch in the list of those on their way until it is dropped.
#[derive(Debug)]
pub(super) struct Listed {
    list: Arc<Mutex<BTreeMap<BatchId, OnItsWay>>>,
    batch: BatchId,
}

impl Drop for Listed {
    fn drop(&mut self) {
        lock(&self.list).remove(&self.batch);
    }
}

impl Admission {
    /// Room for so many batches and bytes at once, at least for one small batch.
    pub(crate) fn new(places: PlacesConfig, ingest_memory_bytes_max: u64) -> Self {
        Self {
            places: Places::new(places),
            taken: Arc::default(),
            on_their_way: Arc::default(),
            bytes_max: ingest_memory_bytes_max.max(FLOOR_BYTES),
        }
    }

    /// Lists a batch until what this gives is dropped.
    pub(super) fn on_its_way(&self, received: &Received) -> Listed {
        let batch = OnItsWay {
            batch: received.id,
            agency: received.scope.agency(),
            dataset: received.request.dataset,
            received_at: received.at,
            size_bytes: received.body.size_bytes,
            progress: Arc::clone(received.body.progress()),
        };
        lock(&self.on_their_way).insert(received.id, batch);
        Listed {
            list: Arc::clone(&self.on_their_way),
            batch: received.id,
        }
    }

    /// A place for a batch of the agency, with room for a body of so many bytes.
    pub(super) fn place(&self, agency: AgencyId, body_bytes: u64) -> Result<Place, Refusal> {
        self.places.take(agency, body_bytes)
    }

    /// Memory for a body of so many bytes, or the refusal that says what lacks.
    ///
    /// A batch gets what its body can need, but at most half of what is left, so that the next
    /// one finds memory too.
    pub(super) fn admit(&self, body_bytes: u64) -> Result<Permit, Refusal> {
        let mut taken = lock(&self.taken);
        let free = self.bytes_max - *taken;
        let needed = body_bytes
            .saturating_mul(BYTES_A_BODY_BYTE)
            .saturating_add(FLOOR_BYTES);
        let least = needed.min(LARGE_BODY_BYTES_MIN).min(self.bytes_max);
        if free < least {
            return Err(come_back(format!(
                "batches on their way use the memory that the limit `ingest_memory_bytes_max` of {} allows",
                self.bytes_max
            )));
        }
        let bytes = needed.min(free / 2).max(least);
        *taken += bytes;
        Ok(Permit {
            taken: Arc::clone(&self.taken),
            bytes,
        })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *lock(&self.taken) -= self.bytes;
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds the lock.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use bellwether_domain::ErrorCode;

    use super::*;

    fn memory_of(bytes_max: u64) -> Admission {
        let places = PlacesConfig {
            concurrent_ingests: 1,
            agency_ingests: 1,
            spool_bytes: 0,
        };
        Admission::new(places, bytes_max)
    }

    #[test]
    fn batches_share_the_memory_and_give_it_back() {
        let admission = memory_of(256 << 20);
        let first = admission.admit(1 << 30).unwrap();
        let second = admission.admit(1 << 30).unwrap();
        assert_eq!((first.bytes, second.bytes), (128 << 20, 64 << 20));
        let third = admission.admit(1 << 30).unwrap();
        assert_eq!(third.bytes, 64 << 20);
        let refused = admission.admit(1 << 30).unwrap_err();
        assert_eq!(refused.code, ErrorCode::RateLimited);
        assert!(
            refused
                .message
                .contains("`ingest_memory_bytes_max` of 268435456")
        );
        drop(second);
        assert_eq!(admission.admit(1 << 30).unwrap().bytes, 64 << 20);
    }

    #[test]
    fn a_small_body_takes_little() {
        let admission = memory_of(256 << 20);
        let permits: Vec<_> = (0..50).map(|_| admission.admit(1_000).unwrap()).collect();
        assert!(permits.iter().all(|permit| permit.bytes < 5 << 20));
    }

    #[test]
    fn a_batch_alone_is_admitted_however_small_the_budget() {
        let admission = memory_of(1);
        let permit = admission.admit(1 << 40).unwrap();
        assert_eq!(permit.bytes, FLOOR_BYTES);
        assert!(admission.admit(1).is_err());
    }
}
