//! One raw row to one fact.

use std::collections::HashSet;
use std::sync::Arc;

use super::Cell;
use super::campaigns::{CampaignDirectory, ColumnProblem, RowCampaign};
use super::header::{Column, Header, column_name};
use super::number::{measure_value, shown};
use super::problem::{LineProblem, ProblemCode};
use crate::dataset::{
    ATTRIBUTION_UNSPECIFIED, Dataset, KEY_DIMENSIONS_MAX, KEY_TEXT_BYTES_MAX, KeyDimension,
    ShapeRule, TimeColumns,
};
use crate::fact::{Fact, FactKey, Text};
use crate::ids::BrandId;
use crate::time::{Date, day_number, parse_date};

/// No fact is older: a date before it is a slip, such as `0026-04-01`.
pub const EARLIEST_DAY: Date = Date::constant(2000, 1, 1);

/// The most days over which one cost accrues: what one query may cover.
pub const COST_DAYS_MAX: i32 = 3_700;

/// A fact with the line it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinedFact {
    /// The line of the report.
    pub line: u64,
    /// The fact.
    pub fact: Fact,
}

/// Turns the rows of one report into facts; keeps the texts that rows share once.
#[derive(Debug)]
pub struct RowParser<'a> {
    dataset: &'static Dataset,
    brand: BrandId,
    header: Header,
    campaigns: CampaignDirectory<'a>,
    texts: HashSet<Text>,
    /// The latest day that a row without campaign may have.
    today: Date,
}

/// What the cells of a row come to, column by column.
#[derive(Default)]
struct Draft<'a> {
    from: Option<Date>,
    until: Option<Date>,
    campaign: RowCampaign<'a>,
    texts: [Option<Text>; KEY_DIMENSIONS_MAX],
    attribution: Option<Text>,
    source_line: Option<u64>,
}

impl<'a> RowParser<'a> {
    /// A parser for the rows of one report of a brand. `today` is the agency's.
    pub fn new(
        dataset: &'static Dataset,
        brand: BrandId,
        header: Header,
        campaigns: CampaignDirectory<'a>,
        today: Date,
    ) -> Self {
        Self {
            dataset,
            brand,
            header,
            campaigns,
            texts: HashSet::new(),
            today,
        }
    }

    /// The fact of a row, or what is wrong with it; one cell a column of the header.
    pub fn parse(&mut self, line: u64, cells: &[Cell<'_>]) -> Result<LinedFact, LineProblem> {
        let expected = self.header.columns().len();
        if cells.len() != expected {
            let message = format!(
                "the line has {} fields; the header has {expected}",
                cells.len()
            );
            return Err(LineProblem::of_line(
                line,
                ProblemCode::WrongFieldCount,
                message,
            ));
        }
        let mut draft = Draft::default();
        let mut measures = vec![None; self.dataset.measures.len()];
        for (index, cell) in cells.iter().enumerate() {
            let column = self.header.columns()[index];
            self.read_cell(column, cell, &mut draft, &mut measures)
                .map_err(|(code, message)| {
                    let line = draft.source_line.unwrap_or(line);
                    LineProblem::in_column(line, column_name(self.dataset, column), code, message)
                })?;
        }
        let line = draft.source_line.unwrap_or(line);
        self.key(draft)
            .map(|key| LinedFact {
                line,
                fact: Fact { key, measures },
            })
            .map_err(|(column, code, message)| LineProblem::in_column(line, column, code, message))
    }

    /// The campaigns that rows registered, once all rows are read.
    pub fn into_campaigns(self) -> CampaignDirectory<'a> {
        self.campaigns
    }

