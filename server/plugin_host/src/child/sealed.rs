//! A library's bytes in memory that nobody can change any more.
//!
//! The file is read once; what was hashed is what runs, whatever happens to the file meanwhile. A
//! library that is loaded from its file instead dies when the file is overwritten in place.
//! Invariant: the copy is sealed before it is hashed.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use rustix::fs::{MemfdFlags, SealFlags};
use sha2::{Digest, Sha256};

/// The most bytes of a library: generous for one that brings a numerics library along.
pub(super) const LIBRARY_BYTES_MAX: u64 = 512 << 20;

/// A sealed copy of a library.
#[derive(Debug)]
pub(super) struct Sealed {
    file: File,
    /// In lower-case hexadecimal.
    pub(super) sha256: String,
}

impl Sealed {
    /// Copies the file.
    pub(super) fn copy(path: &Path) -> io::Result<Self> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let mut file = File::from(rustix::fs::memfd_create("bellwether-plugin", flags)?);
        let copied = io::copy(
            &mut File::open(path)?.take(LIBRARY_BYTES_MAX + 1),
            &mut file,
        )?;
        if copied > LIBRARY_BYTES_MAX {
            return Err(io::Error::other(format!(
                "it has more than {LIBRARY_BYTES_MAX} bytes"
            )));
        }
        file.flush()?;
        let all = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
        rustix::fs::fcntl_add_seals(&file, all)?;
        file.rewind()?;
        let sha256 = hash(&mut file)?;
        Ok(Self { file, sha256 })
    }

    /// Where the linker finds it, as long as this value lives.
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.file.as_raw_fd()))
    }
}

fn hash(file: &mut File) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(HEXLOWER.encode(&hash.finalize())),
            length => hash.update(&chunk[..length]),
        }
    }
}
