//! Segment files: write, make durable, list, remove, read.
//!
//! Files are never changed once written. What is written here counts only once the catalogue
//! lists it; until then a kill leaves a file that the sweep removes.
//! Invariant: every path has the agency in it, and every read compares it with the scope's.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::codes::CodeTable;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::fact::Fact;
use bellwether_domain::ids::{AgencyId, SegmentId};
use bellwether_domain::segment::{PartitionName, PartitionVersion, Segment};
use bellwether_domain::time::Date;
use bytes::Bytes;
use data_encoding::HEXLOWER;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

use crate::decode::Rows;
use crate::encode::{ROW_GROUP_ROWS, batch_of, file_bytes, sorted_facts};
use crate::error::Cause;
use crate::merge::winning_facts;
use crate::partition::{BuildError, Partition};
use crate::{Error, Result};

/// The folder of all segments below the root.
const SEGMENTS: &str = "segments";

/// How many segments of one partition are read from the store at the same time.
const CONCURRENT_READS_MAX: usize = 8;

/// Where the store keeps its files.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The folder under which everything lies; made if absent.
    pub root: PathBuf,
}

/// The store of one data folder; cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    root: Arc<Path>,
    objects: Arc<dyn ObjectStore>,
}

/// A segment file that is written and durable, but not yet listed by the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedSegment {
    /// Its id.
    pub id: SegmentId,
    /// The dataset and month.
    pub partition: PartitionName,
    /// Where it lies, below the store's root.
    pub path: String,
    /// How many rows it holds.
    pub n_rows: u64,
    /// Its size.
    pub size_bytes: u64,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// The first day of any of its facts.
    pub first_day: Date,
    /// The last first-day of any of its facts, that day included.
    pub last_day: Date,
}

impl Store {
    /// The store under this root, which is made if absent.
    pub fn open(config: StoreConfig) -> Result<Self> {
        let root = config.root;
        let failed = |cause: Cause| Error::unavailable(root.display().to_string(), cause);
        std::fs::create_dir_all(&root).map_err(|cause| failed(cause.into()))?;
        let objects =
            LocalFileSystem::new_with_prefix(&root).map_err(|cause| failed(cause.into()))?;
        Ok(Self {
            root: root.into(),
            objects: Arc::new(objects),
        })
    }

    /// Where the segment of this id will lie, below the root: a staging lease names it before it
    /// is written.
    pub fn segment_path(&self, scope: &Scope, partition: PartitionName, id: SegmentId) -> String {
        segment_path(scope.agency(), partition, id)
    }

    /// Writes the facts, which must be of the partition and of distinct keys, as one segment
    /// file and waits until its bytes are on the disk. The folders are made durable by
    /// [`Store::sync_folders`], once for all segments of a batch.
    pub async fn stage(
        &self,
        scope: &Scope,
        id: SegmentId,
        partition: PartitionName,
        facts: &[Fact],
    ) -> Result<StagedSegment> {
        let dataset = Dataset::of(partition.dataset);
        let sorted = sorted_facts(partition, facts)?;
        let days = || sorted.iter().map(|fact| fact.key.from);
        let first_day = days().min().unwrap_or(partition.month.first_day());
        let last_day = days().max().unwrap_or(first_day);
        let mut batches = Vec::new();
        for chunk in sorted.chunks(ROW_GROUP_ROWS) {
            batches.push(batch_of(dataset, chunk));
            tokio::task::yield_now().await;
        }
        let path = segment_path(scope.agency(), partition, id);
        let file = self.root.join(&path);
        let written = spawn_blocking(move || {
            let bytes = file_bytes(dataset, &batches)?;
            write_new_file(&file, &bytes)?;
            Ok::<_, Cause>((bytes.len() as u64, sha256_of(&bytes)))
        });
        let (size_bytes, sha256) = written
            .await?
            .map_err(|cause| Error::unavailable(path.as_str(), cause))?;
        Ok(StagedSegment {
            id,
            partition,
            path,
            n_rows: facts.len() as u64,
            size_bytes,
            sha256,
            first_day,
            last_day,
        })
    }

    /// Makes the folders of these segments durable, up to the root, each once. Only after this
    /// may the catalogue list the segments.
    pub async fn sync_folders(&self, scope: &Scope, staged: &[StagedSegment]) -> Result<()> {
        let mut folders = BTreeSet::new();
        for segment in staged {
            let path = segment_path(scope.agency(), segment.partition, segment.id);
            let ancestors = Path::new(&path).ancestors().skip(1);
            folders.extend(ancestors.map(|folder| self.root.join(folder)));
        }
        let synced = spawn_blocking(move || {
            // Deepest first: a folder is reachable only once its parents hold its name.
            for folder in folders.into_iter().rev() {
                let result = std::fs::File::open(&folder).and_then(|open| open.sync_all());
                result.map_err(|cause| Error::unavailable(folder.display().to_string(), cause))?;
            }
            Ok(())
        });
        synced.await?
    }