    fn read_cell<'c>(
        &mut self,
        column: Column,
        cell: &Cell<'c>,
        draft: &mut Draft<'c>,
        measures: &mut [Option<i64>],
    ) -> Result<(), (ProblemCode, String)> {
        match column {
            Column::Date | Column::From => draft.from = date(cell)?,
            Column::Until => draft.until = date(cell)?,
            Column::Campaign => draft.campaign.external_id = text(cell)?.unwrap_or_default(),
            Column::CampaignName => draft.campaign.name = text(cell)?,
            Column::Platform => draft.campaign.platform = text(cell)?,
            Column::Currency => draft.campaign.currency = text(cell)?,
            Column::Attribution => {
                draft.attribution = text(cell)?
                    .filter(|t| !t.eq_ignore_ascii_case(ATTRIBUTION_UNSPECIFIED))
                    .map(|t| self.key_text(t))
                    .transpose()?;
            }
            Column::Dimension(index) => {
                let dimension = &self.dataset.dimensions[index];
                // The hour of a typed file is a number; ids are texts, so that 007 stays 007.
                let number = match cell {
                    Cell::Integer(number) if dimension.digits.is_some() => Some(number.to_string()),
                    _ => None,
                };
                let written = match &number {
                    Some(number) => Some(number.as_str()),
                    None => text(cell)?,
                };
                draft.texts[index] = written
                    .map(|t| self.dimension_text(dimension, t))
                    .transpose()?;
            }
            Column::Measure(index) => {
                let below_zero = self.dataset.may_be_negative;
                measures[index] =
                    measure_value(cell, self.dataset.measures[index].kind, below_zero)?;
            }
            Column::SourceLine => {
                draft.source_line = text(cell)?.and_then(|t| t.parse().ok());
            }
        }
        Ok(())
    }

    fn key(&mut self, draft: Draft<'_>) -> Result<FactKey, ColumnProblem> {
        let (campaign, today) = if draft.campaign.external_id.is_empty() {
            if self.dataset.campaign_required {
                return Err(missing("campaign"));
            }
            (None, self.today)
        } else {
            let known = self.campaigns.resolve(draft.campaign)?;
            (Some(known.id), known.today)
        };
        let is_range = self.dataset.time == TimeColumns::Range;
        let from = draft
            .from
            .ok_or_else(|| missing(if is_range { "from" } else { "date" }))?;
        check_day(from, today, self.dataset)?;
        if is_range {
            let until = draft.until.ok_or_else(|| missing("until"))?;
            check_until(from, until, today, self.dataset)?;
        }
        for (dimension, text) in self.dataset.dimensions.iter().zip(&draft.texts) {
            if dimension.required && text.is_none() {
                return Err(missing(dimension.name));
            }
        }
        check_nesting(self.dataset, &draft.texts)?;
        Ok(FactKey {
            brand: self.brand,
            campaign,
            from,
            until: draft.until,
            texts: draft.texts,
            attribution: draft.attribution,
        })
    }

    fn dimension_text(
        &mut self,
        dimension: &KeyDimension,
        text: &str,
    ) -> Result<Text, (ProblemCode, String)> {
        if let Some(words) = dimension.words {
            let word = dimension.word(text).ok_or_else(|| {
                let message = format!(
                    "`{}` is not accepted; use one of {}",
                    shown(text),
                    words.join(", ")
                );
                (ProblemCode::UnknownWord, message)
            })?;
            return self.key_text(word);
        }
        if let Some(letters) = dimension.letters
            && (text.len() != letters || !text.bytes().all(|byte| byte.is_ascii_alphabetic()))
        {
            let message = format!(
                "`{}` is no {}; use its {letters} letters, such as `US`",
                shown(text),
                dimension.name
            );
            return Err((ProblemCode::UnknownWord, message));
        }
        if dimension.capitals {
            return self.key_text(&text.to_uppercase());
        }
        self.key_text(text)
    }

    fn key_text(&mut self, text: &str) -> Result<Text, (ProblemCode, String)> {
        if text.len() > KEY_TEXT_BYTES_MAX {
            let message = format!(
                "`{}` is longer than {KEY_TEXT_BYTES_MAX} bytes",
                shown(text)
            );
            return Err((ProblemCode::TextTooLong, message));
        }
        if let Some(shared) = self.texts.get(text) {
            return Ok(Arc::clone(shared));
        }
        let shared: Text = text.into();
        self.texts.insert(Arc::clone(&shared));
        Ok(shared)
    }
}

