//! What a question would read, told without reading it.

use bellwether_domain::dataset::Dataset;

use crate::kernel::plan::PartialPlan;
use crate::kernel::select::select;
use crate::partition::{PartitionIndex, PartitionView};

/// Bytes a row of a measure whose column isn't at hand: most counts and sums of money take two
/// or four.
const MEASURE_BYTES: u64 = 4;

/// Bytes a row of a dimension's codes whose column isn't at hand.
const DIMENSION_BYTES: u64 = 1;

/// What [`crate::aggregate`] reads for a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Estimate {
    /// Rows that are looked at or added up; a roll-up's rows stand for more facts.
    pub n_rows: u64,
    /// Bytes of columns and of cells.
    pub n_bytes: u64,
}

impl PartitionIndex {
    /// What a plan would read of the partition, with a guess at the width of columns.
    pub fn estimate(&self, plan: &PartialPlan) -> Estimate {
        let columns = plan.columns().into_iter().map(|name| match name {
            crate::ColumnName::Measure(_) => MEASURE_BYTES,
            crate::ColumnName::Dimension(_) => DIMENSION_BYTES,
        });
        self.estimated(plan, columns.sum())
    }

    fn estimated(&self, plan: &PartialPlan, row_bytes: u64) -> Estimate {
        let selection = select(self, plan, Dataset::of(self.name.dataset));
        let n_rows = selection.n_rows(self) as u64;
        let cell_bytes = (size_of::<u32>() + size_of::<u8>()) as u64;
        Estimate {
            n_rows,
            n_bytes: n_rows * row_bytes + selection.n_cells() as u64 * cell_bytes,
        }
    }
}

impl PartitionView {
    /// What a plan would read of the view.
    pub fn estimate(&self, plan: &PartialPlan) -> Estimate {
        let asked = plan.columns();
        let columns = self.columns.iter().filter(|(name, _)| asked.contains(name));
        let row_bytes = columns.map(|(_, column)| column.row_bytes() as u64).sum();
        self.index.estimated(plan, row_bytes)
    }
}
