//! Backup and restore: the whole instance in a folder, and back into an empty data folder.
//!
//! A backup is a copy of the catalogue, exactly the segments that the copy names, and a list of
//! these files with their checksums. The list is written last and by renaming, so that a folder is
//! a whole backup or none; another backup into the same folder copies only what is new, and until
//! its list is in place the earlier one stands.
//! Invariant: nothing is restored that differs from the list by a byte.
//!
//! Reading order: `list` (what a backup says of itself), `make`, `folder`, `restore`, `files`.

mod files;
mod folder;
mod list;
mod make;
mod restore;

pub(crate) use make::BackupState;
pub use make::{BackupReport, OnDamage};
pub use restore::{RESTORING, RestoreReport, restore};
