//! The first rows of an answer, or of each of its groups.
//!
//! Invariant: totals don't know of it; they stay those of all rows.

use super::dimension::Dimension;
use super::labels;
use super::levels::Level;
use super::request::MetricRequest;
use crate::error_code::Refusal;

/// The most rows that `top` keeps of each combination of its dimensions.
pub const TOP_MAX: usize = 10_000;

/// How many rows are kept as a client asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopRequest {
    /// How many.
    pub n: i64,
    /// Of each combination of these and of the labels; none of either means of all rows.
    pub per: Vec<Dimension>,
    /// The names of labels that are grouped by.
    pub per_labels: Vec<String>,
}

/// How many rows are kept, in the order of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Top {
    /// How many, at least one.
    pub n: usize,
    /// Of each group of this level, whose dimensions are sorted and distinct.
    pub per: Level,
}

/// The rows to keep; refuses numbers out of bounds, and dimensions that are not grouped by.
pub(super) fn canonical(request: &MetricRequest) -> Result<Option<Top>, Refusal> {
    let Some(top) = &request.top else {
        return Ok(None);
    };
    let n = usize::try_from(top.n).unwrap_or(0);
    if n < 1 {
        let message = format!("`{}` is too few rows; use 1 or more", top.n);
        return Err(Refusal::invalid(message).at("top.n"));
    }
    if n > TOP_MAX {
        return Err(Refusal::limit("top_max", TOP_MAX, format!("`{n}`")).at("top.n"));
    }
    if let Some(index) = top.per.iter().position(|per| !request.by.contains(per)) {
        let message = format!("`{}` is not in `by`", top.per[index]);
        return Err(Refusal::invalid(message)
            .at(format!("top.per[{index}]"))
            .with_allowed(request.by.iter().map(|by| by.as_str())));
    }
    let mut by = top.per.clone();
    by.sort_unstable();
    by.dedup();
    let labels = labels::places(request, &top.per_labels, "top.perLabels")?;
    let per = Level { by, labels };
    Ok(Some(Top { n, per }))
}
