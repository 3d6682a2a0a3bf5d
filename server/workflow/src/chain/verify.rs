//! Verifying a chain: from the first event to the last, naming the first that is broken.

use bellwether_domain::ids::{AgencyId, CaseId};

use super::{Entry, Hash, canonical};

/// The end of a chain, as it is sent out so that it can't be cut off unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many events there are.
    pub seq: u64,
    /// The hash of the last one; zeros without any.
    pub hash: Hash,
}

/// The first event that is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {seq} of case {case} is broken: {fault}")]
pub struct Broken {
    /// The case.
    pub case: CaseId,
    /// The event's number, from 1.
    pub seq: u64,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Its bytes don't have its hash.
    #[error("its bytes were changed")]
    Changed,
    /// It doesn't follow on the one before: one was removed, added or exchanged.
    #[error("it doesn't follow on the event before")]
    Unlinked,
    /// It belongs to another agency or case.
    #[error("it is another case's")]
    Foreign,
    /// Its bytes aren't an entry in canonical form.
    #[error("it can't be read")]
    Unreadable,
    /// Events that were there when the head was sent out are gone or others.
    #[error("it isn't the event whose hash was sent out")]
    NotTheHead,
}

/// Verifies a chain of (bytes, hash) as stored; `known` is a head that was sent out earlier.
pub fn verify<'a>(
    agency: AgencyId,
    case: CaseId,
    links: impl IntoIterator<Item = (&'a str, Hash)>,
    known: Option<Head>,
) -> Result<Head, Broken> {
    let mut head = Head {
        seq: 0,
        hash: Hash::ZERO,
    };
    let broken = |seq, fault| Broken { case, seq, fault };
    let is_known = |head: Head| known.is_none_or(|known| known.seq != head.seq || known == head);
    for (bytes, hash) in links {
        let seq = head.seq + 1;
        if let Some(fault) = fault(agency, case, head, bytes, hash) {
            return Err(broken(seq, fault));
        }
        head = Head { seq, hash };
        if !is_known(head) {
            return Err(broken(seq, Fault::NotTheHead));
        }
    }
    if known.is_some_and(|known| known.seq > head.seq) {
        return Err(broken(head.seq + 1, Fault::NotTheHead));
    }
    Ok(head)
}

fn fault(agency: AgencyId, case: CaseId, head: Head, bytes: &str, hash: Hash) -> Option<Fault> {
    if Hash::of(bytes.as_bytes()) != hash {
        return Some(Fault::Changed);
    }
    let Ok(entry) = serde_json::from_str::<Entry>(bytes) else {
        return Some(Fault::Unreadable);
    };
    if canonical(&entry) != bytes {
        return Some(Fault::Unreadable);
    }
    if entry.agency != agency || entry.case != case {
        return Some(Fault::Foreign);
    }
    let follows = entry.previous == head.hash && entry.event.seq == head.seq + 1;
    (!follows).then_some(Fault::Unlinked)
}
