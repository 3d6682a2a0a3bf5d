//! A database of each earlier version upgrades by itself and keeps what it holds.

use bellwether_domain::agency::Slug;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::{AgencyId, BatchId, BrandId, CampaignId, SegmentId};
use bellwether_domain::segment::CommitNumber;
use bellwether_domain::time::Timestamp;
use bellwether_test_support::postgres::PostgresCluster;

use super::*;
use crate::connection::Location;
use crate::{BatchFilter, BatchState, CatalogueConfig};

/// The texts of ids for the rows below.
fn id(text: &str, number: u128) -> String {
    let at = Timestamp::UNIX_EPOCH;
    match text {
        "agency" => AgencyId::from_parts(at, number).to_string(),
        "brand" => BrandId::from_parts(at, number).to_string(),
        "campaign" => CampaignId::from_parts(at, number).to_string(),
        "batch" => BatchId::from_parts(at, number).to_string(),
        _ => SegmentId::from_parts(at, number).to_string(),
    }
}

/// Rows as the first version wrote them: two commits of January, a rejected batch, a campaign.
fn rows_of_the_first_version() -> String {
    let (agency, brand, campaign) = (id("agency", 1), id("brand", 1), id("campaign", 1));
    let mut rows = format!(
        "INSERT INTO agencies VALUES
             ('{agency}', 'mine', 'Mine', 'USD', 'UTC', 'MONDAY', 2, 7, 0);
         INSERT INTO brands VALUES ('{agency}', '{brand}', 'acme', 'Acme', 0, 0);
         INSERT INTO campaigns VALUES ('{agency}', '{campaign}', '{brand}', 'c1', 'C 1', 'TIKTOK',
             'SALES', 'ACTIVE', 'USD', 'UTC', NULL, NULL, NULL, 0, 0);
         INSERT INTO batches VALUES ('{agency}', '{}', 'delivery_daily', '{brand}', NULL, 'f',
             'REJECTED', 0, 0, 0, NULL, NULL, '{{}}');",
        id("batch", 9)
    );
    for number in 1..=2_u32 {
        let batch = id("batch", number.into());
        let segment = id("segment", number.into());
        let n_rows = 10 * number;
        let of_commit = format!(
            "INSERT INTO batches VALUES ('{agency}', '{batch}', 'delivery_daily', '{brand}', NULL,
                 'f', 'COMMITTED', 0, 0, 0, {number}, 50, '{{}}');
             INSERT INTO commits VALUES ('{agency}', {number}, '{batch}', {number});
             INSERT INTO segments VALUES ('{agency}', '{segment}', 'delivery_daily', '2026-01',
                 {number}, '{batch}', 'segments/{segment}', {n_rows}, 9, 'aa', '2026-01-01',
                 '2026-01-31');"
        );
        rows.push_str(&of_commit);
    }
    rows
}

fn assert_upgrades(location: Location) {
    let catalogue = Catalogue::open(CatalogueConfig {
        location,
        readers_max: 2,
        writer_queue_max: 2,
        busy_timeout_ms: 10_000,
    })
    .unwrap();
    catalogue
        .with_writer(|connection| {
            match connection {
                AnyConnection::Sqlite(sqlite) => drop(sqlite.run_next_migration(SQLITE).unwrap()),
                AnyConnection::Postgres(postgres) => {
                    drop(postgres.run_next_migration(POSTGRES).unwrap());
                }
            }
            connection
                .batch_execute(&rows_of_the_first_version())
                .unwrap();
            Ok(())
        })
        .unwrap();
    assert_eq!(catalogue.migrate().unwrap(), later_than_the_first());
    assert_eq!(catalogue.check_integrity().unwrap(), [""; 0]);
    assert_keeps_its_facts(&catalogue);
}

fn assert_keeps_its_facts(catalogue: &Catalogue) {
    let scope = catalogue
        .operator_scope(&Slug::parse("mine").unwrap())
        .unwrap();
    assert_eq!(catalogue.snapshot(&scope).unwrap().to_string(), "2.7");
    assert_eq!(catalogue.oldest_commit(&scope).unwrap(), CommitNumber(0));
    let versions = [1, 2].map(|up_to| {
        let dataset = DatasetName::DeliveryDaily;
        let mut found = catalogue
            .partitions(&scope, dataset, CommitNumber(up_to))
            .unwrap();
        let partition = found.pop().unwrap();
        let parts = partition.segments.into_iter().flat_map(|s| s.parts);
        let parts: Vec<_> = parts
            .map(|part| (part.commit.0, part.batch.to_string()))
            .collect();
        (partition.version.0, parts)
    });
    let part = |number: u32| (i64::from(number), id("batch", number.into()));
    assert_eq!(versions[0], (1, vec![part(1)]));
    assert_eq!(versions[1], (2, vec![part(1), part(2)]));
    let batches = catalogue
        .list_batches(&scope, &BatchFilter::default(), None, 9)
        .unwrap();
    let said: Vec<_> = batches
        .iter()
        .map(|batch| (batch.state, batch.n_rows_written))
        .collect();
    assert_eq!(
        said,
        [
            (BatchState::Rejected, None),
            (BatchState::Committed, Some(20)),
            (BatchState::Committed, Some(10)),
        ]
    );
    assert_eq!(catalogue.all_campaigns(&scope).unwrap()[0].labels.len(), 0);
    let retracted = catalogue
        .retract_batch(&scope, batches[2].id, Timestamp::UNIX_EPOCH)
        .unwrap();
    assert_eq!(retracted.commit, CommitNumber(3));
}

/// The names of all migrations but the first, in order.
fn later_than_the_first() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite");
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.split_off(1)
}

#[test]
fn a_file_of_the_first_version_upgrades_and_keeps_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    assert_upgrades(Location::Sqlite(folder.path().join("catalogue.sqlite")));
}

#[test]
fn a_postgres_database_of_the_first_version_upgrades_and_keeps_its_rows() {
    if let Some(cluster) = PostgresCluster::shared() {
        assert_upgrades(Location::Postgres(cluster.create_database()));
    }
}

#[test]
fn the_tables_that_are_copied_are_all_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::open(CatalogueConfig {
        location: Location::Sqlite(folder.path().join("catalogue.sqlite")),
        readers_max: 1,
        writer_queue_max: 1,
        busy_timeout_ms: 1_000,
    })
    .unwrap();
    catalogue.migrate().unwrap();
    let shapes = catalogue.table_shapes().unwrap().into_iter();
    let mut tables: Vec<String> = shapes.map(|shape| shape.table).collect();
    tables.retain(|table| table != "__diesel_schema_migrations");
    let mut copied = crate::tables::TABLES.to_vec();
    copied.sort_unstable();
    assert_eq!(tables, copied);
}
