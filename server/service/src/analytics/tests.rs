//! A question that is held while the facts under it change: what no client can time.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use bellwether_catalogue::{Catalogue, CatalogueConfig, Location};
use bellwether_domain::Scope;
use bellwether_domain::agency::{Agency, Slug};
use bellwether_domain::batch::{ColumnRule, IngestMode, ReplaceRule};
use bellwether_domain::brand::Brand;
use bellwether_domain::budget::Allowance;
use bellwether_domain::calendar::MonthOfYear;
use bellwether_domain::campaign::Platform;
use bellwether_domain::compaction::CompactionPolicy;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::{AgencyId, BrandId, IdSource};
use bellwether_domain::metric::Metric;
use bellwether_domain::money::Currency;
use bellwether_domain::query::{Dimension, MetricRequest, RangeRequest};
use bellwether_domain::sample::Duplicates;
use bellwether_domain::time::{Clock, Timestamp, Weekday, ZoneName, date, seconds_after};
use bellwether_plugin_host::{PluginHost, PluginHostConfig};
use bellwether_store::{Store, StoreConfig};

use super::answer::Computed;
use super::{Asked, Reading};
use crate::{
    BudgetConfig, CompactionConfig, Format, IngestRequest, QueryPlacesConfig, RegisterDefaults,
    ServiceConfig, Services, Steps, SubscriptionConfig,
};

#[derive(Debug, Default)]
struct Counter(AtomicU64);

impl IdSource for Counter {
    fn random(&self) -> u128 {
        self.0.fetch_add(1, Ordering::Relaxed).into()
    }
}

/// Goes on by a second whenever it is looked at.
#[derive(Debug, Default)]
struct Ticking(AtomicU32);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        seconds_after(beginning(), self.0.fetch_add(1, Ordering::Relaxed))
    }
}

fn beginning() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

/// One agency with one brand.
struct World {
    services: Services,
    scope: Scope,
    _folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::open(CatalogueConfig {
            location: Location::Sqlite(folder.path().join("catalogue.sqlite")),
            readers_max: 2,
            writer_queue_max: 8,
            busy_timeout_ms: 5_000,
        });
        let catalogue = catalogue.unwrap();
        catalogue.migrate().unwrap();
        let scope = an_agency(&catalogue);
        Self {
            services: services(folder.path(), catalogue),
            scope,
            _folder: folder,
        }
    }

    async fn report(&self, csv: &str) {
        let mut spool = self.services.spool(&self.scope, None).unwrap();
        spool.write(csv.as_bytes()).await.unwrap();
        let body = spool.finish().await.unwrap();
        let request = IngestRequest {
            dataset: DatasetName::DeliveryDaily,
            brand: Slug::parse("aurora").unwrap(),
            format: Format::Csv,
            mode: IngestMode::Strict,
            duplicates: Duplicates::Reject,
            columns: ColumnRule::Replace,
            replace: ReplaceRule::Keys,
            register: Some(RegisterDefaults {
                platform: Platform::Meta,
                currency: None,
                timezone: None,
            }),
            idempotency_key: None,
        };
        let answer = self.services.ingest(&self.scope, request, body).await;
        answer.unwrap();
    }

    /// The impressions of May by campaign, asked but not yet computed.
    async fn held(&self) -> Asked {
        let range = RangeRequest::Between {
            from: date(2026, 5, 1),
            until: date(2026, 6, 1),
        };
        let request = MetricRequest {
            metrics: vec![Metric::Impressions],
            by: vec![Dimension::Campaign],
            ..MetricRequest::over(range)
        };
        let reading = Reading::default();
        let parts = &self.services.parts;
        parts.asked(&self.scope, &request, reading).await.unwrap()
    }

    async fn computed(&self, asked: Asked) -> Arc<Computed> {
        self.services.parts.compute(asked).await.unwrap()
    }

    async fn list_partitions(&self, asked: &Asked) {
        let (dataset, commit) = (asked.query.dataset, asked.snapshot.commit);
        let parts = &self.services.parts;
        let listed = parts.partition_versions(&self.scope, dataset, commit);
        assert_eq!(listed.await.unwrap().len(), 1);
    }
}

