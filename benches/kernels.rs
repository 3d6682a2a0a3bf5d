//! How long the store takes to decode a partition and to aggregate it: one month of 200 campaigns
//! with 10 ads each, some 62,000 rows. `cargo bench --bench kernels`.
//!
//! Whole queries over HTTP and a peer in the same run are not measured yet.

use std::hint::black_box;
use std::path::Path;

use bellwether_catalogue::{Catalogue, CatalogueConfig, Location};
use bellwether_domain::Scope;
use bellwether_domain::agency::{Agency, Slug};
use bellwether_domain::codes::CodeTable;
use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::fact::{Fact, FactKey};
use bellwether_domain::ids::{AgencyId, BatchId, BrandId, CampaignId, SegmentId};
use bellwether_domain::money::Currency;
use bellwether_domain::segment::{
    CommitNumber, PartitionName, PartitionVersion, Segment, SegmentPart,
};
use bellwether_domain::time::{Month, Timestamp, Weekday, ZoneName, date};
use bellwether_store::{Bucket, PartialPlan, StagedSegment, Store, StoreConfig, aggregate};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const N_CAMPAIGNS: u128 = 200;
const N_ADS: u128 = 10;

fn kernels(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("the runtime starts");
    let folder = tempfile::TempDir::new().expect("the machine has a temporary folder");
    let root = folder.path().to_owned();
    let scope = an_authorised_scope(&root);
    let store = Store::open(StoreConfig { root }).expect("the folder is writable");
    let facts = facts();
    let version = runtime.block_on(staged(&store, &scope, &facts));
    let codes = codes();

    let mut group = criterion.benchmark_group("month_of_62000_rows");
    group.throughput(Throughput::Elements(facts.len() as u64));
    group.bench_function("decode", |bencher| {
        bencher.iter(|| {
            runtime
                .block_on(store.load(&scope, &version, &codes, None))
                .expect("decodes")
        });
    });
    let partition = runtime
        .block_on(store.load(&scope, &version, &codes, None))
        .expect("decodes");
    for (name, bucket) in [("totals", Bucket::Whole), ("by_day", Bucket::Day)] {
        let plan = plan(bucket);
        group.bench_function(name, |bencher| {
            bencher.iter(|| aggregate(black_box(&partition), &plan).expect("adds up"));
        });
    }
    group.finish();
}

/// Only the catalogue builds a scope, for a bench as for anybody.
fn an_authorised_scope(folder: &Path) -> Scope {
    let config = CatalogueConfig {
        location: Location::Sqlite(folder.join("catalogue.sqlite")),
        readers_max: 1,
        writer_queue_max: 1,
        busy_timeout_ms: 1_000,
    };
    let catalogue = Catalogue::open(config).expect("the folder is writable");
    catalogue.migrate().expect("the migrations run");
    let slug = Slug::parse("bench").expect("this is a slug");
    let agency = Agency {
        id: AgencyId::from_parts(Timestamp::UNIX_EPOCH, 1),
        slug: slug.clone(),
        name: "Bench".to_owned(),
        reporting_currency: Currency::parse("USD").expect("this is a currency"),
        timezone: ZoneName::parse("UTC").expect("this is a zone"),
        week_start: Weekday::Monday,
    };
    catalogue
        .create_agency(&agency, Timestamp::UNIX_EPOCH)
        .expect("the agency is new");
    catalogue
        .operator_scope(&slug)
        .expect("the agency is there")
}

fn facts() -> Vec<Fact> {
    let dataset = Dataset::of(DatasetName::DeliveryDaily);
    let brand = BrandId::from_parts(Timestamp::UNIX_EPOCH, 1);
    let mut facts = Vec::new();
    for campaign in 0..N_CAMPAIGNS {
        for day in 1..=31 {
            for ad in 0..N_ADS {
                let key = FactKey {
                    brand,
                    campaign: Some(CampaignId::from_parts(Timestamp::UNIX_EPOCH, campaign)),
                    from: date(2026, 1, day),
                    until: None,
                    texts: [Some("group".into()), Some(format!("ad{ad}").into()), None],
                    attribution: None,
                };
                let measures = (0..dataset.measures.len())
                    .map(|place| Some(i64::try_from(place).unwrap_or(0)));
                facts.push(Fact {
                    key,
                    measures: measures.collect(),
                });
            }
        }
    }
    facts
}

fn codes() -> CodeTable {
    CodeTable::from_rows((0..N_CAMPAIGNS).zip(1..).map(|(campaign, code)| {
        let id = CampaignId::from_parts(Timestamp::UNIX_EPOCH, campaign);
        ("campaign".to_owned(), id.to_string(), code)
    }))
}

fn plan(bucket: Bucket) -> PartialPlan {
    PartialPlan {
        days: Month::of(date(2026, 1, 1)).days(),
        bucket,
        dimensions: Vec::new(),
        filters: Vec::new(),
        campaigns: None,
        attribution: None,
        measures: vec![0, 1, 2, 13, 14, 15],
    }
}

async fn staged(store: &Store, scope: &Scope, facts: &[Fact]) -> PartitionVersion {
    let name = PartitionName {
        dataset: DatasetName::DeliveryDaily,
        month: Month::of(date(2026, 1, 1)),
    };
    let id = SegmentId::from_parts(Timestamp::UNIX_EPOCH, 1);
    let StagedSegment {
        path,
        n_rows,
        size_bytes,
        sha256,
        first_day,
        last_day,
        ..
    } = store
        .stage(scope, id, name, facts)
        .await
        .expect("the folder is writable");
    let segment = Segment {
        id,
        agency: scope.agency(),
        partition: name,
        parts: vec![SegmentPart {
            commit: CommitNumber(1),
            batch: BatchId::from_parts(Timestamp::UNIX_EPOCH, 1),
        }],
        path,
        n_rows,
        size_bytes,
        sha256,
        first_day,
        last_day,
    };
    PartitionVersion {
        agency: scope.agency(),
        name,
        version: CommitNumber(1),
        up_to: CommitNumber(1),
        segments: vec![segment],
        removals: Vec::new(),
        retracted: Vec::new(),
    }
}

criterion_group!(benches, kernels);
criterion_main!(benches);
