//! What streams of facts for load tests promise.

use std::collections::BTreeSet;

use bellwether_domain::time::{Date, parse_date};

use super::super::load::{LoadDataset, LoadPlan, load_rows};
use super::super::row::write_csv;
use super::TODAY;
use super::ledger::{Line, lines};

fn plan(dataset: LoadDataset, rows: u64, seed: u64) -> LoadPlan {
    LoadPlan {
        dataset,
        rows,
        seed,
        until: TODAY,
        days: 730,
        campaigns: None,
        ads: None,
        platform: false,
    }
}

fn csv_of(plan: &LoadPlan) -> Vec<u8> {
    let mut csv = Vec::new();
    let dataset = plan.dataset.entry();
    write_csv(
        &mut csv,
        dataset,
        plan.columns_after(),
        load_rows(plan).unwrap(),
    )
    .unwrap();
    csv
}

fn csv(dataset: LoadDataset, rows: u64, seed: u64) -> Vec<u8> {
    csv_of(&plan(dataset, rows, seed))
}

fn distinct<const N: usize>(lines: &[Line], parts: [&str; N]) -> usize {
    let key = |line: &Line| parts.map(|part| line.text(part).to_owned());
    lines.iter().map(key).collect::<BTreeSet<_>>().len()
}

fn distinct_keys(lines: &[Line]) -> usize {
    let parts = [
        "date", "campaign", "ad_group", "ad", "country", "age", "gender",
    ];
    distinct(lines, parts)
}

#[test]
fn as_many_distinct_keys_come_out_as_were_asked_for() {
    for (dataset, rows) in [
        (LoadDataset::DeliveryDaily, 2_000),
        (LoadDataset::AudienceDaily, 2_000),
        // A campaign of `audience_daily` has 730 days of 80 groups: this enters the second one.
        (LoadDataset::AudienceDaily, 58_401),
    ] {
        let lines = lines(&csv(dataset, rows, 7));
        assert_eq!(lines.len() as u64, rows);
        assert_eq!(distinct_keys(&lines) as u64, rows);
    }
}

#[test]
fn nothing_asked_for_is_a_header_only() {
    assert_eq!(lines(&csv(LoadDataset::DeliveryDaily, 0, 1)).len(), 0);
}

#[test]
fn the_same_seed_gives_the_same_rows_and_another_seed_others() {
    let of_seed = |seed| csv(LoadDataset::DeliveryDaily, 100, seed);
    assert_eq!(of_seed(1), of_seed(1));
    assert_ne!(of_seed(1), of_seed(2));
}

#[test]
fn a_campaigns_days_end_yesterday() {
    let lines = lines(&csv(LoadDataset::DeliveryDaily, 730, 3));
    let days: BTreeSet<Date> = lines
        .iter()
        .map(|line| parse_date(line.text("date")).unwrap())
        .collect();
    assert_eq!(days.last().copied(), TODAY.yesterday().ok());
    assert_eq!(days.len(), 730);
}

#[test]
fn a_row_lends_a_cell_for_each_column() {
    for dataset in LoadDataset::ALL {
        let mut plan = plan(*dataset, 1, 1);
        for platform in [false, true] {
            plan.platform = platform;
            let row = load_rows(&plan).unwrap().next().unwrap();
            let n_columns = dataset.entry().column_names().len() + usize::from(platform);
            assert_eq!(row.cells().len(), n_columns);
        }
    }
}

#[test]
fn campaigns_share_the_rows_and_divide_their_days_by_ads() {
    let mut plan = plan(LoadDataset::DeliveryDaily, 10_007, 5);
    (plan.campaigns, plan.ads, plan.platform) = (Some(10), Some(14), true);
    let lines = lines(&csv_of(&plan));
    assert_eq!((lines.len(), distinct_keys(&lines)), (10_007, 10_007));
    assert_eq!(distinct(&lines, ["campaign"]), 10);
    assert_eq!(distinct(&lines, ["campaign", "platform"]), 10);
    let n_ads = distinct(&lines, ["ad"]);
    assert!((90..=180).contains(&n_ads), "{n_ads}");
    let n_groups = distinct(&lines, ["ad_group"]);
    assert!((20..=30).contains(&n_groups), "{n_groups}");
    let days: Vec<(&str, Date)> = lines
        .iter()
        .map(|line| (line.text("campaign"), line.date("date")))
        .collect();
    assert!(days.is_sorted());
}

#[test]
fn a_campaigns_audience_is_the_people_of_some_countries() {
    let mut plan = plan(LoadDataset::AudienceDaily, 40_000, 5);
    plan.campaigns = Some(20);
    let lines = lines(&csv_of(&plan));
    assert_eq!(distinct_keys(&lines), 40_000);
    let n_countries = distinct(&lines, ["campaign", "country"]);
    assert!((40..160).contains(&n_countries), "{n_countries}");
}

#[test]
fn two_seeds_have_no_campaign_in_common() {
    let mut all = lines(&csv(LoadDataset::DeliveryDaily, 1_460, 1));
    all.extend(lines(&csv(LoadDataset::DeliveryDaily, 1_460, 2)));
    assert_eq!(distinct(&all, ["campaign"]), 4);
}
