//! What can go wrong in the catalogue, told by what the caller can do about it.
//!
//! Diesel's errors are translated here and nowhere else.

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::segment::CommitNumber;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::batches::BatchState;

/// The result of a catalogue method.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// A failure of the catalogue. `Display` is for the operator; customers get
/// [`public_message`](Error::public_message).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller's input breaks a rule or a limit.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The thing is absent, another agency's, or of a brand that the scope doesn't see.
    #[error("{noun} `{name}` does not exist")]
    NotFound {
        /// The kind of thing.
        noun: &'static str,
        /// Its id or name as given.
        name: String,
    },
    /// A thing of this name or id is there already.
    #[error("{noun} `{name}` already exists")]
    AlreadyExists {
        /// The kind of thing.
        noun: &'static str,
        /// Its id or name as given.
        name: String,
    },
    /// The batch was finished or taken over before; it can't be published or rejected any more.
    #[error("batch `{batch}` is not open any more; its state is `{state}`")]
    BatchClosed {
        /// The batch.
        batch: String,
        /// The state that it is in.
        state: String,
    },
    /// The lease on staged files ended before they were published; they may be swept.
    #[error("staging lease `{staging}` ended before its files were published")]
    LeaseEnded {
        /// The lease.
        staging: String,
    },
    /// The batch brought no facts that could be undone.
    #[error("batch `{batch}` can't be retracted: it is `{state}` and brought no facts")]
    NotRetractable {
        /// The batch.
        batch: String,
        /// The state that it is in.
        state: BatchState,
    },
    /// The batch is undone already.
    #[error("batch `{batch}` was retracted before, by commit {}", commit.0)]
    AlreadyRetracted {
        /// The batch.
        batch: String,
        /// The retraction's commit.
        commit: CommitNumber,
    },
    /// What the batch replaced may not be kept any more, so that undoing it would leave holes.
    #[error(
        "batch `{batch}` can't be retracted any more: it is older than the retention, and what it replaced may be gone; send corrected rows instead"
    )]
    RetractionTooLate {
        /// The batch.
        batch: String,
    },
    /// The snapshot is older than the oldest one that can be read.
    #[error("commit {} is not kept any more; the oldest one that can be read is {}", commit.0, oldest.0)]
    SnapshotExpired {
        /// What was asked for.
        commit: CommitNumber,
        /// The oldest commit that can be read.
        oldest: CommitNumber,
    },
    /// A segment that was to be replaced is not in the manifest: another compaction was quicker.
    #[error("segment `{segment}` is not in the manifest any more")]
    SegmentGone {
        /// The segment.
        segment: String,
    },
    /// A commit was retracted after the segments that a compaction rewrote were read.
    #[error("commit {} was retracted meanwhile; read the partition again", commit.0)]
    RetractedMeanwhile {
        /// The commit that was retracted.
        commit: CommitNumber,
    },
    /// A live pin keeps a snapshot readable that was to expire.
    #[error("commit {} is pinned, so the oldest readable commit can't rise to {}", pinned.0, horizon.0)]
    SnapshotPinned {
        /// The oldest pinned commit.
        pinned: CommitNumber,
        /// The commit that was to be the oldest readable one.
        horizon: CommitNumber,
    },
    /// Only a catalogue without a row can be filled from a copy.
    #[error("the catalogue is not empty: table `{table}` has rows; restore into a new one")]
    NotEmpty {
        /// A table with rows.
        table: &'static str,
    },
    /// The file is not a sound copy of a catalogue.
    #[error("`{path}` is not a sound copy of a catalogue: {problem}")]
    DamagedCopy {
        /// The file.
        path: String,
        /// The first thing that is wrong with it.
        problem: String,
    },
    /// The facts that the catalogue lists lie in another data folder than the one that was opened.
    #[error(
        "this catalogue's facts lie in another data folder: in the one whose file `store-id` says `{bound}`, and this one's says `{given}`; start the server on that folder, or give this one a catalogue of its own"
    )]
    OtherStore {
        /// The folder that the catalogue is bound to.
        bound: String,
        /// The folder that was opened.
        given: String,
    },
    /// Too many writers wait, or the database stayed locked for the whole busy timeout.
    #[error("the catalogue is busy: {attempted}")]
    Busy {
        /// What was attempted.
        attempted: &'static str,
    },
    /// The database can't be reached, or its disk is full; trying again can help.
    #[error("the catalogue's database is away: {attempted}")]
    Unavailable {
        /// What was attempted.
        attempted: &'static str,
        /// What the database or its client said.
        #[source]
        source: Source,
    },
    /// A stored row can't be read back: an older program, or somebody's hand.
    #[error("table `{table}`, row `{row}` can't be read")]
    UnreadableRow {
        /// The table.
        table: &'static str,
        /// The row's id or name.
        row: String,
        /// What is wrong with it.
        #[source]
        source: Box<Refusal>,
    },
    /// A migration failed.
    #[error("migration failed")]
    Migration(#[source] Source),
    /// The database refused a statement: a fault of this crate.
    #[error("the database refused to {attempted}")]
    Database {
        /// What was attempted.
        attempted: &'static str,
        /// What the database said.
        #[source]
        source: DieselError,
    },
}

