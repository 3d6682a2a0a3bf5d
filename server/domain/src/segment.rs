//! Segments, commits and snapshots: how facts are kept and which of them an answer reads.

use crate::dataset::DatasetName;
use crate::error_code::Refusal;
use crate::fact::{Shape, Text};
use crate::ids::{AgencyId, BatchId, CampaignId, SegmentId};
use crate::time::{Date, DateRange, Month};

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

/// One commit whose rows a segment holds, and the batch that brought them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SegmentPart {
    /// The commit.
    pub commit: CommitNumber,
    /// Its batch: what to send again if the segment is damaged.
    pub batch: BatchId,
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
    /// The commits whose rows it holds, oldest first: one as a batch wrote it, several once
    /// compacted. Rows that don't carry a commit of their own are of the newest.
    pub parts: Vec<SegmentPart>,
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

impl Segment {
    /// The newest commit whose rows it holds.
    pub fn newest_commit(&self) -> CommitNumber {
        self.parts
            .last()
            .map_or(CommitNumber(0), |part| part.commit)
    }

    /// The batches whose rows it holds.
    pub fn batches(&self) -> Vec<BatchId> {
        self.parts.iter().map(|part| part.batch).collect()
    }
}

/// What a batch with `replace=range` took away: every older row of these campaigns, days, shapes
/// and attribution windows, whether or not the batch has a row of that key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The commit that removes; only rows of older commits go.
    pub commit: CommitNumber,
    /// The days.
    pub days: DateRange,
    /// The campaigns, sorted.
    pub campaigns: Vec<CampaignId>,
    /// The levels or breakdowns that the batch had rows of, sorted.
    pub shapes: Vec<Shape>,
    /// The attribution windows that the batch had rows of, sorted; `None` is the unspecified one.
    pub attributions: Vec<Option<Text>>,
}

/// One partition as an answer reads it at a commit.
///
/// A row counts when its commit is at most `up_to` and not retracted, no removal takes it, and no
/// newer such row has its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionVersion {
    /// Whose.
    pub agency: AgencyId,
    /// Which.
    pub name: PartitionName,
    /// The newest commit up to `up_to` that changed the partition by rows, removals or a
    /// retraction; with agency and name it identifies the contents.
    pub version: CommitNumber,
    /// The newest commit whose rows count.
    pub up_to: CommitNumber,
    /// Its segments, in the order of their newest commits. A compacted one may hold newer rows than `up_to`.
    pub segments: Vec<Segment>,
    /// What was taken away up to `up_to`, oldest first, without removals of retracted commits.
    pub removals: Vec<Removal>,
    /// The commits up to `up_to` whose rows were retracted up to `up_to`, sorted.
    pub retracted: Vec<CommitNumber>,
}
