//! Rows of hourly reports that stand for the same hour: settled here, because afterwards the
//! hours of a day share one key and are added.

use std::collections::HashMap;

use bellwether_domain::sample::{Duplicates, LineProblem, ProblemCode};

use super::layout::{Grain, Layout};
use super::moment::Moment;
use super::table::TableRow;
use crate::cli::ingest::sources::Sources;

/// The hours that stand in the reports more than once.
#[derive(Debug)]
pub(super) struct Twins {
    rule: Duplicates,
    hours: HashMap<Key, Lines>,
}

type Key = (Vec<u8>, Vec<u8>, Moment);

#[derive(Debug, Clone, Copy)]
struct Lines {
    first: u64,
    second: Option<u64>,
    last: u64,
}

/// What becomes of a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Keep,
    /// A later row of the same hour counts instead.
    Drop,
    Refuse(LineProblem),
}

impl Twins {
    /// None seen yet.
    pub(super) fn new(rule: Duplicates) -> Self {
        Self {
            rule,
            hours: HashMap::new(),
        }
    }

    /// Notes a row. Where the rule adds them anyway, or rows are days, which ingest itself
    /// compares, none are looked for.
    pub(super) fn note(&mut self, row: &TableRow<'_>, layout: &Layout) {
        if layout.grain != Grain::Hour || self.rule == Duplicates::Sum {
            return;
        }
        let Some(key) = key(row, layout) else {
            return;
        };
        let line = row.line;
        self.hours
            .entry(key)
            .and_modify(|lines| {
                lines.second = lines.second.or(Some(line));
                lines.last = line;
            })
            .or_insert(Lines {
                first: line,
                second: None,
                last: line,
            });
    }

    /// Forgets the hours that stand there once, after all rows are noted.
    pub(super) fn keep_twins(&mut self) {
        self.hours.retain(|_, lines| lines.second.is_some());
    }

    /// What becomes of this row.
    pub(super) fn judge(&self, row: &TableRow<'_>, layout: &Layout, sources: &Sources) -> Verdict {
        let twins = key(row, layout).and_then(|key| self.hours.get(&key));
        let Some(Lines {
            first,
            second: Some(second),
            last,
        }) = twins
        else {
            return Verdict::Keep;
        };
        match self.rule {
            Duplicates::Sum => Verdict::Keep,
            Duplicates::Last if row.line == *last => Verdict::Keep,
            Duplicates::Last => Verdict::Drop,
            Duplicates::Reject => {
                let other = if row.line == *first { second } else { first };
                let message = format!(
                    "{} is of the same hour as {}; send one row an hour, or `--duplicates sum` or `--duplicates last`",
                    sources.told(row.line),
                    sources.told(*other),
                );
                Verdict::Refuse(LineProblem::of_line(
                    row.line,
                    ProblemCode::DuplicateKey,
                    message,
                ))
            }
        }
    }
}

/// Whose hour a row is; `None` for a row without a readable hour, which is refused anyway.
fn key(row: &TableRow<'_>, layout: &Layout) -> Option<Key> {
    let country = layout.country.map_or(&b""[..], |index| row.bytes(index));
    let hour = row.text(layout.time).and_then(Moment::parse)?;
    Some((
        row.bytes(layout.id).to_vec(),
        country.to_ascii_uppercase(),
        hour,
    ))
}
