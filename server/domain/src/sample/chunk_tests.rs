//! Chunks of rows against the parser that reads rows one by one.

use proptest::prelude::*;

use super::*;
use crate::agency::Slug;
use crate::brand::Brand;
use crate::campaign::{Campaign, Platform};
use crate::dataset::{Dataset, DatasetName};
use crate::fact::Fact;
use crate::ids::{BrandId, CampaignId, IdSource};
use crate::money::Currency;
use crate::time::{Date, Timestamp, ZoneName, date};

#[derive(Debug)]
struct Counter(std::sync::atomic::AtomicU64);

impl IdSource for Counter {
    fn random(&self) -> u128 {
        u128::from(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
    }
}

fn now() -> Timestamp {
    "2026-04-10T12:00:00Z".parse().unwrap()
}

fn brand() -> Brand {
    Brand {
        id: BrandId::from_parts(now(), 0),
        slug: Slug::parse("acme").unwrap(),
        name: "Acme".to_owned(),
    }
}

/// A directory that knows no campaign, and registers them or not.
fn directory(ids: &Counter, registers: bool) -> CampaignDirectory<'_> {
    let registration = Registration {
        platform: Platform::TikTok,
        currency: Currency::parse("USD").unwrap(),
        timezone: ZoneName::parse("UTC").unwrap(),
    };
    let registration = registers.then_some(registration);
    CampaignDirectory::new(&brand(), Vec::new(), registration, ids, now())
}

const TODAY: Date = date(2026, 4, 10);

/// What a report came to: facts with their lines, problems, registered campaigns.
type Outcome = (Vec<(u64, Fact)>, Vec<LineProblem>, Vec<Campaign>);

fn cells<'a>(row: &[&'a str]) -> Vec<Cell<'a>> {
    let cell = |text: &&'a str| match *text {
        "" => Cell::Missing,
        "#" => Cell::NotUtf8,
        "7" => Cell::Integer(7),
        text => Cell::Text(text),
    };
    row.iter().map(cell).collect()
}

fn row_by_row(
    dataset: &'static Dataset,
    header: &Header,
    rows: &[Vec<&str>],
    registers: bool,
) -> Outcome {
    let ids = Counter(1.into());
    let directory = directory(&ids, registers);
    let mut parser = RowParser::new(dataset, brand().id, header.clone(), directory, TODAY);
    let (mut facts, mut problems) = (Vec::new(), Vec::new());
    for (row, line) in rows.iter().zip(2..) {
        match parser.parse(line, &cells(row)) {
            Ok(lined) => facts.push((lined.line, lined.fact)),
            Err(problem) => problems.push(problem),
        }
    }
    (facts, problems, parser.into_campaigns().into_registered())
}

fn by_chunks(
    dataset: &'static Dataset,
    header: &Header,
    rows: &[Vec<&str>],
    registers: bool,
    chunk_rows: usize,
) -> Outcome {
    let ids = Counter(1.into());
    let layout = Layout::new(dataset, header, false);
    let mut resolver = Resolver::new(dataset, directory(&ids, registers), TODAY);
    let (mut facts, mut problems) = (Vec::new(), Vec::new());
    let mut line = 2;
    for rows in rows.chunks(chunk_rows) {
        let mut parser = ChunkParser::new(&layout, header);
        for row in rows {
            parser.row(line, &cells(row), layout.mask());
            line += 1;
        }
        let resolved = resolver.resolve(parser.finish());
        problems.extend(resolved.problems);
        let campaigns = resolver.campaigns();
        for row in 0..resolved.rows.len() {
            facts.push(fact(&layout, &resolved.rows, campaigns, row));
        }
    }
    (facts, problems, resolver.finish().1)
}

