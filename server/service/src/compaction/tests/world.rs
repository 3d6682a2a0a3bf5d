//! A world of one partition: everything that can happen to it, with a clock that the tests move.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use bellwether_catalogue::{
    Catalogue, CatalogueConfig, Location, NewBatch, NewRemoval, NewSegment, Publication,
    StagingLease,
};
use bellwether_domain::Scope;
use bellwether_domain::agency::{Agency, Slug};
use bellwether_domain::brand::Brand;
use bellwether_domain::budget::Allowance;
use bellwether_domain::calendar::MonthOfYear;
use bellwether_domain::compaction::CompactionPolicy;
use bellwether_domain::dataset::{Dataset, DatasetName, KEY_DIMENSIONS_MAX};
use bellwether_domain::fact::{Fact, FactKey, Shape};
use bellwether_domain::ids::{
    AgencyId, BatchId, BrandId, CampaignId, IdSource, SegmentId, StagingId,
};
use bellwether_domain::money::Currency;
use bellwether_domain::segment::{CommitNumber, PartitionName};
use bellwether_domain::time::{Clock, Month, Timestamp, Weekday, ZoneName, date, seconds_after};
use bellwether_plugin_host::{PluginHost, PluginHostConfig};
use bellwether_store::{Store, StoreConfig, StoredRow};

use crate::finished::FinishedKey;
use crate::{
    BudgetConfig, CompactionConfig, CompactionReport, Error, QueryPlacesConfig, ServiceConfig,
    Services, Steps, SubscriptionConfig,
};

pub(super) const RETENTION_DAYS: u32 = 10;

/// What happens to the one partition of a world.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// A batch with rows of these days, whole or of these measures only.
    Batch(Vec<i8>, Option<u64>),
    /// A batch that replaces a range of days, with a row of the first.
    Replacement(i8, i8),
    /// The retraction of the commit of this number, if that can be.
    Retraction(usize),
    /// Days pass.
    Days(u32),
    /// Compaction, as an operator asks for it.
    Compaction,
}

/// Days that have passed since everything was made.
#[derive(Debug, Default)]
struct Days(AtomicU32);

impl Clock for Days {
    fn now(&self) -> Timestamp {
        seconds_after(beginning(), self.0.load(Ordering::Relaxed))
    }
}

#[derive(Debug, Default)]
struct Counter(AtomicU64);

impl IdSource for Counter {
    fn random(&self) -> u128 {
        self.0.fetch_add(1, Ordering::Relaxed).into()
    }
}

fn beginning() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// One agency with one campaign, whose facts of a month go through everything.
pub(super) struct World {
    services: Services,
    scope: Scope,
    brand: BrandId,
    clock: Arc<Days>,
    _folder: tempfile::TempDir,
}

impl World {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = catalogue(folder.path());
        let (scope, brand) = an_agency(&catalogue);
        let clock = Arc::new(Days::default());
        let services = services(folder.path(), catalogue, Arc::clone(&clock));
        Self {
            services,
            scope,
            brand,
            clock,
            _folder: folder,
        }
    }

    pub(super) async fn happen(&self, event: &Event) {
        // Every event has a moment of its own, so that `asOf` tells them apart.
        self.clock.0.fetch_add(1, Ordering::Relaxed);
        match event {
            Event::Batch(days, measures) => self.publish(days, *measures, Vec::new()),
            Event::Replacement(first, last) => {
                self.publish(&[*first], None, vec![removal(*first, *last)]);
            }
            Event::Retraction(place) => self.retract(*place).await,
            Event::Days(days) => {
                self.clock
                    .0
                    .fetch_add(days * 24 * 60 * 60, Ordering::Relaxed);
            }
            Event::Compaction => {
                self.compact().await;
            }
        }
    }

    /// Writes rows as the next commit and publishes them.
    fn publish(&self, days: &[i8], measures: Option<u64>, removals: Vec<NewRemoval>) {
        let parts = &self.services.parts;
        let (now, scope) = (parts.clock.now(), &self.scope);
        let commit = parts.catalogue.snapshot(scope).unwrap().commit.0 + 1;
        let batch = BatchId::from_parts(now, parts.ids.random());
        let new = NewBatch {
            id: batch,
            dataset: DatasetName::DeliveryDaily,
            brand: self.brand,
            idempotency_key: None,
            fingerprint: commit.to_string(),
            received_at: now,
            lease_expires_at: seconds_after(now, 60),
        };
        parts.catalogue.begin_batch(scope, &new).unwrap();
        let id = SegmentId::from_parts(now, parts.ids.random());
        let staging = StagingId::from_parts(now, parts.ids.random());
        let lease = StagingLease {
            id: staging,
            paths: vec![parts.store.segment_path(scope, partition(), id)],
            expires_at: seconds_after(now, 60),
        };
        parts.catalogue.open_staging(scope, &lease).unwrap();
        let row = |day: &i8| row(self.brand, *day, commit, measures);
        let rows: Vec<StoredRow> = days.iter().map(row).collect();
        let mut writer = parts.store.segment_writer(scope, id, partition()).unwrap();
        writer.append_stored(&rows).unwrap();
        let staged = writer.finish().unwrap();
        let publication = Publication {
            batch,
            staging,
            segments: vec![NewSegment {
                id,
                partition: partition(),
                path: staged.path,
                n_rows: staged.n_rows,
                size_bytes: staged.size_bytes,
                sha256: staged.sha256,
                first_day: staged.first_day,
                last_day: staged.last_day,
            }],
            removals,
            new_campaigns: Vec::new(),
            n_rows_accepted: staged.n_rows,
            now,
        };
        let published = parts
            .catalogue
            .publish(scope, &publication, |_, _| "{}".to_owned());
        published.unwrap();
    }

    /// Undoes a batch, if it is there and may be undone.
    async fn retract(&self, place: usize) {
        let page = self
            .services
            .batches(&self.scope, crate::BatchFilter::default(), None, 100);
        let batches = page.await.unwrap().items;
        if let Some(batch) = batches.get(place) {
            let _may_be_too_late = self.services.retract_batch(&self.scope, batch.id).await;
        }
    }

    pub(super) async fn compact(&self) -> CompactionReport {
        let report = self.services.compact().await.unwrap();
        assert!(report.failed.is_empty(), "{report:?}");
        report
    }

    pub(super) fn newest(&self) -> i64 {
        let parts = &self.services.parts;
        parts.catalogue.snapshot(&self.scope).unwrap().commit.0
    }

    /// What the answer to a request would be found by; always asked on the same day.
    pub(super) async fn finished_key(&self) -> FinishedKey {
        self.services
            .finished_key(&self.scope, b"request")
            .await
            .unwrap()
    }

    pub(super) fn oldest(&self) -> i64 {
        let parts = &self.services.parts;
        parts.catalogue.oldest_commit(&self.scope).unwrap().0
    }

    /// The facts as of a commit.
    pub(super) async fn seen(&self, commit: i64) -> Result<Vec<Fact>, Error> {
        let parts = &self.services.parts;
        let dataset = DatasetName::DeliveryDaily;
        let versions = parts
            .catalogue
            .partitions(&self.scope, dataset, CommitNumber(commit))?;
        match versions.first() {
            Some(version) => Ok(parts.store.read_facts(&self.scope, version).await?),
            None => Ok(Vec::new()),
        }
    }

    /// The facts as of every commit that can be read, newest first.
    pub(super) async fn history(&self, oldest: i64) -> Vec<Vec<Fact>> {
        let mut history = Vec::new();
        for commit in (oldest..=self.newest()).rev() {
            history.push(self.seen(commit).await.unwrap());
        }
        history
    }

    pub(super) fn segments(&self) -> (usize, u64) {
        let parts = &self.services.parts;
        let segments = parts
            .catalogue
            .list_segments(&self.scope, None, 1_000)
            .unwrap();
        (segments.len(), segments.iter().map(|it| it.n_rows).sum())
    }
}

