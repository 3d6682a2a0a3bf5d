//! Rows of a Parquet body; the store decodes, this hands over.

use std::ops::ControlFlow;
use std::path::Path;

use bellwether_domain::dataset::Dataset;
use bellwether_domain::sample::{Cell, Column, Header};
use bellwether_store::ReportReader;

use super::validate::Gathering;
use crate::error::{Error, Result};

/// Reads every row into a gathering that begins with the file's columns.
pub(super) fn read<'a>(
    path: &Path,
    dataset: &'static Dataset,
    begin: impl FnOnce(Header) -> Gathering<'a>,
) -> Result<Gathering<'a>> {
    let report = ReportReader::open(path)?;
    let names = report.columns();
    let header = Header::parse(dataset, names.iter().map(String::as_str))?;
    let is_text: Vec<bool> = header
        .columns()
        .iter()
        .map(|column| holds_text(*column))
        .collect();
    let mut gathering = begin(header);
    report.for_each_row(|row, cells| {
        // Ids are often whole numbers in Parquet; in Bellwether they are texts.
        let texts: Vec<Option<String>> = cells
            .iter()
            .zip(&is_text)
            .map(|(cell, is_text)| match cell {
                Cell::Integer(id) if *is_text => Some(id.to_string()),
                _ => None,
            })
            .collect();
        let cells: Vec<Cell<'_>> = cells
            .iter()
            .zip(&texts)
            .map(|(cell, text)| text.as_deref().map_or_else(|| cell.clone(), Cell::Text))
            .collect();
        gathering.row(row, &cells)?;
        Ok::<_, Error>(ControlFlow::Continue(()))
    })?;
    Ok(gathering)
}

fn holds_text(column: Column) -> bool {
    match column {
        Column::Campaign
        | Column::Dimension(_)
        | Column::Attribution
        | Column::CampaignName
        | Column::Platform
        | Column::Currency
        | Column::SourceLine => true,
        Column::Date | Column::From | Column::Until | Column::Measure(_) => false,
    }
}
