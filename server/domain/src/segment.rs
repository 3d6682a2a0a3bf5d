//! Segments, commits and snapshots: how facts are kept and which of them an answer reads.

use crate::dataset::DatasetName;
use crate::error_code::Refusal;
use crate::ids::{AgencyId, BatchId, SegmentId};
use crate::time::{Date, Month};

/// An agency's commit number: 1 for its first commit, without gaps, visible in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct CommitNumber(pub i64);

/// The version of an agency's attributes: raised by every change of names, platforms, labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct CatalogueVersion(pub i64);

/// What an answer was computed from: the facts up to a commit, the attributes at a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Snapshot {
    /// The newest commit whose facts count.
    pub commit: CommitNumber,
    /// The version of the attributes.
    pub catalogue: CatalogueVersion,
}

impl std::fmt::Display for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.commit.0, self.catalogue.0)
    }
}

impl std::str::FromStr for Snapshot {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let numbers = text
            .split_once('.')
            .and_then(|(commit, catalogue)| Some((commit.parse().ok()?, catalogue.parse().ok()?)));
        let (commit, catalogue) = numbers.ok_or_else(|| {
            Refusal::invalid(format!("`{text}` is not a snapshot; one looks like `42.7`"))
        })?;
        Ok(Self {
            commit: CommitNumber(commit),
            catalogue: CatalogueVersion(catalogue),
        })
    }
}

/// Which partition: the facts of one dataset and month of the agency at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartitionName {
    /// The dataset.
    pub dataset: DatasetName,
    /// The month of the facts' first days.
    pub month: Month,
}

/// A segment as the manifest in the catalogue lists it: one immutable Parquet file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its id.
    pub id: SegmentId,
    /// The agency whose facts it holds.
    pub agency: AgencyId,
    /// The dataset and month.
    pub partition: PartitionName,
    /// The commit that added it: the commit of every row that doesn't carry its own.
    pub commit: CommitNumber,
    /// The batch it came with.
    pub batch: BatchId,
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
    /// The last day of any of its facts, that day included.
    pub last_day: Date,
}

/// One partition as an answer reads it: its segments up to the snapshot, oldest commit first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionVersion {
    /// Whose.
    pub agency: AgencyId,
    /// Which.
    pub name: PartitionName,
    /// The newest commit among its segments; with agency and name it identifies the contents.
    pub version: CommitNumber,
    /// Its segments, oldest commit first.
    pub segments: Vec<Segment>,
}
