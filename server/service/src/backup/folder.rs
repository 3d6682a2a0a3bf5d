//! The folder that a backup is made in: whether it may be, and what is removed from it afterwards.
//!
//! Invariant: only files that a backup makes are ever removed, and only from a folder that says it
//! is one for backups: by [`MARKER`], or by the list of an earlier backup.

use std::path::{Path, PathBuf};

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;

use super::files::{files_below, write_whole};
use super::list::{BackupList, LIST};
use crate::error::{Error, Result};

/// What a folder for backups holds from its first moment on, so that a backup that was killed
/// before its list can be made again there.
const MARKER: &str = "bellwether-backup";

/// What the marker says to whoever opens it.
const MARKED: &[u8] =
    b"This folder is for Bellwether's backups; `backup.json` says what is in it.\n\
    A new backup removes files of earlier ones.\n";

/// The folder, made if absent and marked; refuses one within the data folder `root` or around it,
/// and one that isn't empty and holds no backup.
pub(super) fn claim(root: &Path, folder: &Path) -> Result<PathBuf> {
    if !folder.is_absolute() {
        let message = "name the folder by its whole path on the server's machine";
        return Err(Refusal::invalid(message).at("dir").into());
    }
    std::fs::create_dir_all(folder).map_err(Error::disk("make the backup's folder"))?;
    let resolve = |path: &Path| path.canonicalize().map_err(Error::disk("find a folder"));
    let (root, folder) = (resolve(root)?, resolve(folder)?);
    if folder.starts_with(&root) || root.starts_with(&folder) {
        let message = "a backup must lie outside of the data folder, and not around it";
        return Err(Refusal::invalid(message).at("dir").into());
    }
    let present = files_below(&folder)?;
    if let Some(foreign) = present.iter().find(|path| !is_ours(path)) {
        return Err(refused(&format!(
            "the folder holds `{foreign}`, which is of no backup"
        )));
    }
    if !present.iter().any(|path| path == MARKER) {
        // Nothing but a marker that a kill left unfinished is as good as nothing.
        let is_empty = present.iter().all(|path| path.starts_with(MARKER));
        if !is_empty && BackupList::read(&folder).is_err() {
            return Err(refused(&format!(
                "the folder is not empty, and neither a `{MARKER}` nor a whole `{LIST}` in it says that it is for backups"
            )));
        }
        write_whole(&folder.join(MARKER), MARKED)?;
    }
    Ok(folder)
}

fn refused(problem: &str) -> Error {
    let message = format!("{problem}; name an empty folder, or one with an earlier backup");
    let refusal = Refusal::new(ErrorCode::Conflict, message);
    refusal.at("dir").into()
}

/// Whether a backup makes files of this path.
fn is_ours(path: &str) -> bool {
    let whole = path.strip_suffix(".unfinished").unwrap_or(path);
    let is_segment = whole.starts_with("segments/") && is_named(whole, "parquet");
    // SQLite may leave its journal beside a copy that it was killed in.
    let copy = whole.strip_suffix("-journal").unwrap_or(whole);
    let is_copy = copy.starts_with("catalogue-") && is_named(copy, "sqlite");
    whole == MARKER || whole == LIST || is_segment || is_copy
}

fn is_named(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|it| it == extension)
}

/// Removes what the list doesn't name: files of earlier backups and unfinished ones.
pub(super) fn remove_others(folder: &Path, list: &BackupList) -> Result<()> {
    let named = list.paths();
    for path in files_below(folder)? {
        let is_kept = path == LIST || path == MARKER || named.contains(path.as_str());
        // Somebody may have put something here since the folder was claimed.
        if !is_kept && is_ours(&path) {
            let removed = std::fs::remove_file(folder.join(&path));
            removed.map_err(Error::disk("remove a file of an earlier backup"))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn only_files_that_a_backup_makes_are_ours() {
        for path in [
            "backup.json",
            "backup.json.unfinished",
            "bellwether-backup",
            "segments/a/delivery_daily/2025-01/b.parquet",
            "segments/a/b.parquet.unfinished",
            "catalogue-01J.sqlite",
            "catalogue-01J.sqlite-journal",
        ] {
            assert!(is_ours(path), "{path}");
        }
        for path in [
            "segments/notes.txt",
            "catalogue-of-works.pdf",
            "catalogue-raisonné.txt",
            "other/segments/b.parquet",
            "backup.json.old",
        ] {
            assert!(!is_ours(path), "{path}");
        }
    }
}
