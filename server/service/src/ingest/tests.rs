//! Buffers, runs, merging and settling together, against the rule over facts in memory.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use bellwether_domain::ErrorCode;
use bellwether_domain::agency::Slug;
use bellwether_domain::brand::Brand;
use bellwether_domain::campaign::Platform;
use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::fact::{Fact, FactKey};
use bellwether_domain::ids::{BrandId, CampaignId, IdSource};
use bellwether_domain::money::Currency;
use bellwether_domain::sample::{
    CampaignDirectory, Cell, ChunkParser, Duplicates, Header, Layout, LineProblem, MISSING,
    Registration, Resolver, RowParser, Rows, settle_duplicates,
};
use bellwether_domain::time::{Date, Timestamp, ZoneName, date, date_of_day_number};
use proptest::prelude::*;

use super::gather::{Bounds, Gathered, Gathering};
use super::merge::Source;
use super::months::Months;
use super::progress::Progress;

const TODAY: Date = date(2026, 4, 10);

const HEADER: [&str; 7] = [
    "source_line",
    "date",
    "campaign",
    "ad_group",
    "ad",
    "clicks",
    "spend",
];

/// Gives ids whose order is not the order in which they are asked for.
#[derive(Debug)]
struct Shuffled(AtomicU64);

impl IdSource for Shuffled {
    fn random(&self) -> u128 {
        u128::from(
            self.0
                .fetch_add(1, Ordering::Relaxed)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15),
        )
    }
}

fn brand() -> Brand {
    Brand {
        id: BrandId::from_parts(Timestamp::UNIX_EPOCH, 1),
        slug: Slug::parse("acme").unwrap(),
        name: "Acme".to_owned(),
    }
}

/// A directory in which the campaigns are known, under ids in another order than their names'.
fn directory(ids: &Shuffled) -> CampaignDirectory<'_> {
    let now: Timestamp = "2026-04-10T12:00:00Z".parse().unwrap();
    let registration = Registration {
        platform: Platform::TikTok,
        currency: Currency::parse("USD").unwrap(),
        timezone: ZoneName::parse("UTC").unwrap(),
    };
    CampaignDirectory::new(&brand(), Vec::new(), Some(registration), ids, now)
}

fn cells<'a>(row: &'a [String]) -> Vec<Cell<'a>> {
    let cell = |text: &'a String| match text.as_str() {
        "" => Cell::Missing,
        text => Cell::Text(text),
    };
    row.iter().map(cell).collect()
}

/// What the rule over facts in memory makes of the rows: facts, problems, how many were bad.
fn model(rows: &[Vec<String>], rule: Duplicates) -> (Vec<Fact>, Vec<LineProblem>) {
    let dataset = Dataset::of(DatasetName::DeliveryDaily);
    let ids = Shuffled(AtomicU64::new(1));
    let header = Header::parse(dataset, HEADER).unwrap();
    let mut parser = RowParser::new(dataset, brand().id, header, directory(&ids), TODAY);
    let (mut facts, mut problems) = (Vec::new(), Vec::new());
    for (row, line) in rows.iter().zip(2..) {
        match parser.parse(line, &cells(row)) {
            Ok(fact) => facts.push(fact),
            Err(problem) => problems.push(problem),
        }
    }
    let (mut facts, twins) = settle_duplicates(dataset, facts, rule);
    facts.sort_by_key(|fact| fact.key.month());
    problems.extend(twins);
    problems.sort_by_key(|problem| problem.line);
    (facts, problems)
}

/// Gathers rows in chunks, writing them aside whenever there are so many bytes.
fn gathered(
    rows: &[Vec<String>],
    chunk_rows: usize,
    bounds: Bounds<'_>,
    layout: &Layout,
) -> Gathered {
    let ids = Shuffled(AtomicU64::new(1));
    let header = Header::parse(layout.dataset, HEADER).unwrap();
    let resolver = Resolver::new(layout.dataset, directory(&ids), TODAY);
    let progress = Progress::default();
    std::thread::scope(|scope| {
        let mut gathering = Gathering::new(scope, layout, resolver, bounds, &progress);
        let mut line = 2;
        for rows in rows.chunks(chunk_rows) {
            let mut parser = ChunkParser::new(layout, &header);
            for row in rows {
                parser.row(line, &cells(row), layout.mask());
                line += 1;
            }
            gathering.take(parser.finish()).unwrap();
        }
        gathering.finish().unwrap()
    })
}

