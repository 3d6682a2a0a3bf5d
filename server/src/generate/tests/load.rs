//! What streams of facts for load tests promise.

use std::collections::BTreeSet;

use bellwether_domain::time::{Date, parse_date};

use super::super::load::{LoadDataset, load_rows};
use super::super::row::write_csv;
use super::TODAY;
use super::ledger::{Line, lines};

fn csv(dataset: LoadDataset, rows: u64, seed: u64) -> Vec<u8> {
    let mut csv = Vec::new();
    write_csv(
        &mut csv,
        dataset.entry(),
        load_rows(dataset, rows, seed, TODAY),
    )
    .unwrap();
    csv
}

fn distinct_keys(lines: &[Line]) -> usize {
    let parts = ["date", "campaign", "country", "age", "gender"];
    let key = |line: &Line| parts.map(|part| line.text(part).to_owned());
    lines.iter().map(key).collect::<BTreeSet<_>>().len()
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
        let row = load_rows(*dataset, 1, 1, TODAY).next().unwrap();
        assert_eq!(row.cells().len(), dataset.entry().column_names().len());
    }
}
