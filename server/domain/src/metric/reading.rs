//! How the number of one metric is to be read, or why its quotient is none.
//!
//! Every rule here looks at the sums above and below the line of one cell, and at nothing else.

use super::NoteCode;
use super::catalogue::Metric;
use super::formula::{Component, Formula};

/// Why a quotient is none though everything that it needs was reported.
pub(super) fn why_none(
    metric: Metric,
    formula: &Formula,
    above: i128,
    below: i128,
) -> Option<NoteCode> {
    if below == 0 {
        return Some(why_zero(formula));
    }
    // Goods that are sold at a loss never pay for media, however much of them is sold.
    let has_no_margin = above == 0 || (above < 0) != (below < 0);
    (metric == Metric::BreakEvenRoas && has_no_margin).then_some(NoteCode::NegativeGrossProfit)
}

/// Why a denominator is zero.
fn why_zero(formula: &Formula) -> NoteCode {
    let below = || formula.denominator.iter().map(|term| term.component);
    if below().any(|component| matches!(component, Component::Cost(_))) {
        NoteCode::NoCost
    } else if below().eq([Component::Measure("spend")]) {
        NoteCode::NoSpend
    } else {
        NoteCode::ZeroDenominator
    }
}

/// What is to be known of a number that stands.
pub(super) fn caveat(metric: Metric, above: i128, below: Option<i128>) -> Option<NoteCode> {
    match metric {
        Metric::GrossProfit if above < 0 => Some(NoteCode::NegativeGrossProfit),
        Metric::NetProfit if above < 0 => Some(NoteCode::NegativeProfit),
        Metric::Cvr if below.is_some_and(|clicks| above > clicks) => Some(NoteCode::ViewThrough),
        _ => None,
    }
}
