//! Reference cases of the ROI scorer, and the verdicts at the thresholds.

use bellwether_plugin_sdk::{Table, Values, testing};
use serde_json::{Value, json};

use super::*;

/// Units of money in micros.
const UNIT: i64 = 1_000_000;

/// One campaign: objective, revenue, refunds, cost of goods and the four costs, in units.
struct Campaign {
    objective: &'static str,
    revenue: Option<i64>,
    refunds: Option<i64>,
    cogs: Option<i64>,
    media: i64,
    other_costs: [i64; 3],
}

/// K01 of `kpi_cases.json`: revenue 12000, cost of goods 7000, media 2000.
const K01: Campaign = Campaign {
    objective: "SALES",
    revenue: Some(12_000),
    refunds: Some(0),
    cogs: Some(7_000),
    media: 2_000,
    other_costs: [0, 0, 0],
};

/// K02: with refunds, agency fee, production and influencer.
const K02: Campaign = Campaign {
    refunds: Some(500),
    cogs: Some(6_800),
    other_costs: [400, 350, 250],
    ..K01
};

/// K04: a loss although gross profit is positive.
const K04: Campaign = Campaign {
    revenue: Some(5_000),
    cogs: Some(3_800),
    ..K01
};

fn table(campaigns: &[Campaign]) -> Table {
    let micros = |units: &dyn Fn(&Campaign) -> Option<i64>| -> Vec<Option<i64>> {
        let amounts = campaigns.iter().map(units);
        amounts
            .map(|amount| amount.map(|units| units * UNIT))
            .collect()
    };
    let names: Vec<Option<String>> = (0..campaigns.len())
        .map(|index| Some(format!("cmp_{index:04}")))
        .collect();
    let objectives: Vec<_> = campaigns.iter().map(|c| Some(c.objective)).collect();
    Table::new()
        .with("campaign_id", names)
        .with("objective", objectives)
        .with("spend_micros", micros(&|c| Some(c.media)))
        .with("revenue_micros", micros(&|c| c.revenue))
        .with("refunds_micros", micros(&|c| c.refunds))
        .with("cogs_micros", micros(&|c| c.cogs))
        .with("agency_fees_micros", micros(&|c| Some(c.other_costs[0])))
        .with(
            "production_costs_micros",
            micros(&|c| Some(c.other_costs[1])),
        )
        .with(
            "influencer_costs_micros",
            micros(&|c| Some(c.other_costs[2])),
        )
        .with(
            "total_cost_micros",
            micros(&|c| Some(c.media + c.other_costs.iter().sum::<i64>())),
        )
}

fn scored(config: &Value, campaigns: &[Campaign]) -> Table {
    testing::run(&bellwether_plugin, config, &table(campaigns)).unwrap()
}

fn verdict(config: &Value, campaign: Campaign) -> String {
    match scored(config, &[campaign]).column("verdict") {
        Some(Values::Utf8(verdicts)) => verdicts[0].clone().unwrap(),
        other => panic!("no verdicts but {other:?}"),
    }
}

fn evidence(campaign: Campaign) -> Value {
    match scored(&json!({}), &[campaign]).column("evidence") {
        Some(Values::Utf8(texts)) => serde_json::from_str(texts[0].as_ref().unwrap()).unwrap(),
        other => panic!("no evidence but {other:?}"),
    }
}

#[test]
fn the_reference_cases_give_the_reference_roi() {
    let answer = scored(&json!({}), &[K01, K02, K04]);
    assert_eq!(
        answer.column("value"),
        Some(&Values::Float64(vec![
            Some(1.5),
            Some(0.566_667),
            Some(-0.4)
        ]))
    );
    assert_eq!(
        answer.column("verdict"),
        Some(&Values::from(vec![
            Some("KEEP"),
            Some("KEEP"),
            Some("MOVE")
        ]))
    );
}

#[test]
fn each_threshold_belongs_to_the_better_verdict() {
    let at = |revenue| Campaign {
        revenue: Some(revenue),
        cogs: Some(0),
        ..K01
    };
    let verdicts: Vec<_> = [2_000, 1_999, 1_800, 1_799, 1_000, 999]
        .map(|revenue| verdict(&json!({}), at(revenue)))
        .into();
    assert_eq!(verdicts, ["KEEP", "FIX", "FIX", "MOVE", "MOVE", "CANCEL"]);
}

