//! Folders of the simulation.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder in memory where the machine has one: thousands of syncs are quick there.
pub(super) fn a_folder() -> TempDir {
    let in_memory = Path::new("/dev/shm");
    let folder = tempfile::Builder::new()
        .prefix("bellwether-simulation-")
        .tempdir_in(in_memory);
    folder.unwrap_or_else(|_| tempfile::tempdir().expect("the machine has a temporary folder"))
}

/// The files below a folder, in no order.
pub(super) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.flatten().map(|entry| entry.path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Copies a folder; segments never change, so that they may be one file in both.
pub(super) fn copy(from: &Path, to: &Path) {
    for file in files_below(from) {
        let target = to.join(file.strip_prefix(from).expect("it lies below"));
        let parent = target.parent().expect("a file lies in a folder");
        std::fs::create_dir_all(parent).expect("the image is writable");
        let is_segment = file.extension().is_some_and(|found| found == "parquet");
        let copied = if is_segment {
            std::fs::hard_link(&file, &target)
        } else {
            std::fs::copy(&file, &target).map(|_| ())
        };
        copied.expect("the image is writable");
    }
}
