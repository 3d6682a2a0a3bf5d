//! Short runs that once went wrong, step by step.

use bellwether_domain::batch::IngestMode;
use bellwether_service::CacheMode;

use super::body::Report;
use super::model::Row;
use super::question::Question;
use super::report::{ENTRIES, Key};
use super::run::Run;
use super::steps::{Step, What};

/// Runs the steps of the first agency.
fn run(steps: impl IntoIterator<Item = What>) {
    let mut run = Run::begin(0);
    for what in steps {
        let step = Step { agency: 0, what };
        if let Err(failure) = run.take(&step) {
            panic!("{step}: {failure}");
        }
    }
}

/// A report of deliveries on one day by these ads, with this number for each measure.
fn delivered(day: usize, ads: &[&'static [&'static str]], number: i64) -> What {
    let entry = &ENTRIES[0];
    let columns: Vec<usize> = (0..entry.measures.len()).collect();
    let row = |texts: &&'static [&'static str]| Row {
        key: Key {
            campaign: 0,
            day,
            texts,
            window: 0,
        },
        values: vec![Some(number); columns.len()],
        speaks_of: None,
    };
    let report = Report {
        brand: 0,
        dataset: 0,
        rows: ads.iter().map(row).collect(),
        overtaken: Vec::new(),
        bad: Vec::new(),
        mode: IngestMode::Strict,
        columns: columns.clone(),
        merges: false,
        replaces_range: false,
        is_ndjson: false,
    };
    What::Ingest {
        report,
        has_key: false,
    }
}

/// A question about one measure of everything.
fn ask(measure: usize) -> What {
    What::Ask {
        question: Question {
            metrics: vec![measure],
            ..Question::of_everything(0)
        },
        modes: vec![CacheMode::Use],
    }
}

const ADS: [&[&str]; 3] = [&["g1", "x"], &["g1", "y"], &["g2", "z"]];

#[test]
fn columns_loaded_after_a_compaction_stand_beside_those_from_before() {
    let before = (0..6).map(|n| delivered(0, &ADS[n % 3..=n % 3], 100 + i64::try_from(n).unwrap()));
    let after = [ask(0), What::Compact, delivered(4, &ADS, 7), ask(1), ask(0)];
    run(before.chain(after));
}

#[test]
fn a_question_about_costs_alone_shows_no_rows_of_facts() {
    let fees = ENTRIES[0].measures.len();
    run([delivered(0, &ADS, 1), ask(fees), ask(0)]);
}
