//! Rows of one key to one row, by the sender's rule, while all rows stream past in order.
//!
//! The rule over facts in memory is `bellwether_domain::sample::settle_duplicates`; tests hold the
//! two together.
//! Invariant: what comes out has distinct keys; what is held is some thousand rows, however many
//! share a key.

use std::collections::HashMap;
use std::ops::Range;

use bellwether_domain::batch::PROBLEMS_LISTED_MAX;
use bellwether_domain::dataset::MeasureKind;
use bellwether_domain::fact::Text;
use bellwether_domain::sample::{Duplicates, Layout, LineProblem, MISSING, ProblemCode, Rows};

use super::merge::{Cursor, Merge};
use super::problems::Problems;
use crate::error::Result;

/// Settles all rows of a merge and hands them on, at least so many at a time. Without a rule all
/// rows stay as they are.
pub(super) fn settle(
    mut merge: Merge<'_>,
    layout: &Layout,
    rule: Option<Duplicates>,
    output_rows: usize,
    mut hand_on: impl FnMut(Rows) -> Result<()>,
) -> Result<Problems> {
    let mut settling = Settling::new(layout, rule);
    while let Some((place, rows)) = merge.next()? {
        let cursor = merge.cursor(place);
        let mut at = rows.start;
        while at < rows.end {
            if settling.is_twin(&cursor.rows, at) {
                settling.add_twin(&cursor.rows, at);
                at += 1;
                continue;
            }
            settling.close_key();
            if settling.rows.len() >= output_rows {
                hand_on(settling.take_rows())?;
            }
            let mut end = at + 1;
            while end < rows.end && (rule.is_none() || !is_same_key(&cursor.rows, end)) {
                end += 1;
            }
            settling.append(place, cursor, at..end);
            at = end;
        }
    }
    settling.close_key();
    if !settling.rows.is_empty() {
        hand_on(settling.take_rows())?;
    }
    Ok(settling.problems)
}

/// Whether a row has the key of the row before it in its block.
fn is_same_key(rows: &Rows, row: usize) -> bool {
    let before = row - 1;
    rows.days[row] == rows.days[before]
        && rows.campaigns[row] == rows.campaigns[before]
        && rows.untils.get(row) == rows.untils.get(before)
        && rows
            .texts
            .iter()
            .all(|column| column.codes[row] == column.codes[before])
}

struct Settling<'a> {
    layout: &'a Layout,
    rule: Option<Duplicates>,
    /// What comes out next; the last row's key is still open.
    rows: Rows,
    /// By text column, the codes of the texts in `rows`.
    codes: Vec<HashMap<Text, u32>>,
    /// By source, what its block's codes are in `rows`.
    translations: Vec<Translation>,
    n_taken: u64,
    twins: Twins,
    problems: Problems,
}

/// What the codes of one block are in the rows that come out; 0 is not known yet.
#[derive(Debug, Default)]
struct Translation {
    of_block: u64,
    of_output: u64,
    codes: Vec<Vec<u32>>,
}

/// The rows that share the open key, besides the first one.
#[derive(Debug, Default)]
struct Twins {
    n: u64,
    /// The first lines of the key, the one of its first row included.
    lines: Vec<u64>,
    /// The measure whose sum has no place.
    too_large: Option<&'static str>,
}

impl<'a> Settling<'a> {
    fn new(layout: &'a Layout, rule: Option<Duplicates>) -> Self {
        Self {
            layout,
            rule,
            rows: Rows::new(layout),
            codes: vec![HashMap::new(); layout.n_texts()],
            translations: Vec::new(),
            n_taken: 0,
            twins: Twins::default(),
            problems: Problems::default(),
        }
    }

    /// Whether a row has the open key.
    fn is_twin(&self, rows: &Rows, row: usize) -> bool {
        let last = self.rows.len().checked_sub(1);
        let Some(last) = last.filter(|_| self.rule.is_some()) else {
            return false;
        };
        self.rows.days[last] == rows.days[row]
            && self.rows.campaigns[last] == rows.campaigns[row]
            && self.rows.untils.get(last) == rows.untils.get(row)
            && self
                .rows
                .texts
                .iter()
                .zip(&rows.texts)
                .all(|(a, b)| a.get(last) == b.get(row))
    }

    fn append(&mut self, place: usize, cursor: &Cursor<'_>, range: Range<usize>) {
        let from = &cursor.rows;
        self.rows
            .lines
            .extend_from_slice(&from.lines[range.clone()]);
        self.rows
            .campaigns
            .extend_from_slice(&from.campaigns[range.clone()]);
        self.rows.days.extend_from_slice(&from.days[range.clone()]);
        if !from.untils.is_empty() {
            self.rows
                .untils
                .extend_from_slice(&from.untils[range.clone()]);
        }
        for (column, from) in self.rows.measures.iter_mut().zip(&from.measures) {
            if !from.is_empty() {
                column.extend_from_slice(&from[range.clone()]);
            }
        }
        self.append_texts(place, cursor, range);
    }

