//! Files and arguments that tests are given, and what ingest makes of a converted file.

use std::path::PathBuf;

use bellwether_domain::brand::Brand;
use bellwether_domain::campaign::Platform;
use bellwether_domain::dataset::{Dataset, MeasureKind};
use bellwether_domain::fact::Fact;
use bellwether_domain::ids::{BrandId, IdSource};
use bellwether_domain::money::{Currency, Decimal, decimal_of_micros};
use bellwether_domain::sample::{
    CampaignDirectory, Cell, Header, LineProblem, Registration, RowParser, settle_duplicates,
};
use bellwether_domain::time::{Timestamp, ZoneName};
use clap::Parser;

use crate::cli::ingest::{IngestArgs, PreparedBatch, plan};

/// The account that most tests don't care about.
pub(super) const IN_DOLLARS: &str = "--currency USD --timezone America/New_York";

/// A folder of files that goes with the test.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    /// Writes a file and returns its path.
    pub(super) fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// Plans to take in one TikTok report.
pub(super) fn plan_report(report: &str, arguments: &str) -> Result<Batches, String> {
    #[derive(clap::Parser)]
    struct Command {
        #[command(flatten)]
        ingest: IngestArgs,
    }
    let beginning = [
        "ingest",
        report,
        "--agency=a",
        "--brand=b",
        "--format=tiktok",
    ];
    let command =
        Command::try_parse_from(beginning.into_iter().chain(arguments.split_whitespace()));
    plan(&command.map_err(|error| error.to_string())?.ingest).map(Batches)
}

#[derive(Debug)]
pub(super) struct Batches(pub(super) Vec<PreparedBatch>);

impl Batches {
    pub(super) fn only(&self) -> &PreparedBatch {
        assert_eq!(self.0.len(), 1);
        &self.0[0]
    }
}

/// The rows of a converted file as they stand there, without the header.
pub(super) fn rows(batch: &PreparedBatch) -> Vec<String> {
    let text = std::fs::read_to_string(batch.path()).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

impl PreparedBatch {
    /// The facts that ingest makes of the batch.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let (facts, problems) = read(self);
        assert_eq!(problems, []);
        facts
    }

    /// The problems that ingest finds in the batch.
    pub(super) fn problems(&self) -> Vec<LineProblem> {
        read(self).1
    }

    /// The sum of a measure over the batch's facts.
    pub(super) fn sum(&self, measure: &str) -> Decimal {
        let dataset = Dataset::of(self.request.dataset);
        let index = dataset.measure_index(measure).unwrap();
        let facts = self.facts();
        let sum = facts
            .iter()
            .filter_map(|fact| fact.measures[index])
            .map(i128::from)
            .sum();
        match dataset.measures[index].kind {
            MeasureKind::Count => Decimal::from(sum),
            _ => decimal_of_micros(sum).unwrap(),
        }
    }
}

#[derive(Debug)]
struct CountedIds;

impl IdSource for CountedIds {
    fn random(&self) -> u128 {
        // Facts of different campaigns must not meet: each id is another one.
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(1);
        u128::from(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

fn read(batch: &PreparedBatch) -> (Vec<Fact>, Vec<LineProblem>) {
    let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let dataset = Dataset::of(batch.request.dataset);
    let brand = Brand {
        id: BrandId::from_parts(now, 0),
        slug: batch.request.brand.clone(),
        name: "B".to_owned(),
    };
    let registration = Registration {
        platform: Platform::TikTok,
        currency: Currency::parse("CHF").unwrap(),
        timezone: ZoneName::parse("UTC").unwrap(),
    };
    let mut reader = csv::Reader::from_path(PathBuf::from(batch.path())).unwrap();
    let header = Header::parse(dataset, reader.headers().unwrap()).unwrap();
    let campaigns =
        CampaignDirectory::new(&brand, Vec::new(), Some(registration), &CountedIds, now);
    let mut parser = RowParser::new(dataset, brand.id, header, campaigns, now_day(now));
    let (mut facts, mut problems) = (Vec::new(), Vec::new());
    for (record, line) in reader.records().zip(2..) {
        let record = record.unwrap();
        let cells: Vec<Cell<'_>> = record.iter().map(cell).collect();
        match parser.parse(line, &cells) {
            Ok(fact) => facts.push(fact),
            Err(problem) => problems.push(problem),
        }
    }
    let (facts, twins) = settle_duplicates(dataset, facts, batch.request.duplicates);
    problems.extend(twins);
    (facts, problems)
}

fn now_day(now: Timestamp) -> bellwether_domain::time::Date {
    ZoneName::parse("UTC").unwrap().today(now)
}

fn cell(field: &str) -> Cell<'_> {
    if field.is_empty() {
        Cell::Missing
    } else {
        Cell::Text(field)
    }
}
