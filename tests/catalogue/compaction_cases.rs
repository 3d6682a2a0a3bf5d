//! Cases of compaction: replacing segments, the retention's horizon, pins and dropped files.

use std::sync::atomic::{AtomicBool, Ordering};

use bellwether_catalogue::{
    Catalogue, CompactedSegment, PIN_PURPOSE_BYTES_MAX, REPLACED_SEGMENTS_MAX, Replacement,
    SnapshotPin, StagingLease,
};
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::{BrandId, CampaignId, PinId, SegmentId, StagingId};
use bellwether_domain::segment::{CommitNumber, Segment};
use bellwether_domain::time::Month;
use bellwether_domain::{ErrorCode, Scope};

use super::given::{
    a_brand, a_commit, a_staged_batch, an_agency, at, month, next_id, publish, segment,
};
use super::version_cases::{removal, said};

const DAILY: DatasetName = DatasetName::DeliveryDaily;
const MONTH: &str = "2026-01";

fn january() -> Month {
    month(MONTH)
}

/// An agency with a brand and so many commits of January, one a second.
fn an_agency_with(catalogue: &Catalogue, n_commits: i64) -> (Scope, BrandId) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    for second in 1..=n_commits {
        a_commit(catalogue, &scope, brand, january(), at(second));
    }
    (scope, brand)
}

fn present_segments(catalogue: &Catalogue, scope: &Scope) -> Vec<Segment> {
    catalogue.list_segments(scope, None, 100).unwrap()
}

/// One file in the place of these segments, leased, as read at the present commit.
fn a_replacement(
    catalogue: &Catalogue,
    scope: &Scope,
    replaced: &[Segment],
    horizon: Option<i64>,
) -> Replacement {
    let file = segment(january());
    let lease = StagingLease {
        id: next_id!(StagingId),
        paths: vec![file.path.clone()],
        expires_at: at(1_000),
    };
    catalogue.open_staging(scope, &lease).unwrap();
    let mut parts: Vec<_> = replaced.iter().flat_map(|s| s.parts.clone()).collect();
    parts.sort();
    Replacement {
        staging: lease.id,
        replaced: replaced.iter().map(|segment| segment.id).collect(),
        new: Some(CompactedSegment { file, parts }),
        read_at: catalogue.snapshot(scope).unwrap().commit,
        horizon: horizon.map(CommitNumber),
        now: at(100),
    }
}

fn pin(commit: i64, until: i64) -> SnapshotPin {
    SnapshotPin {
        id: next_id!(PinId),
        commit: CommitNumber(commit),
        purpose: "backup".to_owned(),
        expires_at: at(until),
    }
}

pub(super) fn a_replacement_changes_neither_commit_nor_version(catalogue: &Catalogue) {
    let (scope, _) = an_agency_with(catalogue, 3);
    let before = catalogue.snapshot(&scope).unwrap();
    let old = present_segments(catalogue, &scope);
    let replacement = a_replacement(catalogue, &scope, &old[..2], None);
    catalogue.replace_segments(&scope, &replacement).unwrap();
    assert_eq!(catalogue.snapshot(&scope).unwrap(), before);
    let at_1 = (january(), 1, vec![1, 2], vec![], vec![]);
    assert_eq!(said(catalogue, &scope, 1), [at_1]);
    let at_3 = (january(), 3, vec![1, 2, 3], vec![], vec![]);
    assert_eq!(said(catalogue, &scope, 3), [at_3]);
    let now = present_segments(catalogue, &scope);
    assert_eq!(now.len(), 2);
    assert!(catalogue.list_staging().unwrap().is_empty());
}

pub(super) fn dropped_files_are_listed_until_forgotten_and_never_live(catalogue: &Catalogue) {
    let (scope, _) = an_agency_with(catalogue, 2);
    let old = present_segments(catalogue, &scope);
    let paths: Vec<_> = old.iter().map(|segment| segment.path.clone()).collect();
    let replacement = a_replacement(catalogue, &scope, &old, None);
    catalogue.replace_segments(&scope, &replacement).unwrap();
    assert_eq!(catalogue.dropped_files(at(100)).unwrap(), [""; 0]);
    assert_eq!(catalogue.dropped_files(at(101)).unwrap(), paths);
    let new = replacement.new.unwrap().file.path;
    assert_eq!(catalogue.live_segment_paths("").unwrap(), [new]);
    catalogue.forget_dropped(&paths).unwrap();
    assert_eq!(catalogue.dropped_files(at(101)).unwrap(), [""; 0]);
}

pub(super) fn a_replacement_that_comes_late_changes_nothing(catalogue: &Catalogue) {
    let (scope, _) = an_agency_with(catalogue, 3);
    let old = present_segments(catalogue, &scope);
    let early = a_replacement(catalogue, &scope, &old[..2], None);
    let late = a_replacement(catalogue, &scope, &old, None);
    catalogue.replace_segments(&scope, &early).unwrap();
    let before = present_segments(catalogue, &scope);
    let error = catalogue.replace_segments(&scope, &late).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict);
    assert_eq!(present_segments(catalogue, &scope), before);
    assert_eq!(catalogue.dropped_files(at(101)).unwrap().len(), 2);
    let other = an_agency(catalogue, "other");
    let mut foreign = a_replacement(catalogue, &scope, &before, None);
    foreign.read_at = CommitNumber(0);
    let error = catalogue.replace_segments(&other, &foreign).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict, "another agency has none");
}

