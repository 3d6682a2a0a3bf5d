//! `budget_cases.json`, through `budget`.

use bellwether_plugin_host::{ColumnData, OutputTable};
use bellwether_reference_cases::{Case, Tolerance, path_of, run};
use serde::Deserialize;
use serde_json::{Value, json};

use super::COPIES;
use super::asked::{Plugin, Rows, micros, numbered, read};

#[test]
fn the_budget_cases_pass_through_the_built_library() {
    let budget = Plugin::built("budget");
    let answer = |case: &Case| {
        let input = &case.input;
        Some(match case.kind.as_str() {
            "allocate"
            | "allocate_grouped"
            | "allocate_nonconcave"
            | "allocate_flexible"
            | "error" => allocated(&budget, &read(input)),
            "allocate_robust" => allocated_robustly(&budget, &read(input)),
            "rounding" => rounded(&budget, &read(input)),
            "fit" => fitted(&budget, &read(input)),
            _ => return None,
        })
    };
    run(&path_of("budget_cases.json", COPIES), answer, tolerance);
}

/// A case's own tolerances, by what a key is: an amount of money, a parameter, or anything else.
fn tolerance(case: &Case, key: &str) -> Tolerance {
    let of = |name: &str| case.tolerance.get(name).and_then(Value::as_f64);
    let amount = of("allocation_abs").unwrap_or(0.0);
    let relative = match key {
        "objective" => of("objective_rel"),
        _ => of("response_rel").or(of("param_rel")),
    };
    let absolute = match key {
        "allocation" | "unspent" => amount,
        // Moving a unit between campaigns changes a draw's gain by the gap of their marginals,
        // which is a few tenths in the cases.
        "gain_per_draw" | "min_gain" => 0.2 * amount,
        // Printed to four decimals of a per cent.
        "uplift_pct" => 5e-5,
        _ => 0.0,
    };
    Tolerance {
        absolute,
        relative: relative.unwrap_or(1e-6),
    }
}

#[derive(Deserialize)]
struct AllocateInput {
    total_budget: f64,
    min_marginal: Option<f64>,
    campaigns: Vec<CampaignInput>,
    #[serde(default)]
    group_constraints: Vec<GroupInput>,
}

#[derive(Deserialize)]
struct CampaignInput {
    curve: String,
    a: f64,
    k: f64,
    h: Option<f64>,
    group: Option<String>,
    current: Option<f64>,
    max_decrease: Option<f64>,
    max_increase: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
}

#[derive(Deserialize)]
struct GroupInput {
    group: String,
    min: Option<f64>,
    max: Option<f64>,
}

/// The rows of `budget` without days.
fn rows(entities: Vec<String>) -> Rows {
    let n = entities.len();
    Rows::of(entities)
        .with("day", ColumnData::Date(vec![None; n]))
        .without(
            &["spend_micros", "revenue_micros"],
            &ColumnData::Int64(vec![None; n]),
        )
}

fn allocated(budget: &Plugin, input: &AllocateInput) -> Value {
    let all = &input.campaigns;
    let money = |of: &dyn Fn(&CampaignInput) -> Option<f64>| {
        ColumnData::Int64(all.iter().map(|one| of(one).map(micros)).collect())
    };
    let numbers = |of: &dyn Fn(&CampaignInput) -> Option<f64>| {
        ColumnData::Float64(all.iter().map(of).collect())
    };
    let texts = |of: &dyn Fn(&CampaignInput) -> Option<String>| {
        ColumnData::Utf8(all.iter().map(of).collect())
    };
    let rows = rows(numbered(all.len()))
        .with("curve", texts(&|one| Some(one.curve.clone())))
        .with("curve_a", numbers(&|one| Some(one.a)))
        .with("curve_k", numbers(&|one| Some(one.k)))
        .with("curve_h", numbers(&|one| one.h))
        .with("group", texts(&|one| one.group.clone()))
        .with("budget_micros", money(&|one| one.current))
        .with("min_micros", money(&|one| one.min))
        .with("max_micros", money(&|one| one.max))
        .with("max_decrease", numbers(&|one| one.max_decrease))
        .with("max_increase", numbers(&|one| one.max_increase));
    let group = |limit: &GroupInput| {
        json!({
            "group": limit.group,
            "min_micros": limit.min.map(micros),
            "max_micros": limit.max.map(micros),
        })
    };
    let config = json!({
        "total_micros": micros(input.total_budget),
        "min_marginal": input.min_marginal,
        "groups": input.group_constraints.iter().map(group).collect::<Vec<_>>(),
    });
    told(
        &budget
            .run(&config, rows)
            .unwrap_or_else(|error| panic!("{error}")),
    )
}

