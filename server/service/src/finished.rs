//! Finished answers: the bytes that were sent for a request, sent again while they are true.
//!
//! Whoever keeps an answer vouches that it depends on nothing but the request's bytes, the
//! asker's agency, role and brands, the agency's newest snapshot, the oldest one that can be read,
//! and the agency's present day: that is the key, so an answer is never called back. The API decides which answers are of that kind.
//! Invariant: every key holds the agency and what of it the asker sees.

use std::sync::atomic::{AtomicU64, Ordering};

use bellwether_domain::Scope;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::member::Role;
use bellwether_domain::scope::BrandAccess;
use bellwether_domain::segment::{CommitNumber, Snapshot};
use bellwether_domain::time::Date;
use bytes::Bytes;
use moka::future::Cache;
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::services::Services;

/// What an entry costs beside its bytes: its key and the cache's own books, rounded up.
const ENTRY_BYTES: usize = 512;

/// What a finished answer is found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FinishedKey {
    agency: AgencyId,
    role: Role,
    brands: BrandAccess,
    /// Whether the asker runs only trusted documents: the answer to another's document is not its.
    held_to_trusted_documents: bool,
    snapshot: Snapshot,
    /// The oldest commit that can be read: an answer of an older one is not given any more.
    oldest: CommitNumber,
    /// The agency's present day, to which relative ranges refer.
    today: Date,
    /// SHA-256 of the request as it came.
    request: [u8; 32],
}

/// How often a request was answered with finished bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FinishedCounts {
    /// Requests that were looked up.
    pub asked: u64,
    /// Those that found their answer.
    pub found: u64,
    /// Bytes that the answers take, roughly.
    pub bytes: u64,
}

/// Finished answers within a budget, and how often they served.
#[derive(Debug)]
pub(crate) struct FinishedAnswers {
    held: Cache<FinishedKey, Bytes>,
    n_asked: AtomicU64,
    n_found: AtomicU64,
}

impl FinishedAnswers {
    pub(crate) fn new(budget_bytes: u64) -> Self {
        let weigh = |key: &FinishedKey, bytes: &Bytes| {
            let key_bytes = ENTRY_BYTES + key.brands.size_bytes();
            u32::try_from(bytes.len() + key_bytes).unwrap_or(u32::MAX)
        };
        Self {
            held: Cache::builder()
                .max_capacity(budget_bytes)
                .weigher(weigh)
                .build(),
            n_asked: AtomicU64::new(0),
            n_found: AtomicU64::new(0),
        }
    }
}

impl Services {
    /// What the answer to these bytes would be found by, asked by this scope now. Everything that
    /// decides on the answer beside the key's other parts must be in `request`.
    pub async fn finished_key(&self, scope: &Scope, request: &[u8]) -> Result<FinishedKey> {
        let present = self.parts.present(scope).await?;
        let now = self.parts.clock.now();
        Ok(FinishedKey {
            agency: scope.agency(),
            role: scope.role(),
            brands: scope.brands().clone(),
            held_to_trusted_documents: scope.is_held_to_trusted_documents(),
            snapshot: present.snapshot,
            oldest: present.oldest,
            today: present.agency.timezone.today(now),
            request: Sha256::digest(request).into(),
        })
    }

    /// The answer that was kept under this key.
    pub async fn find_finished(&self, key: &FinishedKey) -> Option<Bytes> {
        let finished = &self.parts.finished;
        finished.n_asked.fetch_add(1, Ordering::Relaxed);
        let found = finished.held.get(key).await?;
        finished.n_found.fetch_add(1, Ordering::Relaxed);
        Some(found)
    }

    /// Keeps an answer that was computed after its key was made.
    ///
    /// If something was committed in between, the answer is newer than its key says; that key is
    /// not asked for again, because its snapshot is not the newest any more.
    pub async fn keep_finished(&self, key: FinishedKey, answer: Bytes) {
        self.parts.finished.held.insert(key, answer).await;
    }

    /// How often finished answers served.
    pub fn finished_counts(&self) -> FinishedCounts {
        let finished = &self.parts.finished;
        FinishedCounts {
            asked: finished.n_asked.load(Ordering::Relaxed),
            found: finished.n_found.load(Ordering::Relaxed),
            bytes: finished.held.weighted_size(),
        }
    }
}
