//! Cases of how facts come in: batches and their keys, leases, commits and the manifest.

use bellwether_catalogue::{BatchFilter, BatchStart, BatchState, Catalogue, StagingLease};
use bellwether_domain::ErrorCode;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::StagingId;
use bellwether_domain::segment::CommitNumber;

use super::given::{
    a_brand, a_campaign, a_commit, a_staged_batch, an_agency, at, batch, campaign, month, next_id,
    publish,
};

const DAILY: DatasetName = DatasetName::DeliveryDaily;

pub(super) fn a_key_is_answered_busy_or_refused_by_the_state_of_its_twin(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let begin = |batch: &_| catalogue.begin_batch(&scope, batch).unwrap();
    let first = batch(brand, Some("k"), at(0));
    assert_eq!(begin(&first), BatchStart::Fresh);
    assert_eq!(
        begin(&batch(brand, Some("k"), at(59))),
        BatchStart::InProgress
    );
    let mut another_request = batch(brand, Some("k"), at(59));
    another_request.fingerprint = "e".repeat(64);
    assert_eq!(begin(&another_request), BatchStart::KeyReused);

    catalogue
        .reject_batch(&scope, first.id, r#"{"rejected":1}"#, at(60))
        .unwrap();
    let answer = r#"{"rejected":1}"#.to_owned();
    assert_eq!(
        begin(&batch(brand, Some("k"), at(600))),
        BatchStart::Answered { answer }
    );
    assert_eq!(begin(&another_request), BatchStart::KeyReused);

    let other = an_agency(catalogue, "other");
    let others_brand = a_brand(catalogue, &other, "acme");
    let same_key = batch(others_brand, Some("k"), at(600));
    assert_eq!(
        catalogue.begin_batch(&other, &same_key).unwrap(),
        BatchStart::Fresh
    );
}

pub(super) fn a_dead_twin_is_taken_over_and_can_not_publish(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let dead = batch(brand, Some("k"), at(0));
    catalogue.begin_batch(&scope, &dead).unwrap();
    let heir = batch(brand, Some("k"), at(60));
    assert_eq!(
        catalogue.begin_batch(&scope, &heir).unwrap(),
        BatchStart::Fresh
    );

    let error = catalogue
        .reject_batch(&scope, dead.id, "{}", at(61))
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict);
    let mut publication = a_staged_batch(catalogue, &scope, brand, month("2026-01"), at(60));
    publication.batch = dead.id;
    let error = catalogue
        .publish(&scope, &publication, |_, _| String::new())
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict);
    assert_eq!(catalogue.snapshot(&scope).unwrap().commit, CommitNumber(0));
}

pub(super) fn abandoned_keys_are_free_and_purged_answers_forgotten(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let begin = || {
        let new = batch(brand, Some("k"), at(0));
        assert_eq!(
            catalogue.begin_batch(&scope, &new).unwrap(),
            BatchStart::Fresh
        );
        new.id
    };
    catalogue.abandon_batch(&scope, begin()).unwrap();
    begin();
    assert_eq!(catalogue.abandon_unfinished(at(2)).unwrap(), 1);
    catalogue
        .reject_batch(&scope, begin(), "{}", at(3))
        .unwrap();
    assert_eq!(catalogue.purge_answers(at(3)).unwrap(), 0);
    assert_eq!(catalogue.purge_answers(at(4)).unwrap(), 1);
    begin();

    let states: Vec<_> = catalogue
        .list_batches(&scope, &BatchFilter::default(), None, 10)
        .unwrap()
        .into_iter()
        .map(|batch| batch.state)
        .collect();
    assert_eq!(
        states,
        [
            BatchState::Received,
            BatchState::Rejected,
            BatchState::Abandoned,
            BatchState::Abandoned
        ]
    );
}

pub(super) fn commit_numbers_have_no_gaps_when_two_publish_at_once(catalogue: &Catalogue) {
    const EACH: usize = 10;
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let publish_some = || {
        let commit = || a_commit(catalogue, &scope, brand, month("2026-01"), at(1)).commit;
        (0..EACH).map(|_| commit()).collect::<Vec<_>>()
    };
    let mut commits = std::thread::scope(|threads| {
        let other = threads.spawn(publish_some);
        let mut commits = publish_some();
        commits.extend(other.join().unwrap());
        commits
    });
    commits.sort();
    let expected: Vec<_> = (1..).map(CommitNumber).take(2 * EACH).collect();
    assert_eq!(commits, expected);
    assert_eq!(
        catalogue.snapshot(&scope).unwrap().commit,
        *expected.last().unwrap()
    );
}

