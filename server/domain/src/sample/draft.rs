//! What the cells of one row come to, column by column, before its campaign is known.

use std::borrow::Cow;

use super::Cell;
use super::campaigns::RowCampaign;
use super::cells::{CellProblem, day, dimension_text, key_text, text};
use super::checks::RowOutline;
use super::header::{Column, Header, column_name};
use super::number::measure_value;
use super::problem::{LineProblem, ProblemCode};
use super::rows::MISSING;
use crate::dataset::{ATTRIBUTION_UNSPECIFIED, Dataset, KEY_DIMENSIONS_MAX};

/// A row whose cells are read.
#[derive(Debug, Default)]
pub(super) struct Draft<'c> {
    /// The line that its problems are told at.
    pub(super) line: u64,
    pub(super) outline: RowOutline,
    pub(super) texts: [Option<Cow<'c, str>>; KEY_DIMENSIONS_MAX],
    pub(super) attribution: Option<Cow<'c, str>>,
    external_id: Cow<'c, str>,
    name: Option<Cow<'c, str>>,
    platform: Option<Cow<'c, str>>,
    currency: Option<Cow<'c, str>>,
    source_line: Option<u64>,
}

impl<'c> Draft<'c> {
    /// Reads a row, one cell a column of the header. `measures` has a place for each measure of
    /// the dataset; those without a value become [`MISSING`].
    pub(super) fn read(
        dataset: &'static Dataset,
        header: &Header,
        line: u64,
        cells: &[Cell<'c>],
        measures: &mut [i64],
    ) -> Result<Self, LineProblem> {
        let columns = header.columns();
        if cells.len() != columns.len() {
            let message = format!(
                "the line has {} fields; the header has {}",
                cells.len(),
                columns.len()
            );
            let code = ProblemCode::WrongFieldCount;
            return Err(LineProblem::of_line(line, code, message));
        }
        let mut draft = Self::default();
        measures.fill(MISSING);
        for (column, cell) in columns.iter().zip(cells) {
            let read = draft.read_cell(dataset, *column, cell, measures);
            read.map_err(|(code, message)| {
                let line = draft.source_line.unwrap_or(line);
                LineProblem::in_column(line, column_name(dataset, *column), code, message)
            })?;
        }
        draft.line = draft.source_line.unwrap_or(line);
        Ok(draft)
    }

    /// What the row says of its campaign; an empty external id where it names none.
    pub(super) fn campaign(&self) -> RowCampaign<'_> {
        RowCampaign {
            external_id: &self.external_id,
            name: self.name.as_deref(),
            platform: self.platform.as_deref(),
            currency: self.currency.as_deref(),
        }
    }

    fn read_cell(
        &mut self,
        dataset: &'static Dataset,
        column: Column,
        cell: &Cell<'c>,
        measures: &mut [i64],
    ) -> Result<(), CellProblem> {
        match column {
            Column::Date | Column::From => self.outline.from = day(cell)?,
            Column::Until => self.outline.until = day(cell)?,
            Column::Campaign => self.external_id = text(cell)?.unwrap_or_default(),
            Column::CampaignName => self.name = text(cell)?,
            Column::Platform => self.platform = text(cell)?,
            Column::Currency => self.currency = text(cell)?,
            Column::Attribution => {
                self.attribution = text(cell)?
                    .filter(|text| !text.eq_ignore_ascii_case(ATTRIBUTION_UNSPECIFIED))
                    .map(key_text)
                    .transpose()?;
            }
            Column::Dimension(index) => {
                if let Some(written) = text(cell)? {
                    let dimension = &dataset.dimensions[index];
                    self.texts[index] = Some(dimension_text(dimension, written)?);
                    self.outline.given |= 1 << index;
                }
            }
            Column::Measure(index) => {
                let kind = dataset.measures[index].kind;
                let value = measure_value(cell, kind, dataset.may_be_negative)?;
                measures[index] = value.unwrap_or(MISSING);
            }
            Column::SourceLine => {
                self.source_line = text(cell)?.and_then(|text| text.parse().ok());
            }
        }
        Ok(())
    }
}
