//! What can go wrong in the store, by what the caller can do about it.
//!
//! Messages for customers come from [`Error::public_message`]; they never hold paths or internals.

use bellwether_domain::ErrorCode;
use bellwether_domain::ids::{AgencyId, BatchId, SegmentId};

use crate::merge::PARTITION_ROWS_MAX;

/// A failure's cause, of whichever library.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A segment is missing, truncated or damaged: send its batch again.
    #[error(
        "segment {segment} is damaged; it holds the batches {}",
        listed(batches)
    )]
    CorruptSegment {
        /// The damaged segment.
        segment: SegmentId,
        /// The batches whose facts it held: send them again.
        batches: Vec<BatchId>,
        /// What was found wrong.
        #[source]
        source: Cause,
    },
    /// A segment's file isn't there. Compaction may have replaced it since the version was read:
    /// read the manifest again, once. If it still lists the segment, it is lost like a damaged one.
    #[error(
        "the file of segment {segment} is gone; it held the batches {}",
        listed(batches)
    )]
    SegmentGone {
        /// The missing segment.
        segment: SegmentId,
        /// The batches whose facts it held: send them again.
        batches: Vec<BatchId>,
        /// What the file system or the object store said.
        #[source]
        source: Cause,
    },
    /// A text has no code in the table given: the table is older than the facts. Read the codes
    /// again and retry.
    #[error("`{text}` of dimension `{dimension}` has no code in the table")]
    StaleCodes {
        /// The dimension, such as `country`.
        dimension: &'static str,
        /// The text without a code.
        text: String,
    },
    /// A sum doesn't fit 64 bits.
    #[error("the sum of `{measure}` is over 64 bits")]
    Overflow {
        /// The measure whose sum it was.
        measure: &'static str,
    },
    /// A user's report file can't be read as Parquet.
    #[error("not a readable Parquet file: {reason}")]
    NotParquet {
        /// What is wrong, for the user.
        reason: String,
        /// The reader's own words.
        #[source]
        source: Cause,
    },
    /// A user's report file can't be read in pieces that are small enough.
    #[error("{part} is over `{limit}` of {max}")]
    ReportTooLarge {
        /// What is too large, as a noun.
        part: String,
        /// The limit's name.
        limit: &'static str,
        /// The limit, in bytes.
        max: u64,
    },
    /// The segments of one partition hold more rows than can be read together; all are whole.
    #[error("a month of {n_rows} stored rows is over `partition_rows_max` of {PARTITION_ROWS_MAX}")]
    PartitionTooLarge {
        /// How many rows its segments hold.
        n_rows: usize,
    },
    /// A value doesn't fit the report column it was given for.
    #[error("column `{column}` of the report can't hold this value")]
    UnwritableCell {
        /// The column's name.
        column: &'static str,
    },
    /// The disk or the object store failed; nothing is known to be wrong with the data.
    #[error("reading or writing `{path}` failed")]
    Unavailable {
        /// The file or folder.
        path: String,
        /// What the system said.
        #[source]
        source: Cause,
    },
    /// Facts of one agency were asked for in the scope of another.
    #[error("facts of agency {owner} were asked for in the scope of agency {asker}")]
    ForeignAgency {
        /// Whose facts they are.
        owner: AgencyId,
        /// Who asked.
        asker: AgencyId,
    },
    /// The caller broke a rule of [`crate::Store::stage`] or of [`crate::aggregate`].
    #[error("the store was called wrongly: {rule}")]
    BrokenRule {
        /// The rule, as a sentence.
        rule: &'static str,
    },
    /// A background task of the store panicked or was cancelled.
    #[error("a task of the store ended early")]
    TaskEnded(#[from] tokio::task::JoinError),
}

/// What the store's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The code a client is told.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::CorruptSegment { .. } | Self::SegmentGone { .. } => ErrorCode::CorruptSegment,
            Self::Overflow { .. }
            | Self::ReportTooLarge { .. }
            | Self::PartitionTooLarge { .. } => ErrorCode::LimitExceeded,
            Self::NotParquet { .. } | Self::UnwritableCell { .. } => ErrorCode::InvalidInput,
            Self::Unavailable { .. } => ErrorCode::Unavailable,
            Self::StaleCodes { .. }
            | Self::ForeignAgency { .. }
            | Self::BrokenRule { .. }
            | Self::TaskEnded(_) => ErrorCode::Internal,
        }
    }

    /// The sentence a customer is told.
    pub fn public_message(&self) -> String {
        match self {
            Self::CorruptSegment {
                segment, batches, ..
            }
            | Self::SegmentGone {
                segment, batches, ..
            } => format!(
                "stored facts are damaged in segment `{segment}`; `bellwether verify` tells the operator how to mend it: with a backup, or by sending again the batches {}",
                listed(batches)
            ),
            Self::Overflow { measure } => format!(
                "the sum of `{measure}` is over the limit of 64 bits; ask for a shorter range"
            ),
            Self::NotParquet { reason, .. } => format!(
                "the body is not a readable Parquet file: {reason}; send a whole Parquet file, \
                 uncompressed or with snappy, zstd, gzip or lz4"
            ),
            Self::PartitionTooLarge { n_rows } => format!(
                "a month of the dataset has {n_rows} stored rows, over the limit `partition_rows_max` of {PARTITION_ROWS_MAX}; fewer are left once `bellwether compact` dropped those past the retention"
            ),
            Self::ReportTooLarge { part, limit, max } => format!(
                "{part} is over the limit `{limit}` of {max} bytes; write the file with smaller row groups"
            ),
            Self::UnwritableCell { column } => {
                format!("column `{column}` can't hold one of the values given for it")
            }
            Self::Unavailable { .. } => {
                "the storage can't be reached just now; try again shortly".to_owned()
            }
            Self::StaleCodes { .. }
            | Self::ForeignAgency { .. }
            | Self::BrokenRule { .. }
            | Self::TaskEnded(_) => "a fault of the server".to_owned(),
        }
    }

    /// The disk or object store failed at `path`.
    pub(crate) fn unavailable(path: impl Into<String>, source: impl Into<Cause>) -> Self {
        Self::Unavailable {
            path: path.into(),
            source: source.into(),
        }
    }
}

/// The batches as a sentence names them.
fn listed(batches: &[BatchId]) -> String {
    let texts: Vec<String> = batches.iter().map(|batch| format!("`{batch}`")).collect();
    texts.join(", ")
}