pub(super) fn a_batch_without_segments_takes_no_number(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let first = a_commit(catalogue, &scope, brand, month("2026-01"), at(1));
    let mut publication = a_staged_batch(catalogue, &scope, brand, month("2026-01"), at(2));
    publication.segments.clear();
    let published = publish(catalogue, &scope, &publication);
    assert_eq!(published.snapshot, first.snapshot);
    let batches = catalogue
        .list_batches(&scope, &BatchFilter::default(), None, 1)
        .unwrap();
    assert_eq!(
        (batches[0].state, batches[0].commit),
        (BatchState::Committed, None)
    );
    assert!(catalogue.list_staging().unwrap().is_empty());
}

pub(super) fn publishing_registers_campaigns_or_writes_nothing(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let mut publication = a_staged_batch(catalogue, &scope, brand, month("2026-01"), at(1));
    publication.new_campaigns = vec![campaign(brand, "c1")];
    let published = publish(catalogue, &scope, &publication);
    assert_eq!(
        published.answer, "1.2",
        "the brand made version 1, the campaign version 2"
    );
    assert_eq!(
        catalogue.all_campaigns(&scope).unwrap(),
        publication.new_campaigns
    );

    a_campaign(catalogue, &scope, brand, "c2");
    let before = catalogue.snapshot(&scope).unwrap();
    let mut late = a_staged_batch(catalogue, &scope, brand, month("2026-01"), at(2));
    late.new_campaigns = vec![campaign(brand, "c3"), campaign(brand, "c2")];
    let error = catalogue
        .publish(&scope, &late, |_, _| String::new())
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict);
    assert_eq!(catalogue.snapshot(&scope).unwrap(), before);
    assert_eq!(catalogue.all_campaigns(&scope).unwrap().len(), 2);
}

pub(super) fn partitions_are_read_as_of_an_older_commit(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let (january, february) = (month("2026-01"), month("2026-02"));
    for (month, second) in [(january, 10), (february, 20), (january, 30)] {
        a_commit(catalogue, &scope, brand, month, at(second));
    }
    let shape = |up_to| {
        let partitions = catalogue
            .partitions(&scope, DAILY, CommitNumber(up_to))
            .unwrap();
        let of = |p: &bellwether_domain::segment::PartitionVersion| {
            let commits = p
                .segments
                .iter()
                .map(|s| s.newest_commit().0)
                .collect::<Vec<_>>();
            (p.name.month, p.version.0, commits)
        };
        partitions.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(shape(3), [(january, 3, vec![1, 3]), (february, 2, vec![2])]);
    assert_eq!(shape(2), [(january, 1, vec![1]), (february, 2, vec![2])]);
    assert_eq!(shape(0), []);
}

pub(super) fn committed_at_never_goes_back_with_the_clock(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    for second in [10, 5, 11] {
        a_commit(catalogue, &scope, brand, month("2026-01"), at(second));
    }
    let committed = |number| {
        catalogue
            .committed_at(&scope, CommitNumber(number))
            .unwrap()
    };
    assert_eq!(
        [1, 2, 3, 4].map(committed),
        [Some(at(10)), Some(at(10)), Some(at(11)), None]
    );
}

pub(super) fn a_lease_protects_its_paths_until_it_ends(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let lease = StagingLease {
        id: next_id!(StagingId),
        paths: vec!["a/1".to_owned(), "b/".to_owned()],
        expires_at: at(10),
    };
    catalogue.open_staging(&scope, &lease).unwrap();
    assert_eq!(
        catalogue.list_staging().unwrap(),
        std::slice::from_ref(&lease)
    );

    let mut publication = a_staged_batch(catalogue, &scope, brand, month("2026-01"), at(10));
    publication.staging = lease.id;
    let error = catalogue
        .publish(&scope, &publication, |_, _| String::new())
        .unwrap_err();
    assert_eq!(
        error.code(),
        ErrorCode::Timeout,
        "an ended lease may have been swept"
    );
    catalogue.close_staging(lease.id).unwrap();
    let left = catalogue.list_staging().unwrap();
    assert_eq!(left.len(), 1, "the staged batch's own");
    assert_ne!(left[0].id, lease.id);
}

pub(super) fn a_live_path_is_known(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let publication = a_staged_batch(catalogue, &scope, brand, month("2026-01"), at(1));
    let path = publication.segments[0].path.as_str();
    let beneath = |prefix| catalogue.live_segment_paths(prefix).unwrap();
    assert!(beneath("").is_empty());
    publish(catalogue, &scope, &publication);
    assert_eq!(beneath("delivery_daily/2026-01/"), [path]);
    assert_eq!(beneath(""), [path]);
    assert!(beneath("delivery_daily/2026-02/").is_empty());
}
