//! The rows that are kept against a naive model of what each snapshot sees.

use proptest::prelude::*;

use super::*;
use crate::dataset::{DatasetName, KEY_DIMENSIONS_MAX};
use crate::fact::Shape;
use crate::ids::{AgencyId, BatchId, BrandId, CampaignId, SegmentId};
use crate::segment::{PartitionName, SegmentPart};
use crate::time::{Month, Timestamp, date};

/// Measures whose fate the model follows; a row speaks of the others only if it is whole.
const MEASURES: u64 = 0b111;

/// What happened to one key by a commit.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// A row, whole or of some measures.
    Row(Option<u64>),
    /// A removal that takes the key.
    Removal,
    /// The same, with a row of the same commit.
    Replacement(Option<u64>),
    /// The retraction of an earlier commit.
    Retraction(usize),
    /// A commit that has nothing to do with the key.
    Elsewhere,
}

/// A key's history: event `i` is commit `i + 1`.
#[derive(Debug, Clone)]
struct History(Vec<Event>);

impl History {
    fn newest(&self) -> i64 {
        i64::try_from(self.0.len()).unwrap()
    }

    fn event(&self, commit: i64) -> Event {
        self.0[usize::try_from(commit - 1).unwrap()]
    }

    fn is_retracted(&self, commit: i64, at: i64) -> bool {
        (1..=at).any(|by| match self.event(by) {
            Event::Retraction(place) => i64::try_from(place + 1).unwrap() == commit && commit < by,
            _ => false,
        })
    }

    fn removals(&self, at: i64) -> impl Iterator<Item = i64> + '_ {
        let is_removal =
            |commit: &i64| matches!(self.event(*commit), Event::Removal | Event::Replacement(_));
        (1..=at)
            .filter(is_removal)
            .filter(move |it| !self.is_retracted(*it, at))
    }

    /// The rows of the key, newest first.
    fn rows(&self) -> Vec<RowVersion> {
        let row = |commit: i64| {
            let merged_measures = match self.event(commit) {
                Event::Row(measures) | Event::Replacement(measures) => measures,
                Event::Removal | Event::Retraction(_) | Event::Elsewhere => return None,
            };
            Some(RowVersion {
                commit: CommitNumber(commit),
                merged_measures,
            })
        };
        (1..=self.newest()).rev().filter_map(row).collect()
    }

    /// By measure, the commit that a snapshot's value comes from; `None` when it has no row.
    fn seen(&self, rows: &[RowVersion], at: i64) -> Option<[Option<i64>; 3]> {
        let counts = |row: &&RowVersion| {
            let commit = row.commit.0;
            commit <= at
                && !self.is_retracted(commit, at)
                && !self.removals(at).any(|removal| removal > commit)
        };
        let mut values = None;
        for row in rows.iter().filter(counts) {
            let values = values.get_or_insert([None; 3]);
            let spoken = row.merged_measures.unwrap_or(u64::MAX);
            for (measure, value) in values.iter_mut().enumerate() {
                if spoken & (1 << measure) != 0 {
                    value.get_or_insert(row.commit.0);
                }
            }
            if row.merged_measures.is_none() {
                break;
            }
        }
        values
    }

    /// The partition as the catalogue gives it at a commit.
    fn version(&self, at: i64) -> PartitionVersion {
        let commits = 1..=at;
        let retracted = commits
            .filter(|it| self.is_retracted(*it, at))
            .map(CommitNumber);
        PartitionVersion {
            agency: AgencyId::from_parts(Timestamp::UNIX_EPOCH, 1),
            name: PartitionName {
                dataset: DatasetName::DeliveryDaily,
                month: month(),
            },
            version: CommitNumber(at),
            up_to: CommitNumber(at),
            segments: Vec::new(),
            removals: self.removals(at).map(removal).collect(),
            retracted: retracted.collect(),
        }
    }

    /// The rows that are kept when the horizon rises to a commit.
    fn kept(&self, horizon: i64) -> Vec<RowVersion> {
        let (then, now) = (self.version(horizon), self.version(self.newest()));
        let retention = Retention::new(CommitNumber(horizon), Some(&then), &now);
        let rows = self.rows();
        let needed = retention.needed(&key(), &rows);
        rows.into_iter()
            .zip(needed)
            .filter_map(|(row, is)| is.then_some(row))
            .collect()
    }
}

fn month() -> Month {
    Month::of(date(2025, 1, 1))
}

