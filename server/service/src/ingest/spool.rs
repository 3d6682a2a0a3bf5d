//! Receiving a body: to a file, chunk by chunk, hashed on the way, up to a named limit.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::AgencyId;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncWriteExt;

use super::admission::Admission;
use super::places::Place;
use super::progress::Progress;
use crate::error::{Error, Result};
use crate::services::Services;

/// How much of a file is hashed at once.
const READ_BYTES: usize = 256 * 1024;

/// How much of a body is handed to the file at once: each time is a change of threads.
const WRITE_BYTES: usize = 1 << 20;

/// What the names of bodies' files begin with; the sweep removes no others.
pub(crate) const BODY_PREFIX: &str = "body-";

/// A body that is being received; dropped half-way its file goes too.
#[derive(Debug)]
pub struct Spool {
    file: tokio::io::BufWriter<tokio::fs::File>,
    path: TempPath,
    hash: Sha256,
    size_bytes: u64,
    bytes_max: u64,
    /// After the path, so that the room is free only when the file is gone.
    place: Place,
}

/// A whole body on disk; its file goes when it is dropped.
#[derive(Debug)]
pub struct SpooledBody {
    path: SpoolPath,
    /// SHA-256 of its bytes in lower-case hexadecimal.
    pub sha256: String,
    /// How many bytes it has.
    pub size_bytes: u64,
    progress: Arc<Progress>,
    /// What it was received into; a file of the caller's takes one with its batch.
    place: Option<Place>,
}

#[derive(Debug)]
enum SpoolPath {
    Temporary(TempPath),
    Own(PathBuf),
}

impl Services {
    /// Begins to receive a body, of so many bytes if that is known.
    ///
    /// What it gives holds a place among the batches on their way, until the batch of the body
    /// has its answer or the body is dropped.
    pub fn spool(&self, scope: &Scope, announced_bytes: Option<u64>) -> Result<Spool> {
        scope.require_ingest()?;
        let bytes_max = self.parts.config.ingest_body_bytes_max;
        check_size(announced_bytes.unwrap_or(0), bytes_max)?;
        let ingests = &self.parts.ingests;
        let place = ingests.place(scope.agency(), announced_bytes.unwrap_or(0))?;
        let folder = &self.parts.config.spool_folder;
        std::fs::create_dir_all(folder).map_err(Error::disk("make the spool folder"))?;
        let file = NamedTempFile::with_prefix_in(BODY_PREFIX, folder)
            .map_err(Error::disk("receive the body"))?;
        let (file, path) = file.into_parts();
        Ok(Spool {
            file: buffered(file),
            path,
            hash: Sha256::new(),
            size_bytes: 0,
            bytes_max,
            place,
        })
    }
}

impl Spool {
    /// Takes the next bytes; refuses a body that grows past the limit or the room that is left.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<()> {
        self.size_bytes += chunk.len() as u64;
        check_size(self.size_bytes, self.bytes_max)?;
        self.place.make_room(self.size_bytes)?;
        self.hash.update(chunk);
        self.file
            .write_all(chunk)
            .await
            .map_err(Error::disk("receive the body"))
    }

    /// The whole body.
    pub async fn finish(mut self) -> Result<SpooledBody> {
        self.file
            .flush()
            .await
            .map_err(Error::disk("receive the body"))?;
        Ok(SpooledBody {
            path: SpoolPath::Temporary(self.path),
            sha256: HEXLOWER.encode(&self.hash.finalize()),
            size_bytes: self.size_bytes,
            progress: Arc::default(),
            place: Some(self.place),
        })
    }
}

impl SpooledBody {
    /// A body that lies in a file of the caller's, which stays.
    pub fn of_file(path: &Path, bytes_max: u64) -> Result<Self> {
        let mut file = std::fs::File::open(path).map_err(Error::disk("open the file"))?;
        let mut hash = Sha256::new();
        let mut size_bytes = 0;
        let mut chunk = vec![0; READ_BYTES];
        loop {
            let n_read = file
                .read(&mut chunk)
                .map_err(Error::disk("read the file"))?;
            if n_read == 0 {
                break;
            }
            hash.update(&chunk[..n_read]);
            size_bytes += n_read as u64;
        }
        check_size(size_bytes, bytes_max)?;
        Ok(Self {
            path: SpoolPath::Own(path.to_owned()),
            sha256: HEXLOWER.encode(&hash.finalize()),
            size_bytes,
            progress: Arc::default(),
            place: None,
        })
    }

    /// How far the batch of this body is; it counts once the body is ingested.
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Takes a place for a body that has none yet; it needs no room in the spool folder.
    pub(super) fn placed(mut self, ingests: &Admission, agency: AgencyId) -> Result<Self> {
        if self.place.is_none() {
            self.place = Some(ingests.place(agency, 0)?);
        }
        Ok(self)
    }

    pub(super) fn path(&self) -> &Path {
        match &self.path {
            SpoolPath::Temporary(path) => path,
            SpoolPath::Own(path) => path,
        }
    }
}

fn buffered(file: std::fs::File) -> tokio::io::BufWriter<tokio::fs::File> {
    let mut file = tokio::fs::File::from_std(file);
    file.set_max_buf_size(WRITE_BYTES);
    tokio::io::BufWriter::with_capacity(WRITE_BYTES, file)
}

fn check_size(size_bytes: u64, bytes_max: u64) -> Result<(), Refusal> {
    if size_bytes > bytes_max {
        return Err(Refusal::limit(
            "ingest_body_bytes_max",
            bytes_max,
            "the body",
        ));
    }
    Ok(())
}
