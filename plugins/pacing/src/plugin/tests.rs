//! The alerter through its exported descriptor.

use bellwether_plugin_sdk::{Values, testing};

use super::*;

/// Days 0 to 9 of a flight of 30 days and 3,000 units, each with this spend.
fn campaign(units_a_day: i64) -> Table {
    Table::new()
        .with("campaign_id", vec![Some("cmp_1"); 10])
        .with("day", Values::Date((0..10).map(Some).collect()))
        .with("spend_micros", vec![Some(units_a_day * 1_000_000); 10])
        .with("budget_micros", vec![Some(3_000_000_000_i64); 10])
        .with("first_day", Values::Date(vec![Some(0); 10]))
        .with("last_day", Values::Date(vec![Some(29); 10]))
        .with("daily_budget_micros", vec![Some(100_000_000_i64); 10])
}

fn found(units_a_day: i64, config: &Value) -> Table {
    testing::run(&bellwether_plugin, config, &campaign(units_a_day)).unwrap()
}

#[test]
fn a_quarter_below_plan_is_an_alert() {
    let table = found(75, &json!({}));
    assert_eq!(
        table.column("message"),
        Some(&Values::from(vec![Some(
            "high: spend is 25.0 % below plan"
        )]))
    );
}

#[test]
fn a_campaign_on_plan_is_told_only_when_asked_for() {
    assert_eq!(found(100, &json!({})).rows(), 0);
    assert_eq!(found(100, &json!({"report_all": true})).rows(), 2);
}

#[test]
fn days_dearer_than_twice_the_daily_budget_are_an_alert_of_their_own() {
    let table = found(201, &json!({}));
    assert_eq!(
        table.column("rule"),
        Some(&Values::from(vec![Some("PACE"), Some("CAP")]))
    );
}

#[test]
fn a_flight_that_ends_before_it_begins_is_refused_with_the_campaign() {
    let table = Table::new()
        .with("campaign_id", vec![Some("cmp_1")])
        .with("day", Values::Date(vec![Some(1)]))
        .with("spend_micros", vec![Some(1_i64)])
        .with("budget_micros", vec![Some(1_i64)])
        .with("first_day", Values::Date(vec![Some(9)]))
        .with("last_day", Values::Date(vec![Some(1)]));
    let refused = testing::run(&bellwether_plugin, &json!({}), &table).unwrap_err();
    assert!(refused.contains("`cmp_1`: a flight has 1 to"), "{refused}");
}

#[test]
fn amounts_beyond_all_money_are_no_panic() {
    let table = Table::new()
        .with("campaign_id", vec![Some("cmp_1"); 2])
        .with("day", Values::Date(vec![Some(1), Some(2)]))
        .with("spend_micros", vec![Some(i64::MAX); 2])
        .with("budget_micros", vec![Some(1_i64); 2])
        .with("first_day", Values::Date(vec![Some(1); 2]))
        .with("last_day", Values::Date(vec![Some(9); 2]));
    let answer = testing::run(&bellwether_plugin, &json!({}), &table).unwrap();
    assert_eq!(
        answer.column("severity"),
        Some(&Values::from(vec![Some("critical")]))
    );
}
