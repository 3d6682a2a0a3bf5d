//! The files of exports: `exports/{agency}/{export}.{format}` in the data folder, written under
//! another name until they are whole.
//!
//! Invariant: a file of its own name is whole and on the disk, whether the catalogue knows of it
//! or not; what no export names is removed by the next start.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::export::Export;
use bellwether_domain::ids::AgencyId;
use bellwether_store::free_bytes;

use crate::error::{Error, Result};

/// The folder of all exports in the data folder.
const EXPORTS: &str = "exports";

/// Where an export's file lies, or will.
pub(super) fn path_of(root: &Path, agency: AgencyId, export: &Export) -> PathBuf {
    let folder = root.join(EXPORTS).join(agency.to_string());
    folder.join(format!("{}.{}", export.id, export.format.extension()))
}

/// A file that is being written under another name; gone when it is dropped before it is whole.
#[derive(Debug)]
pub(super) struct UnfinishedFile {
    path: PathBuf,
    file: File,
    size_bytes: u64,
    room: Room,
}

/// What a file may take of the disk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// The most bytes of the file.
    pub(super) bytes_max: u64,
    /// The bytes that it leaves to others.
    pub(super) disk_free_bytes_min: u64,
}

impl Room {
    /// Refuses to write into a folder whose disk is too full for so many bytes more.
    pub(super) fn check_disk(self, folder: &Path, more_bytes: u64) -> Result<()> {
        let free = free_bytes(folder).map_err(Error::disk("ask for room on the disk"))?;
        let min = self.disk_free_bytes_min;
        if free >= min.saturating_add(more_bytes) {
            return Ok(());
        }
        let message = format!(
            "the server's disk has no room for an export, which leaves `export_disk_free_bytes_min` of {min} bytes free; try again later"
        );
        Err(Refusal::new(ErrorCode::Unavailable, message).into())
    }
}

impl UnfinishedFile {
    /// Begins the file that will lie at this path.
    pub(super) fn create(path: PathBuf, room: Room) -> Result<Self> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(Error::disk("make the folder of exports"))?;
        let file = File::create(unfinished(&path)).map_err(Error::disk("begin an export"))?;
        Ok(Self {
            path,
            file,
            size_bytes: 0,
            room,
        })
    }

    /// Adds bytes, unless the file would be too large or the disk too full.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let more_bytes = bytes.len() as u64;
        let (size_bytes, max) = (self.size_bytes + more_bytes, self.room.bytes_max);
        if size_bytes > max {
            let what = format!("a file of {size_bytes} bytes or more");
            return Err(Refusal::limit("export_bytes_max", max, what).into());
        }
        let folder = self.path.parent().unwrap_or(Path::new("."));
        self.room.check_disk(folder, more_bytes)?;
        self.size_bytes = size_bytes;
        let written = self.file.write_all(bytes);
        written.map_err(Error::disk("write an export"))
    }

    /// Sees that the file is on the disk, gives it its own name, and returns its size.
    pub(super) fn finish(self) -> Result<u64> {
        let failed = || Error::disk("finish an export");
        self.file.sync_all().map_err(failed())?;
        fs::rename(unfinished(&self.path), &self.path).map_err(failed())?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let folder = File::open(folder).and_then(|folder| folder.sync_all());
        folder.map_err(failed())?;
        Ok(self.size_bytes)
    }
}

impl Drop for UnfinishedFile {
    fn drop(&mut self) {
        // After it was finished nothing is there; what can't be removed goes with the next start.
        let _ = fs::remove_file(unfinished(&self.path));
    }
}

fn unfinished(path: &Path) -> PathBuf {
    path.with_extension("part")
}

/// Removes a file that may be gone already.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Error::disk("remove the file of an export")(error))
        }
        _ => Ok(()),
    }
}

/// Removes every file of the folder of exports but these, and says how many those were.
pub(super) fn remove_all_but(root: &Path, kept: &HashSet<PathBuf>) -> Result<usize> {
    let mut n_removed = 0;
    for agency in entries(&root.join(EXPORTS))? {
        if !agency.is_dir() {
            continue;
        }
        for file in entries(&agency)? {
            if file.is_file() && !kept.contains(&file) {
                remove(&file)?;
                n_removed += 1;
            }
        }
    }
    Ok(n_removed)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(Error::disk("read the folder of exports"))?,
    };
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}
