//! Rates as a file brings them: line by line, every wrong line named, and nothing taken of a file
//! with one.

use std::collections::BTreeMap;

use super::Rate;
use crate::error_code::Refusal;
use crate::money::Currency;
use crate::nearest::nearest;
use crate::time::{Date, parse_date};

/// The most bytes of a rate's source.
pub const RATE_SOURCE_BYTES_MAX: usize = 128;

/// The most bytes of one line of a file of rates.
pub const RATE_LINE_BYTES_MAX: usize = 1_024;

/// The most days that an import may carry a rate over; a weekend and its holidays.
pub const CARRY_DAYS_MAX: u32 = 7;

/// The most wrong lines of a file that are told.
pub const RATE_PROBLEMS_MAX: usize = 100;

/// The columns of a file of rates.
const COLUMNS: [&str; 5] = ["date", "from", "to", "rate", "source"];

/// What a rate is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RatePair {
    /// The currency of which one unit is worth the rate.
    pub from: Currency,
    /// The currency that the rate is in.
    pub to: Currency,
    /// The day on which it holds.
    pub day: Date,
}

/// A rate with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateEntry {
    /// The rate.
    pub rate: Rate,
    /// Who published it, such as `ECB`; empty when the file does not say.
    pub source: String,
    /// The day of whose rate it is a copy; `None` for a rate of its own day.
    pub carried_from: Option<Date>,
}

/// A line of a file that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateProblem {
    /// The line, from 1.
    pub line: u64,
    /// The column; empty when it is the whole line.
    pub column: &'static str,
    /// What is wrong with it.
    pub refusal: Refusal,
}

/// What an import changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RateImport {
    /// The agency's revision of rates from now on.
    pub revision: super::RatesRevision,
    /// How many rates are new.
    pub added: usize,
    /// How many stood with another value.
    pub corrected: usize,
    /// How many stood already as they are.
    pub unchanged: usize,
}

/// The places of the columns in a file's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatesFileColumns {
    /// By the columns' order, their places; of `source` if it is there.
    places: [Option<usize>; COLUMNS.len()],
}

impl RatesFileColumns {
    /// The places of the columns; each but `source` must be there, and no other.
    pub fn of_header<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, Refusal> {
        let mut places = [None; COLUMNS.len()];
        for (place, name) in names.into_iter().enumerate() {
            let name = name.trim();
            let Some(column) = COLUMNS.iter().position(|known| *known == name) else {
                let message = format!(
                    "the column `{name}` is unknown; use `{}`",
                    COLUMNS.join(",")
                );
                return Err(Refusal::invalid(message)
                    .with_allowed(COLUMNS)
                    .with_suggestion(nearest(name, COLUMNS)));
            };
            if places[column].replace(place).is_some() {
                return Err(Refusal::invalid(format!(
                    "the column `{name}` stands twice"
                )));
            }
        }
        match COLUMNS
            .iter()
            .zip(&places)
            .find(|(_, place)| place.is_none())
        {
            Some((name, None)) if *name != "source" => Err(Refusal::invalid(format!(
                "the column `{name}` lacks; the file begins with `{}`",
                COLUMNS.join(",")
            ))),
            _ => Ok(Self { places }),
        }
    }
}

/// The rates of a file while its lines are read.
#[derive(Debug)]
pub struct RateLines {
    columns: RatesFileColumns,
    rates: BTreeMap<RatePair, (RateEntry, u64)>,
    problems: Vec<RateProblem>,
}

impl RateLines {
    /// No lines yet.
    pub fn new(columns: RatesFileColumns) -> Self {
        Self {
            columns,
            rates: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// Takes a line, or takes note of what is wrong with it.
    pub fn add(&mut self, line: u64, cells: &[&str]) {
        if let Err((column, refusal)) = self.read(line, cells) {
            self.note(line, column, refusal);
        }
    }

    /// Takes note of a line that has no cells to be read.
    pub fn refuse(&mut self, line: u64, refusal: Refusal) {
        self.note(line, "", refusal);
    }

    fn note(&mut self, line: u64, column: &'static str, refusal: Refusal) {
        self.problems.push(RateProblem {
            line,
            column,
            refusal,
        });
    }

    /// Whether so many lines are wrong that no more are told.
    pub fn are_hopeless(&self) -> bool {
        self.problems.len() >= RATE_PROBLEMS_MAX
    }

    /// How many rates there are.
    pub fn n_rates(&self) -> usize {
        self.rates.len()
    }

    /// The rates; each also for as many of the days after it as are carried and have none of their
    /// own in the file. Every wrong line if there is one.
    pub fn finish(
        self,
        carry_days: u32,
    ) -> Result<BTreeMap<RatePair, RateEntry>, Vec<RateProblem>> {
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let own = self
            .rates
            .into_iter()
            .map(|(pair, (entry, _))| (pair, entry));
        let own: BTreeMap<RatePair, RateEntry> = own.collect();
        let mut all = own.clone();
        for (pair, entry) in &own {
            let mut day = pair.day;
            for _ in 0..carry_days {
                let Ok(next) = day.tomorrow() else {
                    break;
                };
                day = next;
                let carried = RatePair { day, ..*pair };
                if own.contains_key(&carried) {
                    break;
                }
                let carried_from = Some(pair.day);
                all.insert(
                    carried,
                    RateEntry {
                        carried_from,
                        ..entry.clone()
                    },
                );
            }
        }
        Ok(all)
    }

    fn read(&mut self, line: u64, cells: &[&str]) -> Result<(), (&'static str, Refusal)> {
        let cell = |column: usize| -> &str {
            let place = self.columns.places[column];
            let cell = place.and_then(|place| cells.get(place));
            cell.map_or("", |cell| cell.trim())
        };
        let at = |column: usize| move |refusal: Refusal| (COLUMNS[column], refusal);
        let pair = RatePair {
            day: parse_date(cell(0)).map_err(at(0))?,
            from: Currency::parse(cell(1)).map_err(at(1))?,
            to: Currency::parse(cell(2)).map_err(at(2))?,
        };
        let rate = Rate::parse(cell(3)).map_err(at(3))?;
        let source = cell(4).to_owned();
        if pair.from == pair.to {
            let message = "a currency into itself is always 1 and has no rate";
            return Err(at(2)(Refusal::invalid(message)));
        }
        if source.len() > RATE_SOURCE_BYTES_MAX {
            let (limit, max) = ("rate_source_bytes_max", RATE_SOURCE_BYTES_MAX);
            let what = format!("a source of {} bytes", source.len());
            return Err(at(4)(Refusal::limit(limit, max, what)));
        }
        if source.chars().any(char::is_control) {
            return Err(at(4)(Refusal::invalid(
                "a source has no control characters",
            )));
        }
        if let Some((_, first)) = self.rates.get(&pair) {
            let message = format!("line {first} gives a rate of the same day and currencies");
            return Err(("", Refusal::invalid(message)));
        }
        let carried_from = None;
        let entry = RateEntry {
            rate,
            source,
            carried_from,
        };
        self.rates.insert(pair, (entry, line));
        Ok(())
    }
}