fn row(brand: BrandId, day: i8, commit: i64, merged_measures: Option<u64>) -> StoredRow {
    let n_measures = Dataset::of(DatasetName::DeliveryDaily).measures.len();
    let speaks = |measure: usize| merged_measures.is_none_or(|mask| mask & (1 << measure) != 0);
    let value = |measure: usize| speaks(measure).then_some(100 * commit + i64::from(day));
    StoredRow {
        fact: Fact {
            key: FactKey {
                brand,
                campaign: Some(campaign()),
                from: date(2025, 12, day),
                until: None,
                texts: [const { None }; KEY_DIMENSIONS_MAX],
                attribution: None,
            },
            measures: (0..n_measures).map(value).collect(),
        },
        commit: CommitNumber(commit),
        merged_measures,
    }
}

fn removal(first: i8, last: i8) -> NewRemoval {
    let days =
        bellwether_domain::time::DateRange::new(date(2025, 12, first), date(2025, 12, last + 1));
    NewRemoval {
        partition: partition(),
        days: days.unwrap(),
        campaigns: vec![campaign()],
        shapes: vec![Shape(0)],
        attributions: vec![None],
    }
}

fn campaign() -> CampaignId {
    CampaignId::from_parts(beginning(), 7)
}

fn partition() -> PartitionName {
    PartitionName {
        dataset: DatasetName::DeliveryDaily,
        month: Month::of(date(2025, 12, 1)),
    }
}

fn catalogue(folder: &Path) -> Catalogue {
    let catalogue = Catalogue::open(CatalogueConfig {
        location: Location::Sqlite(folder.join("catalogue.sqlite")),
        readers_max: 2,
        writer_queue_max: 8,
        busy_timeout_ms: 5_000,
    });
    let catalogue = catalogue.unwrap();
    catalogue.migrate().unwrap();
    catalogue
}

fn an_agency(catalogue: &Catalogue) -> (Scope, BrandId) {
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
    (scope, brand.id)
}

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

fn services(folder: &Path, catalogue: Catalogue, clock: Arc<Days>) -> Services {
    let root = folder.join("store");
    let store = Store::open(StoreConfig { root }).unwrap();
    let plugins = no_plugins();
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
        staging_lease_s: 60,
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
        budget: BudgetConfig {
            token: Allowance::new(1_000, 10),
            agency: Allowance::new(1_000, 10),
        },
        document_cache_bytes: 10_000,
        query_places: QueryPlacesConfig {
            queries_at_once_max: 4,
            queries_per_agency_max: 4,
            queries_waiting_max: 4,
            queue_wait_ms: 1_000,
        },
        exports: crate::ExportsConfig::SMALL,
        subscriptions: SubscriptionConfig::of_tests(),
        compaction: CompactionConfig {
            is_automatic: false,
            interval_s: 300,
            policy: CompactionPolicy {
                merged_rows_max: 1_000,
                merged_bytes_max: 1 << 20,
                merged_segments_max: 10,
            },
            retention_days: RETENTION_DAYS,
            overdue_days: 1,
            dropped_file_grace_s: 0,
        },
    };
    let (ids, steps) = (Arc::new(Counter::default()), Steps::stopping_at(None));
    Services::new(config, catalogue, store, plugins, clock, ids, steps)
}
