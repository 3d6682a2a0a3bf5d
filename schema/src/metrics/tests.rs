//! Tests of the table over answers that are built from tallies, without a store.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Value;
use bellwether_domain::answer::{Labels, MetricTable, RowKey, Tally, shown_metrics};
use bellwether_domain::calendar::{Calendar, MonthOfYear};
use bellwether_domain::campaign::Platform;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::metric::{Component, ComponentSum, Metric};
use bellwether_domain::money::Currency;
use bellwether_domain::query::{
    Dimension, MetricColumn, MetricRequest, PlanContext, RangeRequest, RangeUnit,
};
use bellwether_domain::rates::RatesRevision;
use bellwether_domain::time::{Weekday, date};
use serde_json::json;

use super::table::{TableOf, table};
use crate::scalars::Amounts;
use crate::words::TableShape;

struct NoNames;

impl Labels for NoNames {
    fn brand_name(&self, _: BrandId) -> Option<Arc<str>> {
        None
    }

    fn campaign_name(&self, _: CampaignId) -> Option<Arc<str>> {
        None
    }
}

/// An answer by platform with one row: 1,000 impressions for 12.50.
fn answer(impressions: i128) -> MetricTable {
    let range = RangeRequest::Last {
        n: 7,
        unit: RangeUnit::Day,
    };
    let request = MetricRequest {
        metrics: vec![Metric::Spend, Metric::Impressions, Metric::Cpm],
        by: vec![Dimension::Platform],
        ..MetricRequest::over(range)
    };
    let context = PlanContext {
        visible_brands: Vec::new(),
        today: date(2026, 11, 22),
        calendar: Calendar {
            week_start: Weekday::Monday,
            year_start: MonthOfYear::January,
        },
        label_names: Vec::new(),
        custom_metrics: Vec::new(),
        rates: RatesRevision::default(),
    };
    let mut tally = Tally::default();
    let currency = Currency::parse("USD").unwrap();
    let mut add = |name, sum| {
        tally.add(
            Component::Measure(name),
            currency,
            ComponentSum {
                sum,
                count: 1,
                coverage: 0,
            },
        );
    };
    add("impressions", impressions);
    add("spend", 12_500_000);
    let key = RowKey {
        platform: Some(Platform::TikTok),
        ..RowKey::default()
    };
    let query = request.plan(&context).unwrap();
    MetricTable::build(query, HashMap::from([(key, tally)]), &NoNames).unwrap()
}

fn rows(amounts: Amounts, shape: TableShape) -> serde_json::Value {
    let metrics = [Metric::Spend, Metric::Impressions, Metric::Cpm].map(MetricColumn::Metric);
    let table = table(
        &answer(1_000),
        TableOf::Rows(0..1),
        &metrics,
        amounts,
        shape,
    )
    .unwrap();
    table.rows.0.into_json().unwrap()
}

#[test]
fn a_row_is_an_array_with_exact_amounts_as_text() {
    assert_eq!(
        rows(Amounts::AsText, TableShape::Arrays),
        json!([["TIKTOK", "12.5", 1_000, "12.5"]])
    );
}

#[test]
fn a_row_is_a_record_with_amounts_as_numbers_when_asked() {
    assert_eq!(
        rows(Amounts::AsNumbers, TableShape::Records),
        json!([{"platform": "TIKTOK", "spend": 12.5, "impressions": 1_000, "cpm": 12.5}])
    );
}

#[test]
fn money_columns_tell_the_one_currency() {
    let metrics = [Metric::Impressions, Metric::Cpm].map(MetricColumn::Metric);
    let table = table(
        &answer(1),
        TableOf::Rows(0..0),
        &metrics,
        Amounts::AsText,
        TableShape::Arrays,
    )
    .unwrap();
    let currencies: Vec<_> = table.columns.iter().map(|column| column.currency).collect();
    assert_eq!(currencies, [None, None, Some("USD")]);
    assert_eq!(table.rows.0, Value::List(Vec::new()));
}

#[test]
fn a_count_that_clients_misread_refuses_the_table() {
    let metrics = [MetricColumn::Metric(Metric::Impressions)];
    let too_large = answer((1 << 53) + 1);
    let refused = table(
        &too_large,
        TableOf::Rows(0..1),
        &metrics,
        Amounts::AsText,
        TableShape::Arrays,
    );
    assert!(refused.unwrap_err().message.contains("count_max"));
}

#[test]
fn a_table_shows_the_named_metrics_else_the_selected_ones_else_all() {
    let held = [Metric::Impressions, Metric::Spend, Metric::Roi];
    let named = vec![Metric::Roi, Metric::Impressions];
    assert_eq!(
        shown_metrics(named.clone(), vec![Metric::Spend], &held),
        named
    );
    let selected = vec![Metric::Roi, Metric::Spend];
    assert_eq!(
        shown_metrics(Vec::new(), selected, &held),
        [Metric::Spend, Metric::Roi]
    );
    assert_eq!(shown_metrics(Vec::new(), Vec::new(), &held), held);
}
