//! Cases of lost segments: giving one up, and what to send again.

use bellwether_catalogue::{Catalogue, Publication, SnapshotPin};
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::{BatchId, BrandId, CampaignId, PinId};
use bellwether_domain::segment::{CommitNumber, Segment};
use bellwether_domain::time::Month;
use bellwether_domain::{ErrorCode, Scope};

use super::given::{
    a_brand, a_commit, a_staged_batch, an_agency, at, month, next_id, publish, segment,
};
use super::version_cases::{removal, said};

fn january() -> Month {
    month("2026-01")
}

fn february() -> Month {
    month("2026-02")
}

fn an_agency_with_a_brand(catalogue: &Catalogue) -> (Scope, BrandId) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    (scope, brand)
}

/// The segment of a commit.
fn segment_of(catalogue: &Catalogue, scope: &Scope, commit: i64) -> Segment {
    let all = catalogue.list_segments(scope, None, 100).unwrap();
    let is_of = |it: &Segment| it.newest_commit() == CommitNumber(commit);
    all.into_iter().find(is_of).unwrap()
}

/// The commits of the batches to send again when the segment of a commit is lost.
fn send_again(catalogue: &Catalogue, scope: &Scope, commit: i64) -> Vec<i64> {
    let lost = segment_of(catalogue, scope, commit);
    let batches = catalogue.batches_to_send_again(scope, &lost).unwrap();
    let commit_of = |batch: BatchId| {
        let batch = catalogue.find_batch(scope, batch).unwrap();
        batch.unwrap().commit.unwrap().0
    };
    batches.unwrap().into_iter().map(commit_of).collect()
}

pub(super) fn a_forgotten_segment_leaves_by_a_commit_of_its_own(catalogue: &Catalogue) {
    let (scope, brand) = an_agency_with_a_brand(catalogue);
    a_commit(catalogue, &scope, brand, january(), at(1));
    a_commit(catalogue, &scope, brand, february(), at(2));
    a_commit(catalogue, &scope, brand, january(), at(3));
    let lost = segment_of(catalogue, &scope, 1);
    let commit = catalogue.forget_segment(&scope, lost.id, at(4)).unwrap();
    assert_eq!(catalogue.snapshot(&scope).unwrap().commit, commit);
    assert_eq!(
        said(catalogue, &scope, 4),
        [
            (january(), 4, vec![3], vec![], vec![]),
            (february(), 2, vec![2], vec![], vec![]),
        ],
        "the partition has a new version, and the other its old one"
    );
    assert_eq!(catalogue.check_integrity().unwrap(), [""; 0]);
}

pub(super) fn snapshots_before_a_forgotten_segment_have_expired(catalogue: &Catalogue) {
    let (scope, brand) = an_agency_with_a_brand(catalogue);
    a_commit(catalogue, &scope, brand, january(), at(1));
    a_commit(catalogue, &scope, brand, january(), at(2));
    let lost = segment_of(catalogue, &scope, 1);
    catalogue.forget_segment(&scope, lost.id, at(3)).unwrap();
    let daily = DatasetName::DeliveryDaily;
    let before = catalogue.partitions(&scope, daily, CommitNumber(2));
    assert_eq!(before.unwrap_err().code(), ErrorCode::SnapshotExpired);
}

pub(super) fn a_segment_is_forgotten_once_and_by_its_agency(catalogue: &Catalogue) {
    let (scope, brand) = an_agency_with_a_brand(catalogue);
    a_commit(catalogue, &scope, brand, january(), at(1));
    let lost = segment_of(catalogue, &scope, 1);
    let forget = |scope| catalogue.forget_segment(scope, lost.id, at(2));
    let other = an_agency(catalogue, "other");
    assert_eq!(forget(&other).unwrap_err().code(), ErrorCode::Conflict);
    forget(&scope).unwrap();
    assert_eq!(forget(&scope).unwrap_err().code(), ErrorCode::Conflict);
    let again = catalogue.batches_to_send_again(&scope, &lost).unwrap();
    assert_eq!(again, None);
}

