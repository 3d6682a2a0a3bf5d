//! `Received -> Validated`: every row read and checked, duplicates settled, nothing written.

use std::sync::Arc;

use bellwether_domain::batch::{BatchAnswer, BatchOutcome, IngestMode, PROBLEMS_LISTED_MAX};
use bellwether_domain::campaign::Campaign;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::fact::Fact;
use bellwether_domain::sample::{
    CampaignDirectory, Cell, Header, LineProblem, LinedFact, ProblemCode, Registration, RowParser,
    settle_duplicates,
};

use super::flow::Received;
use super::request::Format;
use super::{csv, ndjson, parquet};
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::Parts;

/// A batch whose facts are all good, sorted and of distinct keys.
#[derive(Debug)]
pub(super) struct Validated {
    pub(super) received: Received,
    pub(super) facts: Vec<Fact>,
    pub(super) new_campaigns: Vec<Campaign>,
    pub(super) n_good: u64,
    pub(super) n_bad: u64,
    pub(super) problems: Vec<LineProblem>,
}

/// A batch of which nothing is written.
#[derive(Debug)]
pub(super) struct Rejected {
    received: Received,
    n_good: u64,
    n_bad: u64,
    problems: Vec<LineProblem>,
}

/// Gathers rows into facts and problems while a reader runs through the body.
pub(super) struct Gathering<'a> {
    parser: RowParser<'a>,
    rows_max: u64,
    n_rows: u64,
    facts: Vec<LinedFact>,
    n_problems: u64,
    problems: Vec<LineProblem>,
}

impl Gathering<'_> {
    /// Takes one row: line number, one cell a column.
    pub(super) fn row(&mut self, line: u64, cells: &[Cell<'_>]) -> Result<()> {
        self.count_row()?;
        match self.parser.parse(line, cells) {
            Ok(fact) => self.facts.push(fact),
            Err(problem) => self.list(problem),
        }
        Ok(())
    }

    /// Takes a line that is no row at all.
    pub(super) fn problem(&mut self, problem: LineProblem) -> Result<()> {
        self.count_row()?;
        self.list(problem);
        Ok(())
    }

    fn count_row(&mut self) -> Result<()> {
        self.n_rows += 1;
        if self.n_rows > self.rows_max {
            let message = "the report; split it into several batches";
            return Err(Refusal::limit("ingest_rows_max", self.rows_max, message).into());
        }
        Ok(())
    }

    fn list(&mut self, problem: LineProblem) {
        self.n_problems += 1;
        if self.problems.len() < PROBLEMS_LISTED_MAX {
            self.problems.push(problem);
        }
    }
}

impl Received {
    /// Reads and checks every row. The inner result says whether the batch may be written.
    pub(super) async fn validate(
        self,
        parts: &Arc<Parts>,
    ) -> Result<Result<Validated, Box<Rejected>>> {
        let parts = Arc::clone(parts);
        blocking("validate a batch", move || validate(&parts, self)).await
    }
}

fn validate(parts: &Parts, received: Received) -> Result<Result<Validated, Box<Rejected>>> {
    let dataset = Dataset::of(received.request.dataset);
    let agency = parts.catalogue.get_agency(&received.scope)?;
    let known = parts
        .catalogue
        .campaigns_of_brand(&received.scope, received.brand.id)?;
    let registration = received
        .request
        .register
        .clone()
        .map(|defaults| Registration {
            platform: defaults.platform,
            currency: defaults.currency.unwrap_or(agency.reporting_currency),
            timezone: defaults.timezone.unwrap_or_else(|| agency.timezone.clone()),
        });
    let directory = CampaignDirectory::new(
        &received.brand,
        known,
        registration,
        &*parts.ids,
        received.at,
    );
    let today = agency.timezone.today(received.at);
    let begin = |header: Header| Gathering {
        parser: RowParser::new(dataset, received.brand.id, header, directory, today),
        rows_max: parts.config.ingest_rows_max,
        n_rows: 0,
        facts: Vec::new(),
        n_problems: 0,
        problems: Vec::new(),
    };
    let path = received.body.path();
    let line_bytes_max = parts.config.ingest_line_bytes_max;
    let gathered = match received.request.format {
        Format::Csv => csv::read(path, dataset, line_bytes_max, begin)?,
        Format::Ndjson => ndjson::read(path, dataset, line_bytes_max, begin)?,
        Format::Parquet => parquet::read(path, dataset, begin)?,
    };
    Ok(judge(received, gathered))
}

fn judge(received: Received, gathered: Gathering<'_>) -> Result<Validated, Box<Rejected>> {
    let dataset = Dataset::of(received.request.dataset);
    let Gathering {
        parser,
        n_rows,
        facts,
        n_problems,
        mut problems,
        ..
    } = gathered;
    let new_campaigns = parser.into_campaigns().into_registered();
    let (facts, twins) = settle_duplicates(dataset, facts, received.request.duplicates);
    let n_bad = n_problems + twins.len() as u64;
    problems.extend(twins);
    if n_rows == 0 {
        let message = "the report has no row; send at least one";
        problems.push(LineProblem::of_line(1, ProblemCode::NoRows, message));
    }
    problems.sort_by_key(|problem| problem.line);
    problems.truncate(PROBLEMS_LISTED_MAX);
    let n_good = n_rows - n_bad;
    let refused = n_bad > 0 && received.request.mode == IngestMode::Strict;
    if refused || facts.is_empty() {
        return Err(Box::new(Rejected {
            received,
            n_good,
            n_bad,
            problems,
        }));
    }
    // A campaign that only rejected lines name is not created.
    let named: std::collections::HashSet<_> =
        facts.iter().filter_map(|fact| fact.key.campaign).collect();
    let new_campaigns = new_campaigns
        .into_iter()
        .filter(|new| named.contains(&new.id))
        .collect();
    Ok(Validated {
        received,
        facts,
        new_campaigns,
        n_good,
        n_bad,
        problems,
    })
}

impl Rejected {
    /// Records the answer under the batch's idempotency key; writes no fact.
    pub(super) async fn record(self, parts: &Arc<Parts>) -> Result<BatchAnswer> {
        let parts = Arc::clone(parts);
        blocking("record a rejected batch", move || {
            let answer = BatchAnswer {
                batch: self.received.id,
                outcome: BatchOutcome::Rejected,
                accepted: 0,
                rejected: self.n_bad,
                rows_written: 0,
                problems: self.problems,
                registered: Vec::new(),
                snapshot: None,
            };
            let json = serde_json::to_string(&answer)
                .map_err(|_| Error::TaskEnded { attempted: "write an answer" })?;
            let now = parts.clock.now();
            parts.catalogue.reject_batch(&self.received.scope, self.received.id, &json, now)?;
            tracing::info!(batch.id = %self.received.id, n_good = self.n_good, n_bad = self.n_bad, "batch rejected");
            Ok(answer)
        })
        .await
    }
}
