//! The handle that the API and the command line hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bellwether_catalogue::Catalogue;
use bellwether_domain::ids::IdSource;
use bellwether_domain::time::Clock;
use bellwether_plugin_host::PluginHost;
use bellwether_store::Store;

use crate::analytics::Caches;
use crate::attributes::AttributesCache;
use crate::authorisation::AuthorisationCache;
use crate::background::blocking;
use crate::backup::BackupState;
use crate::budgets::Budgets;
use crate::cases::Ticker;
use crate::compaction::CompactionState;
use crate::config::ServiceConfig;
use crate::documents::RegisteredDocuments;
use crate::error::Result;
use crate::export::{ExportJobs, ExportPlaces};
use crate::finished::FinishedAnswers;
use crate::ingest::{Admission, PlacesConfig};
use crate::query_places::QueryPlaces;
use crate::scoring::ScoringState;
use crate::snapshot::SnapshotCache;
use crate::steps::Steps;
use crate::subscriptions::{ConnectionPlaces, RecentCommits};
use crate::tasks::Tasks;

/// All services of one process; cheap to clone.
#[derive(Debug, Clone)]
pub struct Services {
    pub(crate) parts: Arc<Parts>,
}

/// What the services are made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) config: ServiceConfig,
    pub(crate) catalogue: Catalogue,
    pub(crate) store: Store,
    pub(crate) plugins: PluginHost,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) steps: Steps,
    pub(crate) tasks: Tasks,
    pub(crate) ingests: Admission,
    pub(crate) query_places: QueryPlaces,
    pub(crate) export_places: ExportPlaces,
    pub(crate) export_jobs: ExportJobs,
    pub(crate) budgets: Budgets,
    pub(crate) documents: RegisteredDocuments,
    pub(crate) authorisations: AuthorisationCache,
    pub(crate) snapshots: SnapshotCache,
    pub(crate) attributes: AttributesCache,
    pub(crate) caches: Caches,
    pub(crate) finished: FinishedAnswers,
    /// How many questions were computed since the start, rather than found.
    pub(crate) n_computed: AtomicU64,
    pub(crate) scoring: ScoringState,
    pub(crate) compaction: CompactionState,
    pub(crate) backups: BackupState,
    pub(crate) connections: ConnectionPlaces,
    pub(crate) recent: RecentCommits,
    pub(crate) ticker: Ticker,
}

impl Services {
    /// The services over these parts; `steps` stops them for tests.
    pub fn new(
        config: ServiceConfig,
        catalogue: Catalogue,
        store: Store,
        plugins: PluginHost,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        steps: Steps,
    ) -> Self {
        let caches = Caches::new(&config);
        let attributes = AttributesCache::new(config.attribute_cache_bytes);
        let finished = FinishedAnswers::new(config.answer_cache_bytes);
        let ingests = Admission::new(
            PlacesConfig {
                concurrent_ingests: config.concurrent_ingests_max,
                agency_ingests: config.agency_ingests_max,
                spool_bytes: config.ingest_spool_bytes_max,
            },
            config.ingest_memory_bytes_max,
        );
        let query_places = QueryPlaces::new(config.query_places);
        let export_places = ExportPlaces::new(config.exports);
        let budgets = Budgets::new(config.budget);
        let connections = ConnectionPlaces::new(config.subscriptions);
        let documents = RegisteredDocuments::new(config.document_cache_bytes);
        Self {
            parts: Arc::new(Parts {
                config,
                catalogue,
                store,
                plugins,
                clock,
                ids,
                steps,
                tasks: Tasks::default(),
                ingests,
                query_places,
                export_places,
                export_jobs: ExportJobs::new(),
                budgets,
                documents,
                authorisations: AuthorisationCache::new(),
                snapshots: SnapshotCache::new(),
                attributes,
                caches,
                finished,
                n_computed: AtomicU64::new(0),
                scoring: ScoringState::new(),
                compaction: CompactionState::default(),
                backups: BackupState::default(),
                connections,
                recent: RecentCommits::default(),
                ticker: Ticker::default(),
            }),
        }
    }

    /// Whether the parts that answers need are there: the catalogue answers, the store can be read.
    pub async fn ready(&self) -> Result<()> {
        let parts = Arc::clone(&self.parts);
        blocking("ping the catalogue", move || Ok(parts.catalogue.ping()?)).await
    }

    /// Whether the instance has any agency yet.
    pub async fn has_agencies(&self) -> Result<bool> {
        let parts = Arc::clone(&self.parts);
        blocking("list agencies", move || {
            Ok(!parts.catalogue.list_agencies()?.is_empty())
        })
        .await
    }

    /// Stops the work in the background and waits until the batches that are on their way have
    /// ended, for a graceful stop.
    pub async fn finish(&self) {
        self.parts.compaction.stop();
        self.parts.export_jobs.stop();
        self.parts.recent.stop();
        self.parts.ticker.stop();
        self.parts.tasks.finish().await;
    }

    /// How many questions the engine has computed since the start; those found in the cache are
    /// not among them.
    pub fn questions_computed(&self) -> u64 {
        self.parts.n_computed.load(Ordering::Relaxed)
    }

    /// The limits in force.
    pub fn config(&self) -> &ServiceConfig {
        &self.parts.config
    }

    /// The catalogue, for the command line's own work on the data folder that it holds.
    pub fn catalogue(&self) -> &Catalogue {
        &self.parts.catalogue
    }

    /// The clock that this process goes by.
    pub fn clock(&self) -> &dyn Clock {
        &*self.parts.clock
    }

    /// Where fresh ids come from.
    pub fn ids(&self) -> &dyn IdSource {
        &*self.parts.ids
    }
}
