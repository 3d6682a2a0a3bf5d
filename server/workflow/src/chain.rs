//! The chain of a case's events: each hash covers its event, the one before, agency and case.
//!
//! An event is written as canonical JSON (RFC 8785), so that anybody can compute its SHA-256 again
//! with common tools. Whoever changes, removes or exchanges an event breaks the chain; who cuts
//! its end off is found by a head that was sent out before.
//! Invariant: pure; bytes in, hashes out.

mod hash;
mod personal;
mod verify;

use bellwether_domain::ids::{AgencyId, CaseId};
use serde::{Deserialize, Serialize};

use crate::case::Event;

pub use hash::Hash;
pub use personal::{KeptText, Salt};
pub use verify::{Broken, Fault, Head, verify};

/// What a link's bytes say: the event, and where it belongs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The agency: a chain can't be moved to another.
    pub agency: AgencyId,
    /// The case.
    pub case: CaseId,
    /// The hash of the event before; 64 zeros for the first.
    pub previous: Hash,
    /// The event.
    pub event: Event,
}

/// An event as it is stored: its bytes, and the hash over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The entry as canonical JSON.
    pub bytes: String,
    /// Their SHA-256.
    pub hash: Hash,
}

impl Link {
    /// The link that follows on `previous`, or the first one.
    pub fn new(agency: AgencyId, case: CaseId, previous: Option<Hash>, event: Event) -> Self {
        let previous = previous.unwrap_or(Hash::ZERO);
        let bytes = canonical(&Entry {
            agency,
            case,
            previous,
            event,
        });
        let hash = Hash::of(bytes.as_bytes());
        Self { bytes, hash }
    }
}

/// A value as canonical JSON.
pub(crate) fn canonical(value: &impl Serialize) -> String {
    serde_json_canonicalizer::to_string(value)
        .expect("entries are texts, lists and finite numbers under text keys")
}
