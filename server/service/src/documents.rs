//! Documents that clients registered by their hash, so that later requests carry only that.
//!
//! This saves bandwidth and decides nothing: a client may register whatever it could send.
//! Invariant: the key holds the agency, so that none sees what another registered, and the budget
//! is in bytes.

use std::fmt;
use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::ids::AgencyId;
use moka::future::Cache;
use sha2::{Digest, Sha256};

use crate::services::Services;

/// What an entry costs beside its text: its key and the cache's own books, rounded up.
const ENTRY_BYTES: usize = 256;

/// The SHA-256 of a document's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocumentHash([u8; 32]);

impl DocumentHash {
    /// The hash of this text.
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The hash that 64 hexadecimal digits write.
    pub fn parse(digits: &str) -> Option<Self> {
        if digits.len() != 64 || !digits.is_ascii() {
            return None;
        }
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().enumerate() {
            let pair = &digits[2 * place..2 * place + 2];
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for DocumentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The documents of all agencies within one budget.
#[derive(Debug)]
pub(crate) struct RegisteredDocuments {
    held: Cache<(AgencyId, DocumentHash), Arc<str>>,
}

impl RegisteredDocuments {
    pub(crate) fn new(budget_bytes: u64) -> Self {
        let weigh = |_: &(AgencyId, DocumentHash), text: &Arc<str>| {
            u32::try_from(text.len() + ENTRY_BYTES).unwrap_or(u32::MAX)
        };
        Self {
            held: Cache::builder()
                .max_capacity(budget_bytes)
                .weigher(weigh)
                .build(),
        }
    }
}

impl Services {
    /// The document that the caller's agency registered under this hash, if it is still kept.
    pub async fn registered_document(&self, scope: &Scope, hash: DocumentHash) -> Option<Arc<str>> {
        self.parts.documents.held.get(&(scope.agency(), hash)).await
    }

    /// Keeps a document for the caller's agency under its hash.
    pub async fn register_document(&self, scope: &Scope, text: &str) {
        let key = (scope.agency(), DocumentHash::of(text));
        self.parts.documents.held.insert(key, text.into()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_reads_back_and_other_texts_are_none() {
        let hash = DocumentHash::of("{ brands { id } }");
        assert_eq!(DocumentHash::parse(&hash.to_string()), Some(hash));
        let shown = hash.to_string();
        for text in [
            "",
            "ab",
            &shown[1..],
            &shown.replace(&shown[..1], "x"),
            &"é".repeat(32),
        ] {
            assert_eq!(DocumentHash::parse(text), None, "{text}");
        }
    }
}
