//! Making a backup, while the instance goes on serving.
//!
//! 1. Pin every agency's newest snapshot, and hold the files that compaction drops meanwhile.
//! 2. Copy the catalogue as it is at one moment.
//! 3. Copy exactly the segments that the copy names, each compared with its checksum.
//! 4. Write the list of files: only now the folder is a backup.
//!
//! A kill before 4 leaves pins that expire by themselves, and a folder without a list, or with the
//! list of the backup before, which is still whole.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bellwether_catalogue::SnapshotPin;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::PinId;
use bellwether_domain::segment::Segment;
use bellwether_domain::time::seconds_after;
use bellwether_domain::{ErrorCode, Scope};
use tokio::sync::Mutex;

use super::files::{copy, listed, sync_folders};
use super::folder::{claim, remove_others};
use super::list::{BackupList, ListedFile};
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::{Parts, Services};
use crate::steps::Step;

/// How long a pin holds when its backup dies: longer than a backup takes.
const PIN_S: u32 = 24 * 60 * 60;

/// What becomes of a backup when a segment is missing or differs from its checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDamage {
    /// It is refused, so that nobody takes it for whole.
    Refuse,
    /// It is made without the segment, and says so.
    LeaveOut,
}

/// One backup at a time.
#[derive(Debug, Default)]
pub(crate) struct BackupState {
    turn: Mutex<()>,
}

/// What a backup came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// Where it lies.
    pub folder: PathBuf,
    /// When it was begun, in RFC 3339.
    pub made_at: String,
    /// How many segments it has.
    pub n_segments: usize,
    /// How many of them were not there from an earlier backup.
    pub n_copied: usize,
    /// The bytes of all its files.
    pub size_bytes: u64,
    /// The files of damaged segments that were left out; the backup's catalogue names them.
    pub damaged: Vec<String>,
}

impl Services {
    /// Backs the whole instance up into a folder outside of the data folder: a new or empty one,
    /// or one with an earlier backup, of which what is unchanged is kept. Goes on to its end when
    /// the caller goes away. `CORRUPT_SEGMENT` names a damaged segment that it refuses for; one of
    /// which the earlier backup has the whole file is no hindrance.
    pub async fn backup(&self, folder: &Path, on_damage: OnDamage) -> Result<BackupReport> {
        let (parts, folder) = (Arc::clone(&self.parts), folder.to_owned());
        let whole = self
            .parts
            .tasks
            .spawn(async move { back_up(&parts, &folder, on_damage).await });
        whole.await.map_err(|_| Error::TaskEnded {
            attempted: "make a backup",
        })?
    }
}

async fn back_up(parts: &Arc<Parts>, folder: &Path, on_damage: OnDamage) -> Result<BackupReport> {
    let _turn = parts.backups.turn.try_lock().map_err(|_| {
        let message = "a backup is being made already; ask again once it is through";
        Refusal::new(ErrorCode::Busy, message)
    })?;
    let _held = parts.compaction.hold_files();
    let folder = prepare(parts, folder).await?;
    let pins = pin_all(parts).await?;
    parts.steps.reached(Step::BackupPinned).await;
    let made = copy_and_list(parts, &folder, on_damage).await;
    unpin_all(parts, pins).await;
    if let Ok(report) = &made {
        tracing::info!(folder = %report.folder.display(), n_segments = report.n_segments, n_copied = report.n_copied, "backup made");
    }
    made
}

async fn prepare(parts: &Arc<Parts>, folder: &Path) -> Result<PathBuf> {
    let (root, folder) = (parts.store.root().to_owned(), folder.to_owned());
    blocking("prepare a folder for a backup", move || {
        claim(&root, &folder)
    })
    .await
}

