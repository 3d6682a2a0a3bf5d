//! The files of segments that gave way: removed from the disk once nobody can be reading them.

use std::sync::Arc;

use bellwether_domain::time::Timestamp;

use crate::background::blocking;
use crate::error::Result;
use crate::services::Parts;

/// How many files are removed before the catalogue hears of it.
const FILES_TOGETHER: usize = 1_000;

/// Removes the files that were dropped before a moment, and says how many. At the start of the
/// one process that holds the data folder nobody reads any: all may go.
pub(crate) async fn remove_dropped(parts: &Arc<Parts>, before: Timestamp) -> Result<usize> {
    if parts.compaction.files_are_held() {
        return Ok(0);
    }
    let asked = Arc::clone(parts);
    let paths = blocking("list dropped files", move || {
        Ok(asked.catalogue.dropped_files(before)?)
    })
    .await?;
    for some in paths.chunks(FILES_TOGETHER) {
        // The files first: a kill in between leaves names of files that are gone, which is no fault.
        parts.store.discard(some).await?;
        let (told, some) = (Arc::clone(parts), some.to_vec());
        blocking("forget dropped files", move || {
            Ok(told.catalogue.forget_dropped(&some)?)
        })
        .await?;
    }
    Ok(paths.len())
}
