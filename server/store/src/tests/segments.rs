//! Segments: staged, durable, read back, merged, discarded; and what damage says.

use std::path::Path;

use bellwether_domain::ErrorCode;
use bellwether_domain::codes::CodeTable;
use bellwether_domain::dataset::DatasetName::{Costs, DeliveryDaily};
use bellwether_domain::fact::Fact;
use bellwether_domain::ids::BrandId;
use bellwether_domain::segment::{PartitionName, PartitionVersion};
use bellwether_domain::time::{Timestamp, date};

use crate::sample_facts::{
    FactWith, agency, april, code_of_campaign, codes, fact, listed, partition, scope_of,
    segment_id, version_of,
};
use crate::{ColumnName, Error, Store, StoreConfig};

const IMPRESSIONS: usize = 0;
const CLICKS: usize = 1;

struct Bench {
    folder: tempfile::TempDir,
    store: Store,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(StoreConfig {
            root: folder.path().to_owned(),
        })
        .unwrap();
        Self { folder, store }
    }

    /// The version of a partition to which each list of facts came with a commit of its own.
    async fn committed(&self, name: PartitionName, commits: &[Vec<Fact>]) -> PartitionVersion {
        let mut segments = Vec::new();
        for (number, facts) in (1_u32..).zip(commits) {
            let id = segment_id(u128::from(number));
            let scope = scope_of(agency(1));
            let staged = self.store.stage(&scope, id, name, facts).await.unwrap();
            self.store
                .sync_folders(&scope, std::slice::from_ref(&staged))
                .await
                .unwrap();
            segments.push(listed(agency(1), &staged, i64::from(number)));
        }
        version_of(agency(1), name, segments)
    }

    fn file(&self, version: &PartitionVersion) -> std::path::PathBuf {
        self.folder
            .path()
            .join(Path::new(&version.segments[0].path))
    }

    async fn fault_of(&self, version: &PartitionVersion) -> Error {
        self.store
            .load(&scope_of(agency(1)), version, &codes(), &[])
            .await
            .unwrap_err()
    }
}

fn delivery(campaign: u32, day: i8) -> Fact {
    fact(DeliveryDaily, campaign, day)
}

#[tokio::test]
async fn facts_are_read_back_as_staged_in_the_order_of_their_keys() {
    let bench = Bench::new();
    let mut facts = vec![
        delivery(2, 3).measure(IMPRESSIONS, 7),
        delivery(1, 30)
            .text(0, "group, with comma")
            .text(1, "广告")
            .window("7c1v")
            .measure(CLICKS, 0),
        delivery(1, 1),
    ];
    let version = bench
        .committed(partition(DeliveryDaily), std::slice::from_ref(&facts))
        .await;
    let read = bench
        .store
        .read_facts(&scope_of(agency(1)), &version)
        .await
        .unwrap();
    facts.sort_by(|a, b| a.key.cmp(&b.key));
    assert_eq!(read, facts);
    let segment = &version.segments[0];
    assert_eq!((segment.first_day, segment.last_day), (april(1), april(30)));
    assert_eq!(
        segment.path,
        format!(
            "segments/{}/delivery_daily/2026-04/{}.parquet",
            agency(1),
            segment.id
        )
    );
}

#[tokio::test]
async fn costs_of_a_brand_keep_their_range_and_stand_without_a_campaign() {
    let bench = Bench::new();
    let mut cost = fact(Costs, 1, 20)
        .text(0, "production")
        .measure(0, 5_000_000);
    cost.key.campaign = None;
    cost.key.until = Some(date(2026, 7, 1));
    let mut of_another_brand = cost.clone();
    of_another_brand.key.brand = BrandId::from_parts(Timestamp::UNIX_EPOCH, 2);
    let facts = vec![cost, of_another_brand];
    let version = bench
        .committed(partition(Costs), std::slice::from_ref(&facts))
        .await;
    let read = bench
        .store
        .read_facts(&scope_of(agency(1)), &version)
        .await
        .unwrap();
    assert_eq!(read, facts);
}

#[tokio::test]
async fn the_newest_commit_replaces_the_whole_row() {
    let bench = Bench::new();
    let older = delivery(1, 1).measure(IMPRESSIONS, 100).measure(CLICKS, 5);
    let newer = delivery(1, 1).measure(IMPRESSIONS, 90);
    let untouched = delivery(1, 2).measure(CLICKS, 1);
    let commits = [vec![older, untouched.clone()], vec![newer.clone()]];
    let version = bench.committed(partition(DeliveryDaily), &commits).await;
    let scope = scope_of(agency(1));
    let read = bench.store.read_facts(&scope, &version).await.unwrap();
    assert_eq!(read, [newer, untouched]);

    let (_, columns) = bench
        .store
        .load(&scope, &version, &codes(), &[ColumnName::Measure(CLICKS)])
        .await
        .unwrap();
    assert_eq!([0, 1].map(|row| columns[0].value(row)), [None, Some(1)]);
}

