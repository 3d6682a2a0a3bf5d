//! Rows as columns: what a report's rows are from the parser to the segment file.
//!
//! A row is a place in every column, so that a million rows are some thirty allocations and not
//! millions.
//! Invariant: all columns of [`Rows`] have one length.

use std::ops::Range;

use super::header::{Column, Header};
use crate::dataset::{Dataset, TimeColumns};
use crate::fact::{Shape, Text};
use crate::time::{Date, Month, date_of_day_number};

/// What a column of measures holds where a row has no value; no measure takes this value.
pub const MISSING: i64 = i64::MIN;

/// Which columns the rows of a report have, the same for all its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The dataset that the rows are of.
    pub dataset: &'static Dataset,
    /// The places in the dataset of the measures that the report can have values for.
    pub measures: Vec<usize>,
    /// Whether the rows leave what they don't speak of as it is; then one more column of
    /// measures, the last, says by bits of what each row speaks.
    pub merges: bool,
}

impl Layout {
    /// The columns of a report with this header.
    pub fn new(dataset: &'static Dataset, header: &Header, merges: bool) -> Self {
        let of_measure = |column: &Column| match column {
            Column::Measure(index) => Some(*index),
            _ => None,
        };
        let mut measures: Vec<usize> = header.columns().iter().filter_map(of_measure).collect();
        measures.sort_unstable();
        Self {
            dataset,
            measures,
            merges,
        }
    }

    /// Every column that rows of the dataset can have.
    pub fn of_dataset(dataset: &'static Dataset) -> Self {
        Self {
            dataset,
            measures: (0..dataset.measures.len()).collect(),
            merges: false,
        }
    }

    /// The measures of the header as bits: of what a row of a file with a fixed header speaks.
    pub fn mask(&self) -> i64 {
        self.measures
            .iter()
            .fold(0, |bits, index| bits | 1 << index)
    }

    /// Where in [`Rows::measures`] the bits of what a row speaks of stand.
    pub fn mask_column(&self) -> Option<usize> {
        self.merges.then_some(self.measures.len())
    }

    /// How many text columns rows have: the dataset's dimensions, and its attribution.
    pub fn n_texts(&self) -> usize {
        self.dataset.dimensions.len() + usize::from(self.dataset.attribution)
    }

    fn n_measures(&self) -> usize {
        self.measures.len() + usize::from(self.merges)
    }
}

/// A column of texts: each row's is a number in a list of distinct ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextColumn {
    /// 0 where the row has none; else one more than the text's place in the list.
    pub codes: Vec<u32>,
    /// The texts.
    pub texts: Vec<Text>,
}

impl TextColumn {
    /// The text of a row.
    pub fn get(&self, row: usize) -> Option<&Text> {
        let place = self.codes[row].checked_sub(1)?;
        Some(&self.texts[place as usize])
    }
}

/// Rows of one report, all of one [`Layout`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// The line of each row, for problems that are found late.
    pub lines: Vec<u64>,
    /// The campaign of each row as a number that whoever made the rows gave it; 0 is none.
    pub campaigns: Vec<u32>,
    /// The day, or first day, as a number since 1970.
    pub days: Vec<i32>,
    /// The first day after the row's range; without rows where the dataset has no ranges.
    pub untils: Vec<i32>,
    /// The dimensions of the dataset in its order, and then its attribution.
    pub texts: Vec<TextColumn>,
    /// The measures of the layout, and then what the rows speak of.
    pub measures: Vec<Vec<i64>>,
}

impl Rows {
    /// No rows yet, with the columns of the layout.
    pub fn new(layout: &Layout) -> Self {
        Self {
            texts: vec![TextColumn::default(); layout.n_texts()],
            measures: vec![Vec::new(); layout.n_measures()],
            ..Self::default()
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Keeps the rows that are marked.
    pub fn retain(&mut self, marked: &[bool]) {
        retain(&mut self.lines, marked);
        retain(&mut self.campaigns, marked);
        retain(&mut self.days, marked);
        if !self.untils.is_empty() {
            retain(&mut self.untils, marked);
        }
        for column in &mut self.texts {
            retain(&mut column.codes, marked);
        }
        for column in &mut self.measures {
            retain(column, marked);
        }
    }

    /// Takes the last row away.
    pub fn pop(&mut self) {
        self.lines.pop();
        self.campaigns.pop();
        self.days.pop();
        self.untils.pop();
        for column in &mut self.texts {
            column.codes.pop();
        }
        for column in &mut self.measures {
            column.pop();
        }
    }

    /// Which dimensions a row gives: its level or breakdown.
    pub fn shape(&self, dataset: &Dataset, row: usize) -> Shape {
        let given = dataset.dimensions.iter().zip(&self.texts).enumerate();
        let bits = given
            .filter(|(_, (dimension, column))| dimension.in_shape && column.codes[row] != 0)
            .map(|(index, _)| index);
        Shape::of_dimensions(bits)
    }

    /// The memory that the rows take, texts left out.
    pub fn size_bytes(&self) -> usize {
        let n_texts: usize = self
            .texts
            .iter()
            .map(|column| column.codes.capacity())
            .sum();
        let n_measures: usize = self.measures.iter().map(Vec::capacity).sum();
        8 * (self.lines.capacity() + n_measures)
            + 4 * (self.campaigns.capacity() + self.days.capacity())
            + 4 * (self.untils.capacity() + n_texts)
    }

    /// Whether the rows of the dataset have an end of their own.
    pub fn have_untils(dataset: &Dataset) -> bool {
        dataset.time == TimeColumns::Range
    }

    /// The month of a row's first day.
    pub fn month(&self, row: usize) -> Month {
        Month::of(self.day(row))
    }

    /// A row's day, or first day.
    pub fn day(&self, row: usize) -> Date {
        date_of_day_number(self.days[row]).unwrap_or_default()
    }

    /// The numbers of campaigns, each with the rows that follow each other in it.
    pub fn campaign_runs(&self) -> impl Iterator<Item = (u32, Range<usize>)> + '_ {
        let mut start = 0;
        self.campaigns.chunk_by(|a, b| a == b).map(move |run| {
            let rows = start..start + run.len();
            start = rows.end;
            (run[0], rows)
        })
    }
}

fn retain<T: Copy>(column: &mut Vec<T>, marked: &[bool]) {
    let mut marks = marked.iter();
    column.retain(|_| marks.next().copied().unwrap_or(false));
}
