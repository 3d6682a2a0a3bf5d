//! Segment files: write, make durable, list, remove. `read` reads them.
//!
//! Files are never changed once written. What is written here counts only once the catalogue
//! lists it; until then a kill leaves a file that the sweep removes.
//! Invariant: every path has the agency in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::fact::Fact;
use bellwether_domain::ids::{AgencyId, SegmentId};
use bellwether_domain::sample::Layout;
use bellwether_domain::segment::PartitionName;
use bellwether_domain::time::Date;
use data_encoding::HEXLOWER;
use futures_util::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

use crate::encode::{rows_of, sorted_facts};
use crate::error::Cause;
use crate::{Error, Result};

/// The folder of all segments below the root.
const SEGMENTS: &str = "segments";

/// Where the store keeps its files.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The folder under which everything lies; made if absent.
    pub root: PathBuf,
}

/// The store of one data folder; cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) root: Arc<Path>,
    pub(crate) objects: Arc<dyn ObjectStore>,
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

    /// The folder under which everything lies, for those who copy whole files.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the segment of this id will lie, below the root: a staging lease names it before it
    /// is written.
    pub fn segment_path(&self, scope: &Scope, partition: PartitionName, id: SegmentId) -> String {
        segment_path(scope.agency(), partition, id)
    }

    /// Writes the facts, which must be of the partition and of distinct keys, as one segment
    /// file, by a [`crate::SegmentWriter`].
    pub async fn stage(
        &self,
        scope: &Scope,
        id: SegmentId,
        partition: PartitionName,
        facts: &[Fact],
    ) -> Result<StagedSegment> {
        let layout = Layout::of_dataset(Dataset::of(partition.dataset));
        let sorted = sorted_facts(partition, facts)?;
        let brands = sorted.chunk_by(|a, b| a.key.brand == b.key.brand);
        let brands: Vec<_> = brands
            .map(|facts| (facts[0].key.brand, rows_of(&layout, facts)))
            .collect();
        let (store, scope) = (self.clone(), scope.clone());
        let written = spawn_blocking(move || {
            let mut writer = store.segment_writer(&scope, id, partition)?;
            for (brand, (rows, campaigns)) in brands {
                writer.append_rows(&layout, brand, &campaigns, rows)?;
            }
            writer.finish()
        });
        written.await?
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
}

pub(crate) fn segment_path(agency: AgencyId, partition: PartitionName, id: SegmentId) -> String {
    let PartitionName { dataset, month } = partition;
    format!("{SEGMENTS}/{agency}/{dataset}/{month}/{id}.parquet")
}

pub(crate) fn sha256_of(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