pub(super) fn a_live_pin_keeps_a_segment_from_being_forgotten(catalogue: &Catalogue) {
    let (scope, brand) = an_agency_with_a_brand(catalogue);
    a_commit(catalogue, &scope, brand, january(), at(1));
    let lost = segment_of(catalogue, &scope, 1);
    let pin = SnapshotPin {
        id: next_id!(PinId),
        commit: CommitNumber(1),
        purpose: "backup".to_owned(),
        expires_at: at(10),
    };
    catalogue.pin_snapshot(&scope, &pin).unwrap();
    let forget = |second| catalogue.forget_segment(&scope, lost.id, at(second));
    assert_eq!(forget(9).unwrap_err().code(), ErrorCode::Conflict);
    assert_eq!(forget(10).unwrap(), CommitNumber(2));
}

/// A batch with rows of one month that removes from another, and maybe has no rows at all.
fn a_removal_batch(
    catalogue: &Catalogue,
    scope: &Scope,
    brand: BrandId,
    second: i64,
) -> Publication {
    let staged = a_staged_batch(catalogue, scope, brand, february(), at(second));
    Publication {
        removals: vec![removal(january(), vec![next_id!(CampaignId)])],
        ..staged
    }
}

pub(super) fn batches_that_only_removed_are_sent_again_too(catalogue: &Catalogue) {
    let (scope, brand) = an_agency_with_a_brand(catalogue);
    a_commit(catalogue, &scope, brand, january(), at(1));
    let mut without_rows = a_removal_batch(catalogue, &scope, brand, 2);
    without_rows.segments.clear();
    publish(catalogue, &scope, &without_rows);
    a_commit(catalogue, &scope, brand, month("2026-03"), at(3));
    assert_eq!(send_again(catalogue, &scope, 1), [1, 2]);
}

pub(super) fn what_follows_in_a_batchs_other_months_is_sent_again_too(catalogue: &Catalogue) {
    let (scope, brand) = an_agency_with_a_brand(catalogue);
    a_commit(catalogue, &scope, brand, february(), at(1));
    let mut of_both = a_staged_batch(catalogue, &scope, brand, january(), at(2));
    let mut second = segment(february());
    second.path.push('2');
    of_both.segments.push(second);
    publish(catalogue, &scope, &of_both);
    a_commit(catalogue, &scope, brand, month("2026-03"), at(3));
    a_commit(catalogue, &scope, brand, february(), at(4));
    let of_january = catalogue.list_segments(&scope, None, 100).unwrap();
    let of_january = of_january
        .into_iter()
        .find(|it| it.partition.month == january());
    let again = catalogue.batches_to_send_again(&scope, &of_january.unwrap());
    let again = again.unwrap().unwrap();
    let commits = again.into_iter().map(|batch| {
        let found = catalogue.find_batch(&scope, batch).unwrap();
        found.unwrap().commit.unwrap().0
    });
    assert_eq!(commits.collect::<Vec<_>>(), [2, 4]);
}

pub(super) fn batches_of_other_brands_and_undone_ones_are_not_sent_again(catalogue: &Catalogue) {
    let (scope, brand) = an_agency_with_a_brand(catalogue);
    let other = a_brand(catalogue, &scope, "other");
    a_commit(catalogue, &scope, brand, january(), at(1));
    a_commit(catalogue, &scope, other, january(), at(2));
    a_commit(catalogue, &scope, brand, january(), at(3));
    a_commit(catalogue, &scope, brand, january(), at(4));
    let undone = segment_of(catalogue, &scope, 3).parts[0].batch;
    catalogue.retract_batch(&scope, undone, at(5)).unwrap();
    assert_eq!(send_again(catalogue, &scope, 1), [1, 4]);
}

pub(super) fn all_later_batches_are_sent_again_when_their_months_are_not_known_any_more(
    catalogue: &Catalogue,
) {
    let (scope, brand) = an_agency_with_a_brand(catalogue);
    for (second, of) in [(1, february()), (2, january()), (3, february())] {
        a_commit(catalogue, &scope, brand, of, at(second));
    }
    assert_eq!(send_again(catalogue, &scope, 2), [2]);
    let lost = segment_of(catalogue, &scope, 1);
    catalogue.forget_segment(&scope, lost.id, at(4)).unwrap();
    a_commit(catalogue, &scope, brand, february(), at(5));
    assert_eq!(send_again(catalogue, &scope, 2), [2, 3, 5]);
    assert_eq!(send_again(catalogue, &scope, 5), [5]);
}