/// The facts and problems that streaming comes to, and how many runs it wrote aside.
fn streamed(
    rows: &[Vec<String>],
    rule: Duplicates,
    chunk_rows: usize,
    buffer_bytes: usize,
) -> (Vec<Fact>, Vec<LineProblem>, usize) {
    let layout = layout(false);
    let folder = tempfile::tempdir().unwrap();
    let mut gathered = gathered(
        rows,
        chunk_rows,
        bounds(folder.path(), buffer_bytes),
        &layout,
    );
    let mut problems = std::mem::take(&mut gathered.problems);
    let months = Months {
        gathered: &gathered,
        layout: &layout,
        rule,
        n_threads: 2,
    };
    let (survey, twins) = months.survey().unwrap();
    let mut facts = Vec::new();
    for month in months.all() {
        let settled = months.settle(month, true, |rows| {
            assert!(!rows.is_empty());
            facts.extend((0..rows.len()).map(|row| fact(&layout, &rows, &gathered.campaigns, row)));
            Ok(())
        });
        let again = settled.unwrap();
        assert!(again.count() <= twins.count());
    }
    assert_eq!(survey.n_rows(), facts.len() as u64);
    let named: std::collections::BTreeSet<_> =
        facts.iter().filter_map(|fact| fact.key.campaign).collect();
    assert_eq!(survey.campaigns(&gathered.campaigns), named);
    problems.append(twins);
    let is_run = |source: &&Source| matches!(source, Source::Disk(_));
    let n_runs = gathered.sources.iter().filter(is_run).count();
    (facts, problems.into_listed(), n_runs)
}

fn layout(merges: bool) -> Layout {
    let dataset = Dataset::of(DatasetName::DeliveryDaily);
    Layout::new(dataset, &Header::parse(dataset, HEADER).unwrap(), merges)
}

fn bounds(spool_folder: &Path, buffer_bytes: usize) -> Bounds<'_> {
    Bounds {
        spool_folder,
        rows_max: 1_000_000,
        buffer_bytes,
    }
}

fn fact(layout: &Layout, rows: &Rows, campaigns: &[CampaignId], row: usize) -> Fact {
    let mut measures = vec![None; layout.dataset.measures.len()];
    for (index, column) in layout.measures.iter().zip(&rows.measures) {
        measures[*index] = Some(column[row]).filter(|value| *value != MISSING);
    }
    let campaign = rows.campaigns[row].checked_sub(1);
    let key = FactKey {
        brand: brand().id,
        campaign: campaign.map(|place| campaigns[place as usize]),
        from: date_of_day_number(rows.days[row]).unwrap(),
        until: None,
        texts: [
            rows.texts[0].get(row).cloned(),
            rows.texts[1].get(row).cloned(),
            None,
        ],
        attribution: rows.texts[2].get(row).cloned(),
    };
    Fact { key, measures }
}

