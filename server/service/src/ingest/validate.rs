//! `Received -> Validated`: every row read and checked, duplicates settled, nothing written.

use std::sync::Arc;

use bellwether_domain::agency::Agency;
use bellwether_domain::batch::{BatchAnswer, BatchOutcome, ColumnRule, IngestMode};
use bellwether_domain::campaign::Campaign;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::sample::{
    CampaignDirectory, Layout, LineProblem, ProblemCode, Registration, Resolver,
};

use super::flow::Received;
use super::gather::{Bounds, Gathered, Gathering};
use super::months::Months;
use super::problems::Problems;
use super::reader::BodyReader;
use super::survey::Survey;
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::Parts;

/// What a batch takes beside its buffers: pieces that are parsed, blocks that are merged, row
/// groups that are written.
const WORKING_BYTES: u64 = 48 << 20;

/// How many buffers a batch has at most: one fills while the other is written aside.
const BUFFERS: u64 = 2;

/// A batch whose rows are all good and of distinct keys once they are settled as planned.
#[derive(Debug)]
pub(super) struct Validated {
    pub(super) received: Received,
    pub(super) layout: Layout,
    pub(super) gathered: Gathered,
    pub(super) survey: Survey,
    pub(super) new_campaigns: Vec<Campaign>,
    pub(super) n_good: u64,
    pub(super) n_bad: u64,
    pub(super) problems: Vec<LineProblem>,
}

/// A batch of which nothing is written.
#[derive(Debug)]
pub(super) struct Rejected {
    received: Received,
    n_bad: u64,
    problems: Vec<LineProblem>,
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
    received.body.progress().restart();
    let line_bytes_max = parts.config.ingest_line_bytes_max;
    let format = received.request.format;
    let reader = BodyReader::open(received.body.path(), format, dataset, line_bytes_max)?;
    let merges = received.request.columns == ColumnRule::Merge;
    let layout = Layout::new(dataset, &reader.header, merges);
    let mut gathered = gather(parts, &received, &reader, &layout)?;
    let months = Months {
        gathered: &gathered,
        layout: &layout,
        rule: received.request.duplicates,
        n_threads: parts.config.query_parallelism,
    };
    let (survey, twins) = months.survey()?;
    let mut problems = std::mem::take(&mut gathered.problems);
    problems.append(twins);
    Ok(judge(received, layout, gathered, survey, problems))
}

fn gather(
    parts: &Parts,
    received: &Received,
    reader: &BodyReader<'_>,
    layout: &Layout,
) -> Result<Gathered> {
    let agency = parts.catalogue.get_agency(&received.scope)?;
    let today = agency.timezone.today(received.at);
    let directory = directory(parts, received, agency)?;
    let resolver = Resolver::new(layout.dataset, directory, today);
    let working_bytes = WORKING_BYTES.min(received.memory_bytes / 2);
    let buffer_bytes = (received.memory_bytes - working_bytes) / BUFFERS;
    let bounds = Bounds {
        spool_folder: &parts.config.spool_folder,
        rows_max: parts.config.ingest_rows_max,
        buffer_bytes: usize::try_from(buffer_bytes).unwrap_or(usize::MAX),
    };
    let progress = received.body.progress();
    std::thread::scope(|scope| {
        let mut gathering = Gathering::new(scope, layout, resolver, bounds, progress);
        let n_workers = parts.config.query_parallelism;
        reader.read(layout, n_workers, progress, |chunk| gathering.take(chunk))?;
        gathering.finish()
    })
}

fn directory<'a>(
    parts: &'a Parts,
    received: &Received,
    agency: Agency,
) -> Result<CampaignDirectory<'a>> {
    let known = parts
        .catalogue
        .campaigns_of_brand(&received.scope, received.brand.id)?;
    let registration = received.request.register.clone();
    let registration = registration.map(|defaults| Registration {
        platform: defaults.platform,
        currency: defaults.currency.unwrap_or(agency.reporting_currency),
        timezone: defaults.timezone.unwrap_or(agency.timezone),
    });
    let (brand, at) = (&received.brand, received.at);
    Ok(CampaignDirectory::new(
        brand,
        known,
        registration,
        &*parts.ids,
        at,
    ))
}

fn judge(
    received: Received,
    layout: Layout,
    mut gathered: Gathered,
    survey: Survey,
    mut problems: Problems,
) -> Result<Validated, Box<Rejected>> {
    let n_bad = problems.count();
    let n_good = gathered.n_rows - n_bad;
    if gathered.n_rows == 0 {
        let message = "the report has no row; send at least one";
        problems.push(LineProblem::of_line(1, ProblemCode::NoRows, message));
    }
    let problems = problems.into_listed();
    let refused = n_bad > 0 && received.request.mode == IngestMode::Strict;
    if refused || survey.n_rows() == 0 {
        return Err(Box::new(Rejected {
            received,
            n_bad,
            problems,
        }));
    }
    // A campaign that only rejected lines name is not created.
    let named = survey.campaigns(&gathered.campaigns);
    let mut new_campaigns = std::mem::take(&mut gathered.registered);
    new_campaigns.retain(|new| named.contains(&new.id));
    Ok(Validated {
        received,
        layout,
        gathered,
        survey,
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
            let json = serde_json::to_string(&answer).map_err(|_| Error::TaskEnded {
                attempted: "write an answer",
            })?;
            let now = parts.clock.now();
            parts
                .catalogue
                .reject_batch(&self.received.scope, self.received.id, &json, now)?;
            Ok(answer)
        })
        .await
    }
}
