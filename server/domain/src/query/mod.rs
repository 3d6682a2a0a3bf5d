//! A metric query: what was asked, checked and made canonical.
//!
//! [`MetricRequest`] is the input as a client wrote it; [`MetricRequest::plan`] refuses what is
//! illegal, with the place and what is allowed, and gives the [`MetricQuery`], which is equal for
//! equal questions and so is a cache's key.

mod canonical;
mod choice;
mod dimension;
mod labels;
mod legal;
mod range;
#[cfg(test)]
mod tests;

pub use canonical::{
    Attribution, BY_MAX, FILTER_VALUES_MAX, Filter, LABELS_MAX, LabelFilter, MetricQuery,
    MetricRequest, ORDER_BY_MAX, Order, OrderKey, PlanContext, SelectedField,
};
pub use dimension::{Dimension, DimensionColumn};
pub use range::{Grain, RANGE_DAYS_MAX, RangeRequest, RangeUnit};
