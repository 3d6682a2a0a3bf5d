//! The catalog: what can be asked, as one value that the API, the command line and the
//! documentation show alike.
//!
//! It is drawn from the tables that queries are planned by ([`crate::metric`], [`crate::dataset`],
//! [`crate::query`]); nothing is told here a second time. The crate `catalogue` is another thing:
//! the database.
//! Invariant: what it calls legal is planned, and what it does not is refused (`tests.rs`).

#[cfg(test)]
mod tests;

use crate::campaign::Objective;
use crate::dataset::{Dataset, DatasetName, ShapeRule};
use crate::metric::{Metric, MetricDefinition, ObjectiveKpis};
use crate::query::{ANSWERING, Dimension, Grain};

/// All that can be asked of any agency, in the order of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    /// Every metric.
    pub metrics: Vec<CatalogMetric>,
    /// Every dimension.
    pub dimensions: Vec<CatalogDimension>,
    /// What goes together: one query reads one dataset.
    pub datasets: Vec<CatalogDataset>,
    /// Which metrics judge campaigns, by their objective.
    pub objectives: Vec<CatalogObjective>,
}

/// An objective and the metrics that judge campaigns with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogObjective {
    /// The objective.
    pub objective: Objective,
    /// The metrics.
    pub kpis: ObjectiveKpis,
}

/// A metric and where it can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogMetric {
    /// The metric.
    pub metric: Metric,
    /// Its entry.
    pub definition: MetricDefinition,
    /// The datasets that have what it is made of, the preferred one first.
    pub datasets: Vec<DatasetName>,
    /// Finer views of those, where it may be asked for and is null with `NOT_AT_THIS_GRAIN`.
    pub null_in: Vec<DatasetName>,
}

/// A dimension and where it can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogDimension {
    /// The dimension.
    pub dimension: Dimension,
    /// The datasets whose facts it tells apart, the preferred one first.
    pub datasets: Vec<DatasetName>,
    /// Whether answers can be filtered by it; periods are chosen by the range.
    pub is_filter: bool,
}

/// A dataset that answers queries, and what goes together in it: any of its dimensions, any of its
/// grains, any of its metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogDataset {
    /// Its entry.
    pub dataset: &'static Dataset,
    /// What its answers can be grouped and filtered by.
    pub dimensions: Vec<Dimension>,
    /// One of these has to be grouped or filtered by; empty when none has to.
    pub needs_one_of: Vec<Dimension>,
    /// How long its periods can be.
    pub grains: &'static [Grain],
    /// The metrics that it has.
    pub metrics: Vec<Metric>,
    /// The metrics that it may be asked for beside them, null with `NOT_AT_THIS_GRAIN`.
    pub null_metrics: Vec<Metric>,
}

impl Catalog {
    /// The catalog of this version.
    pub fn new() -> Self {
        Self {
            metrics: Metric::ALL.iter().copied().map(metric).collect(),
            dimensions: Dimension::ALL.iter().copied().map(dimension).collect(),
            datasets: ANSWERING.into_iter().map(dataset).collect(),
            objectives: Objective::ALL.iter().copied().map(objective).collect(),
        }
    }
}

impl Default for Catalog {
    fn default() -> Self {
        Self::new()
    }
}

fn metric(metric: Metric) -> CatalogMetric {
    let is_null_in =
        |dataset: DatasetName| metric.may_be_asked_of(dataset) && !metric.is_known_in(dataset);
    CatalogMetric {
        metric,
        definition: metric.definition(),
        datasets: answering(|dataset| metric.is_known_in(dataset)),
        null_in: answering(is_null_in),
    }
}

fn objective(objective: Objective) -> CatalogObjective {
    CatalogObjective {
        objective,
        kpis: objective.kpis(),
    }
}

fn dimension(dimension: Dimension) -> CatalogDimension {
    CatalogDimension {
        dimension,
        datasets: answering(|dataset| dimension.is_known_in(dataset)),
        is_filter: dimension != Dimension::Period,
    }
}

fn dataset(name: DatasetName) -> CatalogDataset {
    let dataset = Dataset::of(name);
    let known = Dimension::ALL.iter().copied();
    let dimensions: Vec<Dimension> = known.filter(|it| it.is_known_in(name)).collect();
    let breakdowns = dimensions
        .iter()
        .copied()
        .filter(|it| dataset.shape_rule == ShapeRule::Breakdown && it.fact_column().is_some());
    let metrics = Metric::ALL.iter().copied();
    let (known, unknown): (Vec<Metric>, Vec<Metric>) =
        metrics.partition(|metric| metric.is_known_in(name));
    let null_metrics = unknown.into_iter();
    CatalogDataset {
        dataset,
        needs_one_of: breakdowns.collect(),
        dimensions,
        grains: Grain::ALL,
        metrics: known,
        null_metrics: null_metrics.filter(|it| it.may_be_asked_of(name)).collect(),
    }
}

fn answering(has: impl Fn(DatasetName) -> bool) -> Vec<DatasetName> {
    ANSWERING.into_iter().filter(|name| has(*name)).collect()
}