impl Error {
    /// The code that a client is told. A full queue of writers is `BUSY`, a lost database
    /// `UNAVAILABLE`; both are retryable.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::NotFound { .. } => ErrorCode::NotFound,
            Self::AlreadyExists { .. }
            | Self::BatchClosed { .. }
            | Self::NotRetractable { .. }
            | Self::AlreadyRetracted { .. }
            | Self::RetractionTooLate { .. }
            | Self::SegmentGone { .. }
            | Self::RetractedMeanwhile { .. }
            | Self::NotEmpty { .. }
            | Self::SnapshotPinned { .. }
            | Self::OtherStore { .. } => ErrorCode::Conflict,
            Self::SnapshotExpired { .. } => ErrorCode::SnapshotExpired,
            Self::DamagedCopy { .. } => ErrorCode::InvalidInput,
            Self::LeaseEnded { .. } => ErrorCode::Timeout,
            Self::Busy { .. } => ErrorCode::Busy,
            Self::Unavailable { .. } => ErrorCode::Unavailable,
            Self::UnreadableRow { .. } | Self::Migration(_) | Self::Database { .. } => {
                ErrorCode::Internal
            }
        }
    }

    /// One sentence for the customer; says nothing of the database.
    pub fn public_message(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.message.clone(),
            Self::NotFound { .. }
            | Self::AlreadyExists { .. }
            | Self::BatchClosed { .. }
            | Self::NotRetractable { .. }
            | Self::AlreadyRetracted { .. }
            | Self::RetractionTooLate { .. }
            | Self::SnapshotExpired { .. }
            | Self::SegmentGone { .. }
            | Self::RetractedMeanwhile { .. }
            | Self::NotEmpty { .. }
            | Self::DamagedCopy { .. }
            | Self::SnapshotPinned { .. }
            | Self::OtherStore { .. } => self.to_string(),
            Self::LeaseEnded { .. } => {
                "the batch took longer than its time limit; send it again".to_owned()
            }
            Self::Busy { .. } => "the catalogue is busy; try again shortly".to_owned(),
            Self::Unavailable { .. } => {
                "the catalogue can't be reached at the moment; try again shortly".to_owned()
            }
            Self::UnreadableRow { .. } | Self::Migration(_) | Self::Database { .. } => {
                "internal error".to_owned()
            }
        }
    }

    pub(crate) fn not_found(noun: &'static str, name: impl std::fmt::Display) -> Self {
        let name = name.to_string();
        Self::NotFound { noun, name }
    }

    pub(crate) fn already_exists(noun: &'static str, name: impl std::fmt::Display) -> Self {
        let name = name.to_string();
        Self::AlreadyExists { noun, name }
    }

    /// Translates what a statement met. Use as `.map_err(Error::database("list brands"))`.
    pub(crate) fn database(attempted: &'static str) -> impl Fn(DieselError) -> Self {
        move |source| translate(attempted, source)
    }

    /// Translates what an insert met: a taken name or id, a reference to an absent thing.
    pub(crate) fn insert(
        noun: &'static str,
        name: impl std::fmt::Display,
    ) -> impl FnOnce(DieselError) -> Self {
        move |source| match source {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Self::already_exists(noun, name)
            }
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
                Self::not_found("what is named by the new", format!("{noun} {name}"))
            }
            other => translate("insert a row", other),
        }
    }
}

fn translate(attempted: &'static str, source: DieselError) -> Error {
    match nature(&source) {
        Nature::Contended => Error::Busy { attempted },
        Nature::Away => Error::Unavailable {
            attempted,
            source: Box::new(source),
        },
        Nature::Fault => Error::Database { attempted, source },
    }
}

enum Nature {
    Contended,
    Away,
    Fault,
}

/// Diesel has no kinds for locks and full disks, so those are known by the database's own words,
/// which are the same in every version that is supported.
fn nature(error: &DieselError) -> Nature {
    const CONTENDED: [&str; 4] = [
        "database is locked",
        "database table is locked",
        "lock timeout",
        "deadlock detected",
    ];
    const AWAY: [&str; 6] = [
        "disk is full",
        "disk I/O error",
        "No space left",
        "server closed the connection",
        "terminating connection",
        "the database system is",
    ];
    let DieselError::DatabaseError(kind, told) = error else {
        return match error {
            DieselError::BrokenTransactionManager => Nature::Away,
            _ => Nature::Fault,
        };
    };
    let says = |words: &[&str]| words.iter().any(|word| told.message().contains(word));
    match kind {
        DatabaseErrorKind::ClosedConnection
        | DatabaseErrorKind::UnableToSendCommand
        | DatabaseErrorKind::ReadOnlyTransaction => Nature::Away,
        DatabaseErrorKind::SerializationFailure => Nature::Contended,
        _ if says(&CONTENDED) => Nature::Contended,
        _ if says(&AWAY) => Nature::Away,
        _ => Nature::Fault,
    }
}
