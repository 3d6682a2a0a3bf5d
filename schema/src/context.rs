//! What resolvers reach through their context: the services, the caller's scope, the limits, and
//! the batches of this one request.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;
use bellwether_domain::Scope;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::score::ScoreOfRun;
use bellwether_service::{Error, ExportContent, Services};

use crate::batch::Batch;
use crate::cost::Spent;
use crate::finished::Provenance;
use crate::limits::SchemaLimits;
use crate::metrics::ObjectMetrics;
use crate::reads::Reads;
use crate::refusal::service_error;

/// How many campaigns' scores are read at once; the catalogue's own limit.
const SCORES_READ_MAX: usize = 1_000;

/// Where a request puts what is exported of its answer.
pub(crate) type Exported = Arc<Mutex<Option<ExportContent>>>;

/// The scores of one campaign, and the failures of the scorers whose scores it lacks.
pub(crate) type CampaignScores = (Vec<ScoreOfRun>, Arc<[Error]>);

/// All that resolvers of one request share. Made anew for every request, so that nothing of one
/// caller is ever seen by another.
#[derive(Debug)]
pub(crate) struct RequestState {
    pub(crate) services: Services,
    pub(crate) scope: Scope,
    pub(crate) request_id: String,
    pub(crate) limits: Arc<SchemaLimits>,
    /// Where the answers came from; read once the request has run.
    pub(crate) provenance: Arc<Provenance>,
    /// What its queries cost; read once the request has run.
    pub(crate) spent: Arc<Spent>,
    /// What it is reading whose fields may ask for more.
    pub(crate) reads: Reads,
    /// What is asked of brands and campaigns.
    pub(crate) objects: ObjectMetrics,
    brands: Batch<BrandId, bellwether_domain::brand::Brand>,
    scores: Batch<CampaignId, CampaignScores>,
    logged: Mutex<BTreeSet<String>>,
    /// Where the answer of `metrics` is put for an export, where the request is one.
    exported: Option<Exported>,
}

impl RequestState {
    pub(crate) fn new(
        services: Services,
        scope: Scope,
        limits: Arc<SchemaLimits>,
        request_id: &str,
    ) -> Self {
        Self {
            services,
            scope,
            request_id: request_id.to_owned(),
            limits,
            provenance: Arc::default(),
            spent: Arc::default(),
            reads: Reads::default(),
            objects: ObjectMetrics::default(),
            brands: Batch::new(),
            scores: Batch::new(),
            logged: Mutex::default(),
            exported: None,
        }
    }

    /// The same request, which puts the answer of `metrics` there too.
    pub(crate) fn exporting(self, exported: &Exported) -> Self {
        Self {
            exported: Some(Exported::clone(exported)),
            ..self
        }
    }

    /// Puts an answer and the metrics that it shows where an export waits for it.
    pub(crate) fn export(&self, content: impl FnOnce() -> ExportContent) {
        if let Some(exported) = &self.exported {
            *exported.lock().unwrap_or_else(PoisonError::into_inner) = Some(content());
        }
    }

    /// A brand that the scope sees, read together with the others that this request asks for.
    pub(crate) async fn brand(
        &self,
        id: BrandId,
    ) -> Result<Option<bellwether_domain::brand::Brand>, Error> {
        let _read = self.reads.begin();
        self.brands
            .load(id, async |_| {
                let brands = self.services.brands(&self.scope).await?;
                Ok(brands.into_iter().map(|brand| (brand.id, brand)).collect())
            })
            .await
    }

    /// The scores of a campaign, read together with the others that this request asks for.
    pub(crate) async fn scores(&self, id: CampaignId) -> Result<CampaignScores, Error> {
        let scores = self
            .scores
            .load(id, async |campaigns| {
                let mut found = HashMap::new();
                for chunk in campaigns.chunks(SCORES_READ_MAX) {
                    let mut said = self.services.scores(&self.scope, chunk).await?;
                    let faults: Arc<[Error]> = said.faults.into();
                    found.extend(chunk.iter().map(|id| {
                        let scores = said.by_campaign.remove(id).unwrap_or_default();
                        (*id, (scores, Arc::clone(&faults)))
                    }));
                }
                Ok(found)
            })
            .await?;
        Ok(scores.unwrap_or_else(|| (Vec::new(), Arc::new([]))))
    }

    /// Forgets what this request has read, after a mutation changed it.
    pub(crate) async fn forget(&self) {
        self.brands.forget().await;
        self.scores.forget().await;
        self.objects.forget();
    }

    /// Whether this request meets the failure for the first time.
    pub(crate) fn is_first_sight_of(&self, failure: &str) -> bool {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        logged.insert(failure.to_owned())
    }

    /// Translates a service's result into a resolver's.
    pub(crate) fn answer<T>(&self, result: Result<T, Error>) -> async_graphql::Result<T> {
        result.map_err(|error| service_error(self, &error))
    }
}

/// The way from a resolver's context to the request's state.
pub(crate) trait ContextExt<'a> {
    /// The state of the request that is being answered.
    fn state(&self) -> &'a RequestState;
}

impl<'a> ContextExt<'a> for Context<'a> {
    fn state(&self) -> &'a RequestState {
        // `ApiSchema::execute` puts it there before anything is resolved.
        self.data_unchecked::<RequestState>()
    }
}