    fn append_texts(&mut self, place: usize, cursor: &Cursor<'_>, range: Range<usize>) {
        if self.translations.len() <= place {
            self.translations
                .resize_with(place + 1, Translation::default);
        }
        let translation = &mut self.translations[place];
        if (translation.of_block, translation.of_output) != (cursor.n_blocks, self.n_taken) {
            translation.of_block = cursor.n_blocks;
            translation.of_output = self.n_taken;
            let sizes = cursor.rows.texts.iter().map(|column| column.texts.len());
            translation.codes = sizes.map(|n| vec![0; n]).collect();
        }
        let columns = self.rows.texts.iter_mut().zip(&mut self.codes);
        let sources = cursor.rows.texts.iter().zip(&mut translation.codes);
        for ((into, known), (from, translated)) in columns.zip(sources) {
            for code in &from.codes[range.clone()] {
                let Some(place) = code.checked_sub(1) else {
                    into.codes.push(0);
                    continue;
                };
                let code = &mut translated[place as usize];
                if *code == 0 {
                    let text = &from.texts[place as usize];
                    *code = *known.entry(Text::clone(text)).or_insert_with(|| {
                        into.texts.push(Text::clone(text));
                        u32::try_from(into.texts.len()).unwrap_or(u32::MAX)
                    });
                }
                into.codes.push(*code);
            }
        }
    }

    fn add_twin(&mut self, rows: &Rows, row: usize) {
        if self.twins.n == 0 {
            self.twins.lines.extend(self.rows.lines.last());
        }
        self.twins.n += 1;
        if self.twins.lines.len() < PROBLEMS_LISTED_MAX {
            self.twins.lines.push(rows.lines[row]);
        }
        match self.rule {
            None | Some(Duplicates::Reject) => {}
            Some(Duplicates::Last) => {
                for (into, from) in self.rows.measures.iter_mut().zip(&rows.measures) {
                    if let (Some(last), Some(value)) = (into.last_mut(), from.get(row)) {
                        *last = *value;
                    }
                }
            }
            Some(Duplicates::Sum) => self.add_measures(rows, row),
        }
    }

    fn add_measures(&mut self, rows: &Rows, row: usize) {
        let masks = self.layout.mask_column();
        let columns = self.rows.measures.iter_mut().zip(&rows.measures);
        for (place, (into, from)) in columns.enumerate() {
            let (Some(total), Some(value)) = (into.last_mut(), from.get(row)) else {
                continue;
            };
            if masks == Some(place) {
                *total |= value;
                continue;
            }
            let measure = &self.layout.dataset.measures[self.layout.measures[place]];
            *total = match (*total, *value, measure.kind) {
                (left, MISSING, _) => left,
                (MISSING, right, _) | (_, right, MeasureKind::Choice(_)) => right,
                (left, right, _) => {
                    let sum = left.checked_add(right).filter(|sum| *sum != MISSING);
                    if sum.is_none() {
                        self.twins.too_large = self.twins.too_large.or(Some(measure.name));
                    }
                    sum.unwrap_or(left)
                }
            };
        }
    }

    /// The last row's key has no more rows.
    fn close_key(&mut self) {
        if self.twins.n == 0 {
            return;
        }
        let twins = std::mem::take(&mut self.twins);
        let problem: Box<dyn Fn(u64) -> LineProblem> = match (self.rule, twins.too_large) {
            (Some(Duplicates::Reject), _) => {
                let (first, second) = (twins.lines[0], twins.lines[1]);
                Box::new(move |line| same_key(line, if line == first { second } else { first }))
            }
            (Some(Duplicates::Sum), Some(measure)) => Box::new(move |line| {
                let message =
                    format!("the sum of `{measure}` over the rows of this key is too large");
                LineProblem::in_column(line, measure, ProblemCode::TooLarge, message)
            }),
            _ => return,
        };
        self.rows.pop();
        for line in &twins.lines {
            self.problems.push(problem(*line));
        }
        let unlisted = twins.n + 1 - twins.lines.len() as u64;
        self.problems.count_unlisted(unlisted);
    }

    fn take_rows(&mut self) -> Rows {
        self.n_taken += 1;
        for codes in &mut self.codes {
            codes.clear();
        }
        std::mem::replace(&mut self.rows, Rows::new(self.layout))
    }
}

fn same_key(line: u64, other: u64) -> LineProblem {
    let message = format!(
        "line {line} has the same key as line {other}; send one row a key, or `duplicates=sum` or `duplicates=last`"
    );
    LineProblem::of_line(line, ProblemCode::DuplicateKey, message)
}
