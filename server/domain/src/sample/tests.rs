//! Whole reports through header, rows and duplicates, as a reader hands them over.

use super::*;
use crate::agency::Slug;
use crate::brand::Brand;
use crate::campaign::Platform;
use crate::dataset::{Dataset, DatasetName};
use crate::ids::{BrandId, IdSource};
use crate::money::Currency;
use crate::time::{Timestamp, ZoneName, date};

#[derive(Debug)]
struct Counter(std::sync::atomic::AtomicU64);

impl IdSource for Counter {
    fn random(&self) -> u128 {
        u128::from(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
    }
}

/// Reads rows of texts, empty for missing, for a brand that registers its campaigns.
fn read(
    dataset: DatasetName,
    header: &[&str],
    rows: &[&[&str]],
    rule: Duplicates,
) -> (Vec<crate::fact::Fact>, Vec<LineProblem>, Vec<String>) {
    let ids = Counter(std::sync::atomic::AtomicU64::new(1));
    let now: Timestamp = "2026-04-10T12:00:00Z".parse().unwrap();
    let brand = Brand {
        id: BrandId::from_parts(now, 0),
        slug: Slug::parse("acme").unwrap(),
        name: "Acme".to_owned(),
    };
    let registration = Registration {
        platform: Platform::TikTok,
        currency: Currency::parse("USD").unwrap(),
        timezone: ZoneName::parse("UTC").unwrap(),
    };
    let directory = CampaignDirectory::new(&brand, Vec::new(), Some(registration), &ids, now);
    let dataset = Dataset::of(dataset);
    let header = Header::parse(dataset, header.iter().copied()).unwrap();
    let mut parser = RowParser::new(dataset, brand.id, header, directory, date(2026, 4, 10));
    let (mut facts, mut problems) = (Vec::new(), Vec::new());
    for (index, row) in rows.iter().enumerate() {
        let cells: Vec<Cell<'_>> = row
            .iter()
            .map(|text| {
                if text.is_empty() {
                    Cell::Missing
                } else {
                    Cell::Text(text)
                }
            })
            .collect();
        match parser.parse(index as u64 + 2, &cells) {
            Ok(fact) => facts.push(fact),
            Err(problem) => problems.push(problem),
        }
    }
    let registered = parser.into_campaigns().into_registered();
    let (facts, twins) = settle_duplicates(dataset, facts, rule);
    problems.extend(twins);
    (
        facts,
        problems,
        registered.into_iter().map(|c| c.external_id).collect(),
    )
}

fn code_of(header: &[&str], row: &[&str]) -> (ProblemCode, Option<String>) {
    let (_, problems, _) = read(
        DatasetName::DeliveryDaily,
        header,
        &[row],
        Duplicates::Reject,
    );
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].line, 2);
    (problems[0].code, problems[0].column.clone())
}

const HEADER: [&str; 5] = ["date", "campaign", "ad", "clicks", "spend"];

#[test]
fn each_fault_of_a_row_has_its_code_and_column() {
    let column = |name: &str| Some(name.to_owned());
    let cases: [(&[&str], ProblemCode, &str); 8] = [
        (
            &["2026-04-11", "c", "", "1", "1"],
            ProblemCode::FutureDate,
            "date",
        ),
        (
            &["1999-12-31", "c", "", "1", "1"],
            ProblemCode::DateTooEarly,
            "date",
        ),
        (
            &["04/10/2026", "c", "", "1", "1"],
            ProblemCode::BadDate,
            "date",
        ),
        (&["", "c", "", "1", "1"], ProblemCode::MissingValue, "date"),
        (
            &["2026-04-10", "", "", "1", "1"],
            ProblemCode::MissingValue,
            "campaign",
        ),
        (
            &["2026-04-10", "c", "", "one", "1"],
            ProblemCode::WrongType,
            "clicks",
        ),
        (
            &["2026-04-10", "c", "", "-1", "1"],
            ProblemCode::NegativeValue,
            "clicks",
        ),
        (
            &["2026-04-10", "c", "", "1", "0.0000001"],
            ProblemCode::TooFine,
            "spend",
        ),
    ];
    for (row, code, at) in cases {
        assert_eq!(code_of(&HEADER, row), (code, column(at)), "{row:?}");
    }
    let too_few = code_of(&HEADER, &["2026-04-10", "c"]);
    assert_eq!(too_few, (ProblemCode::WrongFieldCount, None));
}