pub(super) fn a_replacement_invents_nothing(catalogue: &Catalogue) {
    let (scope, brand) = an_agency_with(catalogue, 2);
    a_commit(catalogue, &scope, brand, month("2026-02"), at(3));
    let old = present_segments(catalogue, &scope);
    let refuse = |replacement: &Replacement| {
        let error = catalogue.replace_segments(&scope, replacement).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidInput);
    };
    refuse(&a_replacement(catalogue, &scope, &old, None));
    let mut of_another = a_replacement(catalogue, &scope, &old[..1], None);
    of_another
        .new
        .as_mut()
        .unwrap()
        .parts
        .clone_from(&old[1].parts);
    refuse(&of_another);
    let mut ahead = a_replacement(catalogue, &scope, &old[..1], Some(2));
    ahead.read_at = CommitNumber(1);
    refuse(&ahead);
    assert_eq!(present_segments(catalogue, &scope), old);
}

pub(super) fn the_horizon_rises_with_a_replacement_and_never_falls(catalogue: &Catalogue) {
    let (scope, _) = an_agency_with(catalogue, 4);
    let replace = |horizon| {
        let old = present_segments(catalogue, &scope);
        let replacement = a_replacement(catalogue, &scope, &old, Some(horizon));
        catalogue.replace_segments(&scope, &replacement).unwrap();
        catalogue.oldest_commit(&scope).unwrap().0
    };
    assert_eq!([3, 2].map(replace), [3, 3]);
    let expired = catalogue.partitions(&scope, DAILY, CommitNumber(2));
    assert_eq!(expired.unwrap_err().code(), ErrorCode::SnapshotExpired);
    let all = vec![1, 2, 3, 4];
    assert_eq!(
        said(catalogue, &scope, 3),
        [(january(), 3, all.clone(), vec![], vec![])]
    );
    assert_eq!(
        said(catalogue, &scope, 4),
        [(january(), 4, all, vec![], vec![])]
    );
    let error = catalogue.pin_snapshot(&scope, &pin(2, 500)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::SnapshotExpired);
}

pub(super) fn a_live_pin_holds_the_horizon_back(catalogue: &Catalogue) {
    let (scope, _) = an_agency_with(catalogue, 3);
    let pinned = pin(1, 200);
    catalogue.pin_snapshot(&scope, &pinned).unwrap();
    let horizon = |now| {
        let horizon = catalogue.retention_horizon(&scope, at(2), at(now));
        horizon.unwrap().0
    };
    assert_eq!([199, 200].map(horizon), [1, 2]);
    let old = present_segments(catalogue, &scope);
    let replacement = a_replacement(catalogue, &scope, &old, Some(2));
    let error = catalogue
        .replace_segments(&scope, &replacement)
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict);
    assert_eq!(present_segments(catalogue, &scope), old);
    assert_eq!(catalogue.purge_pins(at(199)).unwrap(), 0);
    let other = an_agency(catalogue, "other");
    catalogue.unpin(&other, pinned.id).unwrap();
    assert_eq!(horizon(100), 1, "another agency ends no pin");
    catalogue.unpin(&scope, pinned.id).unwrap();
    catalogue.replace_segments(&scope, &replacement).unwrap();
    catalogue.pin_snapshot(&scope, &pin(3, 200)).unwrap();
    assert_eq!(catalogue.purge_pins(at(200)).unwrap(), 1);
}

pub(super) fn a_commit_to_come_can_not_be_pinned(catalogue: &Catalogue) {
    let (scope, _) = an_agency_with(catalogue, 1);
    let error = catalogue.pin_snapshot(&scope, &pin(2, 200)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound);
}

pub(super) fn a_retraction_meanwhile_refuses_the_replacement(catalogue: &Catalogue) {
    let (scope, _) = an_agency_with(catalogue, 3);
    let old = present_segments(catalogue, &scope);
    let dropping = a_replacement(catalogue, &scope, &old, Some(2));
    let batch = old[1].parts[0].batch;
    catalogue.retract_batch(&scope, batch, at(50)).unwrap();
    let error = catalogue.replace_segments(&scope, &dropping).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict);
    let again = a_replacement(catalogue, &scope, &old, Some(2));
    catalogue.replace_segments(&scope, &again).unwrap();
    let late = catalogue.retract_batch(&scope, old[0].parts[0].batch, at(60));
    assert_eq!(
        late.unwrap_err().code(),
        ErrorCode::Conflict,
        "what it replaced may be gone"
    );
    catalogue
        .retract_batch(&scope, old[2].parts[0].batch, at(60))
        .unwrap();
}

