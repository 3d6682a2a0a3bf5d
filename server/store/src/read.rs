//! Reading partitions: segment files, checked against the manifest, to an index and its columns,
//! to facts, or to all stored rows.
//!
//! Invariant: the SHA-256 of a file is compared each time it is read, before a byte of it is
//! believed; every path has the agency in it, and every read compares it with the scope's.

use bellwether_domain::Scope;
use bellwether_domain::codes::CodeTable;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::fact::Fact;
use bellwether_domain::segment::{PartitionVersion, Segment};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::ObjectStoreExt;
use object_store::path::Path as ObjectPath;
use tokio::task::spawn_blocking;

use crate::column::{Column, ColumnName};
use crate::decode::StoredRow;
use crate::error::Cause;
use crate::files::{Files, damaged};
use crate::partition::PartitionIndex;
use crate::store::segment_path;
use crate::winners::Winners;
use crate::{Error, Result, Store};

/// How many segments of one partition are read from the store at the same time.
const CONCURRENT_READS_MAX: usize = 8;

impl Store {
    /// Where the rows of a partition lie that count, and these of its columns, from one reading
    /// of its segments. Needs a code for every campaign, attribution window and dimension text;
    /// see [`Error::StaleCodes`].
    pub async fn load(
        &self,
        scope: &Scope,
        version: &PartitionVersion,
        codes: &CodeTable,
        columns: &[ColumnName],
    ) -> Result<(PartitionIndex, Vec<Column>)> {
        let files = self.read_segments(scope, version).await?;
        let (version, codes, names) = (version.clone(), codes.clone(), columns.to_vec());
        let loaded = spawn_blocking(move || {
            Files::open(version.segments.clone(), files)?.load(&version, &codes, &names)
        });
        loaded.await?
    }

    /// Further columns of an index that was loaded before, of the same version in the same
    /// segments: compaction changes which they are, and with them the order of the rows.
    pub async fn load_columns(
        &self,
        scope: &Scope,
        version: &PartitionVersion,
        codes: &CodeTable,
        index: &PartitionIndex,
        columns: &[ColumnName],
    ) -> Result<Vec<Column>> {
        let is_of_version = (index.agency, index.name, index.version)
            == (version.agency, version.name, version.version);
        let segments = version.segments.iter().map(|it| it.id);
        if !is_of_version || !segments.eq(index.segments.iter().copied()) {
            return Err(Error::BrokenRule {
                rule: "columns are loaded of the version of their index, from its segments",
            });
        }
        let files = self.read_segments(scope, version).await?;
        let segments = version.segments.clone();
        let (codes, names) = (codes.clone(), columns.to_vec());
        let (dataset, placement) = (Dataset::of(version.name.dataset), index.placement.clone());
        let loaded = spawn_blocking(move || {
            Files::open(segments, files)?.columns(dataset, &placement, &codes, &names)
        });
        loaded.await?
    }

    /// The facts of a partition that count, in the order of their keys: for datasets of few rows
    /// whose keys matter one by one, such as costs.
    pub async fn read_facts(&self, scope: &Scope, version: &PartitionVersion) -> Result<Vec<Fact>> {
        let files = self.read_segments(scope, version).await?;
        let version = version.clone();
        let read = spawn_blocking(move || {
            let files = Files::open(version.segments.clone(), files)?;
            let rows = files.rows()?;
            let mut winners = Winners::new(&version);
            for row in rows {
                winners.add(row.map_err(|(place, cause)| files.damaged(place, cause))?);
            }
            Ok(winners.finish())
        });
        read.await?
    }

    /// All rows of these segments of one partition, superseded, removed and retracted ones too,
    /// in the order of their keys and those of one key oldest first. Read it on a thread that may
    /// block: it decodes as it goes, and holds the files' bytes and some thousand rows of each.
    pub async fn read_all_rows(
        &self,
        scope: &Scope,
        segments: &[Segment],
    ) -> Result<impl Iterator<Item = Result<StoredRow>> + Send + 'static> {
        require_own(scope, segments)?;
        let files = self.read_files(segments).await?;
        let segments = segments.to_vec();
        let opened = spawn_blocking(move || {
            let files = Files::open(segments, files)?;
            let rows = files.rows()?;
            Ok::<_, Error>((files, rows))
        });
        let (files, rows) = opened.await??;
        Ok(rows.map(move |row| row.map_err(|(place, cause)| files.damaged(place, cause))))
    }

    async fn read_segments(&self, scope: &Scope, version: &PartitionVersion) -> Result<Vec<Bytes>> {
        let (owner, asker) = (version.agency, scope.agency());
        if owner != asker {
            return Err(Error::ForeignAgency { owner, asker });
        }
        require_own(scope, &version.segments)?;
        self.read_files(&version.segments).await
    }

    async fn read_files(&self, segments: &[Segment]) -> Result<Vec<Bytes>> {
        // A list: a stream over a mapping closure would keep its callers' futures from being `Send`.
        let reads: Vec<_> = segments.iter().map(|it| self.read_segment(it)).collect();
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
            Err(object_store::Error::NotFound { source, .. }) => {
                return Err(Error::SegmentGone {
                    segment: segment.id,
                    batches: segment.batches(),
                    source,
                });
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

fn require_own(scope: &Scope, segments: &[Segment]) -> Result<()> {
    let asker = scope.agency();
    for segment in segments {
        let owner = segment.agency;
        if owner != asker {
            return Err(Error::ForeignAgency { owner, asker });
        }
        if segment.path != segment_path(asker, segment.partition, segment.id) {
            return Err(Error::BrokenRule {
                rule: "a segment lies at the path made of its agency and partition",
            });
        }
    }
    Ok(())
}
