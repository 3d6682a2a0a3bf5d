//! Tables from tallies: totals from components, currencies apart, order always the same.

use std::collections::HashMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::campaign::Platform;
use crate::dataset::DatasetName;
use crate::ids::{BrandId, CampaignId};
use crate::metric::{Component, ComponentSum, Metric, NoteCode, Value};
use crate::money::{Currency, Decimal};
use crate::query::{Attribution, CellPart, Dimension, Fill, Level, MetricQuery, Order, OrderKey};
use crate::time::{DateRange, date};

struct NoLabels;

impl Labels for NoLabels {
    fn brand_name(&self, _: BrandId) -> Option<Arc<str>> {
        None
    }

    fn campaign_name(&self, _: CampaignId) -> Option<Arc<str>> {
        None
    }
}

fn a_query(metrics: &[Metric], by: &[Dimension], order_by: &[Order]) -> MetricQuery {
    MetricQuery {
        brands: Vec::new(),
        dataset: DatasetName::DeliveryDaily,
        metrics: metrics.to_vec(),
        custom_metrics: Vec::new(),
        range: DateRange::new(date(2026, 1, 1), date(2026, 2, 1)).unwrap(),
        by: by.to_vec(),
        labels: Vec::new(),
        grain: None,
        week_start: None,
        year_start: None,
        filters: Vec::new(),
        label_filters: Vec::new(),
        condition: None,
        having: Vec::new(),
        order_by: order_by.to_vec(),
        top: None,
        totals: vec![Level::default()],
        compare: None,
        fill: Fill::None,
        attribution: Attribution::default(),
        conversion: None,
        asked_on: None,
        assumed_margin: None,
    }
}

fn on(platform: Platform) -> RowKey {
    RowKey {
        platform: Some(platform),
        ..RowKey::default()
    }
}

