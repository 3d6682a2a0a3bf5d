//! Writes a segment file as a stream: sorted batches in, a durable file with its checksum out.
//!
//! One row group is in memory at a time, whatever the segment's size; the checksum is taken of
//! the bytes on their way to the file.
//! Invariant: a file that isn't finished goes when its writer is dropped, so that a full disk
//! gets its room back at once; what a kill leaves the sweep finds by its lease.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::{max, min};
use arrow::datatypes::Date32Type;
use bellwether_domain::Scope;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::ids::{BrandId, CampaignId, SegmentId};
use bellwether_domain::sample::{Layout, Rows};
use bellwether_domain::segment::PartitionName;
use bellwether_domain::time::{date_of_day_number, day_number};
use data_encoding::HEXLOWER;
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use sha2::{Digest, Sha256};

use crate::encode::{batch_of, writer_properties};
use crate::error::Cause;
use crate::schema::{first_day_column, segment_schema};
use crate::store::{StagedSegment, Store};
use crate::{Error, Result};

/// A segment file that is being written.
#[derive(Debug)]
pub struct SegmentWriter {
    id: SegmentId,
    partition: PartitionName,
    path: String,
    file: ArrowWriter<HashedFile>,
    n_rows: u64,
    /// The first and the last day of the rows so far.
    days: Option<(i32, i32)>,
}

impl Store {
    /// Begins a segment of the partition, which lies where [`Store::segment_path`] says. Blocks
    /// the thread, as the writer does.
    pub fn segment_writer(
        &self,
        scope: &Scope,
        id: SegmentId,
        partition: PartitionName,
    ) -> Result<SegmentWriter> {
        let path = self.segment_path(scope, partition, id);
        let dataset = Dataset::of(partition.dataset);
        let failed = |cause: Cause| Error::unavailable(path.as_str(), cause);
        let file = HashedFile::create(self.root.join(&path));
        let file = file.map_err(|cause| failed(cause.into()))?;
        let (schema, properties) = (segment_schema(dataset), writer_properties(dataset));
        let file = ArrowWriter::try_new(file, schema, Some(properties))
            .map_err(|cause| failed(cause.into()))?;
        Ok(SegmentWriter {
            id,
            partition,
            path,
            file,
            n_rows: 0,
            days: None,
        })
    }
}

impl SegmentWriter {
    /// Adds rows of one batch, whose campaigns are one more than their places in `campaigns`.
    /// Rows must come in the order of [`bellwether_domain::fact::FactKey`], with distinct keys.
    pub fn append_rows(
        &mut self,
        layout: &Layout,
        brand: BrandId,
        campaigns: &[CampaignId],
        rows: Rows,
    ) -> Result<()> {
        let batch = batch_of(layout, brand, campaigns, rows)?;
        self.append(&batch)
    }

    /// The partition that it is written for.
    pub(crate) fn partition(&self) -> PartitionName {
        self.partition
    }

    /// Adds rows in the segment's schema, in order, which may carry their commits.
    pub(crate) fn append(&mut self, batch: &RecordBatch) -> Result<()> {
        self.include_days(batch)?;
        self.n_rows += batch.num_rows() as u64;
        self.file
            .write(batch)
            .map_err(|cause| failed(&self.path, cause))
    }

    /// Writes what is left, and waits until the bytes are on the disk. The folders are made
    /// durable by [`Store::sync_folders`], once for all segments of a batch.
    pub fn finish(self) -> Result<StagedSegment> {
        let (first, last) = self.days.ok_or(Error::BrokenRule {
            rule: "a segment holds at least one fact",
        })?;
        let file = self.file.into_inner();
        let file = file.map_err(|cause| failed(&self.path, cause))?;
        let (size_bytes, sha256) = file
            .keep()
            .map_err(|cause| Error::unavailable(self.path.as_str(), cause))?;
        let month = self.partition.month.first_day();
        Ok(StagedSegment {
            id: self.id,
            partition: self.partition,
            path: self.path,
            n_rows: self.n_rows,
            size_bytes,
            sha256,
            first_day: date_of_day_number(first).unwrap_or(month),
            last_day: date_of_day_number(last).unwrap_or(month),
        })
    }

    /// Widens the segment's days by those of a batch, which must lie in its month.
    fn include_days(&mut self, batch: &RecordBatch) -> Result<()> {
        let column = first_day_column(Dataset::of(self.partition.dataset));
        let days = batch
            .column_by_name(column)
            .and_then(|days| days.as_primitive_opt::<Date32Type>());
        let bounds = days.and_then(|days| Some((min(days)?, max(days)?)));
        let Some((first, last)) = bounds else {
            return Ok(());
        };
        let month = self.partition.month.days();
        if first < day_number(month.from()) || last >= day_number(month.until()) {
            return Err(Error::BrokenRule {
                rule: "all facts of a segment lie in its month",
            });
        }
        let (known_first, known_last) = self.days.unwrap_or((first, last));
        self.days = Some((known_first.min(first), known_last.max(last)));
        Ok(())
    }
}

fn failed(path: &str, cause: ParquetError) -> Error {
    Error::unavailable(path, cause)
}

/// A new file whose bytes are hashed on their way; removed when dropped without being kept.
///
/// Not by `LocalFileSystem::put`, though it can fsync: a kill within it leaves a file `…#1` which
/// its own listing hides, so that no sweep would find it; and it syncs the folder once a file.
#[derive(Debug)]
struct HashedFile {
    file: File,
    path: PathBuf,
    hash: Sha256,
    size_bytes: u64,
    is_kept: bool,
}

impl HashedFile {
    /// A file that must not exist yet; its folders are made.
    fn create(path: PathBuf) -> std::io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(Self {
            file: File::create_new(&path)?,
            path,
            hash: Sha256::new(),
            size_bytes: 0,
            is_kept: false,
        })
    }

    /// Waits for the disk; gives the size and the SHA-256 in lower-case hexadecimal.
    fn keep(mut self) -> std::io::Result<(u64, String)> {
        self.file.sync_all()?;
        self.is_kept = true;
        let hash = std::mem::take(&mut self.hash);
        Ok((self.size_bytes, HEXLOWER.encode(&hash.finalize())))
    }
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n_written = self.file.write(bytes)?;
        self.hash.update(&bytes[..n_written]);
        self.size_bytes += n_written as u64;
        Ok(n_written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl Drop for HashedFile {
    fn drop(&mut self) {
        if !self.is_kept {
            drop(std::fs::remove_file(&self.path));
        }
    }
}
