//! How long a report takes from its body to its answer: 200,000 generated rows of delivery as
//! Parquet and as CSV, received, checked, merged, written and committed by the services in this
//! process. `cargo bench --bench ingest`. Over HTTP, with millions of rows, `peers` measures it.

use std::path::{Path, PathBuf};
use std::process::Command;

use bellwether::app::App;
use bellwether::config::Config;
use bellwether_domain::Scope;
use bellwether_domain::agency::{Agency, Slug};
use bellwether_domain::batch::{ColumnRule, IngestMode, ReplaceRule};
use bellwether_domain::brand::Brand;
use bellwether_domain::calendar::MonthOfYear;
use bellwether_domain::campaign::Platform;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::{AgencyId, BrandId};
use bellwether_domain::money::Currency;
use bellwether_domain::sample::Duplicates;
use bellwether_domain::time::{Timestamp, Weekday, ZoneName};
use bellwether_service::{Format, IngestRequest, RegisterDefaults};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tokio::runtime::Runtime;

/// As the executable has it: what is measured is what is shipped.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const N_ROWS: u64 = 200_000;

/// How much of a body is handed over at once, about as a connection does.
const CHUNK_BYTES: usize = 64 * 1024;

fn ingest(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("the runtime starts");
    let folder = tempfile::TempDir::new().expect("the machine has a temporary folder");
    let (app, scope) = runtime.block_on(open(&folder.path().join("data")));
    let mut group = criterion.benchmark_group("ingest_delivery");
    group.throughput(Throughput::Elements(N_ROWS));
    group.sample_size(10);
    for format in [Format::Parquet, Format::Csv] {
        let file = generated(folder.path(), format);
        let body = std::fs::read(file).expect("the file was just written");
        group.bench_function(format.as_str(), |bencher| {
            bencher.iter(|| runtime.block_on(take_in(&app, &scope, format, &body)));
        });
    }
    group.finish();
}

/// Sends the same report again: each time it replaces its rows by a commit of its own.
async fn take_in(app: &App, scope: &Scope, format: Format, body: &[u8]) {
    let services = &app.services;
    let spool = services.spool(scope, Some(body.len() as u64));
    let mut spool = spool.expect("nothing else is on its way");
    for chunk in body.chunks(CHUNK_BYTES) {
        spool.write(chunk).await.expect("the disk takes it");
    }
    let body = spool.finish().await.expect("the disk takes it");
    let answer = services.ingest(scope, request(format), body).await;
    let answer = answer.expect("the report is good");
    assert_eq!(answer.rows_written, N_ROWS);
}

fn request(format: Format) -> IngestRequest {
    IngestRequest {
        dataset: DatasetName::DeliveryDaily,
        brand: slug("brand"),
        format,
        mode: IngestMode::Strict,
        duplicates: Duplicates::Reject,
        columns: ColumnRule::Replace,
        replace: ReplaceRule::Keys,
        register: Some(RegisterDefaults {
            platform: Platform::Other,
            currency: None,
            timezone: None,
        }),
        idempotency_key: None,
    }
}

/// The generator's file, made by the executable as anybody can make it.
fn generated(folder: &Path, format: Format) -> PathBuf {
    let path = folder.join(format!("report.{}", format.as_str()));
    let status = Command::new(env!("CARGO_BIN_EXE_bellwether"))
        .args(["generate", "--dataset=delivery_daily", "--seed=1"])
        .args(["--until=2026-11-01", "--days=365", "--campaigns=50"])
        .arg(format!("--rows={N_ROWS}"))
        .arg(format!("--out={}", path.display()))
        .status();
    assert!(status.expect("the executable starts").success());
    path
}

async fn open(data_dir: &Path) -> (App, Scope) {
    std::fs::create_dir_all(data_dir).expect("the folder is writable");
    let config = Config::load(data_dir, None).expect("the defaults are good");
    let app = App::open(config).await.expect("the folder is new");
    let (now, catalogue) = (Timestamp::UNIX_EPOCH, app.services.catalogue());
    let agency = Agency {
        id: AgencyId::from_parts(now, 1),
        slug: slug("bench"),
        name: "Bench".to_owned(),
        reporting_currency: Currency::parse("USD").expect("this is a currency"),
        timezone: ZoneName::parse("UTC").expect("this is a zone"),
        week_start: Weekday::Monday,
        fiscal_year_start: MonthOfYear::January,
    };
    let made = catalogue.create_agency(&agency, now);
    made.expect("the agency is new");
    let scope = catalogue.operator_scope(&agency.slug);
    let scope = scope.expect("the agency is there");
    let brand = Brand {
        id: BrandId::from_parts(now, 2),
        slug: slug("brand"),
        name: "Brand".to_owned(),
    };
    let made = catalogue.create_brand(&scope, &brand, now);
    made.expect("the brand is new");
    (app, scope)
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("this is a slug")
}

criterion_group!(benches, ingest);
criterion_main!(benches);
