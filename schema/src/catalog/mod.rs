//! The catalog over GraphQL: what this caller can ask for, with the limits that hold for it.
//!
//! Invariant: every sentence and every combination comes from the domain's tables.

mod access;
mod custom;
mod entries;
mod limit;

use async_graphql::{Context, Object, Result};
use bellwether_domain::catalog;

use crate::context::ContextExt;
pub(crate) use custom::{
    ArchiveCustomMetricInput, ArchiveCustomMetricPayload, CustomMetric, SaveCustomMetricInput,
    SaveCustomMetricPayload, archive, save,
};

use access::Access;
use entries::{CatalogDataset, CatalogDimension, CatalogMetric, CatalogObjective};
use limit::Limit;

/// What can be asked for by this caller.
#[derive(Debug)]
pub(crate) struct Catalog(catalog::Catalog);

impl Catalog {
    /// The catalog of this version.
    pub(crate) fn new() -> Self {
        Self(catalog::Catalog::new())
    }
}

/// What can be asked for by this caller.
#[Object]
impl Catalog {
    /// Every metric, in the order of the tables.
    async fn metrics(&self) -> Vec<CatalogMetric> {
        let metrics = self.0.metrics.iter().cloned();
        metrics.map(CatalogMetric).collect()
    }

    /// Every dimension, in the order of the tables.
    async fn dimensions(&self) -> Vec<CatalogDimension> {
        let dimensions = self.0.dimensions.iter().cloned();
        dimensions.map(CatalogDimension).collect()
    }

    /// What goes together: one query reads one dataset, with any of its dimensions, grains and metrics.
    async fn datasets(&self) -> Vec<CatalogDataset> {
        let datasets = self.0.datasets.iter().cloned();
        datasets.map(CatalogDataset).collect()
    }

    /// Which metrics judge campaigns, by their objective.
    async fn objectives(&self) -> Vec<CatalogObjective> {
        let objectives = self.0.objectives.iter().copied();
        objectives.map(Into::into).collect()
    }

    /// The names of the labels of visible campaigns, for `labels` and `where: { labels }`, such as `region`.
    async fn labels(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let state = ctx.state();
        state.answer(state.services.label_names(&state.scope).await)
    }

    /// The agency's own metrics, each in its newest revision, by name.
    async fn custom_metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Whether those that are out of use are listed too.",
            default = false
        )]
        archived: bool,
    ) -> Result<Vec<CustomMetric>> {
        let state = ctx.state();
        let metrics = state.answer(state.services.custom_metrics(&state.scope).await)?;
        let shown = metrics.into_iter().filter(|it| archived || !it.is_archived);
        Ok(shown.map(CustomMetric).collect())
    }

    /// Every revision of one of the agency's own metrics, the newest first.
    async fn custom_metric_revisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The metric's name.")] name: String,
    ) -> Result<Vec<CustomMetric>> {
        let state = ctx.state();
        let services = &state.services;
        let revisions = services.custom_metric_revisions(&state.scope, name).await;
        let revisions = state.answer(revisions)?.into_iter();
        Ok(revisions.map(CustomMetric).collect())
    }

    /// The limits that hold for this caller's requests; a refusal of `LIMIT_EXCEEDED` names one of them.
    async fn limits(&self, ctx: &Context<'_>) -> Vec<Limit> {
        limit::limits(ctx.state())
    }

    /// What the token lets the caller do, and to which brands.
    async fn access(&self, ctx: &Context<'_>) -> Result<Access> {
        Access::of(ctx.state()).await
    }
}
