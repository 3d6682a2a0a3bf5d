//! What the one owner of a local data folder does before it serves: clear away what a killed
//! process left behind.

use std::collections::HashSet;
use std::sync::Arc;

use bellwether_domain::time::{Timestamp, days_before};

use crate::background::blocking;
use crate::compaction::remove_dropped;
use crate::error::{Error, Result};
use crate::ingest::BODY_PREFIX;
use crate::services::Services;

/// What a sweep found and removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepReport {
    /// Batches that no process works on any more.
    pub batches_abandoned: usize,
    /// Files of leases that no commit named.
    pub files_removed: usize,
    /// Files that gave way to compacted ones.
    pub dropped_removed: usize,
    /// Half-received bodies.
    pub bodies_removed: usize,
    /// Files of exports that were not done, or are kept long enough.
    pub exports_removed: usize,
}

impl Services {
    /// Ends what an earlier process left unfinished, and removes only files that its leases name
    /// and no commit does.
    ///
    /// The caller is the one process that holds the data folder, and the catalogue is bound to
    /// that folder: nobody else is at work on a batch, so whatever is unfinished is dead. For the
    /// same reason a lease's files may go before the lease does; in the other order a kill between
    /// the two would leave files that nothing names.
    pub async fn sweep(&self) -> Result<SweepReport> {
        let parts = Arc::clone(&self.parts);
        let (batches_abandoned, leases, live) = blocking("find what was left behind", move || {
            let abandoned = parts.catalogue.abandon_unfinished(parts.clock.now())?;
            let leases = parts.catalogue.list_staging()?;
            let live: HashSet<String> = parts
                .catalogue
                .live_segment_paths("segments/")?
                .into_iter()
                .collect();
            Ok((abandoned, leases, live))
        })
        .await?;
        let mut files_removed = 0;
        for lease in leases {
            let stray: Vec<String> = lease
                .paths
                .iter()
                .filter(|path| !live.contains(*path))
                .cloned()
                .collect();
            self.parts.store.discard(&stray).await?;
            files_removed += stray.len();
            let parts = Arc::clone(&self.parts);
            blocking("close a lease", move || {
                Ok(parts.catalogue.close_staging(lease.id)?)
            })
            .await?;
        }
        // Nobody reads yet, so that no file needs its grace.
        let dropped_removed = remove_dropped(&self.parts, Timestamp::MAX).await?;
        let bodies_removed = self.clear_spool().await?;
        let exports_removed = self.sweep_exports().await?;
        self.purge_old_answers().await?;
        Ok(SweepReport {
            batches_abandoned,
            files_removed,
            dropped_removed,
            bodies_removed,
            exports_removed,
        })
    }

    async fn clear_spool(&self) -> Result<usize> {
        let folder = self.parts.config.spool_folder.clone();
        blocking("clear the spool folder", move || {
            std::fs::create_dir_all(&folder).map_err(Error::disk("make the spool folder"))?;
            let entries =
                std::fs::read_dir(&folder).map_err(Error::disk("read the spool folder"))?;
            let mut removed = 0;
            for entry in entries.flatten() {
                let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
                let is_ours = entry.file_name().to_string_lossy().starts_with(BODY_PREFIX);
                if is_file && is_ours {
                    std::fs::remove_file(entry.path())
                        .map_err(Error::disk("remove a half-received body"))?;
                    removed += 1;
                }
            }
            Ok(removed)
        })
        .await
    }

    async fn purge_old_answers(&self) -> Result<()> {
        let parts = Arc::clone(&self.parts);
        blocking("purge old answers", move || {
            let kept = days_before(parts.clock.now(), parts.config.idempotency_days);
            parts.catalogue.purge_answers(kept)?;
            parts.catalogue.purge_import_answers(kept)?;
            parts.catalogue.purge_pins(parts.clock.now())?;
            Ok(())
        })
        .await
    }
}
