//! Columns that questions read: measures, and the codes of key dimensions.

use arrow::array::RecordBatch;
use bellwether_domain::codes::CodeTable;
use bellwether_domain::dataset::Dataset;

use crate::Error;
use crate::column::{ColumnName, RawColumn};
use crate::decode::file::{SegmentFile, numbers, texts};
use crate::decode::texts::{PerRow, codes_per_row};
use crate::encode::ROW_GROUP_ROWS;
use crate::error::Cause;
use crate::schema::measure_column;

/// Adds the rows of a file to these columns, by name.
pub(crate) fn stored_columns(
    file: &SegmentFile,
    dataset: &'static Dataset,
    codes: &CodeTable,
    columns: &mut [(ColumnName, RawColumn)],
) -> Result<(), Cause> {
    let mut names = Vec::with_capacity(columns.len());
    for (name, _) in columns.iter() {
        names.push(name_in_file(dataset, *name)?);
    }
    let projected: Vec<&str> = names.iter().map(String::as_str).collect();
    for batch in file.batches(&projected, ROW_GROUP_ROWS)? {
        let batch = batch?;
        for ((name, column), in_file) in columns.iter_mut().zip(&names) {
            add(&batch, dataset, codes, (*name, in_file), column)?;
        }
    }
    Ok(())
}

fn name_in_file(dataset: &Dataset, name: ColumnName) -> Result<String, Error> {
    let in_file = match name {
        ColumnName::Dimension(place) => {
            let coded = dataset.dimensions.get(place).filter(|it| it.coded);
            coded.map(|dimension| dimension.name.to_owned())
        }
        ColumnName::Measure(place) => dataset.measures.get(place).map(measure_column),
    };
    in_file.ok_or(Error::BrokenRule {
        rule: "columns are coded dimensions or measures of the dataset",
    })
}

fn add(
    batch: &RecordBatch,
    dataset: &'static Dataset,
    codes: &CodeTable,
    (name, in_file): (ColumnName, &str),
    column: &mut RawColumn,
) -> Result<(), Cause> {
    let n_rows = batch.num_rows();
    match name {
        ColumnName::Dimension(place) => {
            let dimension = dataset.dimensions[place].name;
            match codes_per_row(texts(batch, in_file)?, dimension, codes)? {
                PerRow::Same(code) => {
                    column.extend_whole(std::iter::repeat_n(i64::from(code), n_rows));
                }
                PerRow::Rows(codes) => column.extend_whole(codes.into_iter().map(i64::from)),
            }
        }
        ColumnName::Measure(_) => match numbers(batch, in_file)? {
            Some(values) => column.extend(values),
            // A file older than the measure: it is missing in all its rows.
            None => column.extend_missing(n_rows),
        },
    }
    Ok(())
}