fn fact(layout: &Layout, rows: &Rows, campaigns: &[CampaignId], row: usize) -> (u64, Fact) {
    let dimensions = layout.dataset.dimensions.len();
    let mut measures = vec![None; layout.dataset.measures.len()];
    for (index, column) in layout.measures.iter().zip(&rows.measures) {
        measures[*index] = Some(column[row]).filter(|value| *value != MISSING);
    }
    let campaign = rows.campaigns[row].checked_sub(1);
    let text = |index: usize| rows.texts[index].get(row).cloned();
    let key = crate::fact::FactKey {
        brand: brand().id,
        campaign: campaign.map(|place| campaigns[place as usize]),
        from: rows.day(row),
        until: rows
            .untils
            .get(row)
            .copied()
            .and_then(crate::time::date_of_day_number),
        texts: std::array::from_fn(|index| (index < dimensions).then(|| text(index)).flatten()),
        attribution: layout
            .dataset
            .attribution
            .then(|| text(dimensions))
            .flatten(),
    };
    (rows.lines[row], Fact { key, measures })
}

fn assert_alike(
    dataset: DatasetName,
    header: &[&str],
    rows: &[Vec<&str>],
    registers: bool,
    chunk_rows: usize,
) {
    let dataset = Dataset::of(dataset);
    let header = Header::parse(dataset, header.iter().copied()).unwrap();
    assert_eq!(
        by_chunks(dataset, &header, rows, registers, chunk_rows),
        row_by_row(dataset, &header, rows, registers),
    );
}

proptest! {
    #[test]
    fn chunks_of_deliveries_come_to_what_their_rows_come_to(
        rows in proptest::collection::vec((
            prop::sample::select(vec!["2026-04-10", "2026-04-11", "2026-04-09", "1999-01-01", "", "x"]),
            prop::sample::select(vec!["c1", "c2", "7", "c3", "", "#", "c\u{0}"]),
            prop::sample::select(vec!["", "USD", "EUR", "CAN"]),
            prop::sample::select(vec!["", "Spring", "TIKTOC"]),
            prop::sample::select(vec!["", "g1", "g2"]),
            prop::sample::select(vec!["", "a1", "a2"]),
            prop::sample::select(vec!["", "1", "7", "-1", "1.5", "x"]),
        ), 0..40),
        registers: bool,
        chunk_rows in 1_usize..9,
    ) {
        let header = ["date", "campaign", "currency", "platform", "ad_group", "ad", "clicks"];
        let rows: Vec<Vec<&str>> = rows
            .into_iter()
            .map(|row| vec![row.0, row.1, row.2, row.3, row.4, row.5, row.6])
            .collect();
        assert_alike(DatasetName::DeliveryDaily, &header, &rows, registers, chunk_rows);
    }

    #[test]
    fn chunks_of_ranges_come_to_what_their_rows_come_to(
        rows in proptest::collection::vec((
            prop::sample::select(vec!["2026-04-01", "2026-04-11", "", "2015-01-01"]),
            prop::sample::select(vec!["2026-04-11", "2026-04-12", "2026-04-01", ""]),
            prop::sample::select(vec!["c1", "c2", ""]),
            prop::sample::select(vec!["", "1", "x", "production"]),
        ), 0..40),
        chunk_rows in 1_usize..9,
    ) {
        let rows: Vec<Vec<&str>> =
            rows.into_iter().map(|row| vec![row.0, row.1, row.2, row.3]).collect();
        let header = ["from", "until", "campaign", "reach"];
        assert_alike(DatasetName::Reach, &header, &rows, true, chunk_rows);
        let header = ["from", "until", "campaign", "kind"];
        assert_alike(DatasetName::Costs, &header, &rows, true, chunk_rows);
    }
}

#[test]
fn a_campaign_that_one_row_cant_register_is_known_once_another_row_has_registered_it() {
    let long = "n".repeat(crate::agency::NAME_BYTES_MAX + 1);
    let rows: Vec<Vec<&str>> = vec![
        vec!["2026-04-01", "c1", &long],
        vec!["2026-04-02", "c1", "short"],
        vec!["2026-04-03", "c1", &long],
    ];
    let header = ["date", "campaign", "campaign_name"];
    assert_alike(DatasetName::DeliveryDaily, &header, &rows, true, 10);
}