#[test]
fn an_unknown_cost_of_goods_gives_no_value_and_says_so() {
    let unknown = || Campaign { cogs: None, ..K01 };
    assert_eq!(
        scored(&json!({}), &[unknown()]).column("value"),
        Some(&Values::Float64(vec![None]))
    );
    assert_eq!(verdict(&json!({}), unknown()), "INSUFFICIENT_DATA");
    assert_eq!(evidence(unknown())["reason"], "COGS_MISSING");
}

#[test]
fn absent_refunds_count_as_none() {
    let absent = Campaign {
        refunds: None,
        ..K01
    };
    assert_eq!(evidence(absent)["roi"], json!(1.5));
}

#[test]
fn a_campaign_without_cost_is_not_judged() {
    assert_eq!(evidence(Campaign { media: 0, ..K01 })["reason"], "NO_COST");
}

#[test]
fn too_little_cost_is_not_judged_but_shown() {
    let thin = evidence(Campaign { media: 99, ..K01 });
    assert_eq!(thin["reason"], "THIN_DATA");
    assert!(thin["roi"].is_number());
}

#[test]
fn an_awareness_campaign_is_never_cancelled_for_missing_revenue() {
    let seen = || Campaign {
        objective: "AWARENESS",
        revenue: Some(0),
        ..K01
    };
    assert_eq!(verdict(&json!({}), seen()), "INSUFFICIENT_DATA");
    assert_eq!(evidence(seen())["reason"], "NOT_JUDGED_BY_ROI");
}

#[test]
fn the_evidence_holds_every_number_and_threshold() {
    assert_eq!(
        evidence(K02),
        json!({
            "formula": "roi = (revenue - refunds - cogs - total_cost) / total_cost",
            "reason": null,
            "roi": 0.566_667,
            "currency": "the campaign's own",
            "spend_micros": 2_000_000_000_i64,
            "revenue_micros": 12_000_000_000_i64,
            "refunds_micros": 500_000_000,
            "cogs_micros": 6_800_000_000_i64,
            "agency_fees_micros": 400_000_000,
            "production_costs_micros": 350_000_000,
            "influencer_costs_micros": 250_000_000,
            "total_cost_micros": 3_000_000_000_i64,
            "thresholds": {
                "keep_at_or_above": 0.0,
                "fix_at_or_above": -0.1,
                "move_at_or_above": -0.5,
                "min_cost_micros": 100_000_000,
            },
        })
    );
}

#[test]
fn thresholds_can_be_configured() {
    assert_eq!(verdict(&json!({"keep_at_or_above": 2.0}), K01), "FIX");
}

#[test]
fn thresholds_out_of_order_are_refused() {
    let config = json!({"keep_at_or_above": -0.2});
    let refused = testing::run(&bellwether_plugin, &config, &table(&[K01]));
    assert_eq!(
        refused.unwrap_err(),
        "open failed (2): `keep_at_or_above` -0.2, `fix_at_or_above` -0.1, \
         `move_at_or_above` -0.5 must fall or be equal"
    );
}

#[test]
fn an_unknown_setting_is_refused_by_name() {
    let config = json!({"keep_above": 1});
    let refused = testing::run(&bellwether_plugin, &config, &table(&[K01]));
    assert!(refused.unwrap_err().contains("unknown field `keep_above`"));
}

#[test]
fn an_empty_table_gives_an_empty_answer() {
    assert_eq!(scored(&json!({}), &[]).rows(), 0);
}

#[test]
fn the_metadata_tells_the_crates_version_and_defaults() {
    let metadata = testing::metadata(&bellwether_plugin);
    assert_eq!(metadata.version, env!("CARGO_PKG_VERSION"));
    let defaults = serde_json::to_value(Config::default()).unwrap();
    for (name, schema) in metadata.config_schema["properties"].as_object().unwrap() {
        assert_eq!(schema["default"], defaults[name], "{name}");
    }
}
