//! The closed table of error codes: what a client can be told, and whether trying again helps.
//!
//! One table serves GraphQL (`extensions.code`), HTTP (status), the command line and
//! `schema/errors.md`, which is generated from it.
//! Every crate's `Error` has `code()`, an exhaustive match onto this table.

/// One line of the table: the code's meaning for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeEntry {
    /// The code itself.
    pub code: ErrorCode,
    /// Its name on the wire.
    pub name: &'static str,
    /// The HTTP status of an answer that failed as a whole with it.
    pub http_status: u16,
    /// Whether the same request can succeed later without being changed.
    pub retryable: bool,
    /// What it means, as a sentence for a client's developer.
    pub meaning: &'static str,
}

macro_rules! error_codes {
    ($($variant:ident, $name:literal, $status:literal, $retryable:literal, $meaning:literal;)*) => {
        /// What a client is told of a failure. The meanings stand in [`ErrorCode::TABLE`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ErrorCode {
            $(#[doc = $meaning] $variant,)*
        }

        impl ErrorCode {
            /// Every code with its name, status, retry rule and meaning.
            pub const TABLE: &'static [CodeEntry] = &[
                $(CodeEntry {
                    code: ErrorCode::$variant,
                    name: $name,
                    http_status: $status,
                    retryable: $retryable,
                    meaning: $meaning,
                },)*
            ];

            /// The line of the table for this code.
            pub const fn entry(self) -> &'static CodeEntry {
                &Self::TABLE[self as usize]
            }
        }
    };
}

error_codes! {
    InvalidInput, "INVALID_INPUT", 400, false,
        "The request can't be understood or breaks a rule; the message names the place and says what would be accepted.";
    AttributionWindowMismatch, "ATTRIBUTION_WINDOW_MISMATCH", 400, false,
        "The answer would compare numbers of different attribution windows; ask for one window, or accept the mix.";
    Unauthenticated, "UNAUTHENTICATED", 401, false,
        "No bearer token was sent, or it is unknown, expired or revoked.";
    Forbidden, "FORBIDDEN", 403, false,
        "The token is good but its role may not do this.";
    NotFound, "NOT_FOUND", 404, false,
        "The thing does not exist, or not for this token.";
    MethodNotAllowed, "METHOD_NOT_ALLOWED", 405, false,
        "The address exists but not for this HTTP method; a mutation can't be sent by GET.";
    UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", 415, false,
        "The body's content type is not one that this address reads.";
    Conflict, "CONFLICT", 409, false,
        "The request contradicts what is already stored, such as an idempotency key used for another request.";
    RevisionConflict, "REVISION_CONFLICT", 409, false,
        "A record was changed by somebody else since the revision that the request names; read it again.";
    OverlappingPeriod, "OVERLAPPING_PERIOD", 409, false,
        "A period shares days with another one that it has to be apart from; the message names which.";
    EmptyPeriod, "EMPTY_PERIOD", 400, false,
        "A period ends before it has a day; `until` is the first day after.";
    LinkCycle, "LINK_CYCLE", 409, false,
        "By a link a campaign would hang on itself.";
    InvalidPercentage, "INVALID_PERCENTAGE", 400, false,
        "A percentage is not from 0 to 100.";
    InvalidDistribution, "INVALID_DISTRIBUTION", 400, false,
        "Shares are not from 0 to 1, or don't come to 1 together within a millionth.";
    UnknownCurrency, "UNKNOWN_CURRENCY", 400, false,
        "A currency of a record is no ISO 4217 code.";
    UnknownCountry, "UNKNOWN_COUNTRY", 400, false,
        "A country of a record is no ISO 3166 code.";
    ApprovalRefused, "APPROVAL_REFUSED", 409, false,
        "A content is approved by another member than its author, and by a revision that changes nothing else.";
    Busy, "BUSY", 409, true,
        "Somebody else is doing the same thing right now; the same request can succeed shortly.";
    LimitExceeded, "LIMIT_EXCEEDED", 413, false,
        "A named limit was passed; the message gives the limit's name and value.";
    QueryTooComplex, "QUERY_TOO_COMPLEX", 400, false,
        "The GraphQL document is too deep, too large or too costly; the message gives the limit.";
    PersistedQueryNotFound, "PERSISTED_QUERY_NOT_FOUND", 400, false,
        "No document is kept under the hash or id; send its text with the hash, or list it among the trusted documents.";
    DocumentNotTrusted, "DOCUMENT_NOT_TRUSTED", 403, false,
        "The token runs only documents that the operator has listed, and this is none of them.";
    IntrospectionDisabled, "INTROSPECTION_DISABLED", 403, false,
        "The token may not ask what the schema is, or nobody may; `GET /schema.graphql` tells it.";
    BatchingDisabled, "BATCHING_DISABLED", 400, false,
        "Several GraphQL requests came in one JSON array; send one request at a time.";
    RateLimited, "RATE_LIMITED", 429, true,
        "Too much at once for this token or agency; `Retry-After` says when to come back.";
    QueueFull, "QUEUE_FULL", 503, true,
        "No place to run the query came free in time, or too many of the agency wait already; `Retry-After` says when to come back.";
    Timeout, "TIMEOUT", 504, true,
        "The time limit passed before the answer was ready.";
    Unavailable, "UNAVAILABLE", 503, true,
        "A part that the answer needs is away or full, such as the database or the disk; nothing was written.";
    SnapshotExpired, "SNAPSHOT_EXPIRED", 410, false,
        "The moment or snapshot asked for is older than what is kept; the message gives the oldest one that can be read.";
    Stale, "STALE", 503, true,
        "The newest facts of what was asked are older than `staleness` accepts; the message says since when.";
    PluginFault, "PLUGIN_FAULT", 502, false,
        "A plugin crashed, hung, refused its input or answered in a wrong shape; the message says which and how.";
    CorruptSegment, "CORRUPT_SEGMENT", 500, false,
        "Stored facts are damaged; the message names the segment and the batch to send again.";
    CorruptCase, "CORRUPT_CASE", 500, false,
        "The records of a case were changed by another hand than the server's; the message names the event, and nothing more is done in the case.";
    Internal, "INTERNAL", 500, false,
        "A fault of the server; the message gives a reference that the operator finds in the log.";
}

