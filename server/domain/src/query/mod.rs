//! A metric query: what was asked, checked and made canonical.
//!
//! [`MetricRequest`] is the input as a client wrote it; [`MetricRequest::plan`] refuses what is
//! illegal, with the place and what is allowed, and gives the [`MetricQuery`], which is equal for
//! equal questions and so is a cache's key.

mod canonical;
mod change;
mod choice;
mod column;
mod compare;
mod condition;
mod conversion;
mod custom;
mod dimension;
mod fill;
mod filter;
mod having;
mod labels;
mod legal;
mod levels;
mod part;
mod range;
mod request;
mod sections;
#[cfg(test)]
mod tests;
mod top;

pub use canonical::{
    Attribution, BY_MAX, FILTER_VALUES_MAX, Filter, LABELS_MAX, LabelFilter, MetricQuery,
    ORDER_BY_MAX, Order, OrderKey,
};
pub use change::{FactChange, joined};
pub(crate) use choice::ANSWERING;
pub use column::MetricColumn;
pub use compare::{Compare, CompareRequest};
pub use condition::{Accepted, Condition, Reduced, Subject, Test};
pub use conversion::Conversion;
pub use dimension::{Dimension, DimensionColumn};
pub use fill::Fill;
pub use filter::{Accepts, FILTER_NODES_MAX, FilterRequest, TestRequest};
pub use having::{Comparator, HAVING_MAX, Having, HavingRequest};
pub use levels::{LabelLevelRequest, Level, TOTALS_LEVELS_MAX};
pub use part::CellPart;
pub use range::{Grain, RANGE_DAYS_MAX, RangeRequest, RangeUnit};
pub use request::{MetricRequest, PlanContext, SelectedField};
pub use top::{TOP_MAX, Top, TopRequest};
