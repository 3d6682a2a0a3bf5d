//! `alert_cases.json`, through `anomaly` and `pacing`.

use bellwether_plugin_host::ColumnData;
use bellwether_reference_cases::{Case, Tolerance, path_of, run};
use serde::Deserialize;
use serde_json::{Value, json};

use super::COPIES;
use super::asked::{Plugin, Rows, day, micros, numbered, read};

#[test]
fn the_alert_cases_pass_through_the_built_libraries() {
    let (anomaly, pacing) = (Plugin::built("anomaly"), Plugin::built("pacing"));
    let answer = |case: &Case| {
        let input = &case.input;
        Some(match case.kind.as_str() {
            "robust_z" => series(&anomaly, "LEVEL", &read(input)),
            "weekday_log" => series(&anomaly, "SEASON", &read(input)),
            "generalised_esd" => scan(&anomaly, &read(input)),
            "rate_change" => share(&anomaly, &read(input)),
            "poisson_rate" => rate(&anomaly, &read(input)),
            "multiple_testing" => discoveries(&anomaly, &read(input)),
            "pacing" => paced(&pacing, &read(input)),
            "platform_cap" => capped(&pacing, &read(input)),
            _ => return None,
        })
    };
    run(&path_of("alert_cases.json", COPIES), answer, |_, _| {
        Tolerance::MILLIONTH
    });
}

/// The rows of `anomaly` without the figures of campaigns, which these tasks don't read.
fn rows(entities: Vec<String>) -> Rows {
    let n = entities.len();
    let counts = [
        "spend_micros",
        "impressions",
        "clicks",
        "conversions_millionths",
    ];
    Rows::of(entities)
        .with("day", ColumnData::Date(vec![None; n]))
        .without(&counts, &ColumnData::Int64(vec![None; n]))
}

#[derive(Deserialize)]
struct SeriesInput {
    history: Vec<f64>,
    value: f64,
    index: Option<i64>,
    season: Option<i64>,
}

/// The history, then the value, as rows of one campaign; `slot` is the position by the season.
fn series(anomaly: &Plugin, task: &str, input: &SeriesInput) -> Value {
    let values = input.history.iter().chain([&input.value]).copied();
    let values: Vec<Option<f64>> = values.map(Some).collect();
    let n = i64::try_from(input.history.len()).expect("a few values");
    let places = (0..n).chain([input.index.unwrap_or(n)]);
    let season = input.season.unwrap_or(1);
    let slots = places.map(|place| Some(place % season)).collect();
    let rows = rows(vec!["0000".to_owned(); values.len()])
        .with("value", ColumnData::Float64(values))
        .with("slot", ColumnData::Int64(slots));
    anomaly.evidence(&json!({ "task": task }), rows).remove(0)
}

#[derive(Deserialize)]
struct ScanInput {
    values: Vec<f64>,
    max_outliers: usize,
    alpha: f64,
}

fn scan(anomaly: &Plugin, input: &ScanInput) -> Value {
    let values = input.values.iter().copied().map(Some).collect();
    let rows = rows(vec!["0000".to_owned(); input.values.len()])
        .with("value", ColumnData::Float64(values));
    let scan = json!({ "max_outliers": input.max_outliers, "alpha": input.alpha });
    let config = json!({ "task": "SCAN", "scan": scan });
    anomaly.evidence(&config, rows).remove(0)
}

#[derive(Deserialize)]
struct ShareInput {
    before: [i64; 2],
    after: [i64; 2],
    alpha: f64,
    min_relative: f64,
}

/// Two rows: before and after.
fn share(anomaly: &Plugin, input: &ShareInput) -> Value {
    let column =
        |place: usize| ColumnData::Int64(vec![Some(input.before[place]), Some(input.after[place])]);
    let rows = rows(vec!["0000".to_owned(); 2])
        .with("events", column(0))
        .with("trials", column(1));
    let rates = json!({ "alpha": input.alpha, "min_relative": input.min_relative });
    let config = json!({ "task": "SHARES", "rates": rates });
    anomaly.evidence(&config, rows).remove(0)
}

#[derive(Deserialize)]
struct RateInput {
    before: Exposed,
    after: Exposed,
}

#[derive(Deserialize)]
struct Exposed {
    conversions: i64,
    exposure: f64,
}

fn rate(anomaly: &Plugin, input: &RateInput) -> Value {
    let both = [&input.before, &input.after];
    let events = both.map(|side| Some(side.conversions));
    let exposure = both.map(|side| Some(micros(side.exposure)));
    let rows = rows(vec!["0000".to_owned(); 2])
        .with("events", ColumnData::Int64(events.into()))
        .with("exposure_micros", ColumnData::Int64(exposure.into()));
    anomaly
        .evidence(&json!({ "task": "RATES" }), rows)
        .remove(0)
}

