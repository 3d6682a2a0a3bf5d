//! Rows of an hourly report that stand for the same hour: settled here, because afterwards the
//! hours of a day share one key and are added.

use std::collections::HashMap;
use std::path::Path;

use bellwether_domain::sample::{Duplicates, LineProblem, ProblemCode};

use super::layout::{Grain, Layout};
use super::moment::Moment;
use super::table::{Table, TableRow};

/// The hours that stand in the report more than once.
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
    /// Runs through the report once to find them. Where the rule adds them anyway, or rows are
    /// days, which ingest itself compares, none are looked for.
    pub(super) fn find(path: &Path, layout: &Layout, rule: Duplicates) -> Result<Self, String> {
        let mut hours: HashMap<Key, Lines> = HashMap::new();
        if layout.grain == Grain::Hour && rule != Duplicates::Sum {
            let mut table = Table::open(path)?;
            while let Some(row) = table.next()? {
                let Some(key) = key(&row, layout) else {
                    continue;
                };
                let line = row.line;
                hours
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
            hours.retain(|_, lines| lines.second.is_some());
        }
        Ok(Self { rule, hours })
    }

    /// What becomes of this row.
    pub(super) fn judge(&self, row: &TableRow<'_>, layout: &Layout) -> Verdict {
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
                let line = row.line;
                let other = if line == *first { second } else { first };
                let message = format!(
                    "line {line} is of the same hour as line {other}; send one row an hour, or `--duplicates sum` or `--duplicates last`"
                );
                Verdict::Refuse(LineProblem::of_line(
                    line,
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