fn missing(column: &'static str) -> ColumnProblem {
    (
        column,
        ProblemCode::MissingValue,
        format!("`{column}` is empty; every row needs it"),
    )
}

/// Refuses a text of a level without the one above it: the row would have another key than the
/// same row with it, and the two would be added instead of one replacing the other.
fn check_nesting(
    dataset: &Dataset,
    texts: &[Option<Text>; KEY_DIMENSIONS_MAX],
) -> Result<(), ColumnProblem> {
    if dataset.shape_rule != ShapeRule::Level {
        return Ok(());
    }
    let levels: Vec<_> = dataset.dimensions.iter().zip(texts).collect();
    for pair in levels.windows(2) {
        let (above, below) = (pair[0].0.name, pair[1].0.name);
        if pair[0].0.in_shape && pair[0].1.is_none() && pair[1].1.is_some() {
            let message = format!(
                "`{above}` is empty; a row with `{below}` needs it, because both make its key"
            );
            return Err((above, ProblemCode::MissingValue, message));
        }
    }
    Ok(())
}

fn check_day(day: Date, today: Date, dataset: &Dataset) -> Result<(), ColumnProblem> {
    let column = match dataset.time {
        TimeColumns::Day => "date",
        TimeColumns::Range => "from",
    };
    if day < EARLIEST_DAY {
        let message = format!("`{day}` is before {EARLIEST_DAY}, the earliest day accepted");
        return Err((column, ProblemCode::DateTooEarly, message));
    }
    if day > today && !dataset.may_lie_ahead {
        let message = format!("`{day}` is in the future; the latest day accepted is {today}");
        return Err((column, ProblemCode::FutureDate, message));
    }
    Ok(())
}

fn check_until(
    from: Date,
    until: Date,
    today: Date,
    dataset: &Dataset,
) -> Result<(), ColumnProblem> {
    if until <= from {
        let message =
            format!("`{until}` is not after `{from}`; `until` is the first day after the range");
        return Err(("until", ProblemCode::EmptyRange, message));
    }
    if day_number(until) - day_number(from) > COST_DAYS_MAX {
        let message = format!(
            "the range is over the limit `cost_days_max` of {COST_DAYS_MAX} days; use a shorter one"
        );
        return Err(("until", ProblemCode::TooLarge, message));
    }
    if !dataset.may_lie_ahead && day_number(until) > day_number(today) + 1 {
        let message = format!(
            "the range ends after {today}, the latest day accepted, in `{}`",
            dataset.name
        );
        return Err(("until", ProblemCode::FutureDate, message));
    }
    Ok(())
}

fn text<'c>(cell: &Cell<'c>) -> Result<Option<&'c str>, (ProblemCode, String)> {
    match cell {
        Cell::Missing => Ok(None),
        Cell::Text(text) => {
            let text = text.trim();
            // PostgreSQL keeps no text with NUL, and none of them can be seen where it is shown.
            if let Some(control) = text.chars().find(|c| c.is_control()) {
                let number = u32::from(control);
                let message =
                    format!("the text holds the control character U+{number:04X}; leave it out");
                return Err((ProblemCode::BadText, message));
            }
            Ok(Some(text).filter(|text| !text.is_empty()))
        }
        Cell::NotUtf8 => Err((
            ProblemCode::BadUtf8,
            "the bytes are not UTF-8; send the file as UTF-8".into(),
        )),
        Cell::Integer(_) | Cell::Decimal(_) | Cell::Date(_) | Cell::Unreadable(_) => Err((
            ProblemCode::WrongType,
            "the value is not a text; write ids and names as text".into(),
        )),
    }
}

fn date(cell: &Cell<'_>) -> Result<Option<Date>, (ProblemCode, String)> {
    match cell {
        Cell::Date(date) => Ok(Some(*date)),
        Cell::Missing => Ok(None),
        other => match text(other)? {
            None => Ok(None),
            Some(written) => parse_date(written).map(Some).map_err(|_| {
                (
                    ProblemCode::BadDate,
                    format!("`{}` is not a date; use YYYY-MM-DD", shown(written)),
                )
            }),
        },
    }
}