#[test]
fn the_deepest_id_given_is_the_level_and_texts_have_a_limit() {
    let header = ["date", "campaign", "ad_group", "ad"];
    let long = "x".repeat(crate::dataset::KEY_TEXT_BYTES_MAX);
    let rows: [&[&str]; 2] = [
        &["2026-04-10", "c", "", ""],
        &["2026-04-10", "c", "g", &long],
    ];
    let (facts, problems, _) = read(
        DatasetName::DeliveryDaily,
        &header,
        &rows,
        Duplicates::Reject,
    );
    assert!(problems.is_empty());
    let dataset = Dataset::of(DatasetName::DeliveryDaily);
    let levels: Vec<String> = facts
        .iter()
        .map(|fact| fact.key.shape(dataset).name(dataset))
        .collect();
    assert_eq!(levels, ["CAMPAIGN", "AD"]);
    let too_long = format!("{long}x");
    assert_eq!(
        code_of(&header, &["2026-04-10", "c", "g", &too_long]).0,
        ProblemCode::TextTooLong
    );
}

#[test]
fn twins_are_refused_with_both_lines_or_settled_as_asked() {
    let header = ["date", "campaign", "clicks"];
    let rows: [&[&str]; 3] = [
        &["2026-04-10", "c", "1"],
        &["2026-04-09", "c", "7"],
        &["2026-04-10", "c", "2"],
    ];
    let clicks = Dataset::of(DatasetName::DeliveryDaily)
        .measure_index("clicks")
        .unwrap();
    let read = |rule| {
        let (facts, problems, _) = read(DatasetName::DeliveryDaily, &header, &rows, rule);
        let clicks: Vec<Option<i64>> = facts.iter().map(|fact| fact.measures[clicks]).collect();
        (clicks, problems)
    };
    let (kept, problems) = read(Duplicates::Reject);
    assert_eq!(kept, [Some(7)]);
    let told: Vec<&str> = problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    assert!(
        told[0].starts_with("line 2 has the same key as line 4"),
        "{told:?}"
    );
    assert!(
        told[1].starts_with("line 4 has the same key as line 2"),
        "{told:?}"
    );
    assert_eq!(read(Duplicates::Sum).0, [Some(7), Some(3)]);
    assert_eq!(read(Duplicates::Last).0, [Some(7), Some(2)]);
}

#[test]
fn costs_take_ranges_ahead_credits_and_no_campaign() {
    let header = ["from", "until", "campaign", "kind", "amount", "spread"];
    let rows: [&[&str]; 4] = [
        &["2026-04-01", "2026-05-01", "", "agency_fee", "-20", "spend"],
        &["2026-04-01", "2026-04-01", "", "agency_fee", "1", ""],
        &["2026-04-01", "2026-04-02", "", "rent", "1", ""],
        &["2026-04-01", "2026-04-02", "", "production", "1", "weekly"],
    ];
    let (facts, problems, registered) =
        read(DatasetName::Costs, &header, &rows, Duplicates::Reject);
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0].measures, [Some(-20_000_000), Some(1)]);
    let codes: Vec<ProblemCode> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(
        codes,
        [
            ProblemCode::EmptyRange,
            ProblemCode::UnknownWord,
            ProblemCode::UnknownWord
        ]
    );
    assert!(registered.is_empty());
}