/// The whole's evidence, and each campaign's as lists; of an error its code and sums.
fn told(answer: &OutputTable) -> Value {
    let Some(ColumnData::Utf8(evidence)) = answer.column("evidence") else {
        panic!("{answer:?} has no evidence");
    };
    let parsed = evidence
        .iter()
        .flatten()
        .map(|text| serde_json::from_str(text));
    let evidence: Vec<Value> = parsed.collect::<Result<_, _>>().expect("evidence is JSON");
    let mut told = evidence[0].clone();
    if let Some(ColumnData::Utf8(errors)) = answer.column("error")
        && let Some(code) = &errors[0]
    {
        told["error"] = json!(code);
        return told;
    }
    let each = |name: &str| -> Vec<&Value> { evidence[1..].iter().map(|one| &one[name]).collect() };
    told["allocation"] = json!(each("spend"));
    told["marginal"] = json!(each("marginal"));
    told["active_bound"] = json!(each("active_bound"));
    told
}

#[derive(Deserialize)]
struct RobustInput {
    total_budget: f64,
    current: Vec<f64>,
    max_decrease: f64,
    max_increase: f64,
    draws: Vec<Vec<(f64, f64)>>,
}

/// A row for each campaign's curve in each draw.
fn allocated_robustly(budget: &Plugin, input: &RobustInput) -> Value {
    let n_draws = input.draws.len();
    let of = |index: usize| (0..n_draws).map(move |draw| (index, draw));
    let places: Vec<(usize, usize)> = (0..input.current.len()).flat_map(of).collect();
    let entities = places
        .iter()
        .map(|(index, _)| format!("{index:04}"))
        .collect();
    let numbers = |value: &dyn Fn(usize, usize) -> f64| {
        let each = places
            .iter()
            .map(|(index, draw)| Some(value(*index, *draw)));
        ColumnData::Float64(each.collect())
    };
    let present = places
        .iter()
        .map(|(index, _)| Some(micros(input.current[*index])));
    let draws = places.iter().map(|(_, draw)| i64::try_from(*draw).ok());
    let rows = rows(entities)
        .with(
            "curve",
            ColumnData::Utf8(vec![Some("mm".to_owned()); places.len()]),
        )
        .with(
            "curve_a",
            numbers(&|index, draw| input.draws[draw][index].0),
        )
        .with(
            "curve_k",
            numbers(&|index, draw| input.draws[draw][index].1),
        )
        .with("draw", ColumnData::Int64(draws.collect()))
        .with("budget_micros", ColumnData::Int64(present.collect()))
        .with("max_decrease", numbers(&|_, _| input.max_decrease))
        .with("max_increase", numbers(&|_, _| input.max_increase));
    let config = json!({ "total_micros": micros(input.total_budget) });
    let answer = budget
        .run(&config, rows)
        .unwrap_or_else(|error| panic!("{error}"));
    let mut told = told(&answer);
    let gate = told["gate"].take();
    for (name, value) in gate.as_object().expect("the present budgets are known") {
        told[name] = value.clone();
    }
    told
}

#[derive(Deserialize)]
struct RoundingInput {
    total_budget_minor: i64,
    exact: Vec<f64>,
}

/// A row an amount, in minor units of one micro.
fn rounded(budget: &Plugin, input: &RoundingInput) -> Value {
    let exact = input.exact.iter().copied().map(Some).collect();
    let rows = rows(numbered(input.exact.len())).with("exact", ColumnData::Float64(exact));
    let config = json!({
        "task": "ROUND",
        "total_micros": input.total_budget_minor,
        "minor_unit_micros": 1,
    });
    let parts = budget.evidence(&config, rows);
    json!({ "minor": parts.iter().map(|part| &part["minor"]).collect::<Vec<_>>() })
}

#[derive(Deserialize)]
struct FitInput {
    spend: Vec<f64>,
    value: Vec<f64>,
    roi_pool: f64,
}

/// A row a day, of one campaign.
fn fitted(budget: &Plugin, input: &FitInput) -> Value {
    let n = input.spend.len();
    let money = |amounts: &[f64]| {
        ColumnData::Int64(amounts.iter().map(|amount| Some(micros(*amount))).collect())
    };
    let days = (0..i32::try_from(n).expect("a few days")).map(Some);
    let rows = Rows::of(vec!["0000".to_owned(); n])
        .with("day", ColumnData::Date(days.collect()))
        .with("spend_micros", money(&input.spend))
        .with("revenue_micros", money(&input.value));
    let config = json!({ "task": "FIT", "pooled_roi": input.roi_pool });
    budget.evidence(&config, rows).remove(0)
}