#[derive(Deserialize)]
struct TestsInput {
    p_values: Vec<f64>,
    q: f64,
}

/// A row a p-value; the adjusted ones and the alerts put together again.
fn discoveries(anomaly: &Plugin, input: &TestsInput) -> Value {
    let p_values: Vec<Option<f64>> = input.p_values.iter().copied().map(Some).collect();
    let rows = rows(numbered(p_values.len())).with("p_value", ColumnData::Float64(p_values));
    let config = json!({ "task": "DISCOVERIES", "rates": { "false_discovery_rate": input.q } });
    let found = anomaly.evidence(&config, rows);
    let adjusted: Vec<&Value> = found.iter().map(|one| &one["adjusted"]).collect();
    let alerts = found
        .iter()
        .enumerate()
        .filter(|(_, one)| one["alert"] == true);
    let rejected: Vec<usize> = alerts.map(|(index, _)| index).collect();
    json!({ "adjusted": adjusted, "rejected": rejected })
}

#[derive(Deserialize)]
struct PacingInput {
    budget: f64,
    start: String,
    end: String,
    today: String,
    spent: f64,
    weights: Option<[f64; 7]>,
    #[serde(default, alias = "daily", alias = "last3", alias = "recent")]
    last_days: Vec<f64>,
}

/// What was spent on the last days as rows with their day, the rest as one without a day.
fn paced(pacing: &Plugin, input: &PacingInput) -> Value {
    let recent: Vec<i64> = input.last_days.iter().copied().map(micros).collect();
    let rest = micros(input.spent) - recent.iter().sum::<i64>();
    let spend: Vec<Option<i64>> = recent.iter().copied().chain([rest]).map(Some).collect();
    let n = spend.len();
    let last = day(&input.today);
    let n_recent = i32::try_from(recent.len()).expect("a few days");
    let days = (last + 1 - n_recent..=last).map(Some).chain([None]);
    let rows = Rows::of(vec!["0000".to_owned(); n])
        .with("day", ColumnData::Date(days.collect()))
        .with("spend_micros", ColumnData::Int64(spend))
        .with(
            "budget_micros",
            ColumnData::Int64(vec![Some(micros(input.budget)); n]),
        )
        .with(
            "first_day",
            ColumnData::Date(vec![Some(day(&input.start)); n]),
        )
        .with("last_day", ColumnData::Date(vec![Some(day(&input.end)); n]));
    let mut config = json!({ "final_through": input.today, "report_all": true });
    if let Some(weights) = input.weights {
        config["weekday_weights"] = json!(weights);
    }
    told(&pacing.evidence(&config, rows)[0])
}

/// Micros and millionths under the names of the cases.
fn told(evidence: &Value) -> Value {
    let units = |name: &str| evidence[name].as_f64().map(|millionths| millionths / 1e6);
    json!({
        "expected_to_date": units("expected_micros"),
        "pacing_ratio": units("ratio_millionths"),
        "variance_pct": units("variance_millionths").map(|variance| variance * 100.0),
        "projected_total": units("projected_micros"),
        "projected_total_last3": units("projected_by_last_days_micros"),
        "required_per_weight_unit": units("required_per_day_of_weight_one_micros"),
        "direction": evidence["direction"],
        "severity": evidence["severity"],
    })
}

#[derive(Deserialize)]
struct CapInput {
    daily_budget: f64,
    day_spend: Vec<f64>,
    month_spend: Vec<f64>,
}

/// Each amount is a campaign's only day.
fn capped(pacing: &Plugin, input: &CapInput) -> Value {
    let spend = input.day_spend.iter().chain(&input.month_spend);
    let spend: Vec<Option<i64>> = spend.map(|amount| Some(micros(*amount))).collect();
    let n = spend.len();
    let budget = Some(micros(input.daily_budget));
    let rows = Rows::of(numbered(n))
        .with("day", ColumnData::Date(vec![Some(20_000); n]))
        .with("spend_micros", ColumnData::Int64(spend))
        .with("daily_budget_micros", ColumnData::Int64(vec![budget; n]));
    let found = pacing.evidence(&json!({ "report_all": true }), rows);
    let (days, months) = found.split_at(input.day_spend.len());
    let of = |found: &[Value], name: &str| -> Vec<Value> {
        found.iter().map(|one| one[name].clone()).collect()
    };
    json!({ "day_breach": of(days, "day_breach"), "month_breach": of(months, "month_breach") })
}
