//! What stands in periods without facts.

use super::dimension::Dimension;
use super::request::MetricRequest;
use crate::closed_words;
use crate::error_code::Refusal;

closed_words! {
    /// What stands in the periods of the range in which a group has no facts.
    pub enum Fill, "a way to fill" {
        /// Nothing: there is no row.
        None => "NONE",
        /// A row in which every measure is zero.
        Zero => "ZERO",
        /// A row without values.
        Null => "NULL",
    }
}

/// Refuses to fill periods where the answer has none.
pub(super) fn check(request: &MetricRequest) -> Result<(), Refusal> {
    if request.fill == Fill::None || request.by.contains(&Dimension::Period) {
        return Ok(());
    }
    Err(Refusal::invalid("`fill` needs `PERIOD` in `by`")
        .at("fill")
        .with_allowed([Fill::None.as_str()]))
}
