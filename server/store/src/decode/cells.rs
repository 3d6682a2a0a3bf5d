//! The key columns of segment files to cells: stretches of rows of one campaign, attribution
//! window, shape, day and commit. Ids of ads and other texts beyond these aren't read.

use arrow::array::{Array, Int64Array, RecordBatch};
use bellwether_domain::codes::CodeTable;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::segment::PartitionName;
use bellwether_domain::time::day_number;

use crate::decode::file::{SegmentFile, days, numbers, texts};
use crate::decode::texts::{PerRow, codes_per_row, per_row, shape_of_name, shape_of_texts};
use crate::encode::ROW_GROUP_ROWS;
use crate::error::Cause;
use crate::partition::{ATTRIBUTION_CODES, CAMPAIGN_CODES, Cell};
use crate::schema::{
    ATTRIBUTION, CAMPAIGN, COMMIT_NUMBER, MERGED_MEASURES, first_day_column, shape_column,
};

/// The measures that a row speaks of, when it is a whole row.
pub(crate) const WHOLE_ROW: u64 = u64::MAX;

/// Rows that follow each other in a segment and differ in nothing that is told here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoredCell {
    pub(crate) cell: Cell,
    pub(crate) commit: i64,
    /// Bit `i` is set when the rows speak of measure `i`; all bits for whole rows.
    pub(crate) spoken: u64,
    /// The number of the first row.
    pub(crate) first: u32,
    pub(crate) n_rows: u32,
}

/// Adds the cells of a segment file whose rows are numbered from `first`.
pub(crate) fn stored_cells(
    file: &SegmentFile,
    partition: PartitionName,
    codes: &CodeTable,
    first: u32,
    cells: &mut Vec<StoredCell>,
) -> Result<(), Cause> {
    let dataset = Dataset::of(partition.dataset);
    let mut names = vec![
        CAMPAIGN,
        first_day_column(dataset),
        COMMIT_NUMBER,
        MERGED_MEASURES,
    ];
    names.extend(dataset.attribution.then_some(ATTRIBUTION));
    match shape_column(dataset) {
        Some(name) => names.push(name),
        None => names.extend(dataset.dimensions.iter().map(|dimension| dimension.name)),
    }
    let mut next = first;
    for batch in file.batches(&names, ROW_GROUP_ROWS)? {
        let batch = batch?;
        let columns = CellColumns::of(&batch, file, partition, codes)?;
        columns.add_cells(next, cells)?;
        next += u32::try_from(batch.num_rows())?;
    }
    Ok(())
}

/// The columns of one batch.
struct CellColumns<'a> {
    n_rows: usize,
    campaigns: PerRow<u32>,
    attributions: PerRow<u32>,
    shapes: PerRow<u8>,
    days: &'a [i32],
    month_start: i32,
    commits: PerRow<i64>,
    spoken: PerRow<u64>,
}

impl<'a> CellColumns<'a> {
    fn of(
        batch: &'a RecordBatch,
        file: &SegmentFile,
        partition: PartitionName,
        codes: &CodeTable,
    ) -> Result<Self, Cause> {
        let dataset = Dataset::of(partition.dataset);
        let commits = numbers(batch, COMMIT_NUMBER)?;
        let attributions = if dataset.attribution {
            codes_per_row(texts(batch, ATTRIBUTION)?, ATTRIBUTION_CODES, codes)?
        } else {
            PerRow::Same(0)
        };
        Ok(Self {
            n_rows: batch.num_rows(),
            campaigns: codes_per_row(texts(batch, CAMPAIGN)?, CAMPAIGN_CODES, codes)?,
            attributions,
            shapes: shapes(batch, dataset)?,
            days: days(batch, first_day_column(dataset))?.values(),
            month_start: day_number(partition.month.first_day()),
            commits: given_or(commits, file.commit.0, |commit| commit),
            spoken: given_or(
                numbers(batch, MERGED_MEASURES)?,
                WHOLE_ROW,
                i64::cast_unsigned,
            ),
        })
    }

    fn add_cells(&self, first: u32, cells: &mut Vec<StoredCell>) -> Result<(), Cause> {
        for row in 0..self.n_rows {
            let day = u8::try_from(self.days[row] - self.month_start)
                .ok()
                .filter(|day| *day < 31)
                .ok_or("a row lies outside its month")?;
            let stored = StoredCell {
                cell: Cell {
                    campaign: self.campaigns.get(row),
                    attribution: self.attributions.get(row),
                    shape: self.shapes.get(row),
                    day,
                },
                commit: self.commits.get(row),
                spoken: self.spoken.get(row),
                first: first + u32::try_from(row)?,
                n_rows: 1,
            };
            let continues = |last: &&mut StoredCell| {
                last.cell == stored.cell
                    && last.commit == stored.commit
                    && last.spoken == stored.spoken
                    && last.first + last.n_rows == stored.first
            };
            match cells.last_mut().filter(continues) {
                Some(last) => last.n_rows += 1,
                None => cells.push(stored),
            }
        }
        Ok(())
    }
}

fn given_or<T: Copy>(
    numbers: Option<&Int64Array>,
    absent: T,
    made: impl Fn(i64) -> T,
) -> PerRow<T> {
    match numbers {
        Some(numbers) if numbers.null_count() < numbers.len() => {
            let each = numbers.iter().map(|number| number.map_or(absent, &made));
            PerRow::Rows(each.collect())
        }
        _ => PerRow::Same(absent),
    }
}

/// The rows' shapes: by the name in the file, or by which texts are given where rows add up.
fn shapes(batch: &RecordBatch, dataset: &Dataset) -> Result<PerRow<u8>, Cause> {
    if let Some(name) = shape_column(dataset) {
        return per_row(texts(batch, name)?, 0, |name| shape_of_name(dataset, name));
    }
    let mut given = vec![0_u8; batch.num_rows()];
    for (place, dimension) in dataset.dimensions.iter().enumerate() {
        let texts = texts(batch, dimension.name)?;
        for (row, given) in given.iter_mut().enumerate() {
            *given |= u8::from(texts.is_valid(row)) << place;
        }
    }
    for given in &mut given {
        *given = shape_of_texts(dataset, *given);
    }
    Ok(PerRow::Rows(given))
}
