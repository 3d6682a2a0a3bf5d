//! Cursors over the rows of an answer: a place, pinned to the snapshot that the page came from.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::segment::Snapshot;
use data_encoding::BASE64URL_NOPAD;

/// Where a page of rows begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The snapshot that every page of one walk is computed from.
    pub snapshot: Snapshot,
    /// How many rows come before.
    pub offset: usize,
}

impl Cursor {
    /// The cursor as clients hold it.
    pub fn encode(&self) -> String {
        BASE64URL_NOPAD.encode(format!("{}:{}", self.snapshot, self.offset).as_bytes())
    }

    /// The cursor that a client sent.
    pub fn decode(text: &str) -> Result<Self, Refusal> {
        let parsed = BASE64URL_NOPAD
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| {
                let (snapshot, offset) = text.split_once(':')?;
                Some(Self {
                    snapshot: snapshot.parse().ok()?,
                    offset: offset.parse().ok()?,
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
        };
        assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
        assert!(Cursor::decode("noise").is_err());
    }
}
