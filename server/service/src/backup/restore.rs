//! Restoring a backup into an empty data folder and an empty catalogue.
//!
//! Invariant: while it is under way, and after a kill in it, the data folder holds a file
//! [`RESTORING`], and no server starts there.

use std::path::{Path, PathBuf};

use bellwether_catalogue::Catalogue;
use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::StoreId;
use bellwether_domain::time::Timestamp;

use super::files::{check, copy, sync_folder, sync_folders, write_whole};
use super::list::{BackupList, LIST, ListedFile};
use crate::error::{Error, Result};

/// What a data folder holds while a restore into it is not through.
pub const RESTORING: &str = "restoring";

/// The copy that the catalogue is read from; it may be brought up to date, the backup's may not.
const CATALOGUE_COPY: &str = "restoring-catalogue.sqlite";

/// What a restore came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreReport {
    /// When the backup was begun, in RFC 3339.
    pub made_at: String,
    /// How many segments were restored.
    pub n_segments: usize,
    /// The bytes of all files.
    pub size_bytes: u64,
    /// The files of segments that were damaged when the backup was made: they are missing, and
    /// answers that need them fail until they are mended or given up.
    pub damaged: Vec<String>,
}

/// Restores the backup in `backup` into `data_dir` and into a catalogue that `open` opens there,
/// migrated and without rows; `store` is the folder's own id, to which the catalogue is bound from
/// then on. Blocks.
///
/// Refuses a folder that is no whole backup, a file that differs from its checksum, and a data
/// folder with anything in it but its `lock` and its `store-id`.
pub fn restore(
    backup: &Path,
    data_dir: &Path,
    store: StoreId,
    open: impl FnOnce() -> Result<Catalogue>,
) -> Result<RestoreReport> {
    let list = BackupList::read(backup)?;
    refuse_contents(data_dir)?;
    write_whole(
        &data_dir.join(RESTORING),
        b"a restore into this folder is not through\n",
    )?;
    for segment in &list.segments {
        copy(segment, backup, data_dir)?;
    }
    sync_folders(data_dir, list.segments.iter().map(|it| it.path.as_str()))?;
    check(&list.catalogue, backup)?;
    let copied = data_dir.join(CATALOGUE_COPY);
    std::fs::copy(backup.join(&list.catalogue.path), &copied)
        .map_err(Error::disk("copy the backup's catalogue"))?;
    let catalogue = open()?;
    let named = catalogue.restore_from(&copied)?;
    let mut named: Vec<&str> = named.iter().map(|it| it.path.as_str()).collect();
    named.sort_unstable();
    let mut expected: Vec<&str> = list.segments.iter().map(|it| it.path.as_str()).collect();
    expected.extend(list.damaged.iter().map(String::as_str));
    expected.sort_unstable();
    if named != expected {
        let message = format!("the backup's catalogue and its `{LIST}` name different segments");
        return Err(Refusal::new(ErrorCode::CorruptSegment, message).into());
    }
    catalogue.rebind_store(store)?;
    // The copy holds the pin of the very backup that made it; nothing runs here that needs one, and
    // it would keep segments from being given up until it ends by itself.
    catalogue.purge_pins(Timestamp::MAX)?;
    for path in [copied, data_dir.join(RESTORING)] {
        std::fs::remove_file(path).map_err(Error::disk("end a restore"))?;
    }
    sync_folder(data_dir)?;
    Ok(RestoreReport {
        n_segments: list.segments.len(),
        size_bytes: list.files().map(|file: &ListedFile| file.size_bytes).sum(),
        made_at: list.made_at,
        damaged: list.damaged,
    })
}

fn refuse_contents(data_dir: &Path) -> Result<()> {
    let entries = std::fs::read_dir(data_dir).map_err(Error::disk("read the data folder"))?;
    for entry in entries {
        let entry = entry.map_err(Error::disk("read the data folder"))?;
        let name = PathBuf::from(entry.file_name());
        if name == Path::new("lock") || name == Path::new("store-id") {
            continue;
        }
        let message = format!(
            "the data folder `{}` is not empty: it holds `{}`; restore into a new folder",
            data_dir.display(),
            name.display()
        );
        return Err(Refusal::new(ErrorCode::Conflict, message).into());
    }
    Ok(())
}