impl ErrorCode {
    /// The code of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        let entry = Self::TABLE.iter().find(|entry| entry.name == name)?;
        Some(entry.code)
    }

    /// The code's name on the wire, such as `NOT_FOUND`.
    pub const fn name(self) -> &'static str {
        self.entry().name
    }

    /// Whether the same request can succeed later without being changed.
    pub const fn retryable(self) -> bool {
        self.entry().retryable
    }

    /// The HTTP status of an answer that failed as a whole with this code.
    pub const fn http_status(self) -> u16 {
        self.entry().http_status
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// An error as a client sees it: the code, one sentence, and where in the input it lies.
///
/// The pure rules of this crate return it directly; crates with faults of their own translate
/// into it at their boundary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refusal {
    /// What kind of failure it is.
    pub code: ErrorCode,
    /// One lower-case sentence that names the thing in back-ticks and what would be accepted.
    pub message: String,
    /// The place in the input, such as `by[1]` or `range.between.until`; empty when it is the whole.
    pub path: String,
    /// What would be accepted there, when that is a list.
    pub allowed: Vec<String>,
    /// The nearest accepted word, when the input looks like a slip of the keyboard.
    pub did_you_mean: Option<String>,
    /// After how many seconds the same request can succeed, where that is known.
    pub retry_after_s: Option<u32>,
    /// The name of the limit that was passed, where it is one.
    pub limit: Option<String>,
}

impl Refusal {
    /// A refusal with a code and a sentence; add the rest with the `with_` and `at` methods.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            path: String::new(),
            allowed: Vec::new(),
            did_you_mean: None,
            retry_after_s: None,
            limit: None,
        }
    }

    /// A refusal of the caller's input.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidInput, message)
    }

    /// The answer for a thing that is absent or another agency's: `noun` is the kind of thing.
    pub fn not_found(noun: &str, name: impl std::fmt::Display) -> Self {
        Self::new(
            ErrorCode::NotFound,
            format!("{noun} `{name}` does not exist"),
        )
    }

    /// A named limit that was passed: `what` was asked, `limit` is the limit's name.
    pub fn limit(limit: &str, max: impl std::fmt::Display, what: impl std::fmt::Display) -> Self {
        let message = format!("{what} is over the limit `{limit}` of {max}");
        Self {
            limit: Some(limit.to_owned()),
            ..Self::new(ErrorCode::LimitExceeded, message)
        }
    }

    /// Whether it is because this limit was passed.
    pub fn is_of_limit(&self, limit: &str) -> bool {
        self.limit.as_deref() == Some(limit)
    }

    /// The same refusal, at this place in the input.
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The same refusal with the list of what is accepted.
    pub fn with_allowed<S: Into<String>>(mut self, allowed: impl IntoIterator<Item = S>) -> Self {
        self.allowed = allowed.into_iter().map(Into::into).collect();
        self
    }

    /// The same refusal, of a request that can succeed after so many seconds.
    pub fn with_retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The same refusal with the nearest accepted word.
    pub fn with_suggestion(mut self, suggestion: Option<&str>) -> Self {
        self.did_you_mean = suggestion.map(str::to_owned);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_stands_at_its_codes_place() {
        for (index, entry) in ErrorCode::TABLE.iter().enumerate() {
            assert_eq!(entry.code as usize, index);
            assert_eq!(entry.code.name(), entry.name);
        }
    }
}