async fn pin_all(parts: &Arc<Parts>) -> Result<Vec<(Scope, PinId)>> {
    let parts = Arc::clone(parts);
    blocking("pin snapshots", move || {
        let now = parts.clock.now();
        let mut pins = Vec::new();
        for scope in parts.catalogue.maintenance_scopes()? {
            let pin = SnapshotPin {
                id: PinId::from_parts(now, parts.ids.random()),
                commit: parts.catalogue.snapshot(&scope)?.commit,
                purpose: "backup".to_owned(),
                expires_at: seconds_after(now, PIN_S),
            };
            parts.catalogue.pin_snapshot(&scope, &pin)?;
            pins.push((scope, pin.id));
        }
        Ok(pins)
    })
    .await
}

async fn unpin_all(parts: &Arc<Parts>, pins: Vec<(Scope, PinId)>) {
    let parts = Arc::clone(parts);
    let ended = blocking("end pins", move || {
        for (scope, pin) in &pins {
            parts.catalogue.unpin(scope, *pin)?;
        }
        Ok(())
    })
    .await;
    if let Err(error) = ended {
        tracing::warn!(
            error = error.chain(),
            "a backup's pins stay until they expire"
        );
    }
}

async fn copy_and_list(
    parts: &Arc<Parts>,
    folder: &Path,
    on_damage: OnDamage,
) -> Result<BackupReport> {
    let (copying, to) = (Arc::clone(parts), folder.to_owned());
    let copied = blocking("copy files of a backup", move || {
        copy_all(&copying, &to, on_damage)
    });
    let (list, n_copied) = copied.await?;
    parts.steps.reached(Step::BackupCopied).await;
    let folder = folder.to_owned();
    blocking("list the files of a backup", move || {
        list.write(&folder)?;
        remove_others(&folder, &list)?;
        Ok(BackupReport {
            made_at: list.made_at.clone(),
            n_segments: list.segments.len(),
            n_copied,
            size_bytes: list.files().map(|file| file.size_bytes).sum(),
            damaged: list.damaged,
            folder,
        })
    })
    .await
}

/// Copies the catalogue and then what it names, all of it lasting.
fn copy_all(parts: &Parts, folder: &Path, on_damage: OnDamage) -> Result<(BackupList, usize)> {
    let made_at = parts.clock.now();
    // A name of its own, so that the copy of an earlier backup stands until the list changes.
    let id = PinId::from_parts(made_at, parts.ids.random());
    let catalogue = format!("catalogue-{id}.sqlite");
    let named = parts.catalogue.copy_to(&folder.join(&catalogue))?;
    let (mut segments, mut damaged) = (Vec::with_capacity(named.len()), Vec::new());
    let mut n_copied = 0;
    for segment in &named {
        let file = of_segment(segment);
        match copy(&file, parts.store.root(), folder) {
            Ok(is_new) => {
                n_copied += usize::from(is_new);
                segments.push(file);
            }
            Err(error) if error.code() == ErrorCode::CorruptSegment => {
                if on_damage == OnDamage::Refuse {
                    return Err(not_whole(segment));
                }
                tracing::warn!(segment.id = %segment.id, "a backup is without a damaged segment");
                damaged.push(file.path);
            }
            Err(error) => return Err(error),
        }
    }
    let catalogue = listed(folder, &catalogue)?;
    let list = BackupList::new(made_at.to_string(), catalogue, segments, damaged);
    sync_folders(folder, list.files().map(|file| file.path.as_str()))?;
    Ok((list, n_copied))
}

fn not_whole(segment: &Segment) -> Error {
    let message = format!(
        "segment `{}` is missing or damaged, so that the backup would not be whole; mend it as `bellwether verify` says, or leave it out with `--allow-damaged` (`allowDamaged`)",
        segment.id
    );
    Refusal::new(ErrorCode::CorruptSegment, message).into()
}

fn of_segment(segment: &Segment) -> ListedFile {
    ListedFile {
        path: segment.path.clone(),
        size_bytes: segment.size_bytes,
        sha256: segment.sha256.clone(),
    }
}
