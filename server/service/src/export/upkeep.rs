//! What becomes of exports and their files without anybody's asking: those that an earlier process
//! left unfinished have failed, those that are kept long enough are removed.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::files;
use super::jobs::interrupted;
use crate::background::blocking;
use crate::error::Result;
use crate::services::{Parts, Services};

/// The longest time between two looks at what has expired.
const INTERVAL_MAX_S: u32 = 60;

impl Services {
    /// Removes expired exports from now on, until [`finish`](Services::finish). For a process that
    /// serves; once.
    pub fn start_export_upkeep(&self) {
        let parts = Arc::clone(&self.parts);
        self.parts.tasks.spawn(async move {
            let interval_s = parts.config.exports.kept_s.clamp(1, INTERVAL_MAX_S);
            let interval = Duration::from_secs(interval_s.into());
            let stopping = parts.export_jobs.stopping.clone();
            while timeout(interval, stopping.cancelled()).await.is_err() {
                if let Err(error) = remove_expired(&parts).await {
                    tracing::warn!(
                        error = error.chain(),
                        "expired exports could not be removed"
                    );
                }
            }
        });
    }

    /// Ends the exports that an earlier process left, and removes files that no export names;
    /// says how many those were. For the one process that holds the data folder, before it serves.
    pub(crate) async fn sweep_exports(&self) -> Result<usize> {
        remove_expired(&self.parts).await?;
        let parts = Arc::clone(&self.parts);
        blocking("sweep exports", move || {
            let (now, root) = (parts.clock.now(), parts.store.root());
            let expires_at = parts.export_expiry(now);
            let catalogue = &parts.catalogue;
            catalogue.fail_unfinished_exports(&interrupted(), now, expires_at)?;
            let kept = catalogue.exports_with_files()?.into_iter();
            let kept: HashSet<_> = kept
                .map(|it| files::path_of(root, it.agency, &it.export))
                .collect();
            files::remove_all_but(root, &kept)
        })
        .await
    }
}

/// Removes what has expired: of each the file first, so that none is left that nobody knows of.
async fn remove_expired(parts: &Arc<Parts>) -> Result<()> {
    let parts = Arc::clone(parts);
    blocking("remove expired exports", move || {
        let (catalogue, root) = (&parts.catalogue, parts.store.root());
        for expired in catalogue.expired_exports(parts.clock.now())? {
            files::remove(&files::path_of(root, expired.agency, &expired.export))?;
            catalogue.forget_export(&expired)?;
        }
        Ok(())
    })
    .await
}
