//! What an agency's answers depend on beside the question: its newest snapshot and its record.
//!
//! Invariant: what is remembered is used only while nothing was written since it was read, so a
//! commit or a rename is seen by the next request. On PostgreSQL nothing is remembered.

use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::agency::Agency;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::segment::{CommitNumber, Snapshot};
use moka::future::Cache;

use crate::background::blocking;
use crate::error::Result;
use crate::services::Parts;

/// How many agencies' snapshots are remembered, some hundred bytes each.
const SNAPSHOTS_HELD_MAX: u64 = 10_000;

/// An agency as it is now.
#[derive(Debug)]
pub(crate) struct Present {
    /// Its newest snapshot.
    pub(crate) snapshot: Snapshot,
    /// The oldest commit that can be read.
    pub(crate) oldest: CommitNumber,
    /// Its record.
    pub(crate) agency: Agency,
}

/// The agencies as they are now.
#[derive(Debug)]
pub(crate) struct SnapshotCache {
    held: Cache<AgencyId, Remembered>,
}

#[derive(Debug, Clone)]
struct Remembered {
    present: Arc<Present>,
    /// The catalogue's generation before it was read.
    generation: u64,
}

impl SnapshotCache {
    pub(crate) fn new() -> Self {
        Self {
            held: Cache::new(SNAPSHOTS_HELD_MAX),
        }
    }
}

impl Parts {
    /// The newest snapshot of the scope's agency.
    pub(crate) async fn snapshot(self: &Arc<Self>, scope: &Scope) -> Result<Snapshot> {
        Ok(self.present(scope).await?.snapshot)
    }

    /// The scope's agency as it is now.
    pub(crate) async fn present(self: &Arc<Self>, scope: &Scope) -> Result<Arc<Present>> {
        // Before the catalogue is read: see `Catalogue::generation`.
        let generation = self.catalogue.generation();
        let agency = scope.agency();
        if let Some(known) = self.snapshots.held.get(&agency).await
            && Some(known.generation) == generation
        {
            return Ok(known.present);
        }
        let (parts, asker) = (Arc::clone(self), scope.clone());
        let present = blocking("read the snapshot", move || {
            let (agency, snapshot, oldest) = parts.catalogue.agency_and_snapshot(&asker)?;
            Ok(Arc::new(Present {
                snapshot,
                oldest,
                agency,
            }))
        })
        .await?;
        if let Some(generation) = generation {
            let remembered = Remembered {
                present: Arc::clone(&present),
                generation,
            };
            self.snapshots.held.insert(agency, remembered).await;
        }
        Ok(present)
    }
}
