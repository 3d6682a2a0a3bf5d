//! Files of a backup: copied with their checksums compared, and made lasting.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::list::ListedFile;
use crate::error::{Error, Result};

/// How much of a file is in memory at a time.
const CHUNK_BYTES: usize = 1 << 20;

/// What a file that is being written ends in, until it is whole.
const UNFINISHED: &str = ".unfinished";

/// Copies a listed file from one folder to the other, unless it lies there already as listed, and
/// says whether it was copied. `CORRUPT_SEGMENT` when the source differs from the list.
pub(super) fn copy(file: &ListedFile, from: &Path, to: &Path) -> Result<bool> {
    let target = to.join(&file.path);
    if is_as_listed(file, &target)? {
        return Ok(false);
    }
    make_folders(to, &target)?;
    let aside = aside_of(&target);
    let written = copy_hashed(&from.join(&file.path), &aside)?;
    if written != (file.size_bytes, file.sha256.clone()) {
        // What can't be removed is no harm: it goes with the next backup that is made here.
        drop(std::fs::remove_file(&aside));
        return Err(differs(file, from));
    }
    std::fs::rename(&aside, &target).map_err(Error::disk("put a file into its place"))?;
    Ok(true)
}

/// Refuses a file that differs from the list.
pub(super) fn check(file: &ListedFile, folder: &Path) -> Result<()> {
    if is_as_listed(file, &folder.join(&file.path))? {
        return Ok(());
    }
    Err(differs(file, folder))
}

/// What a list says of a file.
pub(super) fn listed(folder: &Path, path: &str) -> Result<ListedFile> {
    let opened = File::open(folder.join(path)).map_err(Error::disk("open a copied file"))?;
    let (size_bytes, sha256) = hash(opened, &mut std::io::sink())?;
    Ok(ListedFile {
        path: path.to_owned(),
        size_bytes,
        sha256,
    })
}

/// The bytes of a small file; `None` when it isn't there.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::disk("read a file")(error)),
    }
}

/// Writes a small file so that it is there whole or not at all, and lasting.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let aside = aside_of(path);
    let written = File::create(&aside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(Error::disk("write a file"))?;
    std::fs::rename(&aside, path).map_err(Error::disk("put a file into its place"))?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Makes a folder's entries lasting.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    let opened = File::open(folder).and_then(|opened| opened.sync_all());
    opened.map_err(Error::disk("make a folder lasting"))
}

/// Makes every folder lasting that leads from `root` to one of these paths below it.
pub(super) fn sync_folders<'a>(root: &Path, paths: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut folders: Vec<PathBuf> = paths
        .flat_map(|path| Path::new(path).ancestors().skip(1))
        .map(|folder| root.join(folder))
        .collect();
    folders.sort();
    folders.dedup();
    // Deepest first: a folder is reachable only once its parents hold its name.
    folders
        .iter()
        .rev()
        .try_for_each(|folder| sync_folder(folder))
}

/// Every file below a folder, by its path relative to it; none when the folder is absent.
pub(super) fn files_below(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(next) = folders.pop() {
        let entries = match std::fs::read_dir(folder.join(&next)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::disk("read a folder")(error)),
        };
        for entry in entries {
            let entry = entry.map_err(Error::disk("read a folder"))?;
            let path = next.join(entry.file_name());
            let kind = entry.file_type().map_err(Error::disk("read a folder"))?;
            if kind.is_dir() {
                folders.push(path);
            } else {
                found.push(path.display().to_string());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn aside_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(UNFINISHED);
    path.with_file_name(name)
}

fn make_folders(root: &Path, target: &Path) -> Result<()> {
    let folder = target.parent().unwrap_or(root);
    std::fs::create_dir_all(folder).map_err(Error::disk("make a folder"))
}

fn is_as_listed(file: &ListedFile, path: &Path) -> Result<bool> {
    let opened = match File::open(path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Error::disk("open a file")(error)),
    };
    let length = opened.metadata().map_err(Error::disk("open a file"))?.len();
    if length != file.size_bytes {
        return Ok(false);
    }
    Ok(hash(opened, &mut std::io::sink())?.1 == file.sha256)
}

/// Copies bytes into a new file, waits for the disk, and gives their number and their SHA-256.
fn copy_hashed(from: &Path, to: &Path) -> Result<(u64, String)> {
    let source = match File::open(from) {
        Ok(source) => source,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok((0, String::new())),
        Err(error) => return Err(Error::disk("open a file to copy")(error)),
    };
    let mut target = File::create(to).map_err(Error::disk("make a file"))?;
    let hashed = hash(source, &mut target)?;
    target.sync_all().map_err(Error::disk("write a file"))?;
    Ok(hashed)
}

fn hash(mut source: impl Read, target: &mut impl Write) -> Result<(u64, String)> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut size_bytes = 0;
    loop {
        let n_read = source
            .read(&mut chunk)
            .map_err(Error::disk("read a file to copy"))?;
        if n_read == 0 {
            return Ok((size_bytes, HEXLOWER.encode(&hash.finalize())));
        }
        hash.update(&chunk[..n_read]);
        let written = target.write_all(&chunk[..n_read]);
        written.map_err(Error::disk("write a copied file"))?;
        size_bytes += n_read as u64;
    }
}

fn differs(file: &ListedFile, folder: &Path) -> Error {
    let message = format!(
        "`{}` in `{}` is missing or differs from its checksum",
        file.path,
        folder.display()
    );
    Refusal::new(ErrorCode::CorruptSegment, message).into()
}
