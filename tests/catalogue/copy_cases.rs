//! Cases of copies: the whole catalogue into a file and back, into either database.

use std::collections::BTreeMap;

use bellwether_catalogue::{BatchFilter, Catalogue, CatalogueConfig, Location};
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::{CampaignId, StoreId};
use bellwether_domain::segment::CommitNumber;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_test_support::postgres::PostgresCluster;

use super::given::{
    a_brand, a_campaign, a_run, a_score, a_staged_batch, an_agency, at, countries, month, next_id,
    publish, slug,
};
use super::version_cases::{removal, said};

fn config(location: Location) -> CatalogueConfig {
    CatalogueConfig {
        location,
        readers_max: 2,
        writer_queue_max: 8,
        busy_timeout_ms: 10_000,
    }
}

/// Something in nearly every table, with what is hard to copy: numbers, absent values, quotes.
fn fill(catalogue: &Catalogue) -> (Scope, CampaignId) {
    let scope = an_agency(catalogue, "mine");
    catalogue.bind_store(next_id!(StoreId)).unwrap();
    let brand = a_brand(catalogue, &scope, "acme");
    let campaign = a_campaign(catalogue, &scope, brand, "c'1 \"é\" \\n").id;
    let labels = BTreeMap::from([("team".to_owned(), "北京 \"A\"".to_owned())]);
    catalogue
        .set_campaign_labels(&scope, campaign, &labels, at(1))
        .unwrap();
    catalogue
        .assign_codes(&scope, &countries(&["US", "CN"]))
        .unwrap();
    let mut publication = a_staged_batch(catalogue, &scope, brand, month("2026-01"), at(2));
    publication.removals = vec![removal(month("2026-01"), vec![campaign])];
    publish(catalogue, &scope, &publication);
    catalogue
        .retract_batch(&scope, publication.batch, at(3))
        .unwrap();
    a_staged_batch(catalogue, &scope, brand, month("2026-02"), at(4));
    let scores = [0.1 + 0.2, 1e300 / 3.0, 5.0].map(|value| a_score(campaign, value));
    for (index, score) in scores.into_iter().enumerate() {
        let run = a_run(&format!("plugin{index}"), r#"{"margin": 0.1}"#);
        catalogue.save_scores(&scope, &run, &[score]).unwrap();
    }
    (scope, campaign)
}

fn assert_same(one: &Catalogue, other: &Catalogue, scope: &Scope, campaign: CampaignId) {
    assert_eq!(other.list_agencies().unwrap(), one.list_agencies().unwrap());
    assert_eq!(other.snapshot(scope).unwrap(), one.snapshot(scope).unwrap());
    assert_eq!(
        other.all_campaigns(scope).unwrap(),
        one.all_campaigns(scope).unwrap()
    );
    assert_eq!(said(other, scope, 2), said(one, scope, 2));
    let any = BatchFilter::default();
    assert_eq!(
        other.list_batches(scope, &any, None, 9).unwrap(),
        one.list_batches(scope, &any, None, 9).unwrap()
    );
    assert_eq!(
        other.scores_of(scope, &[campaign]).unwrap(),
        one.scores_of(scope, &[campaign]).unwrap()
    );
    let code = |catalogue: &Catalogue| catalogue.codes(scope).unwrap().code("country", "CN");
    assert_eq!(code(other), code(one));
    assert_eq!(other.check_integrity().unwrap(), [""; 0]);
}

pub(super) fn a_copy_is_restored_into_either_database(catalogue: &Catalogue) {
    let (scope, campaign) = fill(catalogue);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.sqlite");
    let named = catalogue.copy_to(&path).unwrap();
    let as_of_2 = catalogue.partitions(&scope, DatasetName::DeliveryDaily, CommitNumber(2));
    assert_eq!(named, as_of_2.unwrap()[0].segments);

    let mut places = vec![Location::Sqlite(folder.path().join("restored.sqlite"))];
    if let Some(cluster) = PostgresCluster::shared() {
        places.push(Location::Postgres(cluster.create_database()));
    }
    for place in places {
        let restored = Catalogue::open(config(place)).unwrap();
        restored.migrate().unwrap();
        assert_eq!(restored.restore_from(&path).unwrap(), named);
        assert_same(catalogue, &restored, &scope, campaign);
        assert!(
            restored.list_staging().unwrap().is_empty(),
            "leases name files that are not there"
        );
        let again = restored.restore_from(&path).unwrap_err();
        assert_eq!(
            again.code(),
            ErrorCode::Conflict,
            "it is not empty any more"
        );
        // It can be written to, and goes on where the other stood.
        let brand = restored.find_brand_by_slug(&scope, &slug("acme")).unwrap();
        let brand = brand.unwrap().id;
        let next = a_staged_batch(&restored, &scope, brand, month("2026-03"), at(5));
        assert_eq!(publish(&restored, &scope, &next).commit, CommitNumber(3));
    }
}

pub(super) fn a_copy_is_of_one_moment_while_others_write(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|threads| {
        threads.spawn(|| {
            for second in 1..=30 {
                let next = a_staged_batch(catalogue, &scope, brand, month("2026-01"), at(second));
                publish(catalogue, &scope, &next);
            }
        });
        for number in 0..3 {
            let path = folder.path().join(format!("{number}.sqlite"));
            let named = catalogue.copy_to(&path).unwrap();
            let copy = Catalogue::open(config(Location::Sqlite(path))).unwrap();
            let commit = copy.snapshot(&scope).unwrap().commit.0;
            assert_eq!(named.len(), usize::try_from(commit).unwrap());
            assert_eq!(copy.check_integrity().unwrap(), [""; 0]);
        }
    });
}

pub(super) fn a_file_that_is_no_copy_is_refused(catalogue: &Catalogue) {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent.sqlite");
    let error = catalogue.restore_from(&absent).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidInput);
    assert!(!absent.exists(), "asking for it doesn't make it");
    let other = folder.path().join("other.sqlite");
    std::fs::write(
        &other,
        "no database, but long enough to be looked at".repeat(99),
    )
    .unwrap();
    let error = catalogue.restore_from(&other).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidInput);
    assert!(error.public_message().contains("other.sqlite"));
    let error = catalogue.copy_to(&other).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict, "nothing is overwritten");
    assert!(catalogue.list_agencies().unwrap().is_empty());
}