    /// Removes files that the catalogue doesn't list; one that is already gone is no fault.
    pub async fn discard(&self, paths: &[String]) -> Result<()> {
        for path in paths {
            let failed = |cause: Cause| Error::unavailable(path.as_str(), cause);
            let object = ObjectPath::parse(path).map_err(|cause| failed(cause.into()))?;
            match self.objects.delete(&object).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(cause) => return Err(failed(cause.into())),
            }
        }
        Ok(())
    }

    /// The paths of all files below a folder such as `segments`, in order; none when the folder
    /// is absent. For the sweep, which sees every agency.
    pub async fn list_paths(&self, prefix: &str) -> Result<Vec<String>> {
        let failed = |cause: Cause| Error::unavailable(prefix, cause);
        let folder = ObjectPath::parse(prefix).map_err(|cause| failed(cause.into()))?;
        let files = self
            .objects
            .list(Some(&folder))
            .map_ok(|file| file.location.to_string());
        let mut paths: Vec<String> = files
            .try_collect()
            .await
            .map_err(|cause| failed(cause.into()))?;
        paths.sort();
        Ok(paths)
    }

    /// The rows of a partition that count, as columns, with these measures or all. Needs a code
    /// for every campaign, attribution window and dimension text; see [`Error::StaleCodes`].
    pub async fn load(
        &self,
        scope: &Scope,
        version: &PartitionVersion,
        codes: &CodeTable,
        measures: Option<&[usize]>,
    ) -> Result<Partition> {
        let files = self.read_segments(scope, version).await?;
        let dataset = Dataset::of(version.name.dataset);
        let mut rows = Rows::new(dataset, measures);
        let (version, codes) = (version.clone(), codes.clone());
        let built = spawn_blocking(move || {
            read_rows(&version, files, &mut rows)?;
            Partition::build(&version, rows, &codes).map_err(|error| match error {
                BuildError::StaleCodes(error) => error,
                BuildError::Damaged(cause) => newest_damaged(&version, cause),
            })
        });
        built.await?
    }

    /// The facts of a partition that count, in the order of their keys: for datasets of few rows
    /// whose keys matter one by one, such as costs.
    pub async fn read_facts(&self, scope: &Scope, version: &PartitionVersion) -> Result<Vec<Fact>> {
        let files = self.read_segments(scope, version).await?;
        let version = version.clone();
        let read = spawn_blocking(move || {
            let mut rows = Rows::new(Dataset::of(version.name.dataset), None);
            read_rows(&version, files, &mut rows)?;
            winning_facts(&rows).map_err(|cause| newest_damaged(&version, cause))
        });
        read.await?
    }

    async fn read_segments(&self, scope: &Scope, version: &PartitionVersion) -> Result<Vec<Bytes>> {
        require_own(scope, version)?;
        // A list: a stream over a mapping closure would keep its callers' futures from being `Send`.
        let reads: Vec<_> = version
            .segments
            .iter()
            .map(|segment| self.read_segment(segment))
            .collect();
        stream::iter(reads)
            .buffered(CONCURRENT_READS_MAX)
            .try_collect()
            .await
    }

    async fn read_segment(&self, segment: &Segment) -> Result<Bytes> {
        let unavailable = |cause: Cause| Error::unavailable(segment.path.as_str(), cause);
        let path = ObjectPath::parse(&segment.path).map_err(|cause| unavailable(cause.into()))?;
        let found = match self.objects.get(&path).await {
            Ok(found) => found,
            Err(cause @ object_store::Error::NotFound { .. }) => {
                return Err(damaged(segment, cause.into()));
            }
            Err(cause) => return Err(unavailable(cause.into())),
        };
        if found.meta.size != segment.size_bytes {
            let (is, was) = (found.meta.size, segment.size_bytes);
            return Err(damaged(
                segment,
                format!("it has {is} bytes and should have {was}").into(),
            ));
        }
        found
            .bytes()
            .await
            .map_err(|cause| unavailable(cause.into()))
    }
}

fn require_own(scope: &Scope, version: &PartitionVersion) -> Result<()> {
    let asker = scope.agency();
    let owners = version.segments.iter().map(|segment| segment.agency);
    if let Some(owner) = owners.chain([version.agency]).find(|owner| *owner != asker) {
        return Err(Error::ForeignAgency { owner, asker });
    }
    let lies_at_home = |it: &Segment| it.path == segment_path(asker, version.name, it.id);
    if version.segments.iter().all(lies_at_home) {
        return Ok(());
    }
    Err(Error::BrokenRule {
        rule: "a segment lies at the path made of its agency and partition",
    })
}

fn segment_path(agency: AgencyId, partition: PartitionName, id: SegmentId) -> String {
    let PartitionName { dataset, month } = partition;
    format!("{SEGMENTS}/{agency}/{dataset}/{month}/{id}.parquet")
}

/// Writes a file that must not exist yet, and waits for the disk.
///
/// Not by `LocalFileSystem::put`, though it can fsync: a kill within it leaves a file `…#1` which
/// its own listing hides, so that no sweep would find it; and it syncs the folder once a file.
fn write_new_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::File::create_new(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        // A full disk should get its room back at once; the sweep would find the rest.
        drop(std::fs::remove_file(path));
    }
    written
}

pub(crate) fn sha256_of(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

fn read_rows(version: &PartitionVersion, files: Vec<Bytes>, rows: &mut Rows) -> Result<()> {
    for (segment, file) in version.segments.iter().zip(files) {
        if sha256_of(&file) != segment.sha256 {
            return Err(damaged(
                segment,
                "its SHA-256 differs from the manifest's".into(),
            ));
        }
        rows.read(file, segment.newest_commit())
            .map_err(|cause| damaged(segment, cause))?;
    }
    Ok(())
}

fn damaged(segment: &Segment, source: Cause) -> Error {
    Error::CorruptSegment {
        segment: segment.id,
        batches: segment.batches(),
        source,
    }
}

/// Damage that shows only once segments are merged is laid to the newest of them.
fn newest_damaged(version: &PartitionVersion, cause: Cause) -> Error {
    match version.segments.last() {
        Some(segment) => damaged(segment, cause),
        None => Error::unavailable(version.name.month.to_string(), cause),
    }
}
