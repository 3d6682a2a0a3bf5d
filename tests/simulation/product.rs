//! The product as the simulation holds it: the real services over a real catalogue and real files
//! in a folder of memory, with a clock and ids of the simulation's own.
//!
//! A crash is an image of the folder at that moment: nothing that the process would have tidied up
//! at its end is in it. Invariant: nothing here knows what an answer should be.

mod kill;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use bellwether::config::Config;
use bellwether_catalogue::{Catalogue, Location};
use bellwether_domain::Scope;
use bellwether_domain::agency::{Agency, Slug};
use bellwether_domain::batch::BatchAnswer;
use bellwether_domain::brand::Brand;
use bellwether_domain::calendar::MonthOfYear;
use bellwether_domain::ids::{AgencyId, BatchId, BrandId, IdSource, StoreId};
use bellwether_domain::money::Currency;
use bellwether_domain::query::MetricRequest;
use bellwether_domain::time::{Clock, Timestamp, Weekday, ZoneName};
use bellwether_plugin_host::PluginHost;
use bellwether_service::{
    BackupReport, CompactionReport, Error, IngestRequest, MetricsAnswer, OnDamage, Reading,
    RestoreReport, Retracted, Services, Steps, VerificationReport,
};
use bellwether_store::{Store, StoreConfig};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::body::Request;
use super::folder::{a_folder, files_below};
use super::report::{AGENCIES, BRANDS};

pub(super) use kill::Ended;

/// When the simulation begins: 2026-05-01 at noon, after all its facts.
const BEGINNING: i64 = 1_777_636_800;

/// How long old commits stay readable.
pub(super) const RETENTION_DAYS: u32 = 20;

/// The budget of each cache in three seeds of four: some twenty pieces, so that pieces of one
/// partition are forgotten at different times.
const NARROW_CACHE_BYTES: u64 = 24 << 10;

/// A clock that moves when the simulation says so.
#[derive(Debug)]
struct ManualClock {
    seconds: AtomicI64,
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.seconds.load(Ordering::Relaxed)).expect("a moment")
    }
}

/// Ids in the order in which they are asked for, mixed so that they look like chance.
#[derive(Debug)]
struct SeededIds {
    seed: u64,
    n_given: AtomicU64,
}

impl IdSource for SeededIds {
    fn random(&self) -> u128 {
        let n = self.n_given.fetch_add(1, Ordering::Relaxed);
        let mixed = (self.seed ^ n)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(31);
        u128::from(mixed) << 64 | u128::from(n)
    }
}

/// One process after another over one data folder after another.
pub(super) struct Product {
    clock: Arc<ManualClock>,
    ids: Arc<SeededIds>,
    pub(super) brands: [Vec<BrandId>; AGENCIES.len()],
    alive: Option<Alive>,
}

/// A process while it runs. The runtime ends last, with all its tasks.
struct Alive {
    services: Services,
    scopes: Vec<Scope>,
    catalogue: Catalogue,
    store: Store,
    folder: TempDir,
    runtime: Runtime,
}

impl Product {
    /// A new data folder with the agencies and their brands.
    pub(super) fn begin(seed: u64) -> Self {
        let mut product = Self {
            clock: Arc::new(ManualClock {
                seconds: AtomicI64::new(BEGINNING),
            }),
            ids: Arc::new(SeededIds {
                seed,
                n_given: AtomicU64::new(0),
            }),
            brands: [Vec::new(), Vec::new()],
            alive: None,
        };
        let folder = a_folder();
        let catalogue = open_catalogue(folder.path());
        catalogue.migrate().expect("a new catalogue migrates");
        for (place, agency) in AGENCIES.iter().enumerate() {
            product.brands[place] = product.found(&catalogue, agency);
        }
        drop(catalogue);
        product.open(folder);
        product
    }

    /// Founds an agency with its brands.
    fn found(&self, catalogue: &Catalogue, slug: &str) -> Vec<BrandId> {
        let now = self.clock.now();
        let agency = Agency {
            id: AgencyId::from_parts(now, self.ids.random()),
            slug: Slug::parse(slug).expect("a slug"),
            name: slug.to_owned(),
            reporting_currency: Currency::parse("USD").expect("a currency"),
            timezone: ZoneName::parse("UTC").expect("a zone"),
            week_start: Weekday::Monday,
            fiscal_year_start: MonthOfYear::January,
        };
        catalogue.create_agency(&agency, now).expect("it is new");
        let scope = catalogue.operator_scope(&agency.slug).expect("it is there");
        let brands = BRANDS.iter().map(|slug| {
            let brand = Brand {
                id: BrandId::from_parts(now, self.ids.random()),
                slug: Slug::parse(slug).expect("a slug"),
                name: (*slug).to_owned(),
            };
            catalogue
                .create_brand(&scope, &brand, now)
                .expect("it is new");
            brand.id
        });
        brands.collect()
    }

