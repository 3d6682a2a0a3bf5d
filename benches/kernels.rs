//! How long the store takes to decode a partition and to aggregate it: one month of 2,000
//! campaigns with 14 ads each, some 840,000 rows of delivery and as many of audience.
//! `cargo bench --bench kernels`. Whole queries are measured by `peers`.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use bellwether_catalogue::{Catalogue, CatalogueConfig, Location};
use bellwether_domain::Scope;
use bellwether_domain::agency::{Agency, Slug};
use bellwether_domain::calendar::MonthOfYear;
use bellwether_domain::codes::CodeTable;
use bellwether_domain::dataset::{Dataset, DatasetName, MeasureKind};
use bellwether_domain::fact::{Fact, FactKey, Text};
use bellwether_domain::ids::{AgencyId, BatchId, BrandId, CampaignId, SegmentId};
use bellwether_domain::money::Currency;
use bellwether_domain::segment::{
    CommitNumber, PartitionName, PartitionVersion, Segment, SegmentPart,
};
use bellwether_domain::time::{Month, Timestamp, Weekday, ZoneName, date};
use bellwether_store::{
    Bucket, ColumnName, PartialPlan, PartitionView, StagedSegment, Store, StoreConfig, aggregate,
    roll_up_by_day,
};
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use rand::{Rng, RngExt, SeedableRng};
use tokio::runtime::Runtime;

const N_CAMPAIGNS: u128 = 2_000;
const N_DAYS: i8 = 30;
const N_ADS: usize = 14;
const COUNTRIES: [&str; 7] = ["AE", "CN", "DE", "GB", "JP", "US", "VN"];
const GENDERS: [&str; 2] = ["FEMALE", "MALE"];
const AGES: [&str; 6] = ["13-17", "18-24", "25-34", "35-44", "45-54", "55+"];
const WINDOW: &str = "7c1v";

/// Impressions, clicks, video views, conversions, spend and revenue of delivery.
const SIX_MEASURES: [usize; 6] = [0, 1, 2, 13, 14, 15];

fn kernels(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("the runtime starts");
    let folder = tempfile::TempDir::new().expect("the machine has a temporary folder");
    let root = folder.path().to_owned();
    let scope = an_authorised_scope(&root);
    let store = Store::open(StoreConfig { root }).expect("the folder is writable");
    let bench = Bench {
        runtime,
        store,
        scope,
    };
    delivery(criterion, &bench);
    audience(criterion, &bench);
}

fn delivery(criterion: &mut Criterion, bench: &Bench) {
    let version = bench.staged(DatasetName::DeliveryDaily);
    let mut group = criterion.benchmark_group("delivery_month");
    group.throughput(Throughput::Elements(version.segments[0].n_rows));
    group.sample_size(20);
    let six = SIX_MEASURES.map(ColumnName::Measure);
    group.bench_function("decode_six_measures", |bencher| {
        bencher.iter(|| bench.view(&version, &six));
    });
    group.sample_size(100);
    let view = bench.view(&version, &six);
    let whole = plan(Bucket::Whole, &SIX_MEASURES, &[]);
    let by_day = plan(Bucket::Day, &SIX_MEASURES[4..], &[]);
    measure(&mut group, "totals_of_six", &view, &whole);
    measure(&mut group, "by_day_of_two", &view, &by_day);
    let few = PartialPlan {
        campaigns: Some((100..200).collect()),
        ..whole.clone()
    };
    measure(&mut group, "totals_of_six_of_100_campaigns", &view, &few);
    group.bench_function("roll_up_by_day_of_six", |bencher| {
        bencher.iter(|| rolled_up(black_box(&view)));
    });
    let rolled = rolled_up(&view);
    measure(&mut group, "totals_of_six_from_roll_up", &rolled, &whole);
    measure(&mut group, "by_day_of_two_from_roll_up", &rolled, &by_day);
    group.finish();
}

fn audience(criterion: &mut Criterion, bench: &Bench) {
    let version = bench.staged(DatasetName::AudienceDaily);
    let mut group = criterion.benchmark_group("audience_month");
    group.throughput(Throughput::Elements(version.segments[0].n_rows));
    let measures = [0, 8];
    let all: Vec<ColumnName> = plan(Bucket::Whole, &measures, &[0, 1, 2]).columns();
    let view = bench.view(&version, &all);
    let by_age = plan(Bucket::Whole, &measures, &[1]);
    measure(&mut group, "by_age_of_two", &view, &by_age);
    let by_all = plan(Bucket::Whole, &measures, &[0, 1, 2]);
    measure(&mut group, "by_country_age_gender_of_two", &view, &by_all);
    let one = PartialPlan {
        campaigns: Some(vec![1_000]),
        ..by_all
    };
    measure(&mut group, "by_all_three_of_one_campaign", &view, &one);
    group.finish();
}

type Group<'a> = BenchmarkGroup<'a, criterion::measurement::WallTime>;

fn measure(group: &mut Group<'_>, name: &str, view: &PartitionView, plan: &PartialPlan) {
    group.bench_function(name, |bencher| {
        bencher.iter(|| aggregate(black_box(view), plan).expect("adds up"));
    });
}

fn rolled_up(view: &PartitionView) -> PartitionView {
    let roll_up = roll_up_by_day(&view.index);
    let column = |column| Arc::new(roll_up.column(column).expect("adds up"));
    let columns = view.columns.iter();
    PartitionView {
        index: Arc::clone(roll_up.index()),
        columns: columns.map(|(name, it)| (*name, column(it))).collect(),
    }
}

