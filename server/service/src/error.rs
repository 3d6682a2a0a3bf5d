//! What can go wrong in a service: its own refusals, or what a part underneath says.

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;

/// The result of a service.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of a service. `Display` is for the operator; customers get [`Error::refusal`].
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The request breaks a rule, or asks for what is not there.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The catalogue failed.
    #[error("the catalogue failed")]
    Catalogue(#[source] std::sync::Arc<bellwether_catalogue::Error>),
    /// The store failed.
    #[error(transparent)]
    Store(std::sync::Arc<bellwether_store::Error>),
    /// A plugin or its host failed.
    #[error("a plugin failed")]
    Plugin(#[source] std::sync::Arc<bellwether_plugin_host::Error>),
    /// The local disk failed or is full; nothing was written.
    #[error("could not {attempted}")]
    Disk {
        /// What was attempted.
        attempted: &'static str,
        /// What the system said.
        #[source]
        source: std::sync::Arc<std::io::Error>,
    },
    /// A background task panicked or was cancelled: a fault of the server.
    #[error("a task ended early: {attempted}")]
    TaskEnded {
        /// What it was doing.
        attempted: &'static str,
    },
}

impl Error {
    /// The code that a client is told.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::Catalogue(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Plugin(error) => error.code(),
            Self::Disk { .. } => ErrorCode::Unavailable,
            Self::TaskEnded { .. } => ErrorCode::Internal,
        }
    }

    /// The error as a client sees it: code, sentence, place and what is allowed.
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal.clone(),
            Self::Catalogue(error) => match &**error {
                bellwether_catalogue::Error::Refused(refusal) => refusal.clone(),
                other => Refusal::new(other.code(), other.public_message()),
            },
            Self::Store(error) => Refusal::new(error.code(), error.public_message()),
            Self::Plugin(error) => Refusal::new(error.code(), error.public_message()),
            Self::Disk { .. } => Refusal::new(
                self.code(),
                "the server can't write to its disk at the moment; nothing was written, try again shortly",
            ),
            Self::TaskEnded { .. } => Refusal::new(self.code(), "internal error"),
        }
    }

    /// Whether a segment file is not there, which compaction may have taken away.
    pub(crate) fn is_segment_gone(&self) -> bool {
        use bellwether_store::Error::SegmentGone;
        matches!(self, Self::Store(cause) if matches!(**cause, SegmentGone { .. }))
    }

    /// Whether a text of the facts has no code in the table at hand, which may be too old.
    pub(crate) fn are_codes_stale(&self) -> bool {
        use bellwether_store::Error::StaleCodes;
        matches!(self, Self::Store(cause) if matches!(**cause, StaleCodes { .. }))
    }

    /// Whether a sum is over 64 bits.
    pub(crate) fn is_overflow(&self) -> bool {
        use bellwether_store::Error::Overflow;
        matches!(self, Self::Store(cause) if matches!(**cause, Overflow { .. }))
    }

    /// The error with the chain of its causes, for the log.
    pub fn chain(&self) -> String {
        let mut told = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            told.push_str(": ");
            told.push_str(&error.to_string());
            cause = error.source();
        }
        told
    }

    pub(crate) fn disk(attempted: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Disk {
            attempted,
            source: source.into(),
        }
    }
}

impl From<bellwether_catalogue::Error> for Error {
    fn from(error: bellwether_catalogue::Error) -> Self {
        Self::Catalogue(error.into())
    }
}

impl From<bellwether_store::Error> for Error {
    fn from(error: bellwether_store::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<bellwether_plugin_host::Error> for Error {
    fn from(error: bellwether_plugin_host::Error) -> Self {
        Self::Plugin(error.into())
    }
}