fn tally(currency: &str, sums: &[(&'static str, i64)]) -> Tally {
    let mut tally = Tally::default();
    for (name, sum) in sums {
        let sum = ComponentSum {
            sum: i128::from(*sum),
            count: 1,
            coverage: 7,
        };
        tally.add(
            Component::Measure(name),
            Currency::parse(currency).unwrap(),
            sum,
        );
    }
    tally
}

fn built(query: MetricQuery, groups: impl IntoIterator<Item = (RowKey, Tally)>) -> MetricTable {
    MetricTable::build(
        query,
        groups.into_iter().collect::<HashMap<_, _>>(),
        &NoLabels,
    )
    .unwrap()
}

fn ratio(row: &Row, place: usize) -> Option<String> {
    row.cells[place]
        .value
        .map(|value| value.decimal().to_string())
}

#[test]
fn the_total_of_a_ratio_comes_from_components() {
    // Reference case K30: 300/100 and 900/900 are 1.2 together, not the mean 2.0.
    let groups = [
        (
            on(Platform::TikTok),
            tally("USD", &[("spend", 100), ("revenue", 300)]),
        ),
        (
            on(Platform::Meta),
            tally("USD", &[("spend", 900), ("revenue", 900)]),
        ),
    ];
    let table = built(
        a_query(&[Metric::Roas], &[Dimension::Platform], &[]),
        groups,
    );
    assert_eq!(ratio(&table.total, 0).unwrap(), "1.2");
    assert_eq!(ratio(&table.rows[0], 0).unwrap(), "1");
    assert_eq!(ratio(&table.rows[1], 0).unwrap(), "3");
}

#[test]
fn several_currencies_never_add_up_but_counts_do() {
    let groups = [
        (
            on(Platform::TikTok),
            tally("USD", &[("spend", 100), ("clicks", 2)]),
        ),
        (
            on(Platform::Douyin),
            tally("CNY", &[("spend", 700), ("clicks", 3)]),
        ),
    ];
    let query = a_query(
        &[Metric::Clicks, Metric::Spend],
        &[Dimension::Platform],
        &[],
    );
    let table = built(query, groups);
    assert_eq!(table.total.cells[0].value, Some(Value::Count(5)));
    assert_eq!(table.total.cells[1].note, Some(NoteCode::MixedCurrency));
    assert_eq!(table.total.currency, None);
    assert_eq!(table.rows[0].currency.unwrap().code(), "CNY");
}

#[test]
fn a_cell_is_mixed_only_by_the_currencies_it_is_made_of() {
    let mut both = tally("EUR", &[("spend", 10)]);
    let fee = ComponentSum {
        sum: 5,
        count: 1,
        coverage: 0,
    };
    both.add(
        Component::Cost("agency_fee"),
        Currency::parse("USD").unwrap(),
        fee,
    );
    let query = a_query(
        &[Metric::Spend, Metric::AgencyFees, Metric::TotalCost],
        &[],
        &[],
    );
    let table = built(query, [(RowKey::default(), both)]);
    let cells = &table.rows[0].cells;
    assert!(cells[0].value.is_some() && cells[1].value.is_some());
    assert_eq!(cells[2].note, Some(NoteCode::MixedCurrency));
}

#[test]
fn components_of_different_rows_make_no_ratio_though_as_many_reported_them() {
    let mut apart = Tally::default();
    for (name, coverage) in [("clicks", 1), ("impressions", 2)] {
        let sum = ComponentSum {
            sum: 100,
            count: 1,
            coverage,
        };
        apart.add(
            Component::Measure(name),
            Currency::parse("USD").unwrap(),
            sum,
        );
    }
    let table = built(
        a_query(&[Metric::Ctr], &[], &[]),
        [(RowKey::default(), apart)],
    );
    assert_eq!(
        table.rows[0].cells[0].note,
        Some(NoteCode::ComponentMissing)
    );
}

#[test]
fn rows_without_a_value_come_last_in_either_direction() {
    for descending in [false, true] {
        let order = Order {
            key: OrderKey::Metric(Metric::Ctr.into(), CellPart::Value),
            descending,
        };
        let groups = [
            (
                on(Platform::TikTok),
                tally("USD", &[("clicks", 0), ("impressions", 0)]),
            ),
            (
                on(Platform::Meta),
                tally("USD", &[("clicks", 1), ("impressions", 10)]),
            ),
        ];
        let table = built(
            a_query(&[Metric::Ctr], &[Dimension::Platform], &[order]),
            groups,
        );
        assert_eq!(table.rows[1].key.platform, Some(Platform::TikTok));
        assert_eq!(table.rows[1].cells[0].note, Some(NoteCode::ZeroDenominator));
    }
}

#[test]
fn what_the_dataset_cannot_know_is_told_apart_from_what_nobody_reported() {
    let mut query = a_query(&[Metric::Roi, Metric::Clicks], &[], &[]);
    query.dataset = DatasetName::AudienceDaily;
    let table = built(
        query,
        [(
            RowKey::default(),
            tally("USD", &[("spend", 1), ("revenue", 1)]),
        )],
    );
    assert_eq!(table.rows[0].cells[0].note, Some(NoteCode::NotAtThisGrain));
    assert_eq!(table.rows[0].cells[1].note, Some(NoteCode::NotReported));
}

#[test]
fn more_groups_than_the_limit_are_refused() {
    let groups = |n: usize| {
        (0..n).map(|n| {
            let key = RowKey {
                age: Some(n.to_string().into()),
                ..RowKey::default()
            };
            (key, Tally::default())
        })
    };
    let build = |n| {
        let query = a_query(&[Metric::Clicks], &[Dimension::Age], &[]);
        MetricTable::build(query, groups(n).collect(), &NoLabels)
    };
    assert_eq!(build(GROUPS_MAX).unwrap().rows.len(), GROUPS_MAX);
    assert!(
        build(GROUPS_MAX + 1)
            .unwrap_err()
            .message
            .contains("groups_max")
    );
}

proptest! {
    #[test]
    fn the_grand_total_is_the_sum_of_the_groups(
        sums in prop::collection::vec((0_i64..1_000_000, 0_i64..1_000_000), 1..9),
    ) {
        let groups = sums.iter().zip(Platform::ALL).map(|((spend, clicks), platform)| {
            (on(*platform), tally("USD", &[("spend", *spend), ("clicks", *clicks)]))
        });
        let query = a_query(&[Metric::Clicks, Metric::Spend], &[Dimension::Platform], &[]);
        let table = built(query, groups);
        let clicks: i64 = sums.iter().map(|(_, clicks)| clicks).sum();
        let spend: i64 = sums.iter().map(|(spend, _)| spend).sum();
        prop_assert_eq!(table.total.cells[0].value, Some(Value::Count(i128::from(clicks))));
        prop_assert_eq!(
            table.total.cells[1].value.unwrap().decimal(),
            Decimal::new(spend, 6).normalize()
        );
    }
}

mod reach;
mod sums;