pub(super) fn a_removal_is_forgotten_once_every_older_row_was_rewritten(catalogue: &Catalogue) {
    let (scope, brand) = an_agency_with(catalogue, 2);
    let mut range = a_staged_batch(catalogue, &scope, brand, january(), at(3));
    range.removals = vec![removal(january(), vec![next_id!(CampaignId)])];
    publish(catalogue, &scope, &range);
    let removals = || said(catalogue, &scope, 3)[0].3.clone();
    let replace = |which: &[Segment]| {
        let replacement = a_replacement(catalogue, &scope, which, Some(3));
        catalogue.replace_segments(&scope, &replacement).unwrap();
    };
    let old = present_segments(catalogue, &scope);
    replace(&old[1..]);
    assert_eq!(removals(), [3], "the first segment has rows that it takes");
    replace(&old[..1]);
    assert_eq!(removals(), [0; 0]);
    assert_eq!(said(catalogue, &scope, 3)[0].1, 3, "the version stays");
}

pub(super) fn segments_can_go_without_another_in_their_place(catalogue: &Catalogue) {
    let (scope, _) = an_agency_with(catalogue, 2);
    let old = present_segments(catalogue, &scope);
    let mut replacement = a_replacement(catalogue, &scope, &old[..1], Some(2));
    replacement.new = None;
    catalogue.replace_segments(&scope, &replacement).unwrap();
    assert_eq!(
        said(catalogue, &scope, 2),
        [(january(), 2, vec![2], vec![], vec![])]
    );
}

pub(super) fn maintenance_reaches_every_agency(catalogue: &Catalogue) {
    let scopes = ["one", "two"].map(|name| an_agency(catalogue, name));
    assert_eq!(catalogue.maintenance_scopes().unwrap(), scopes);
}

pub(super) fn a_replacement_takes_so_many_segments_and_no_more(catalogue: &Catalogue) {
    let (scope, _) = an_agency_with(catalogue, 1);
    let code_of = |n_segments: usize| {
        let replacement = Replacement {
            staging: next_id!(StagingId),
            replaced: vec![next_id!(SegmentId); n_segments],
            new: None,
            read_at: CommitNumber(1),
            horizon: None,
            now: at(100),
        };
        let error = catalogue.replace_segments(&scope, &replacement);
        error.unwrap_err().code()
    };
    let absent = code_of(REPLACED_SEGMENTS_MAX);
    assert_eq!(absent, ErrorCode::Conflict, "none of them is there");
    let too_many = code_of(REPLACED_SEGMENTS_MAX + 1);
    assert_eq!(too_many, ErrorCode::LimitExceeded);
}

pub(super) fn a_pin_says_what_it_is_for_in_so_many_bytes(catalogue: &Catalogue) {
    let (scope, _) = an_agency_with(catalogue, 1);
    let pin_for = |n_bytes: usize| {
        let purpose = "p".repeat(n_bytes);
        let pin = SnapshotPin {
            purpose,
            ..pin(1, 200)
        };
        catalogue.pin_snapshot(&scope, &pin)
    };
    pin_for(PIN_PURPOSE_BYTES_MAX).unwrap();
    let error = pin_for(PIN_PURPOSE_BYTES_MAX + 1).unwrap_err();
    assert_eq!(error.code(), ErrorCode::LimitExceeded);
    let message = error.public_message();
    assert!(message.contains("pin_purpose_bytes_max"), "{message}");
}

/// How often a removal is spent while others read.
const SPENT_REMOVALS: i64 = 60;

/// Rows that were removed must not come back to a reader while compaction takes both the rows and
/// the removal away.
pub(super) fn a_reader_sees_segments_and_their_removals_of_one_moment(catalogue: &Catalogue) {
    let (scope, brand) = an_agency_with(catalogue, 1);
    let (is_over, campaigns) = (AtomicBool::new(false), vec![next_id!(CampaignId)]);
    let read = || {
        while !is_over.load(Ordering::Relaxed) {
            let commit = catalogue.snapshot(&scope).unwrap().commit;
            let Ok(read) = catalogue.partitions(&scope, DAILY, commit) else {
                continue;
            };
            let segments = &read[0].segments;
            // As it is published: one segment to be removed from, and the one of the removal.
            let is_unsettled = segments.len() == 2;
            assert_eq!(read[0].removals.len(), usize::from(is_unsettled));
        }
    };
    std::thread::scope(|threads| {
        let readers = [threads.spawn(read), threads.spawn(read)];
        for second in 1..=SPENT_REMOVALS {
            let mut range = a_staged_batch(catalogue, &scope, brand, january(), at(second));
            range.removals = vec![removal(january(), campaigns.clone())];
            let commit = publish(catalogue, &scope, &range).commit.0;
            let both = present_segments(catalogue, &scope);
            let replacement = a_replacement(catalogue, &scope, &both, Some(commit));
            catalogue.replace_segments(&scope, &replacement).unwrap();
        }
        is_over.store(true, Ordering::Relaxed);
        for reader in readers {
            reader.join().unwrap();
        }
    });
}
