//! Giving a segment up: its rows leave the manifest by a commit of their own.
//!
//! Invariant: no snapshot that can still be read had the segment. So every answer, cached or not,
//! is with its rows at the commits before, or without them from the new commit on, and none mixes
//! the two.

use std::collections::BTreeSet;

use bellwether_domain::Scope;
use bellwether_domain::ids::SegmentId;
use bellwether_domain::segment::CommitNumber;
use bellwether_domain::time::Timestamp;

use crate::Catalogue;
use crate::agencies::lock_agency;
use crate::commits::take_next_commit;
use crate::compaction::take_out;
use crate::dropped_files::insert_dropped;
use crate::error::{Error, Result};
use crate::horizon::{forget_what_expired, raise_oldest_commit};
use crate::partitions::mark_changed;

impl Catalogue {
    /// Takes a segment out of the manifest by a new commit, in one transaction, and returns the
    /// commit: the partition has a new version, and every snapshot before has expired, because it
    /// would lack rows. The commit is written down as one of the segment's newest batch.
    ///
    /// [`Error::SegmentGone`] when the agency's manifest doesn't list it, and
    /// [`Error::SnapshotPinned`] while a live pin needs an older snapshot.
    pub fn forget_segment(
        &self,
        scope: &Scope,
        segment: SegmentId,
        now: Timestamp,
    ) -> Result<CommitNumber> {
        self.write(|connection| {
            lock_agency(connection, scope)?;
            let (taken, _) = take_out(connection, scope, &[segment])?;
            let gone = || Error::SegmentGone {
                segment: segment.to_string(),
            };
            let forgotten = taken.first().ok_or_else(gone)?;
            let newest = forgotten.parts.last().ok_or_else(gone)?;
            insert_dropped(connection, scope, &taken, now)?;
            let commit = take_next_commit(connection, scope, newest.batch, now)?;
            let partition = forgotten.partition;
            mark_changed(connection, scope, commit, &BTreeSet::from([partition]))?;
            raise_oldest_commit(connection, scope, commit, now)?;
            forget_what_expired(connection, scope, partition, commit)?;
            Ok(commit)
        })
    }
}
