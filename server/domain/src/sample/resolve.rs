//! Chunks of rows to rows under their campaigns, in the order of the report.
//!
//! Campaigns are registered in the order of the rows, so that the same report gives the same ids.
//! Invariant: chunks come in one after the other; only here does a row's campaign have its word.

use std::collections::HashMap;

use super::campaigns::{CampaignDirectory, ColumnProblem, KnownCampaign};
use super::checks::{RowOutline, missing};
use super::chunk::{CampaignUse, Fault, RowChunk};
use super::problem::LineProblem;
use super::rows::Rows;
use crate::campaign::Campaign;
use crate::dataset::Dataset;
use crate::ids::CampaignId;
use crate::time::{Date, date_of_day_number, day_number};

/// Gives the rows of a report their campaigns.
#[derive(Debug)]
pub struct Resolver<'a> {
    dataset: &'static Dataset,
    directory: CampaignDirectory<'a>,
    /// Today in the agency's zone, for rows without a campaign.
    today: Date,
    numbers: HashMap<CampaignId, u32>,
    ids: Vec<CampaignId>,
}

/// Rows that name campaigns by number, and what is wrong with the others.
#[derive(Debug)]
pub struct ResolvedRows {
    /// The rows. Their campaigns are 0 for none, else one more than the place in
    /// [`Resolver::campaigns`].
    pub rows: Rows,
    /// The problems, in the order of the rows.
    pub problems: Vec<LineProblem>,
}

/// What a use of a campaign comes to.
#[derive(Debug, Clone, Copy)]
struct Resolved {
    number: u32,
    /// The first day that lies in the future.
    tomorrow: i32,
    today: Date,
}

impl<'a> Resolver<'a> {
    /// A resolver for one report. `today` is the agency's.
    pub fn new(dataset: &'static Dataset, directory: CampaignDirectory<'a>, today: Date) -> Self {
        Self {
            dataset,
            directory,
            today,
            numbers: HashMap::new(),
            ids: Vec::new(),
        }
    }

    /// Takes the report's next chunk.
    pub fn resolve(&mut self, chunk: RowChunk) -> ResolvedRows {
        let RowChunk {
            mut rows,
            uses,
            faults,
        } = chunk;
        let mut known: Vec<Option<Resolved>> = vec![None; uses.len()];
        let mut problems = Vec::new();
        let mut bad_rows = Vec::new();
        let mut faults = faults.into_iter().peekable();
        for row in 0..rows.len() {
            while let Some((_, fault)) = faults.next_if(|(before, _)| *before <= row) {
                problems.push(self.told(fault, &uses, &mut known));
            }
            let place = rows.campaigns[row] as usize;
            match self.resolved(&uses, &mut known, place) {
                Ok(campaign) if self.lies_behind(&rows, row, campaign.tomorrow) => {
                    rows.campaigns[row] = campaign.number;
                }
                Ok(campaign) => {
                    let broken =
                        outline(&rows, row, self.dataset).check(self.dataset, campaign.today);
                    problems.extend(broken.err().map(|fault| in_line(rows.lines[row], fault)));
                    bad_rows.push(row);
                }
                Err(problem) => {
                    problems.push(in_line(rows.lines[row], problem));
                    bad_rows.push(row);
                }
            }
        }
        for (_, fault) in faults {
            problems.push(self.told(fault, &uses, &mut known));
        }
        if !bad_rows.is_empty() {
            let mut marked = vec![true; rows.len()];
            for row in bad_rows {
                marked[row] = false;
            }
            rows.retain(&marked);
        }
        ResolvedRows { rows, problems }
    }

    /// The campaigns that rows have been of, in the order of their numbers, the first has 1.
    pub fn campaigns(&self) -> &[CampaignId] {
        &self.ids
    }

    /// The campaigns so far, and those that rows registered in the order of their external ids.
    pub fn finish(self) -> (Vec<CampaignId>, Vec<Campaign>) {
        (self.ids, self.directory.into_registered())
    }

    fn lies_behind(&self, rows: &Rows, row: usize, tomorrow: i32) -> bool {
        let last = rows
            .untils
            .get(row)
            .map_or(rows.days[row], |until| until - 1);
        self.dataset.may_lie_ahead || (rows.days[row] < tomorrow && last < tomorrow)
    }

    fn told(
        &mut self,
        fault: Fault,
        uses: &[CampaignUse],
        known: &mut [Option<Resolved>],
    ) -> LineProblem {
        match fault {
            Fault::Cells(problem) => problem,
            Fault::Outline {
                line,
                campaign,
                outline,
            } => {
                let resolved = self.resolved(uses, known, campaign as usize);
                let today =
                    resolved.and_then(|campaign| outline.check(self.dataset, campaign.today));
                in_line(line, today.err().unwrap_or_else(|| missing("campaign")))
            }
        }
    }

    /// What a use comes to. Only good ones are remembered: a campaign that can't be registered as
    /// one row has it may be known once another row has registered it.
    fn resolved(
        &mut self,
        uses: &[CampaignUse],
        known: &mut [Option<Resolved>],
        place: usize,
    ) -> Result<Resolved, ColumnProblem> {
        if let Some(resolved) = known[place] {
            return Ok(resolved);
        }
        let row = uses[place].as_row();
        let resolved = if row.external_id.is_empty() {
            if self.dataset.campaign_required {
                return Err(missing("campaign"));
            }
            Resolved::new(0, self.today)
        } else {
            let KnownCampaign { id, today } = self.directory.resolve(row)?;
            Resolved::new(self.number_of(id), today)
        };
        known[place] = Some(resolved);
        Ok(resolved)
    }

    fn number_of(&mut self, id: CampaignId) -> u32 {
        let next = u32::try_from(self.ids.len() + 1)
            .expect("a report has fewer campaigns than 32 bits count");
        let ids = &mut self.ids;
        *self.numbers.entry(id).or_insert_with(|| {
            ids.push(id);
            next
        })
    }
}

impl Resolved {
    fn new(number: u32, today: Date) -> Self {
        Self {
            number,
            tomorrow: day_number(today) + 1,
            today,
        }
    }
}

fn in_line(line: u64, (column, code, message): ColumnProblem) -> LineProblem {
    LineProblem::in_column(line, column, code, message)
}

fn outline(rows: &Rows, row: usize, dataset: &Dataset) -> RowOutline {
    let dimensions = rows.texts[..dataset.dimensions.len()].iter().enumerate();
    RowOutline {
        from: Some(rows.day(row)),
        until: rows.untils.get(row).copied().and_then(date_of_day_number),
        given: dimensions.fold(0, |bits, (index, column)| {
            bits | u8::from(column.codes[row] != 0) << index
        }),
    }
}
