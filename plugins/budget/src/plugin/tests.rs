//! The allocator through its exported descriptor.

use bellwether_plugin_sdk::{Values, testing};
use serde_json::{Value, json};

use super::*;

/// Two campaigns of 100 units a day; each unit brings three in the first and half a one in the
/// second.
fn two_campaigns() -> Table {
    let (mut ids, mut days, mut spend, mut revenue) = (vec![], vec![], vec![], vec![]);
    for (id, factor) in [("cmp_1", 30_i64), ("cmp_2", 5)] {
        for day in 0..56 {
            let units = 80 + i64::from(day % 8) * 5;
            ids.push(Some(id));
            days.push(Some(day));
            spend.push(Some(units * 1_000_000));
            revenue.push(Some(units * factor * 100_000));
        }
    }
    Table::new()
        .with("campaign_id", ids)
        .with("day", Values::Date(days))
        .with("spend_micros", spend)
        .with("revenue_micros", revenue)
        .with("budget_micros", vec![Some(100_000_000_i64); 112])
}

fn proposed(config: &Value) -> Vec<Option<i64>> {
    let config = &config.clone();
    let answer = testing::run(&bellwether_plugin, config, &two_campaigns()).unwrap();
    match answer.column("proposed_micros") {
        Some(Values::Int64(amounts)) => amounts.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn money_moves_to_the_better_campaign_within_the_bounds() {
    let config = json!({"gate": {"draws": 20}});
    assert_eq!(
        proposed(&config),
        [Some(200_000_000), Some(120_000_000), Some(80_000_000)]
    );
}

#[test]
fn a_budget_that_the_bounds_can_not_take_is_a_row_with_the_sums() {
    let config = json!({"gate": {"draws": 0}, "total_micros": 500_000_000});
    let answer = testing::run(&bellwether_plugin, &config, &two_campaigns()).unwrap();
    assert_eq!(
        answer.column("error"),
        Some(&Values::from(vec![Some("BUDGET_ABOVE_MAXIMUM")]))
    );
}

#[test]
fn draws_that_are_not_alike_are_refused() {
    let table = Table::new()
        .with("campaign_id", vec![Some("a"), Some("a"), Some("b")])
        .with("day", Values::Date(vec![None; 3]))
        .with("spend_micros", vec![None::<i64>; 3])
        .with("revenue_micros", vec![None::<i64>; 3])
        .with("curve", vec![Some("mm"); 3])
        .with("curve_a", vec![Some(5.0); 3])
        .with("curve_k", vec![Some(5.0); 3])
        .with("draw", vec![Some(1_i64), Some(2), Some(1)]);
    let config = json!({"total_micros": 1_000_000});
    let refused = testing::run(&bellwether_plugin, &config, &table).unwrap_err();
    assert!(refused.contains("1 to 2 draws"), "{refused}");
}