#[tokio::test]
async fn a_partition_is_sorted_by_campaign_code_and_its_columns_are_loaded_when_asked_for() {
    let bench = Bench::new();
    let facts = vec![
        delivery(1, 2).measure(CLICKS, 12),
        delivery(1, 1).measure(CLICKS, 11),
        delivery(2, 9).measure(CLICKS, 29),
    ];
    let version = bench.committed(partition(DeliveryDaily), &[facts]).await;
    let scope = scope_of(agency(1));
    let (index, columns) = bench
        .store
        .load(&scope, &version, &codes(), &[ColumnName::Measure(CLICKS)])
        .await
        .unwrap();
    let campaigns: Vec<_> = index.campaigns().collect();
    assert_eq!(campaigns, [code_of_campaign(2), code_of_campaign(1)]);
    let clicks = [0, 1, 2].map(|row| columns[0].value(row));
    assert_eq!(clicks, [Some(29), Some(11), Some(12)]);
    assert_eq!((columns.len(), columns[0].has_nulls()), (1, false));

    let further = [ColumnName::Measure(IMPRESSIONS)];
    let columns = bench
        .store
        .load_columns(&scope, &version, &codes(), &index, &further)
        .await
        .unwrap();
    assert_eq!(columns[0].value(0), None);
}

#[tokio::test]
async fn a_version_without_segments_is_an_empty_partition() {
    let bench = Bench::new();
    let version = bench.committed(partition(DeliveryDaily), &[]).await;
    let (loaded, _) = bench
        .store
        .load(&scope_of(agency(1)), &version, &codes(), &[])
        .await
        .unwrap();
    assert_eq!((loaded.n_rows(), loaded.day_bounds()), (0, None));
}

#[tokio::test]
async fn a_text_without_a_code_asks_for_newer_codes() {
    let bench = Bench::new();
    let version = bench
        .committed(partition(DeliveryDaily), &[vec![delivery(1, 1)]])
        .await;
    let scope = scope_of(agency(1));
    let result = bench
        .store
        .load(&scope, &version, &CodeTable::default(), &[])
        .await;
    assert!(matches!(
        result,
        Err(Error::StaleCodes {
            dimension: "campaign",
            ..
        })
    ));
}

#[tokio::test]
async fn another_agencys_facts_are_never_read() {
    let bench = Bench::new();
    let version = bench
        .committed(partition(DeliveryDaily), &[vec![delivery(1, 1)]])
        .await;
    let result = bench.store.read_facts(&scope_of(agency(2)), &version).await;
    assert!(matches!(result, Err(Error::ForeignAgency { .. })));
}

#[tokio::test]
async fn damaged_truncated_and_missing_files_name_the_segment_and_the_batch() {
    let bench = Bench::new();
    let version = bench
        .committed(partition(DeliveryDaily), &[vec![delivery(1, 1)]])
        .await;
    let file = bench.file(&version);
    let whole = std::fs::read(&file).unwrap();

    let mut damaged = whole.clone();
    damaged[20] ^= 1;
    std::fs::write(&file, damaged).unwrap();
    assert_eq!(
        bench.fault_of(&version).await.code(),
        ErrorCode::CorruptSegment
    );

    std::fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    assert_eq!(
        bench.fault_of(&version).await.code(),
        ErrorCode::CorruptSegment
    );

    std::fs::remove_file(&file).unwrap();
    let fault = bench.fault_of(&version).await;
    assert!(matches!(fault, Error::SegmentGone { .. }));
    let segment = &version.segments[0];
    assert_eq!(
        fault.public_message(),
        format!(
            "stored facts are damaged in segment `{}`; `bellwether verify` tells the operator how to mend it: with a backup, or by sending again the batches `{}`",
            segment.id, segment.parts[0].batch
        )
    );
}

#[tokio::test]
async fn a_file_that_is_no_parquet_is_damaged_even_if_the_manifest_knows_its_sum() {
    let bench = Bench::new();
    let mut version = bench
        .committed(partition(DeliveryDaily), &[vec![delivery(1, 1)]])
        .await;
    std::fs::write(bench.file(&version), b"PAR1 but nothing else PAR1").unwrap();
    version.segments[0].size_bytes = 26;
    version.segments[0].sha256 = crate::store::sha256_of(b"PAR1 but nothing else PAR1");
    assert_eq!(
        bench.fault_of(&version).await.code(),
        ErrorCode::CorruptSegment
    );
}

#[tokio::test]
async fn facts_of_another_month_or_of_one_key_twice_are_not_staged() {
    let bench = Bench::new();
    let scope = scope_of(agency(1));
    let mut of_may = delivery(1, 1);
    of_may.key.from = date(2026, 5, 1);
    for facts in [vec![of_may], vec![delivery(1, 1), delivery(1, 1)], vec![]] {
        let staged = bench
            .store
            .stage(&scope, segment_id(1), partition(DeliveryDaily), &facts)
            .await;
        assert!(matches!(staged, Err(Error::BrokenRule { .. })));
    }
    assert!(bench.store.list_paths("segments").await.unwrap().is_empty());
}

#[tokio::test]
async fn discarded_files_are_gone_and_may_be_discarded_again() {
    let bench = Bench::new();
    let commits = [vec![delivery(1, 1)], vec![delivery(1, 2)]];
    let version = bench.committed(partition(DeliveryDaily), &commits).await;
    let paths: Vec<_> = version
        .segments
        .iter()
        .map(|segment| segment.path.clone())
        .collect();
    assert_eq!(bench.store.list_paths("segments").await.unwrap(), paths);
    bench.store.discard(&paths[..1]).await.unwrap();
    bench.store.discard(&paths[..1]).await.unwrap();
    assert_eq!(
        bench.store.list_paths("segments").await.unwrap(),
        paths[1..]
    );
}
