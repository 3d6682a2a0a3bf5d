//! A TikTok report, row by row, to a CSV file in a dataset's own columns.
//!
//! Invariant: every row of the report is in the new file under its own line number, or among the
//! problems, or is an hour that `--duplicates last` replaces by a later row.

use std::collections::BTreeMap;
use std::path::Path;

use bellwether_domain::batch::PROBLEMS_LISTED_MAX;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::sample::{Duplicates, LineProblem, ProblemCode};

use super::advertisers::{Account, Accounts};
use super::history::{History, Parents};
use super::layout::{Grain, Layout, Subject};
use super::moment::Moment;
use super::part::{Key, Part, PartWriter};
use super::table::{Table, TableRow};
use super::twins::{Twins, Verdict};
use crate::cli::ingest::args::IngestArgs;

/// A converted report.
#[derive(Debug)]
pub(crate) struct Conversion {
    /// The dataset that it fits.
    pub(crate) dataset: DatasetName,
    /// What becomes of rows that share a key in the new files.
    pub(crate) duplicates: Duplicates,
    /// The new files, at least one.
    pub(crate) parts: Vec<Part>,
    /// What is wrong with rows that are in none of them, the first ones.
    pub(crate) problems: Vec<LineProblem>,
    /// How many rows are in none of them.
    pub(crate) n_problems: u64,
}

/// Converts a report. The error is a sentence for people; bad lines are data.
pub(crate) fn convert(args: &IngestArgs, path: &Path) -> Result<Conversion, String> {
    let mut table = Table::open(path)?;
    let layout = Layout::of(&table)?;
    check_dataset(args, &table.name, layout.subject)?;
    let history = history(args, &table.name, layout.subject)?;
    let accounts = Accounts::load(args, &history)?;
    let twins = Twins::find(path, &layout, args.duplicates)?;
    let mut converter = Converter {
        layout: &layout,
        history: &history,
        accounts: &accounts,
        parts: BTreeMap::new(),
        problems: Vec::new(),
        n_problems: 0,
    };
    while let Some(row) = table.next()? {
        match twins.judge(&row, &layout) {
            Verdict::Keep => converter.take(&row)?,
            Verdict::Drop => {}
            Verdict::Refuse(problem) => converter.refuse(problem),
        }
    }
    // The hours of a day come to one row; days that stand there twice are for the caller to settle.
    let duplicates = match layout.grain {
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
    layout: &'a Layout,
    history: &'a History,
    accounts: &'a Accounts,
    parts: BTreeMap<Account, PartWriter>,
    problems: Vec<LineProblem>,
    n_problems: u64,
}

impl Converter<'_> {
    fn take(&mut self, row: &TableRow<'_>) -> Result<(), String> {
        let keyed = self.key(row).and_then(|key| {
            let account = self.accounts.of(&key.parents.campaign, self.history);
            let account = account.map_err(|message| {
                LineProblem::of_line(row.line, ProblemCode::UnresolvedParent, message)
            })?;
            Ok((key, account.clone()))
        });
        match keyed {
            Ok((key, account)) => self.write(row, &key, account),
            Err(problem) => {
                self.refuse(problem);
                Ok(())
            }
        }
    }

    fn refuse(&mut self, problem: LineProblem) {
        self.n_problems += 1;
        if self.problems.len() < PROBLEMS_LISTED_MAX {
            self.problems.push(problem);
        }
    }

    fn key<'r>(&self, row: &TableRow<'r>) -> Result<Key<'r>, LineProblem> {
        let (n_fields, n_columns) = (row.n_fields(), self.layout.n_columns);
        if n_fields != n_columns {
            let message = format!("the line has {n_fields} fields; the header has {n_columns}");
            return Err(LineProblem::of_line(
                row.line,
                ProblemCode::WrongFieldCount,
                message,
            ));
        }
        let id_column = self.layout.subject.id_column();
        let id = text(row, self.layout.id, id_column)?;
        let of_line = |(code, message)| LineProblem::of_line(row.line, code, message);
        let parents = match self.layout.subject {
            Subject::Campaign | Subject::CampaignByCountry => Parents {
                campaign: id.to_owned(),
                ad_group: None,
            },
            Subject::AdGroup => Parents {
                ad_group: Some(id.to_owned()),
                ..self.history.parents_of_ad_group(id).map_err(of_line)?
            },
            Subject::Ad => self.history.parents_of_ad(id).map_err(of_line)?,
        };
        let country = self
            .layout
            .country
            .map(|index| text(row, index, "COUNTRY_CODE"));
        Ok(Key {
            moment: self.moment(row)?,
            parents,
            ad: (self.layout.subject == Subject::Ad).then_some(id),
            country: country.transpose()?,
        })
    }

    fn moment(&self, row: &TableRow<'_>) -> Result<Moment, LineProblem> {
        let column = self.layout.grain.column();
        let written = text(row, self.layout.time, column)?;
        let moment = Moment::parse(written);
        let wanted = match self.layout.grain {
            Grain::Hour => "an hour such as `2021-09-15 5:00:00`",
            Grain::Day => "a day such as `2021-09-15 00:00:00`",
        };
        moment
            .filter(|moment| self.layout.grain == Grain::Hour || moment.is_midnight())
            .ok_or_else(|| {
                let message = format!("`{written}` is not {wanted}");
                LineProblem::in_column(row.line, column, ProblemCode::BadDate, message)
            })
    }

    fn write(&mut self, row: &TableRow<'_>, key: &Key<'_>, account: Account) -> Result<(), String> {
        let part = match self.parts.entry(account) {
            std::collections::btree_map::Entry::Occupied(part) => part.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                let currency = place.key().currency.code();
                place.insert(PartWriter::create(self.layout, currency)?)
            }
        };
        let name = self.history.campaign_name(&key.parents.campaign);
        part.write(row, key, name, self.layout)
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
        })
    }
}

/// The text of a field that every row needs.
fn text<'r>(row: &TableRow<'r>, index: usize, column: &str) -> Result<&'r str, LineProblem> {
    let (code, message) = match row.text(index) {
        Some(text) if !text.is_empty() => return Ok(text),
        Some(_) => (
            ProblemCode::MissingValue,
            format!("`{column}` is empty; every row needs it"),
        ),
        None => (
            ProblemCode::BadUtf8,
            "the bytes are not UTF-8; send the file as UTF-8".to_owned(),
        ),
    };
    Err(LineProblem::in_column(row.line, column, code, message))
}