    /// Starts a process over a folder, as `App::open` does.
    fn open(&mut self, folder: TempDir) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts");
        let catalogue = open_catalogue(folder.path());
        catalogue
            .bind_store(store_id())
            .expect("it is the same store");
        let root = folder.path().to_owned();
        let store = Store::open(StoreConfig { root }).expect("the folder is there");
        let scopes = AGENCIES.map(|slug| {
            let slug = Slug::parse(slug).expect("a slug");
            catalogue.operator_scope(&slug).expect("it was founded")
        });
        let services = self.services(folder.path(), &catalogue, &store, Steps::default());
        runtime.block_on(services.sweep()).expect("the sweep works");
        self.alive = Some(Alive {
            services,
            scopes: scopes.to_vec(),
            catalogue,
            store,
            folder,
            runtime,
        });
    }

    fn services(
        &self,
        folder: &Path,
        catalogue: &Catalogue,
        store: &Store,
        steps: Steps,
    ) -> Services {
        let config = Config::load(folder, None).expect("the defaults are good");
        let plugins = PluginHost::new(config.plugins);
        let mut config = config.service;
        config.compaction.retention_days = RETENTION_DAYS;
        config.compaction.overdue_days = 1;
        if !self.ids.seed.is_multiple_of(4) {
            config.result_cache_bytes = NARROW_CACHE_BYTES;
            config.partial_cache_bytes = NARROW_CACHE_BYTES;
            config.column_cache_bytes = NARROW_CACHE_BYTES;
            config.roll_up_cache_bytes = NARROW_CACHE_BYTES;
            config.attribute_cache_bytes = NARROW_CACHE_BYTES;
            config.manifest_cache_bytes = NARROW_CACHE_BYTES;
            config.row_cache_bytes = NARROW_CACHE_BYTES;
        }
        Services::new(
            config,
            catalogue.clone(),
            store.clone(),
            plugins,
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            Arc::clone(&self.ids) as Arc<dyn IdSource>,
            steps,
        )
    }

    fn alive(&self) -> &Alive {
        self.alive.as_ref().expect("a process runs")
    }

    pub(super) fn scope(&self, agency: usize) -> &Scope {
        &self.alive().scopes[agency]
    }

    pub(super) fn catalogue(&self) -> &Catalogue {
        &self.alive().catalogue
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn wait(&self, seconds: u32) {
        let seconds = i64::from(seconds);
        self.clock.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Runs some work of the services to its end.
    pub(super) fn run<T>(&self, work: impl AsyncFnOnce(&Services) -> T) -> T {
        let alive = self.alive();
        alive.runtime.block_on(work(&alive.services))
    }

    pub(super) fn ingest(
        &self,
        agency: usize,
        request: IngestRequest,
        body: &str,
    ) -> Result<BatchAnswer, Error> {
        self.run(async |services| send(services, self.scope(agency), request, body).await)
    }

    /// Two requests at once.
    pub(super) fn ingest_two(
        &self,
        agency: usize,
        requests: &[Request; 2],
    ) -> [Result<BatchAnswer, Error>; 2] {
        let scope = self.scope(agency);
        let bodies = requests.each_ref().map(|request| request.report.body());
        self.run(async |services| {
            let one = send(services, scope, requests[0].to_ingest(), &bodies[0]);
            let other = send(services, scope, requests[1].to_ingest(), &bodies[1]);
            let (one, other) = tokio::join!(one, other);
            [one, other]
        })
    }

    pub(super) fn ask(
        &self,
        agency: usize,
        request: &MetricRequest,
        reading: Reading,
    ) -> Result<MetricsAnswer, Error> {
        self.run(async |services| services.metrics(self.scope(agency), request, reading).await)
    }

    pub(super) fn retract(&self, agency: usize, batch: BatchId) -> Result<Retracted, Error> {
        self.run(async |services| services.retract_batch(self.scope(agency), batch).await)
    }

    pub(super) fn compact(&self) -> Result<CompactionReport, Error> {
        self.run(async |services| services.compact().await)
    }

    pub(super) fn verify(&self) -> Result<VerificationReport, Error> {
        self.run(async |services| services.verify().await)
    }

    pub(super) fn back_up(&self, folder: &Path) -> Result<BackupReport, Error> {
        self.run(async |services| services.backup(folder, OnDamage::Refuse).await)
    }

    /// Restores a backup into a new folder, and starts a process there after the one that runs.
    pub(super) fn restore(&mut self, backup: &Path) -> Result<RestoreReport, Error> {
        let folder = a_folder();
        let open = || {
            let catalogue = open_catalogue(folder.path());
            catalogue.migrate()?;
            Ok(catalogue)
        };
        let restored = bellwether_service::restore(backup, folder.path(), store_id(), open)?;
        drop(self.alive.take().map(Alive::end));
        self.open(folder);
        Ok(restored)
    }

    /// The process ends in order, and another one starts over its folder.
    pub(super) fn restart(&mut self) {
        let alive = self.alive.take().expect("a process runs");
        alive.runtime.block_on(alive.services.finish());
        let folder = alive.end();
        self.open(folder);
    }

    /// The files below a folder of the data folder, as paths from its root, in order.
    pub(super) fn files_below(&self, name: &str) -> Vec<String> {
        let root = self.alive().folder.path();
        let mut found: Vec<String> = files_below(&root.join(name))
            .iter()
            .filter_map(|path| path.strip_prefix(root).ok())
            .map(|path| path.display().to_string())
            .collect();
        found.sort();
        found
    }
}

impl Alive {
    /// Ends the process and gives its folder.
    fn end(self) -> TempDir {
        drop(self.services);
        drop(self.runtime);
        drop(self.catalogue);
        self.folder
    }
}

async fn send(
    services: &Services,
    scope: &Scope,
    request: IngestRequest,
    body: &str,
) -> Result<BatchAnswer, Error> {
    let mut spool = services.spool(scope, None)?;
    spool.write(body.as_bytes()).await?;
    let body = spool.finish().await?;
    services.ingest(scope, request, body).await
}

/// The id of every data folder: a restored one is the same store.
fn store_id() -> StoreId {
    StoreId::from_parts(Timestamp::UNIX_EPOCH, 1)
}

fn open_catalogue(folder: &Path) -> Catalogue {
    let mut config = Config::load(folder, None)
        .expect("the defaults are good")
        .catalogue;
    config.location = Location::Sqlite(folder.join("catalogue.sqlite"));
    Catalogue::open(config).expect("the catalogue opens")
}
