//! The list of a backup's files, which makes a folder a backup.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use serde::{Deserialize, Serialize};

use super::files::{read, write_whole};
use crate::error::Result;

/// The list's name in the folder.
pub(super) const LIST: &str = "backup.json";

/// The form of the list; one of another form is refused.
const FORM: u32 = 1;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BackupList {
    form: u32,
    /// When it was begun, in RFC 3339.
    pub(super) made_at: String,
    /// The copy of the catalogue.
    pub(super) catalogue: ListedFile,
    /// The segments that the copy names, by path.
    pub(super) segments: Vec<ListedFile>,
    /// The paths of the segments that the copy names and that were damaged, sorted: the backup is
    /// without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) damaged: Vec<String>,
}

/// A file, by its path below the folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct ListedFile {
    pub(super) path: String,
    pub(super) size_bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub(super) sha256: String,
}

impl BackupList {
    pub(super) fn new(
        made_at: String,
        catalogue: ListedFile,
        mut segments: Vec<ListedFile>,
        mut damaged: Vec<String>,
    ) -> Self {
        segments.sort();
        damaged.sort();
        Self {
            form: FORM,
            made_at,
            catalogue,
            segments,
            damaged,
        }
    }

    /// The list of the whole backup in a folder; refuses a folder that holds none.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let refused = |what: &str| {
            let shown = folder.display();
            Refusal::new(ErrorCode::InvalidInput, format!("`{shown}` {what}"))
        };
        let Some(bytes) = read(&folder.join(LIST))? else {
            let what = "is no whole backup: it has no `backup.json`, which is written last";
            return Err(refused(what).into());
        };
        let list: Self = serde_json::from_slice(&bytes)
            .map_err(|_| refused("has a `backup.json` that can't be read"))?;
        if list.form != FORM || !list.files().all(|file| lies_below(&file.path)) {
            return Err(refused("has a `backup.json` that this version doesn't read").into());
        }
        Ok(list)
    }

    /// Puts the list into its folder, whole or not at all.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        write_whole(&folder.join(LIST), &text)
    }

    /// All files, the catalogue's first.
    pub(super) fn files(&self) -> impl Iterator<Item = &ListedFile> {
        std::iter::once(&self.catalogue).chain(&self.segments)
    }

    pub(super) fn paths(&self) -> BTreeSet<&str> {
        self.files().map(|file| file.path.as_str()).collect()
    }
}

/// Whether a path from a list stays below the folder of the list.
fn lies_below(path: &str) -> bool {
    let is_plain = |part: Component| matches!(part, Component::Normal(_));
    !path.is_empty() && Path::new(path).components().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::lies_below;

    #[test]
    fn a_path_that_leaves_the_folder_is_not_believed() {
        assert!(lies_below("segments/a/b.parquet"));
        for path in ["", "/etc/passwd", "../lock", "segments/../../lock"] {
            assert!(!lies_below(path), "{path}");
        }
    }
}
