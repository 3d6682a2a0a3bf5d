//! Cursors over the rows of an answer: a place, pinned to the snapshot that the page came from.

use std::hash::{DefaultHasher, Hash, Hasher};

use bellwether_domain::error_code::Refusal;
use bellwether_domain::query::MetricQuery;
use bellwether_domain::segment::Snapshot;
use data_encoding::BASE64URL_NOPAD;

/// Where a page of rows begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The snapshot that every page of one walk is computed from.
    pub snapshot: Snapshot,
    /// How many rows come before.
    pub offset: usize,
    /// A hash of the canonical question: a cursor is of no use to another one.
    pub question: u64,
}

impl Cursor {
    /// The hash by which a cursor knows its question; the same within one version of the server.
    pub(super) fn question_of(query: &MetricQuery) -> u64 {
        let mut hasher = DefaultHasher::new();
        // The day that it is asked on changes which numbers are provisional, and none of them.
        let asked_on = None;
        let query = MetricQuery {
            asked_on,
            ..query.clone()
        };
        query.hash(&mut hasher);
        hasher.finish()
    }

    /// The cursor as clients hold it.
    pub fn encode(&self) -> String {
        BASE64URL_NOPAD
            .encode(format!("{}:{}:{:x}", self.snapshot, self.offset, self.question).as_bytes())
    }

    /// The cursor that a client sent.
    pub fn decode(text: &str) -> Result<Self, Refusal> {
        let parsed = BASE64URL_NOPAD
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| {
                let mut parts = text.split(':');
                Some(Self {
                    snapshot: parts.next()?.parse().ok()?,
                    offset: parts.next()?.parse().ok()?,
                    question: u64::from_str_radix(parts.next()?, 16).ok()?,
                })
            });
        parsed.ok_or_else(|| {
            Refusal::invalid(format!(
                "`{text}` is not a cursor; use `pageInfo.endCursor` of the page before"
            ))
            .at("after")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::segment::{CatalogueVersion, CommitNumber};

    #[test]
    fn a_cursor_reads_back_and_noise_is_refused() {
        let snapshot = Snapshot {
            commit: CommitNumber(42),
            catalogue: CatalogueVersion(7),
        };
        let cursor = Cursor {
            snapshot,
            offset: 100,
            question: u64::MAX,
        };
        assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
        assert!(Cursor::decode("noise").is_err());
    }
}
