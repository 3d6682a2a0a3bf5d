//! The words that tell of metrics.

use async_graphql::Enum;

/// How a metric's totals come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::metric::MetricClass")]
pub(crate) enum MetricClass {
    /// Totals are sums.
    Additive,
    /// Totals are computed anew from summed components, such as all clicks by all impressions.
    Ratio,
    /// There are no totals: the number stands only in a row of one campaign and exactly the period that was reported.
    Deduplicated,
}

/// In which direction a metric is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::metric::Better")]
pub(crate) enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither by itself.
    Neither,
}