#[test]
fn a_cost_may_accrue_over_ten_years_and_not_a_day_more() {
    let header = ["from", "until", "kind", "amount"];
    let rows: [&[&str]; 2] = [
        &["2020-01-01", "2030-02-17", "production", "1"],
        &["2020-01-01", "2030-02-18", "production", "1"],
    ];
    let (facts, problems, _) = read(DatasetName::Costs, &header, &rows, Duplicates::Reject);
    assert_eq!(facts.len(), 1);
    assert!(
        problems[0].message.contains("`cost_days_max` of 3700"),
        "{problems:?}"
    );
}

#[test]
fn currencies_of_rows_must_be_known_and_the_campaigns() {
    let header = ["date", "campaign", "currency"];
    let rows: [&[&str]; 3] = [
        &["2026-04-10", "c", "CAD"],
        &["2026-04-09", "c", "USD"],
        &["2026-04-08", "c", "CAN"],
    ];
    let (facts, problems, registered) = read(
        DatasetName::DeliveryDaily,
        &header,
        &rows,
        Duplicates::Reject,
    );
    assert_eq!((facts.len(), registered), (1, vec!["c".to_owned()]));
    assert_eq!(problems[0].code, ProblemCode::CurrencyMismatch);
    assert_eq!(problems[1].code, ProblemCode::UnknownCurrency);
    assert!(problems[1].message.contains("`CAD`"));
}

#[test]
fn an_ad_needs_its_ad_group_and_no_text_holds_control_characters() {
    let header = ["date", "campaign", "ad_group", "ad", "campaign_name"];
    let of = |row: &[&str]| code_of(&header, row);
    let column = |name: &str| Some(name.to_owned());
    assert_eq!(
        of(&["2026-04-10", "c", "", "a", ""]),
        (ProblemCode::MissingValue, column("ad_group"))
    );
    for (place, name) in [(1, "campaign"), (2, "ad_group"), (4, "campaign_name")] {
        for control in ['\0', '\n', '\u{85}'] {
            let text = format!("x{control}y");
            let mut row = ["2026-04-10", "c", "g", "", ""];
            row[place] = &text;
            assert_eq!(of(&row), (ProblemCode::BadText, column(name)));
        }
    }
}

#[test]
fn unspecified_is_no_attribution_window() {
    let header = ["date", "campaign", "attribution"];
    let rows: [&[&str]; 2] = [
        &["2026-04-10", "c", "Unspecified"],
        &["2026-04-09", "c", "7d_click"],
    ];
    let (facts, _, _) = read(
        DatasetName::DeliveryDaily,
        &header,
        &rows,
        Duplicates::Reject,
    );
    let windows: Vec<Option<&str>> = facts
        .iter()
        .map(|fact| fact.key.attribution.as_deref())
        .collect();
    assert_eq!(windows, [Some("7d_click"), None]);
}

#[test]
fn a_sum_without_place_refuses_each_of_its_rows() {
    let header = ["date", "campaign", "clicks"];
    let most = i64::MAX.to_string();
    let rows: [&[&str]; 3] = [
        &["2026-04-10", "c", &most],
        &["2026-04-10", "c", "1"],
        &["2026-04-09", "c", "1"],
    ];
    let (facts, problems, _) = read(DatasetName::DeliveryDaily, &header, &rows, Duplicates::Sum);
    let told: Vec<(u64, ProblemCode)> = problems.iter().map(|p| (p.line, p.code)).collect();
    assert_eq!(
        told,
        [(2, ProblemCode::TooLarge), (3, ProblemCode::TooLarge)]
    );
    assert_eq!(facts.len(), 1);
}

#[test]
fn a_country_has_two_letters_in_any_case() {
    let header = ["date", "campaign", "country"];
    let rows: [&[&str]; 3] = [
        &["2026-04-10", "c", "us"],
        &["2026-04-10", "c", "USA"],
        &["2026-04-10", "c", "4U"],
    ];
    let (facts, problems, _) = read(
        DatasetName::AudienceDaily,
        &header,
        &rows,
        Duplicates::Reject,
    );
    assert_eq!(facts[0].key.texts[0].as_deref(), Some("US"));
    let codes: Vec<ProblemCode> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [ProblemCode::UnknownWord, ProblemCode::UnknownWord]);
}
