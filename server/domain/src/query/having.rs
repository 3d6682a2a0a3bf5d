//! Conditions on the cells of rows: which rows an answer shows, after they are computed.
//!
//! Invariant: totals don't know of them; they stay those of all rows.

use super::column::MetricColumn;
use super::part::CellPart;
use super::request::MetricRequest;
use crate::closed_words;
use crate::error_code::Refusal;
use crate::money::Decimal;

/// The most entries of `having` in one query.
pub const HAVING_MAX: usize = 16;

closed_words! {
    /// How a cell is held against a bound.
    pub enum Comparator, "a comparator" {
        /// Above the bound.
        Gt => "gt",
        /// At the bound or above.
        Gte => "gte",
        /// Below the bound.
        Lt => "lt",
        /// At the bound or below.
        Lte => "lte",
        /// At the bound.
        Eq => "eq",
        /// Anywhere but at the bound.
        Ne => "ne",
    }
}

impl Comparator {
    /// Whether the value passes.
    pub fn holds(self, value: Decimal, bound: Decimal) -> bool {
        match self {
            Self::Gt => value > bound,
            Self::Gte => value >= bound,
            Self::Lt => value < bound,
            Self::Lte => value <= bound,
            Self::Eq => value == bound,
            Self::Ne => value != bound,
        }
    }
}

/// What a client asks of one metric's cells: all of the bounds hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HavingRequest {
    /// Whose cells.
    pub column: MetricColumn,
    /// Which number of its cell.
    pub part: CellPart,
    /// The bounds; at least one.
    pub bounds: Vec<(Comparator, Decimal)>,
}

/// One condition on rows; a cell without a value never passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Having {
    /// Whose cells.
    pub column: MetricColumn,
    /// Which number of its cell.
    pub part: CellPart,
    /// How it is held against the bound.
    pub comparator: Comparator,
    /// The bound.
    pub bound: Decimal,
}

/// The conditions, sorted and distinct; refuses too many and ones without a bound.
pub(super) fn canonical(request: &MetricRequest) -> Result<Vec<Having>, Refusal> {
    let n_entries = request.having.len();
    if n_entries > HAVING_MAX {
        let what = format!("{n_entries} conditions");
        return Err(Refusal::limit("having_max", HAVING_MAX, what).at("having"));
    }
    let mut conditions = Vec::new();
    for (index, entry) in request.having.iter().enumerate() {
        if entry.bounds.is_empty() {
            let words = Comparator::ALL.iter().map(|word| word.as_str());
            return Err(Refusal::invalid(
                "a condition without a bound says nothing; give at least one",
            )
            .at(format!("having[{index}]"))
            .with_allowed(words));
        }
        request.require_compared(entry.part, || format!("having[{index}].of"))?;
        conditions.extend(entry.bounds.iter().map(|(comparator, bound)| Having {
            column: entry.column,
            part: entry.part,
            comparator: *comparator,
            bound: bound.normalize(),
        }));
    }
    conditions.sort_unstable();
    conditions.dedup();
    Ok(conditions)
}
