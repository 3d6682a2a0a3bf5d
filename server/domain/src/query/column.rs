//! The columns of cells of an answer: metrics of the catalogue, and an agency's own.

use crate::metric::Metric;

/// Which column of cells is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MetricColumn {
    /// That of a metric of the catalogue.
    Metric(Metric),
    /// That of the custom metric at this place of those that the question asks for.
    Custom(usize),
}

impl From<Metric> for MetricColumn {
    fn from(metric: Metric) -> Self {
        Self::Metric(metric)
    }
}
