//! The handle that the API and the command line hold.

use std::sync::Arc;

use bellwether_catalogue::{Catalogue, TokenSecret};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::IdSource;
use bellwether_domain::time::Clock;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_plugin_host::PluginHost;
use bellwether_store::Store;

use crate::analytics::Caches;
use crate::attributes::AttributesCache;
use crate::background::blocking;
use crate::config::ServiceConfig;
use crate::error::Result;
use crate::ingest::Admission;
use crate::scoring::ScoringState;
use crate::steps::Steps;
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
    pub(crate) attributes: AttributesCache,
    pub(crate) caches: Caches,
    pub(crate) scoring: ScoringState,
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
        let ingests = Admission::new(config.concurrent_ingests_max);
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
                attributes: AttributesCache::new(),
                caches,
                scoring: ScoringState::new(),
            }),
        }
    }

    /// The scope of a bearer token; unknown, expired and revoked tokens are all one to the caller.
    pub async fn authorise(&self, token: &str) -> Result<Scope> {
        let unauthenticated = || {
            Refusal::new(
                ErrorCode::Unauthenticated,
                "the bearer token is unknown, expired or revoked; send `Authorization: Bearer bw_…`",
            )
        };
        let secret = TokenSecret::parse(token).map_err(|_| unauthenticated())?;
        let parts = Arc::clone(&self.parts);
        let scope = blocking("authorise a token", move || {
            Ok(parts.catalogue.authorise(&secret, parts.clock.now())?)
        })
        .await?;
        scope.ok_or_else(|| unauthenticated().into())
    }

    /// Whether a token is the operator's, who sees the instance and no agency's data.
    pub async fn is_operator(&self, secret: TokenSecret) -> Result<bool> {
        let parts = Arc::clone(&self.parts);
        blocking("authorise the operator", move || {
            Ok(parts.catalogue.is_operator(&secret, parts.clock.now())?)
        })
        .await
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

    /// Waits until the batches that are on their way have ended, for a graceful stop.
    pub async fn finish(&self) {
        self.parts.tasks.finish().await;
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
