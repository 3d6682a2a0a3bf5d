//! Which revision of a number counted at a moment.
//!
//! Platforms restate what they reported; nothing is overwritten, so that what was known at any
//! moment can be told again. Design note `domain.md`, section 3; reference case K34.

use std::collections::BTreeMap;

use crate::time::Timestamp;

/// A value of something, as it was received at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision<K, V> {
    /// What it is the value of, such as a campaign's day.
    pub key: K,
    /// When it was received.
    pub received_at: Timestamp,
    /// The value.
    pub value: V,
}

/// The newest value of each key that was received up to the moment; of two of one moment, the
/// later in the list.
pub fn as_of<K: Ord + Copy, V: Copy>(
    revisions: &[Revision<K, V>],
    moment: Timestamp,
) -> BTreeMap<K, V> {
    let mut newest: BTreeMap<K, &Revision<K, V>> = BTreeMap::new();
    let known = revisions.iter().filter(|it| it.received_at <= moment);
    for revision in known {
        let kept = newest.entry(revision.key).or_insert(revision);
        if kept.received_at <= revision.received_at {
            *kept = revision;
        }
    }
    let values = newest.into_iter();
    values
        .map(|(key, revision)| (key, revision.value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(key: u8, second: i64, value: i32) -> Revision<u8, i32> {
        let received_at = Timestamp::from_second(second).unwrap();
        Revision {
            key,
            received_at,
            value,
        }
    }

    #[test]
    fn what_came_later_does_not_change_what_was_known() {
        let revisions = [
            revision(1, 30, 3),
            revision(1, 10, 1),
            revision(2, 20, 5),
            revision(2, 20, 6),
        ];
        let at = |second| as_of(&revisions, Timestamp::from_second(second).unwrap());
        assert_eq!(at(9), BTreeMap::new());
        assert_eq!(at(10), BTreeMap::from([(1, 1)]));
        assert_eq!(at(29), BTreeMap::from([(1, 1), (2, 6)]));
        assert_eq!(at(30), BTreeMap::from([(1, 3), (2, 6)]));
    }
}
