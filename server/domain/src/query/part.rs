//! The parts of a cell: what a metric is now, what it was in the range compared with, and by how
//! much it changed.

use crate::closed_words;

closed_words! {
    /// Which of a cell's numbers is meant.
    pub enum CellPart, "a part of a cell" {
        /// The metric over the range asked for.
        Value => "VALUE",
        /// The metric over the range compared with.
        Previous => "PREVIOUS",
        /// The value less the previous one.
        Delta => "DELTA",
        /// The delta over the size of the previous value; 0.25 means 25 % more.
        DeltaRatio => "DELTA_RATIO",
    }
}

impl CellPart {
    /// What the part's column is called after its metric: `_delta` in `spend_delta`.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Value => "",
            Self::Previous => "_previous",
            Self::Delta => "_delta",
            Self::DeltaRatio => "_delta_ratio",
        }
    }
}
