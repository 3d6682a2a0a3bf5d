//! Asking the engine: which partitions, which plan, and their partials added up.

use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::campaign::Campaign;
use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::metric::Component;
use bellwether_domain::query::{Dimension, Grain, MetricQuery};
use bellwether_domain::segment::{CommitNumber, PartitionVersion, Snapshot};
use bellwether_domain::time::DateRange;
use bellwether_store::{
    ATTRIBUTION_CODES, Bucket, DimensionFilter, Partial, PartialPlan, Partition, aggregate,
};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::attributes::Attributes;
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::Parts;

impl Parts {
    /// The sums that a query needs of the facts, grouped by codes.
    pub(super) async fn partial(
        self: &Arc<Self>,
        scope: &Scope,
        query: &MetricQuery,
        snapshot: Snapshot,
        attributes: &Arc<Attributes>,
    ) -> Result<Partial> {
        match plan(query, attributes) {
            Some(plan) => {
                self.aggregate(scope, query.dataset, snapshot.commit, plan, attributes)
                    .await
            }
            None => Ok(Partial::default()),
        }
    }

    /// Runs one plan over every partition of the dataset that its days touch.
    pub(super) async fn aggregate(
        self: &Arc<Self>,
        scope: &Scope,
        dataset: DatasetName,
        commit: CommitNumber,
        plan: PartialPlan,
        attributes: &Arc<Attributes>,
    ) -> Result<Partial> {
        let versions = self.partition_versions(scope, dataset, commit).await?;
        let touched: Vec<PartitionVersion> = versions
            .into_iter()
            .filter(|version| version.name.month.days().intersect(&plan.days).is_some())
            .collect();
        let plan = Arc::new(plan);
        let partials = stream::iter(touched.into_iter().map(|version| {
            let plan = Arc::clone(&plan);
            async move {
                let partition = self.partition(scope, version, attributes).await?;
                blocking("aggregate a partition", move || {
                    Ok(aggregate(&partition, &plan)?)
                })
                .await
            }
        }));
        partials
            .buffered(self.config.query_parallelism)
            .try_fold(Partial::default(), |mut merged, partial| async move {
                merged.merge(&partial);
                Ok(merged)
            })
            .await
    }

    /// The partitions of a dataset as they stood at a commit.
    pub(super) async fn partition_versions(
        self: &Arc<Self>,
        scope: &Scope,
        dataset: DatasetName,
        commit: CommitNumber,
    ) -> Result<Vec<PartitionVersion>> {
        let (parts, scope) = (Arc::clone(self), scope.clone());
        blocking("list partitions", move || {
            Ok(parts.catalogue.partitions(&scope, dataset, commit)?)
        })
        .await
    }

    /// A partition, decoded and merged; from the cache when it is there.
    async fn partition(
        &self,
        scope: &Scope,
        version: PartitionVersion,
        attributes: &Attributes,
    ) -> Result<Arc<Partition>> {
        let key = (scope.agency(), version.name, version.version);
        let load = async {
            let loaded = self
                .store
                .load(scope, &version, &attributes.codes, None)
                .await?;
            Ok::<_, Error>(Arc::new(loaded))
        };
        let loaded = self.caches.partitions.try_get_with(key, load).await;
        loaded.map_err(|error: Arc<Error>| Error::clone(&error))
    }
}

/// The facts part of a query; `None` when its filters leave nothing to read.
fn plan(query: &MetricQuery, attributes: &Attributes) -> Option<PartialPlan> {
    let dataset = Dataset::of(query.dataset);
    let dimensions = query
        .by
        .iter()
        .filter_map(|by| dataset.dimension_index(by.fact_column()?))
        .collect();
    let mut filters = Vec::new();
    for filter in &query.filters {
        let Some(dimension) = filter
            .dimension
            .fact_column()
            .and_then(|c| dataset.dimension_index(c))
        else {
            continue;
        };
        let column = dataset.dimensions[dimension].name;
        let codes: Vec<u32> = filter
            .values
            .iter()
            .filter_map(|v| attributes.codes.code(column, v))
            .collect();
        if codes.is_empty() {
            return None;
        }
        filters.push(DimensionFilter { dimension, codes });
    }
    let attribution = match &query.attribution.window {
        None => None,
        Some(window) => Some(attributes.codes.code(ATTRIBUTION_CODES, window)?),
    };
    let mut campaigns: Vec<u32> = attributes
        .coded_campaigns()
        .filter(|(_, campaign)| keeps_campaign(query, campaign))
        .map(|(code, _)| code)
        .collect();
    if campaigns.is_empty() {
        return None;
    }
    campaigns.sort_unstable();
    Some(PartialPlan {
        days: query.range,
        bucket: bucket(query),
        dimensions,
        filters,
        campaigns: Some(campaigns),
        attribution,
        measures: measures(query),
    })
}

/// The plan for the media cost of campaigns by day, which costs are spread by.
pub(super) fn spend_plan(days: DateRange, attributes: &Attributes) -> Option<PartialPlan> {
    let mut campaigns: Vec<u32> = attributes.coded_campaigns().map(|(code, _)| code).collect();
    campaigns.sort_unstable();
    let spend = Dataset::of(DatasetName::DeliveryDaily).measure_index("spend")?;
    (!campaigns.is_empty()).then_some(PartialPlan {
        days,
        bucket: Bucket::Day,
        dimensions: Vec::new(),
        filters: Vec::new(),
        campaigns: Some(campaigns),
        attribution: None,
        measures: vec![spend],
    })
}

/// Whether a query reads the campaign: its brand is asked for, and its attributes pass the filters.
pub(super) fn keeps_campaign(query: &MetricQuery, campaign: &Campaign) -> bool {
    let passes = |dimension, value: &str| {
        query
            .filter(dimension)
            .is_none_or(|values| values.iter().any(|accepted| accepted == value))
    };
    query.brands.binary_search(&campaign.brand).is_ok()
        && passes(Dimension::Brand, &campaign.brand.to_string())
        && passes(Dimension::Platform, campaign.platform.as_str())
        && passes(Dimension::Campaign, &campaign.id.to_string())
        && passes(Dimension::Currency, campaign.currency.code())
}

fn bucket(query: &MetricQuery) -> Bucket {
    match (query.grain, query.week_start) {
        (None, _) => Bucket::Whole,
        (Some(Grain::Day), _) => Bucket::Day,
        (Some(Grain::Week), Some(week_start)) => Bucket::Week(week_start),
        (Some(Grain::Week), None) => Bucket::Week(bellwether_domain::time::Weekday::Monday),
        (Some(Grain::Month), _) => Bucket::Month,
    }
}

/// The places of the measures that the query's components name, in the components' order.
pub(super) fn measures(query: &MetricQuery) -> Vec<usize> {
    let dataset = Dataset::of(query.dataset);
    let components = query.components();
    let measured = components.iter().filter_map(|component| match component {
        Component::Measure(name) => dataset.measure_index(name),
        Component::Cost(_) => None,
    });
    measured.collect()
}
