//! TikTok reports, row by row, to a CSV file in a dataset's own columns.
//!
//! The hours of a day may stand in several files, so that hourly reports of a kind are converted
//! together: a day is written as a whole or not at all.
//! Invariant: every row of the reports is in the new file under its own line number, or among the
//! problems, or is an hour that `--duplicates last` replaces by a later row.

use std::collections::BTreeMap;
use std::path::Path;

use bellwether_domain::batch::{IngestMode, PROBLEMS_LISTED_MAX};
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::sample::{Duplicates, LineProblem};

use super::advertisers::{Account, Accounts};
use super::days::IncompleteDays;
use super::history::History;
use super::layout::{Grain, Layout, Subject};
use super::part::{Key, Part, PartWriter};
use super::report::{Report, open_all};
use super::rows::RowReader;
use super::table::TableRow;
use super::twins::{Twins, Verdict};
use crate::cli::ingest::args::IngestArgs;
use crate::cli::ingest::sources::Sources;

/// Converted reports.
#[derive(Debug)]
pub(crate) struct Conversion {
    /// The dataset that they fit.
    pub(crate) dataset: DatasetName,
    /// What becomes of rows that share a key in the new files.
    pub(crate) duplicates: Duplicates,
    /// The new files, at least one.
    pub(crate) parts: Vec<Part>,
    /// What is wrong with rows that are in none of them, the first ones.
    pub(crate) problems: Vec<LineProblem>,
    /// How many rows are in none of them.
    pub(crate) n_problems: u64,
    /// The reports, by the numbers of their lines.
    pub(crate) sources: Sources,
}

/// Converts reports that belong together. The error is a sentence for people; bad lines are data.
pub(crate) fn convert(args: &IngestArgs, paths: &[&Path]) -> Result<Conversion, String> {
    let (reports, sources) = open_all(paths)?;
    let first = reports.first().ok_or("no report is named")?;
    check_dataset(args, &first.name, first.layout.subject)?;
    let history = history(args, &first.name, first.layout.subject)?;
    let accounts = Accounts::load(args, &history)?;
    let mut converter = Converter {
        reader: RowReader::new(args, &history, &accounts, &first.layout)?,
        layout: &first.layout,
        history: &history,
        sources: &sources,
        twins: Twins::new(args.duplicates),
        incomplete: IncompleteDays::default(),
        leaves_days_out: args.mode == IngestMode::Skip && first.layout.grain == Grain::Hour,
        parts: BTreeMap::new(),
        problems: Vec::new(),
        n_problems: 0,
    };
    converter.survey(&reports)?;
    for report in &reports {
        let mut table = report.rows()?;
        while let Some(row) = table.next()? {
            converter.take(&row, &report.layout)?;
        }
    }
    // The hours of a day come to one row; days that stand there twice are for the caller to settle.
    let duplicates = match first.layout.grain {
        Grain::Hour => Duplicates::Sum,
        Grain::Day => args.duplicates,
    };
    converter.finish(duplicates)
}

fn check_dataset(args: &IngestArgs, name: &str, subject: Subject) -> Result<(), String> {
    let fits = subject.dataset();
    match args.dataset {
        Some(asked) if asked != fits => Err(format!(
            "`{name}` is a {} report, which fits `--dataset {fits}` and not `{asked}`",
            subject.noun()
        )),
        _ => Ok(()),
    }
}

fn history(args: &IngestArgs, name: &str, subject: Subject) -> Result<History, String> {
    match (&args.reference, subject) {
        (Some(folder), _) => History::load(folder),
        (None, Subject::Campaign | Subject::CampaignByCountry) => Ok(History::default()),
        (None, Subject::AdGroup | Subject::Ad) => Err(format!(
            "`{name}` is an {} report, which doesn't say its campaigns; give `--reference` with the folder of TikTok's history files",
            subject.noun()
        )),
    }
}

struct Converter<'a> {
    reader: RowReader<'a>,
    layout: &'a Layout,
    history: &'a History,
    sources: &'a Sources,
    twins: Twins,
    incomplete: IncompleteDays,
    leaves_days_out: bool,
    parts: BTreeMap<Account, PartWriter>,
    problems: Vec<LineProblem>,
    n_problems: u64,
}

impl Converter<'_> {
    /// Runs through the reports to see which hours stand there twice, and then which days lack
    /// one: both must be known before the first row is written.
    fn survey(&mut self, reports: &[Report]) -> Result<(), String> {
        for report in reports {
            let mut table = report.rows()?;
            while let Some(row) = table.next()? {
                self.twins.note(&row, &report.layout);
            }
        }
        self.twins.keep_twins();
        if !self.leaves_days_out {
            return Ok(());
        }
        for report in reports {
            let mut table = report.rows()?;
            while let Some(row) = table.next()? {
                if let Err(problem) = self.read(&row, &report.layout) {
                    self.incomplete.note(&row, &report.layout, &problem);
                }
            }
        }
        Ok(())
    }

    /// A row's key, `None` when a later row counts instead, or what is wrong with the row.
    fn read<'r>(
        &mut self,
        row: &TableRow<'r>,
        layout: &Layout,
    ) -> Result<Option<(Key<'r>, Account)>, LineProblem> {
        match self.twins.judge(row, layout, self.sources) {
            Verdict::Keep => self.reader.read(row, layout).map(Some),
            Verdict::Drop => Ok(None),
            Verdict::Refuse(problem) => Err(problem),
        }
    }

    fn take(&mut self, row: &TableRow<'_>, layout: &Layout) -> Result<(), String> {
        let (key, account) = match self.read(row, layout) {
            Ok(Some(keyed)) => keyed,
            Ok(None) => return Ok(()),
            Err(problem) => {
                self.refuse(problem);
                return Ok(());
            }
        };
        if let Some(problem) = self.incomplete.judge(row, layout, self.sources) {
            self.refuse(problem);
            return Ok(());
        }
        self.write(row, layout, &key, account)
    }

    fn refuse(&mut self, problem: LineProblem) {
        self.n_problems += 1;
        if self.problems.len() < PROBLEMS_LISTED_MAX {
            self.problems.push(problem);
        }
    }

    fn write(
        &mut self,
        row: &TableRow<'_>,
        layout: &Layout,
        key: &Key<'_>,
        account: Account,
    ) -> Result<(), String> {
        let part = match self.parts.entry(account) {
            std::collections::btree_map::Entry::Occupied(part) => part.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                let currency = place.key().currency.code();
                place.insert(PartWriter::create(self.layout, currency)?)
            }
        };
        let name = self.history.campaign_name(&key.parents.campaign);
        part.write(row, key, name, layout)
    }

    fn finish(self, duplicates: Duplicates) -> Result<Conversion, String> {
        let mut parts = Vec::new();
        for (account, part) in self.parts {
            parts.push(Part {
                account: Some(account),
                file: part.finish()?,
            });
        }
        if parts.is_empty() {
            let empty = PartWriter::create(self.layout, "")?;
            parts.push(Part {
                account: None,
                file: empty.finish()?,
            });
        }
        Ok(Conversion {
            dataset: self.layout.subject.dataset(),
            duplicates,
            parts,
            problems: self.problems,
            n_problems: self.n_problems,
            sources: self.sources.clone(),
        })
    }
}