fn key() -> FactKey {
    FactKey {
        brand: BrandId::from_parts(Timestamp::UNIX_EPOCH, 2),
        campaign: Some(CampaignId::from_parts(Timestamp::UNIX_EPOCH, 3)),
        from: date(2025, 1, 15),
        until: None,
        texts: [const { None }; KEY_DIMENSIONS_MAX],
        attribution: None,
    }
}

fn removal(commit: i64) -> Removal {
    Removal {
        commit: CommitNumber(commit),
        days: month().days(),
        campaigns: key().campaign.into_iter().collect(),
        shapes: vec![Shape(0)],
        attributions: vec![None],
    }
}

fn events() -> impl Strategy<Value = Event> {
    let row = || prop_oneof![Just(None), (0..=MEASURES).prop_map(Some)];
    prop_oneof![
        6 => row().prop_map(Event::Row),
        1 => Just(Event::Removal),
        1 => row().prop_map(Event::Replacement),
        2 => (0_usize..12).prop_map(Event::Retraction),
        1 => Just(Event::Elsewhere),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_readable_snapshot_tells_what_was_dropped(
        now in proptest::collection::vec(events(), 1..10),
        horizon in 0_i64..10,
        later in proptest::collection::vec(events(), 0..6),
    ) {
        let horizon = horizon.min(i64::try_from(now.len()).unwrap());
        let known = History(now.clone());
        let kept = known.kept(horizon);
        // What comes afterwards: new commits, and retractions of commits above the horizon only.
        let may_come = later.into_iter().filter(|event| match event {
            Event::Retraction(place) => i64::try_from(*place).unwrap() + 1 > horizon,
            _ => true,
        });
        let whole = History(now.into_iter().chain(may_come).collect());
        let rows = whole.rows();
        let n_later = rows.len() - known.rows().len();
        let left: Vec<RowVersion> = rows[..n_later].iter().chain(&kept).copied().collect();
        for at in horizon..=whole.newest() {
            prop_assert_eq!(whole.seen(&rows, at), whole.seen(&left, at), "at {}", at);
        }
    }
}

#[test]
fn rows_that_newer_whole_rows_replaced_for_all_go() {
    let history = History(vec![Event::Row(None), Event::Row(None), Event::Row(None)]);
    let commits = |horizon| -> Vec<i64> {
        history
            .kept(horizon)
            .iter()
            .map(|row| row.commit.0)
            .collect()
    };
    assert_eq!(commits(1), [3, 2, 1]);
    assert_eq!(commits(2), [3, 2]);
    assert_eq!(commits(3), [3]);
}

#[test]
fn a_replacement_that_was_undone_later_keeps_what_it_replaced() {
    let history = History(vec![
        Event::Row(None),
        Event::Row(None),
        Event::Retraction(1),
    ]);
    assert_eq!(history.kept(2).len(), 2);
    let left = history.kept(3);
    assert_eq!(left.iter().map(|row| row.commit.0).collect::<Vec<_>>(), [1]);
}

#[test]
fn removed_rows_go_once_nobody_can_see_them() {
    let history = History(vec![Event::Row(None), Event::Removal]);
    assert_eq!(history.kept(1).len(), 1);
    assert_eq!(history.kept(2), []);
}

fn segment(commits: &[i64]) -> Segment {
    let part = |commit: &i64| SegmentPart {
        commit: CommitNumber(*commit),
        batch: BatchId::from_parts(Timestamp::UNIX_EPOCH, commit.unsigned_abs().into()),
    };
    Segment {
        id: SegmentId::from_parts(Timestamp::UNIX_EPOCH, 4),
        agency: AgencyId::from_parts(Timestamp::UNIX_EPOCH, 1),
        partition: PartitionName {
            dataset: DatasetName::DeliveryDaily,
            month: month(),
        },
        parts: commits.iter().map(part).collect(),
        path: String::new(),
        n_rows: 1,
        size_bytes: 1,
        sha256: String::new(),
        first_day: month().first_day(),
        last_day: month().first_day(),
    }
}

#[test]
fn a_segment_may_shrink_once_a_newer_commit_passed_the_horizon_and_not_again() {
    let history = History(vec![Event::Row(None); 3]);
    let merged = segment(&[1, 2, 3]);
    let mut now = history.version(3);
    now.segments = vec![merged.clone()];
    let may = |horizon: i64, when_written: i64| {
        let retention = Retention::new(CommitNumber(horizon), None, &now);
        may_shrink(&merged, CommitNumber(when_written), &now, &retention)
    };
    assert!(!may(1, 0), "nothing is older than the first commit");
    assert!(may(2, 0));
    assert!(!may(2, 2), "it was written when the horizon stood there");
    assert!(may(3, 2));
}
