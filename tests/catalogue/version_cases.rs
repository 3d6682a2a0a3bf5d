//! Cases of versions: removals, retractions, lists of batches, and the commit of a moment.

use bellwether_catalogue::{BatchFilter, BatchState, Catalogue, NewRemoval, Publication};
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::fact::Shape;
use bellwether_domain::ids::{BatchId, CampaignId};
use bellwether_domain::segment::{CommitNumber, PartitionName, PartitionVersion, Removal};
use bellwether_domain::time::{DateRange, Month, date};
use bellwether_domain::{ErrorCode, Scope};

use super::given::{
    a_brand, a_commit, a_staged_batch, an_agency, at, batch, month, next_id, publish,
};

const DAILY: DatasetName = DatasetName::DeliveryDaily;

/// A removal of the first nine days of a month.
pub(super) fn removal(month: Month, campaigns: Vec<CampaignId>) -> NewRemoval {
    let first = month.first_day();
    let tenth = date(first.year(), first.month(), 10);
    NewRemoval {
        partition: PartitionName {
            dataset: DAILY,
            month,
        },
        days: DateRange::new(first, tenth).unwrap(),
        campaigns,
        shapes: vec![Shape(0), Shape(3)],
        attributions: vec![None, Some("7c1v".into())],
    }
}

/// What a partition is: month, version, the commits of its segments, removals, retracted ones.
type Said = (Month, i64, Vec<i64>, Vec<i64>, Vec<i64>);

pub(super) fn said(catalogue: &Catalogue, scope: &Scope, up_to: i64) -> Vec<Said> {
    let partitions = catalogue
        .partitions(scope, DAILY, CommitNumber(up_to))
        .unwrap();
    let of = |partition: &PartitionVersion| {
        let parts = partition.segments.iter().flat_map(|segment| &segment.parts);
        (
            partition.name.month,
            partition.version.0,
            parts.map(|part| part.commit.0).collect(),
            partition.removals.iter().map(|r| r.commit.0).collect(),
            partition.retracted.iter().map(|commit| commit.0).collect(),
        )
    };
    partitions.iter().map(of).collect()
}

/// Stages a batch of one segment with removals of further months.
fn a_range_batch(
    catalogue: &Catalogue,
    scope: &Scope,
    brand: bellwether_domain::ids::BrandId,
    of: Month,
    removals: Vec<NewRemoval>,
) -> Publication {
    Publication {
        removals,
        ..a_staged_batch(catalogue, scope, brand, of, at(50))
    }
}

pub(super) fn a_removal_reads_back_from_its_commit_on(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let (january, february) = (month("2026-01"), month("2026-02"));
    a_commit(catalogue, &scope, brand, january, at(1));
    a_commit(catalogue, &scope, brand, february, at(2));
    let campaigns = vec![next_id!(CampaignId), next_id!(CampaignId)];
    let removals = vec![
        removal(january, campaigns.clone()),
        removal(february, campaigns.clone()),
        removal(month("2026-03"), campaigns.clone()),
    ];
    let publication = a_range_batch(catalogue, &scope, brand, january, removals);
    assert_eq!(
        publish(catalogue, &scope, &publication).commit,
        CommitNumber(3)
    );
    assert_eq!(
        said(catalogue, &scope, 3),
        [
            (january, 3, vec![1, 3], vec![3], vec![]),
            (february, 3, vec![2], vec![3], vec![]),
        ],
        "a month with nothing but a removal is no partition"
    );
    assert_eq!(
        said(catalogue, &scope, 2),
        [
            (january, 1, vec![1], vec![], vec![]),
            (february, 2, vec![2], vec![], vec![]),
        ]
    );
    let read = catalogue
        .partitions(&scope, DAILY, CommitNumber(3))
        .unwrap();
    let expected = Removal {
        commit: CommitNumber(3),
        days: DateRange::new(date(2026, 2, 1), date(2026, 2, 10)).unwrap(),
        campaigns,
        shapes: vec![Shape(0), Shape(3)],
        attributions: vec![None, Some("7c1v".into())],
    };
    assert_eq!(read[1].removals, [expected]);
}

pub(super) fn a_batch_that_only_removes_takes_a_commit(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let january = month("2026-01");
    a_commit(catalogue, &scope, brand, january, at(1));
    let removals = vec![removal(january, vec![next_id!(CampaignId)])];
    let mut publication = a_range_batch(catalogue, &scope, brand, january, removals);
    publication.segments.clear();
    publish(catalogue, &scope, &publication);
    assert_eq!(
        said(catalogue, &scope, 2),
        [(january, 2, vec![1], vec![2], vec![])]
    );
    let found = catalogue.find_batch(&scope, publication.batch).unwrap();
    let found = found.unwrap();
    assert_eq!(found.commit, Some(CommitNumber(2)));
    assert_eq!(found.n_rows_written, Some(0));
}

pub(super) fn a_removal_keeps_to_its_month(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let mut astray = removal(month("2026-01"), Vec::new());
    astray.partition.month = month("2026-02");
    let publication = a_range_batch(catalogue, &scope, brand, month("2026-02"), vec![astray]);
    let error = catalogue
        .publish(&scope, &publication, |_, _| String::new())
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidInput);
    assert_eq!(catalogue.snapshot(&scope).unwrap().commit, CommitNumber(0));
}