fn an_agency(catalogue: &Catalogue) -> Scope {
    let agency = Agency {
        id: AgencyId::from_parts(beginning(), 1),
        slug: Slug::parse("northwind").unwrap(),
        name: "Northwind".to_owned(),
        reporting_currency: Currency::parse("USD").unwrap(),
        timezone: ZoneName::parse("UTC").unwrap(),
        week_start: Weekday::Monday,
        fiscal_year_start: MonthOfYear::January,
    };
    catalogue.create_agency(&agency, beginning()).unwrap();
    let scope = catalogue.operator_scope(&agency.slug).unwrap();
    let brand = Brand {
        id: BrandId::from_parts(beginning(), 2),
        slug: Slug::parse("aurora").unwrap(),
        name: "Aurora".to_owned(),
    };
    catalogue.create_brand(&scope, &brand, beginning()).unwrap();
    scope
}

/// A host that finds no plugin.
fn no_plugins() -> PluginHost {
    PluginHost::new(PluginHostConfig {
        executable: PathBuf::from("no-plugins-here"),
        plugin_folders: Vec::new(),
        call_deadline_ms: 1_000,
        start_deadline_ms: 1_000,
        rows_per_slice_max: 16_384,
        rows_per_call_max: 1_000_000,
        output_bytes_max: 1_000_000,
        plugin_files: Vec::new(),
        memory_bytes_max: 1 << 30,
        allow_unconfined: false,
    })
}

fn services(folder: &Path, catalogue: Catalogue) -> Services {
    let root = folder.join("store");
    let compaction = CompactionConfig {
        is_automatic: false,
        interval_s: 300,
        policy: CompactionPolicy {
            merged_rows_max: 1_000,
            merged_bytes_max: 1 << 20,
            merged_segments_max: 10,
        },
        retention_days: 400,
        overdue_days: 1,
        dropped_file_grace_s: 0,
    };
    let config = ServiceConfig {
        restatement: bellwether_domain::provisional::RestatementWindows::default(),
        spool_folder: folder.join("spool"),
        ingest_body_bytes_max: 1_000_000,
        ingest_rows_max: 1_000,
        ingest_line_bytes_max: 10_000,
        concurrent_ingests_max: 4,
        agency_ingests_max: 3,
        ingest_spool_bytes_max: 4_000_000,
        ingest_silence_s: 60,
        ingest_memory_bytes_max: 64 << 20,
        staging_lease_s: 3_600,
        idempotency_days: 30,
        answer_cache_bytes: 1_000_000,
        result_cache_bytes: 1_000_000,
        partial_cache_bytes: 1_000_000,
        column_cache_bytes: 1_000_000,
        roll_up_cache_bytes: 1_000_000,
        attribute_cache_bytes: 1_000_000,
        manifest_cache_bytes: 1_000_000,
        row_cache_bytes: 1_000_000,
        query_parallelism: 1,
        budget: budget(),
        document_cache_bytes: 10_000,
        query_places: query_places(),
        exports: crate::ExportsConfig::SMALL,
        subscriptions: SubscriptionConfig::of_tests(),
        compaction,
    };
    Services::new(
        config,
        catalogue,
        Store::open(StoreConfig { root }).unwrap(),
        no_plugins(),
        Arc::new(Ticking::default()),
        Arc::new(Counter::default()),
        Steps::stopping_at(None),
    )
}

#[tokio::test]
async fn a_held_question_is_answered_though_newer_campaigns_were_merged_into_its_files() {
    let world = World::new();
    world
        .report("date,campaign,impressions\n2026-05-01,a,100\n")
        .await;
    let held = world.held().await;
    world.list_partitions(&held).await;
    for day in 2..=5 {
        let newer = format!("date,campaign,impressions\n2026-05-0{day},new,1\n");
        world.report(&newer).await;
    }
    let compacted = world.services.compact().await.unwrap();
    assert_eq!((compacted.done.len(), compacted.files_removed), (1, 5));
    let answer = world.computed(held).await;
    assert_eq!(answer.table.rows.len(), 1);
    let newest = world.held().await;
    assert_eq!(world.computed(newest).await.table.rows.len(), 2);
}

fn budget() -> BudgetConfig {
    BudgetConfig {
        token: Allowance::new(1_000, 10),
        agency: Allowance::new(1_000, 10),
    }
}

fn query_places() -> QueryPlacesConfig {
    QueryPlacesConfig {
        queries_at_once_max: 4,
        queries_per_agency_max: 4,
        queries_waiting_max: 4,
        queue_wait_ms: 1_000,
    }
}
