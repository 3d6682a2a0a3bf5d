//! The alerter through its exported descriptor.

use bellwether_plugin_sdk::{Table, Values, testing};
use serde_json::{Value, json};

use super::*;

/// Five weeks of two campaigns: one always alike, one whose spend trebles on the last day and
/// whose clicks fail for a week.
fn two_campaigns() -> Table {
    let mut columns = (vec![], vec![], vec![], vec![], vec![]);
    for campaign in ["cmp_1", "cmp_2"] {
        for day in 0..36_i32 {
            let is_odd = campaign == "cmp_2";
            let spend = 100 + i64::from(day % 3);
            columns.0.push(Some(campaign));
            columns.1.push(Some(day));
            let factor = if is_odd && day == 35 { 3 } else { 1 };
            columns.2.push(Some(spend * factor * 1_000_000));
            columns.3.push(Some(10_000_i64));
            let clicks = if is_odd && day > 28 { 100 } else { 200_i64 };
            columns.4.push(Some(clicks));
        }
    }
    Table::new()
        .with("campaign_id", columns.0)
        .with("day", Values::Date(columns.1))
        .with("spend_micros", columns.2)
        .with("impressions", columns.3)
        .with("clicks", columns.4)
        .with("conversions_millionths", vec![None::<i64>; 72])
}

fn found(config: &Value) -> Table {
    testing::run(&bellwether_plugin, config, &two_campaigns()).unwrap()
}

fn texts(table: &Table, column: &str) -> Vec<String> {
    match table.column(column) {
        Some(Values::Utf8(texts)) => texts.iter().flatten().cloned().collect(),
        other => panic!("{column} is {other:?}"),
    }
}

#[test]
fn only_the_campaign_that_changed_is_reported() {
    let table = found(&json!({}));
    assert_eq!(texts(&table, "campaign_id"), ["cmp_2"; 3]);
    assert_eq!(texts(&table, "metric"), ["spend", "clicks", "ctr"]);
}

#[test]
fn a_day_that_may_yet_change_is_not_looked_at() {
    let table = found(&json!({"final_through": "1970-01-29"}));
    assert_eq!(table.rows(), 0);
}

#[test]
fn what_is_no_alert_is_told_when_asked_for() {
    // Three figures and one rate of each campaign.
    assert_eq!(found(&json!({"report_all": true})).rows(), 8);
}

#[test]
fn a_last_day_that_is_no_date_is_refused() {
    let refused = testing::run(
        &bellwether_plugin,
        &json!({"final_through": "2026-02-30"}),
        &two_campaigns(),
    );
    assert_eq!(
        refused.unwrap_err(),
        "open failed (2): `final_through` is 2026-02-30, no date as 2026-04-30"
    );
}