fn any_row() -> impl Strategy<Value = Vec<String>> {
    let day = prop_oneof![
        (1_u32..29, 1_u32..4).prop_map(|(day, month)| format!("2026-{month:02}-{day:02}")),
        Just("2026-02-01".to_owned()),
        Just("never".to_owned()),
    ];
    (
        prop_oneof![
            Just(String::new()),
            (2_u32..60).prop_map(|line| line.to_string())
        ],
        day,
        prop::sample::select(vec!["a", "b", "c", "d"]),
        prop::sample::select(vec!["", "g1", "g2", "g3"]),
        prop::sample::select(vec!["", "x", "y"]),
        prop::sample::select(vec!["", "1", "2", "9223372036854775807"]),
        prop::sample::select(vec!["", "0.5", "-1"]),
    )
        .prop_map(|row| {
            let texts = [row.2, row.3, row.4, row.5, row.6].map(str::to_owned);
            [row.0, row.1].into_iter().chain(texts).collect()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn streaming_comes_to_what_the_rule_over_facts_in_memory_does(
        rows in proptest::collection::vec(any_row(), 0..120),
        rule in prop::sample::select(Duplicates::ALL.to_vec()),
        chunk_rows in 1_usize..20,
        buffer_bytes in prop::sample::select(vec![1, 2_000, 10_000, usize::MAX]),
    ) {
        let (facts, problems, _) = streamed(&rows, rule, chunk_rows, buffer_bytes);
        let (expected_facts, expected_problems) = model(&rows, rule);
        prop_assert_eq!(facts, expected_facts);
        let told = |problems: &[LineProblem]| {
            let mut told: Vec<_> = problems.iter().map(|it| (it.line, it.code, it.message.clone())).collect();
            told.sort();
            told
        };
        prop_assert_eq!(told(&problems), told(&expected_problems));
    }
}

/// A row of its own key for each number, not in the order of keys.
fn distinct_row(n: u32) -> Vec<String> {
    let (day, campaign) = (1 + n * 7 % 28, n % 97);
    [
        String::new(),
        format!("2026-{:02}-{day:02}", 1 + n % 3),
        format!("c{campaign}"),
        format!("g{n}"),
        String::new(),
        n.to_string(),
        "1.25".to_owned(),
    ]
    .to_vec()
}

#[test]
fn more_runs_than_are_merged_at_once_become_one_before_the_end() {
    let rows: Vec<Vec<String>> = (0..3_000).map(distinct_row).collect();
    let (facts, problems, n_runs) = streamed(&rows, Duplicates::Reject, 20, 1);
    let (expected, _) = model(&rows, Duplicates::Reject);
    assert!(facts == expected && problems.is_empty());
    assert!((2..=64).contains(&n_runs), "{n_runs}");
}

#[test]
fn a_key_of_very_many_rows_is_refused_with_the_first_thousand_lines() {
    let row = || {
        ["", "2026-01-01", "c", "", "", "1", ""]
            .map(str::to_owned)
            .to_vec()
    };
    let rows: Vec<_> = std::iter::repeat_with(row).take(5_000).collect();
    let layout = layout(false);
    let folder = tempfile::tempdir().unwrap();
    let gathered = gathered(&rows, 700, bounds(folder.path(), 100_000), &layout);
    let months = |rule| Months {
        gathered: &gathered,
        layout: &layout,
        rule,
        n_threads: 1,
    };
    let (survey, twins) = months(Duplicates::Reject).survey().unwrap();
    assert_eq!((survey.n_rows(), twins.count()), (0, 5_000));
    assert_eq!(twins.into_listed().len(), 1_000);
    let (survey, twins) = months(Duplicates::Sum).survey().unwrap();
    assert_eq!((survey.n_rows(), twins.count()), (1, 0));
}

#[test]
fn rows_that_can_not_be_written_aside_fail_the_batch() {
    let layout = layout(false);
    let header = Header::parse(layout.dataset, HEADER).unwrap();
    let ids = Shuffled(AtomicU64::new(1));
    let resolver = Resolver::new(layout.dataset, directory(&ids), TODAY);
    let progress = Progress::default();
    let failed = std::thread::scope(|scope| {
        let bounds = bounds(Path::new("/nonexistent/spool"), 1);
        let mut gathering = Gathering::new(scope, &layout, resolver, bounds, &progress);
        let mut parser = ChunkParser::new(&layout, &header);
        parser.row(2, &cells(&distinct_row(1)), layout.mask());
        gathering.take(parser.finish())?;
        gathering.finish().map(drop)
    });
    assert_eq!(failed.unwrap_err().code(), ErrorCode::Unavailable);
}

#[test]
fn a_sum_of_rows_speaks_of_what_any_of_them_speaks_of() {
    let layout = layout(true);
    let header = Header::parse(layout.dataset, HEADER).unwrap();
    let ids = Shuffled(AtomicU64::new(1));
    let resolver = Resolver::new(layout.dataset, directory(&ids), TODAY);
    let (folder, progress) = (tempfile::tempdir().unwrap(), Progress::default());
    let gathered = std::thread::scope(|scope| {
        let bounds = bounds(folder.path(), usize::MAX);
        let mut gathering = Gathering::new(scope, &layout, resolver, bounds, &progress);
        let mut parser = ChunkParser::new(&layout, &header);
        for (line, mask) in [(2, 0b01), (3, 0b10)] {
            let row = ["", "2026-01-01", "c", "", "", "1", ""].map(str::to_owned);
            parser.row(line, &cells(&row), mask);
        }
        gathering.take(parser.finish()).unwrap();
        gathering.finish().unwrap()
    });
    let months = Months {
        gathered: &gathered,
        layout: &layout,
        rule: Duplicates::Sum,
        n_threads: 1,
    };
    let settled = months.settle(months.all()[0], true, |rows| {
        assert_eq!(rows.measures[layout.mask_column().unwrap()], [0b11]);
        Ok(())
    });
    assert_eq!(settled.unwrap().count(), 0);
}