fn plan(bucket: Bucket, measures: &[usize], dimensions: &[usize]) -> PartialPlan {
    PartialPlan {
        days: Month::of(date(2026, 4, 1)).days(),
        bucket,
        dimensions: dimensions.to_vec(),
        filters: Vec::new(),
        campaigns: None,
        attribution: None,
        measures: measures.to_vec(),
    }
}

struct Bench {
    runtime: Runtime,
    store: Store,
    scope: Scope,
}

impl Bench {
    /// The version of a partition with all facts of a month in one segment.
    fn staged(&self, dataset: DatasetName) -> PartitionVersion {
        let facts = facts(Dataset::of(dataset));
        let name = PartitionName {
            dataset,
            month: Month::of(date(2026, 4, 1)),
        };
        let staged = self.store.stage(
            &self.scope,
            SegmentId::from_parts(Timestamp::UNIX_EPOCH, 1),
            name,
            &facts,
        );
        let staged = self
            .runtime
            .block_on(staged)
            .expect("the folder is writable");
        let agency = self.scope.agency();
        PartitionVersion {
            agency,
            name,
            version: CommitNumber(1),
            up_to: CommitNumber(1),
            segments: vec![listed(agency, staged)],
            removals: Vec::new(),
            retracted: Vec::new(),
        }
    }

    fn view(&self, version: &PartitionVersion, names: &[ColumnName]) -> PartitionView {
        let codes = codes();
        let loaded = self.store.load(&self.scope, version, &codes, names);
        let (index, columns) = self.runtime.block_on(loaded).expect("decodes");
        let columns = columns.into_iter().map(Arc::new);
        PartitionView {
            index: Arc::new(index),
            columns: names.iter().copied().zip(columns).collect(),
        }
    }
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
        fiscal_year_start: MonthOfYear::January,
    };
    catalogue
        .create_agency(&agency, Timestamp::UNIX_EPOCH)
        .expect("the agency is new");
    catalogue
        .operator_scope(&slug)
        .expect("the agency is there")
}

fn campaign(number: u128) -> CampaignId {
    CampaignId::from_parts(Timestamp::UNIX_EPOCH, number)
}

/// A month of every campaign: of each day a row for each ad, or for pairs of ages and genders in
/// one country.
fn facts(dataset: &Dataset) -> Vec<Fact> {
    let mut random = rand_pcg::Pcg64::seed_from_u64(1);
    let mut facts = Vec::new();
    for number in 1..=N_CAMPAIGNS {
        let all_texts: Vec<_> = (0..N_ADS).map(|ad| texts(dataset, number, ad)).collect();
        for day in 1..=N_DAYS {
            for texts in &all_texts {
                let key = FactKey {
                    brand: BrandId::from_parts(Timestamp::UNIX_EPOCH, number % 20),
                    campaign: Some(campaign(number)),
                    from: date(2026, 4, day),
                    until: None,
                    texts: texts.clone(),
                    attribution: Some(Text::from(WINDOW)),
                };
                let measures = dataset.measures.iter();
                let value = |it: &bellwether_domain::dataset::Measure| {
                    Some(value(it.kind, it.name, &mut random))
                };
                facts.push(Fact {
                    key,
                    measures: measures.map(value).collect(),
                });
            }
        }
    }
    facts
}

fn texts(dataset: &Dataset, campaign: u128, row: usize) -> [Option<Text>; 3] {
    let text = |text: &str| Some(Text::from(text));
    if dataset.name == DatasetName::DeliveryDaily {
        let group = format!("group-{campaign}-{}", row / 5);
        return [text(&group), text(&format!("ad-{campaign}-{row}")), None];
    }
    // Fourteen rows: two genders and seven pairs of age and country.
    let pair = row / 2;
    [
        text(COUNTRIES[pair]),
        text(AGES[pair % AGES.len()]),
        text(GENDERS[row % 2]),
    ]
}

/// Values as wide as platforms report them for an ad and day.
fn value(kind: MeasureKind, name: &str, random: &mut impl Rng) -> i64 {
    match (kind, name) {
        (MeasureKind::Count, "impressions" | "video_views") => random.random_range(0..20_000),
        (MeasureKind::Count | MeasureKind::Choice(_), _) => random.random_range(0..500),
        (MeasureKind::Conversions, _) => random.random_range(0..40) * 1_000_000,
        (MeasureKind::Money, "revenue") => random.random_range(0..200_000) * 10_000,
        (MeasureKind::Money, _) => random.random_range(0..60_000) * 10_000,
    }
}

fn codes() -> CodeTable {
    let words = [
        ("country", &COUNTRIES[..]),
        ("age", &AGES),
        ("gender", &GENDERS),
        ("attribution", &[WINDOW]),
    ];
    let words = words.into_iter().flat_map(|(dimension, words)| {
        let coded = words.iter().zip(1..);
        coded.map(move |(word, code)| (dimension.to_owned(), (*word).to_owned(), code))
    });
    let campaigns = (1..=N_CAMPAIGNS).zip(1..);
    let campaigns =
        campaigns.map(|(it, code)| ("campaign".to_owned(), campaign(it).to_string(), code));
    CodeTable::from_rows(words.chain(campaigns))
}

fn listed(agency: AgencyId, staged: StagedSegment) -> Segment {
    Segment {
        id: staged.id,
        agency,
        partition: staged.partition,
        parts: vec![SegmentPart {
            commit: CommitNumber(1),
            batch: BatchId::from_parts(Timestamp::UNIX_EPOCH, 1),
        }],
        path: staged.path,
        n_rows: staged.n_rows,
        size_bytes: staged.size_bytes,
        sha256: staged.sha256,
        first_day: staged.first_day,
        last_day: staged.last_day,
    }
}

criterion_group!(benches, kernels);
criterion_main!(benches);
