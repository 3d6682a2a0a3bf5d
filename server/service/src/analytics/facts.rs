//! Asking the engine: which partitions, which plan, and their partials added up.

use std::collections::BTreeSet;
use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::campaign::Campaign;
use bellwether_domain::codes::CODE_OF_NOTHING;
use bellwether_domain::dataset::{ATTRIBUTION_UNSPECIFIED, Dataset, DatasetName};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::metric::Component;
use bellwether_domain::money::Currency;
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

/// The sums that a query needs of the facts, by codes.
#[derive(Debug, Default)]
pub(super) struct FactSums {
    /// By campaign, attribution window, period and the query's fact dimensions.
    pub(super) by_period: Partial,
    /// The same by day, for the campaigns that report several windows: which window counts is
    /// settled day by day.
    pub(super) by_day: Partial,
}

impl FactSums {
    /// The number of the last day of any fact that counted.
    pub(super) fn last_day(&self) -> Option<i32> {
        self.by_period.last_day
    }
}

impl Parts {
    /// The sums that a query needs of the facts.
    pub(super) async fn fact_sums(
        self: &Arc<Self>,
        scope: &Scope,
        query: &MetricQuery,
        snapshot: Snapshot,
        attributes: &Arc<Attributes>,
    ) -> Result<FactSums> {
        let Some(plan) = plan(query, attributes)? else {
            return Ok(FactSums::default());
        };
        let (dataset, commit) = (query.dataset, snapshot.commit);
        let by_period = self
            .aggregate(scope, dataset, commit, plan.clone(), attributes)
            .await?;
        let several = campaigns_of_several_windows(&by_period);
        if several.is_empty() {
            return Ok(FactSums {
                by_period,
                by_day: Partial::default(),
            });
        }
        let plan = PartialPlan {
            bucket: Bucket::Day,
            campaigns: Some(several),
            ..plan
        };
        let by_day = self
            .aggregate(scope, dataset, commit, plan, attributes)
            .await?;
        Ok(FactSums { by_period, by_day })
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

/// The codes of the campaigns that have facts of more than one window, ascending.
fn campaigns_of_several_windows(partial: &Partial) -> Vec<u32> {
    let windows: BTreeSet<(u32, u32)> = partial
        .groups
        .iter()
        .map(|group| (group.campaign, group.attribution))
        .collect();
    let mut several: Vec<u32> = windows
        .iter()
        .zip(windows.iter().skip(1))
        .filter(|(one, next)| one.0 == next.0)
        .map(|(one, _)| one.0)
        .collect();
    several.dedup();
    several
}

/// The facts part of a query; `None` when its filters leave nothing to read.
fn plan(query: &MetricQuery, attributes: &Attributes) -> Result<Option<PartialPlan>, Refusal> {
    let attribution = attribution_code(query, attributes)?;
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
            return Ok(None);
        }
        filters.push(DimensionFilter { dimension, codes });
    }
    let mut campaigns: Vec<u32> = attributes
        .coded_campaigns()
        .filter(|(_, campaign)| keeps_campaign(query, campaign, campaign.currency))
        .map(|(code, _)| code)
        .collect();
    if campaigns.is_empty() {
        return Ok(None);
    }
    campaigns.sort_unstable();
    Ok(Some(PartialPlan {
        days: query.range,
        bucket: bucket(query),
        dimensions,
        filters,
        campaigns: Some(campaigns),
        attribution,
        measures: measures(query),
    }))
}

/// The code of the attribution window that the query asks for.
fn attribution_code(query: &MetricQuery, attributes: &Attributes) -> Result<Option<u32>, Refusal> {
    let Some(window) = &query.attribution.window else {
        return Ok(None);
    };
    if window.eq_ignore_ascii_case(ATTRIBUTION_UNSPECIFIED) {
        return Ok(Some(CODE_OF_NOTHING));
    }
    let code = attributes.codes.code(ATTRIBUTION_CODES, window);
    code.map(Some).ok_or_else(|| {
        let known = attributes.codes.texts(ATTRIBUTION_CODES).iter().flatten();
        Refusal::invalid(format!("no facts have the attribution window `{window}`"))
            .at("attribution.window")
            .with_allowed(
                known
                    .map(ToString::to_string)
                    .chain([ATTRIBUTION_UNSPECIFIED.to_owned()]),
            )
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
/// `currency` is that of the money at hand, the campaign's own or its cost's.
pub(super) fn keeps_campaign(query: &MetricQuery, campaign: &Campaign, currency: Currency) -> bool {
    let passes = |dimension, value: &str| {
        query
            .filter(dimension)
            .is_none_or(|values| values.iter().any(|accepted| accepted == value))
    };
    query.brands.binary_search(&campaign.brand).is_ok()
        && passes(Dimension::Brand, &campaign.brand.to_string())
        && passes(Dimension::Platform, campaign.platform.as_str())
        && passes(Dimension::Campaign, &campaign.id.to_string())
        && passes(Dimension::Currency, currency.code())
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
