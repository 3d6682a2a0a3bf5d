//! Days that lack an hour, because the hour's row can't be taken: to write what is left of such a
//! day would replace a whole day by less.
//!
//! Invariant: what can't be told of a bad row's day or owner counts against every day that it may
//! be of.

use std::collections::HashMap;

use bellwether_domain::sample::{LineProblem, ProblemCode};
use bellwether_domain::time::{Date, parse_date};

use super::layout::Layout;
use super::table::TableRow;
use crate::cli::ingest::sources::Sources;

/// Whose numbers a row holds: the id and, in a report by country, the country.
type Owner = (Vec<u8>, Vec<u8>);

/// The first bad row that makes a day incomplete.
#[derive(Debug, Clone, Copy)]
struct Culprit {
    line: u64,
    code: ProblemCode,
}

/// The days that can't be written whole.
#[derive(Debug, Default)]
pub(super) struct IncompleteDays {
    days: HashMap<(Owner, Date), Culprit>,
    /// Owners of a bad row without a readable day.
    owners: HashMap<Owner, Culprit>,
    /// A bad row without a readable owner.
    all: Option<Culprit>,
}

impl IncompleteDays {
    /// Notes a row that can't be taken.
    pub(super) fn note(&mut self, row: &TableRow<'_>, layout: &Layout, problem: &LineProblem) {
        let culprit = Culprit {
            line: problem.line,
            code: problem.code,
        };
        match (owner(row, layout), day(row, layout)) {
            (Some(owner), Some(day)) => {
                self.days.entry((owner, day)).or_insert(culprit);
            }
            (Some(owner), None) => {
                self.owners.entry(owner).or_insert(culprit);
            }
            (None, _) => {
                self.all.get_or_insert(culprit);
            }
        }
    }

    /// Why a good row is left out, if its day is incomplete.
    pub(super) fn judge(
        &self,
        row: &TableRow<'_>,
        layout: &Layout,
        sources: &Sources,
    ) -> Option<LineProblem> {
        let owner = owner(row, layout)?;
        let day = day(row, layout)?;
        let key = (owner, day);
        let (culprit, why) = match (self.all, self.owners.get(&key.0), self.days.get(&key)) {
            (_, _, Some(culprit)) => (*culprit, "an hour of the same day"),
            (_, Some(culprit), _) => (*culprit, "an hour of a day that can't be read"),
            (Some(culprit), _, _) => (culprit, "an hour that can't be told whose it is"),
            (None, None, None) => return None,
        };
        let message = format!(
            "the day {day} is left out, since {why} is bad: {}; without it the day would be replaced by less",
            sources.told(culprit.line)
        );
        Some(LineProblem::of_line(row.line, culprit.code, message))
    }
}

fn owner(row: &TableRow<'_>, layout: &Layout) -> Option<Owner> {
    let id = row.bytes(layout.id);
    let country = match layout.country {
        Some(index) => row.bytes(index),
        None => b"",
    };
    let is_told = !id.is_empty() && (layout.country.is_none() || !country.is_empty());
    is_told.then(|| (id.to_vec(), country.to_ascii_uppercase()))
}

/// The day as far as it can be read, even where the hour can't.
fn day(row: &TableRow<'_>, layout: &Layout) -> Option<Date> {
    let written = row.text(layout.time)?;
    let day = written.split([' ', 'T']).next()?;
    parse_date(day).ok()
}
