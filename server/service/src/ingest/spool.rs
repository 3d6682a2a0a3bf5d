//! Receiving a body: to a file, chunk by chunk, hashed on the way, up to a named limit.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bellwether_domain::error_code::Refusal;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncWriteExt;

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
}

#[derive(Debug)]
enum SpoolPath {
    Temporary(TempPath),
    Own(PathBuf),
}

impl Services {
    /// Begins to receive a body.
    pub fn spool(&self) -> Result<Spool> {
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
            bytes_max: self.parts.config.ingest_body_bytes_max,
        })
    }
}

impl Spool {
    /// Takes the next bytes; refuses a body that grows past the limit.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<()> {
        self.size_bytes += chunk.len() as u64;
        check_size(self.size_bytes, self.bytes_max)?;
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
        })
    }

    /// How far the batch of this body is; it counts once the body is ingested.
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
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
