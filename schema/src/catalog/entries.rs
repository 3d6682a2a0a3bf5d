//! The catalog's entries: a metric, a dimension, a dataset.

use async_graphql::{Object, SimpleObject};
use bellwether_domain::catalog;
use bellwether_domain::query::DimensionColumn;

use crate::metrics::field_of_metric;
use crate::words::{Better, DatasetName, Dimension, Grain, Metric, MetricClass, Objective, Unit};

/// A metric: what it tells and where it can be asked for.
#[derive(Debug)]
pub(super) struct CatalogMetric(pub(super) catalog::CatalogMetric);

/// A metric: what it tells and where it can be asked for.
#[Object]
impl CatalogMetric {
    /// Its name in inputs, such as `CPM`.
    async fn name(&self) -> Metric {
        self.0.metric.into()
    }

    /// The field of typed rows that shows it, such as `videoViews`.
    async fn field(&self) -> String {
        field_of_metric(self.0.metric)
    }

    /// The column of tables and exports that shows it, such as `video_views`.
    async fn column(&self) -> &str {
        self.0.metric.as_str()
    }

    /// What it tells, as a sentence.
    async fn meaning(&self) -> &str {
        self.0.definition.meaning
    }

    /// How it is computed, in names of metrics, such as `1000 * spend / impressions`.
    async fn formula(&self) -> &str {
        self.0.definition.formula_text
    }

    /// What it is counted in.
    async fn unit(&self) -> Unit {
        self.0.definition.unit.into()
    }

    /// How its totals come about.
    async fn class(&self) -> MetricClass {
        self.0.definition.class.into()
    }

    /// In which direction it is better.
    async fn better(&self) -> Better {
        self.0.definition.better.into()
    }

    /// The datasets that have what it is made of, the preferred one first.
    async fn datasets(&self) -> Vec<DatasetName> {
        self.0.datasets.iter().copied().map(Into::into).collect()
    }

    /// Finer datasets that may be asked for it, where it is null with `NOT_AT_THIS_GRAIN`.
    async fn null_in(&self) -> Vec<DatasetName> {
        self.0.null_in.iter().copied().map(Into::into).collect()
    }

    /// Whether its number depends on the attribution window of the facts.
    async fn is_attributed(&self) -> bool {
        self.0.metric.is_attributed()
    }

    /// Where the definition comes from.
    async fn source(&self) -> &str {
        self.0.definition.source
    }
}

/// A dimension: what it tells apart and where it can be asked for.
#[derive(Debug)]
pub(super) struct CatalogDimension(pub(super) catalog::CatalogDimension);

/// A dimension: what it tells apart and where it can be asked for.
#[Object]
impl CatalogDimension {
    /// Its name in inputs, such as `PLATFORM`.
    async fn name(&self) -> Dimension {
        self.0.dimension.into()
    }

    /// What it tells apart, as a sentence.
    async fn meaning(&self) -> &str {
        self.0.dimension.meaning()
    }

    /// The columns that grouping by it brings, in their order.
    async fn columns(&self) -> Vec<CatalogColumn> {
        let columns = self.0.dimension.columns().iter();
        columns.map(Into::into).collect()
    }

    /// The datasets whose facts it tells apart, the preferred one first.
    async fn datasets(&self) -> Vec<DatasetName> {
        self.0.datasets.iter().copied().map(Into::into).collect()
    }

    /// Whether `where` can filter by it; periods are chosen by `range`.
    async fn is_filter(&self) -> bool {
        self.0.is_filter
    }
}

/// A column that a dimension brings.
#[derive(Debug, SimpleObject)]
pub(super) struct CatalogColumn {
    /// Its name in tables and exports, such as `brand_name`.
    column: &'static str,
    /// The field of typed rows with the same value, such as `brandName`.
    field: &'static str,
}

impl From<&DimensionColumn> for CatalogColumn {
    fn from(column: &DimensionColumn) -> Self {
        Self {
            column: column.name,
            field: column.field,
        }
    }
}

/// A dataset and what goes together in one query of it.
#[derive(Debug)]
pub(super) struct CatalogDataset(pub(super) catalog::CatalogDataset);

/// A dataset and what goes together in one query of it.
#[Object]
impl CatalogDataset {
    /// Its name in inputs, such as `DELIVERY_DAILY`.
    async fn name(&self) -> DatasetName {
        self.0.dataset.name.into()
    }

    /// What it holds, as a sentence.
    async fn meaning(&self) -> &str {
        self.0.dataset.meaning
    }

    /// What its answers can be grouped and filtered by, each alone or with any others.
    async fn dimensions(&self) -> Vec<Dimension> {
        self.0.dimensions.iter().copied().map(Into::into).collect()
    }

    /// One of these has to be grouped or filtered by; empty when none has to.
    async fn needs_one_of(&self) -> Vec<Dimension> {
        let needed = self.0.needs_one_of.iter();
        needed.copied().map(Into::into).collect()
    }

    /// How long its periods can be.
    async fn grains(&self) -> Vec<Grain> {
        self.0.grains.iter().copied().map(Into::into).collect()
    }

    /// The metrics that it has.
    async fn metrics(&self) -> Vec<Metric> {
        self.0.metrics.iter().copied().map(Into::into).collect()
    }

    /// The metrics that it may be asked for beside them, null with `NOT_AT_THIS_GRAIN`.
    async fn null_metrics(&self) -> Vec<Metric> {
        let metrics = self.0.null_metrics.iter();
        metrics.copied().map(Into::into).collect()
    }
}

/// An objective of campaigns, and the metrics that judge them.
#[derive(Debug, SimpleObject)]
pub(super) struct CatalogObjective {
    /// The objective, such as `SALES`.
    objective: Objective,
    /// The metric that decides: the first of these that is reported.
    primary: Vec<Metric>,
    /// All that are shown, in the order in which they are read.
    metrics: Vec<Metric>,
}

impl From<catalog::CatalogObjective> for CatalogObjective {
    fn from(entry: catalog::CatalogObjective) -> Self {
        let words = |metrics: &[bellwether_domain::metric::Metric]| {
            metrics.iter().copied().map(Into::into).collect()
        };
        Self {
            objective: entry.objective.into(),
            primary: words(entry.kpis.primary),
            metrics: words(entry.kpis.metrics),
        }
    }
}