pub(super) fn a_retracted_batch_counts_in_older_snapshots_only(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let (january, february) = (month("2026-01"), month("2026-02"));
    a_commit(catalogue, &scope, brand, january, at(1));
    let removals = vec![removal(january, Vec::new())];
    let publication = a_range_batch(catalogue, &scope, brand, february, removals);
    publish(catalogue, &scope, &publication);
    let retracted = catalogue
        .retract_batch(&scope, publication.batch, at(60))
        .unwrap();
    assert_eq!(retracted.commit, CommitNumber(3));
    assert_eq!(catalogue.snapshot(&scope).unwrap(), retracted.snapshot);
    assert_eq!(
        said(catalogue, &scope, 3),
        [
            (january, 3, vec![1], vec![], vec![]),
            (february, 3, vec![2], vec![], vec![2]),
        ],
        "its removal is undone, and its own partition stays with another version"
    );
    assert_eq!(
        said(catalogue, &scope, 2),
        [
            (january, 2, vec![1], vec![2], vec![]),
            (february, 2, vec![2], vec![], vec![]),
        ]
    );
    let found = catalogue.find_batch(&scope, publication.batch).unwrap();
    assert_eq!(found.unwrap().retracted_by, Some(CommitNumber(3)));
}

pub(super) fn only_a_committed_batch_is_retracted_and_once(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let retract = |batch| catalogue.retract_batch(&scope, batch, at(60));
    let open = batch(brand, None, at(0));
    catalogue.begin_batch(&scope, &open).unwrap();
    assert_eq!(retract(open.id).unwrap_err().code(), ErrorCode::Conflict);
    let mut empty = a_staged_batch(catalogue, &scope, brand, month("2026-01"), at(1));
    empty.segments.clear();
    publish(catalogue, &scope, &empty);
    assert_eq!(
        retract(empty.batch).unwrap_err().code(),
        ErrorCode::Conflict
    );

    let full = a_staged_batch(catalogue, &scope, brand, month("2026-01"), at(2));
    publish(catalogue, &scope, &full);
    retract(full.batch).unwrap();
    let again = retract(full.batch).unwrap_err();
    assert_eq!(again.code(), ErrorCode::Conflict);
    assert_eq!(
        again.public_message(),
        format!("batch `{}` was retracted before, by commit 2", full.batch)
    );
    let other = an_agency(catalogue, "other");
    let others = catalogue.retract_batch(&other, full.batch, at(60));
    assert_eq!(others.unwrap_err().code(), ErrorCode::NotFound);
    let unknown = retract(next_id!(BatchId)).unwrap_err();
    assert_eq!(unknown.code(), ErrorCode::NotFound);
    assert_eq!(catalogue.snapshot(&scope).unwrap().commit, CommitNumber(2));
}

pub(super) fn batches_are_listed_newest_first_in_pages(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let [acme, umbra] = ["acme", "umbra"].map(|name| a_brand(catalogue, &scope, name));
    let mut ids = Vec::new();
    for brand in [acme, umbra, acme] {
        let publication = a_staged_batch(catalogue, &scope, brand, month("2026-01"), at(1));
        publish(catalogue, &scope, &publication);
        ids.push(publication.batch);
    }
    let open = batch(acme, None, at(2));
    catalogue.begin_batch(&scope, &open).unwrap();
    let list = |filter: &BatchFilter, after, limit| {
        let batches = catalogue
            .list_batches(&scope, filter, after, limit)
            .unwrap();
        batches.iter().map(|batch| batch.id).collect::<Vec<_>>()
    };
    let any = BatchFilter::default();
    assert_eq!(list(&any, None, 2), [open.id, ids[2]]);
    assert_eq!(list(&any, Some(ids[2]), 9), [ids[1], ids[0]]);
    let of_acme = BatchFilter {
        brand: Some(acme),
        dataset: Some(DAILY),
        state: Some(BatchState::Committed),
    };
    assert_eq!(list(&of_acme, None, 9), [ids[2], ids[0]]);
    let of_costs = BatchFilter {
        dataset: Some(DatasetName::Costs),
        ..any
    };
    assert_eq!(list(&of_costs, None, 9), []);
    let shown = catalogue.find_batch(&scope, ids[0]).unwrap().unwrap();
    assert_eq!(
        (shown.n_rows_accepted, shown.n_rows_written, shown.commit),
        (Some(3), Some(3), Some(CommitNumber(1)))
    );
    assert_eq!((shown.finished_at, shown.retracted_by), (Some(at(1)), None));
}

pub(super) fn a_moment_has_the_newest_commit_before_it(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    for second in [10, 20, 20] {
        a_commit(catalogue, &scope, brand, month("2026-01"), at(second));
    }
    let commit_at = |second| catalogue.commit_at(&scope, at(second)).unwrap().0;
    assert_eq!([9, 10, 19, 20, 99].map(commit_at), [0, 1, 1, 3, 3]);
    let other = an_agency(catalogue, "other");
    assert_eq!(
        catalogue.commit_at(&other, at(99)).unwrap(),
        CommitNumber(0)
    );
}
