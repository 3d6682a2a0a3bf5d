//! The reference cases of budgets, by the functions of the plugin.

use bellwether_plugin_budget::Error;
use bellwether_plugin_budget::allocate::{Active, Allocation, any_shape, concave, flexible};
use bellwether_plugin_budget::bounds::{Bounds, Limits};
use bellwether_plugin_budget::config::{FitConfig, GateConfig};
use bellwether_plugin_budget::curve::{Curve, MeanCurve, Response, Shape};
use bellwether_plugin_budget::fit::{Days, fit};
use bellwether_plugin_budget::gate::gate;
use bellwether_plugin_budget::rounding::largest_remainder;
use bellwether_plugin_budget::water_filling::{Group, Pool};
use bellwether_reference_cases::{Case, Tolerance, path_of, run};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[test]
fn reference_budget_cases() {
    let copies = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference");
    run(&path_of("budget_cases.json", copies), answer, tolerance);
}

fn answer(case: &Case) -> Option<Value> {
    let input = &case.input;
    Some(match case.kind.as_str() {
        "allocate" | "allocate_grouped" | "allocate_nonconcave" | "error" => {
            allocated(&read(input))
        }
        "allocate_flexible" => allocated_flexibly(&read(input)),
        "allocate_robust" => allocated_robustly(&read(input)),
        "rounding" => rounded(&read(input)),
        "fit" => fitted(&read(input)),
        _ => return None,
    })
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

fn read<T: DeserializeOwned>(input: &Value) -> T {
    serde_json::from_value(input.clone()).expect("a case's input has its kind's form")
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
    id: String,
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

impl CampaignInput {
    fn curve(&self) -> Curve {
        let shape = match self.curve.as_str() {
            "mm" => Shape::Saturating,
            "log" => Shape::Log,
            "hill" => Shape::Hill {
                h: self.h.expect("a Hill curve has its steepness"),
            },
            other => panic!("curve `{other}` is unknown"),
        };
        let (a, k) = (self.a, self.k);
        Curve { a, k, shape }
    }

    fn bounds(&self, total: f64) -> Result<Bounds, Error> {
        let limits = Limits {
            current: self.current,
            max_decrease: self.max_decrease,
            max_increase: self.max_increase,
            min: self.min,
            max: self.max,
        };
        limits.bounds(&self.id, total)
    }
}

impl AllocateInput {
    fn curves(&self) -> Vec<Curve> {
        self.campaigns.iter().map(CampaignInput::curve).collect()
    }

    fn bounds(&self) -> Result<Vec<Bounds>, Error> {
        let each = self.campaigns.iter();
        each.map(|campaign| campaign.bounds(self.total_budget))
            .collect()
    }

    fn groups(&self) -> Vec<Group> {
        let members = |name: &str| {
            let each = self.campaigns.iter().enumerate();
            let of_group = each.filter(|(_, campaign)| campaign.group.as_deref() == Some(name));
            of_group.map(|(index, _)| index).collect()
        };
        let group = |input: &GroupInput| Group {
            name: input.group.clone(),
            members: members(&input.group),
            min: input.min.unwrap_or(0.0),
            max: input.max.unwrap_or(f64::INFINITY),
        };
        self.group_constraints.iter().map(group).collect()
    }

    fn response(&self, spends: &[f64]) -> f64 {
        let curves = self.curves();
        curves
            .iter()
            .zip(spends)
            .map(|(curve, spend)| curve.response(*spend))
            .sum()
    }
}

fn allocated(input: &AllocateInput) -> Value {
    let curves = input.curves();
    let allocation = input
        .bounds()
        .and_then(|bounds| any_shape(&curves, &bounds, &input.groups(), input.total_budget));
    match allocation {
        Ok(allocation) => told(input, &allocation),
        Err(error) => told_error(&error),
    }
}

fn told(input: &AllocateInput, allocation: &Allocation) -> Value {
    let current: Option<Vec<f64>> = input.campaigns.iter().map(|one| one.current).collect();
    let before = current.as_ref().map(|current| input.response(current));
    let count = f64::from(u32::try_from(input.campaigns.len()).expect("a few campaigns"));
    let even = vec![input.total_budget / count; input.campaigns.len()];
    json!({
        "allocation": allocation.spends,
        "total_response": allocation.response,
        "lambda_equal_marginal": allocation.level,
        "marginal": allocation.marginals,
        "active_bound": allocation.active.iter().copied().map(Active::name).collect::<Vec<_>>(),
        "unspent": allocation.unspent,
        "current_response": before,
        "uplift": before.map(|before| allocation.response - before),
        "uplift_pct": before.map(|before| (allocation.response / before - 1.0) * 100.0),
        "current_total": current.map(|current| current.iter().sum::<f64>()),
        "even_split_response": input.response(&even),
    })
}

fn told_error(error: &Error) -> Value {
    match error {
        Error::BelowMinimum {
            sum_lower,
            sum_upper,
            ..
        } => {
            json!({ "error": error.code(), "sum_lower": sum_lower, "sum_upper": sum_upper })
        }
        Error::AboveMaximum {
            total,
            sum_lower,
            sum_upper,
        } => json!({
            "error": error.code(),
            "sum_lower": sum_lower,
            "sum_upper": sum_upper,
            "unallocatable": total - sum_upper,
        }),
        _ => json!({ "error": error.code() }),
    }
}

fn allocated_flexibly(input: &AllocateInput) -> Value {
    let curves = input.curves();
    let bounds = match input.bounds() {
        Ok(bounds) => bounds,
        Err(error) => return told_error(&error),
    };
    let groups = input.groups();
    let pool = Pool {
        curves: &curves,
        bounds: &bounds,
        groups: &groups,
    };
    let least = input
        .min_marginal
        .expect("a flexible case has its least marginal");
    let allocation = match flexible(&pool, input.total_budget, least) {
        Ok(allocation) => allocation,
        Err(error) => return told_error(&error),
    };
    let mut answer = told(input, &allocation);
    let all_spent = concave(&pool, input.total_budget).ok();
    answer["lambda_if_all_spent"] = json!(all_spent.and_then(|all_spent| all_spent.level));
    answer
}

#[derive(Deserialize)]
struct RobustInput {
    total_budget: f64,
    current: Vec<f64>,
    max_decrease: f64,
    max_increase: f64,
    draws: Vec<Vec<(f64, f64)>>,
}

fn allocated_robustly(input: &RobustInput) -> Value {
    let curve = |index: usize| {
        let draws = input.draws.iter().map(|draw| draw[index]);
        MeanCurve::new(draws.map(|(a, k)| Curve::saturating(a, k)).collect())
    };
    let curves: Option<Vec<MeanCurve>> = (0..input.current.len()).map(curve).collect();
    let curves = curves.expect("a case has draws");
    let bounds = input.current.iter().map(|current| {
        let limits = Limits {
            current: Some(*current),
            max_decrease: Some(input.max_decrease),
            max_increase: Some(input.max_increase),
            ..Limits::default()
        };
        limits.bounds("", input.total_budget)
    });
    let pool = Pool {
        curves: &curves,
        bounds: &bounds
            .collect::<Result<Vec<_>, _>>()
            .expect("bounds of a case agree"),
        groups: &[],
    };
    let allocation = match concave(&pool, input.total_budget) {
        Ok(allocation) => allocation,
        Err(error) => return told_error(&error),
    };
    let gate = gate(
        &curves,
        &input.current,
        &allocation.spends,
        &GateConfig::default(),
    );
    json!({
        "allocation": allocation.spends,
        "mean_response": gate.mean_response,
        "mean_response_current": gate.mean_response_current,
        "gain_per_draw": gate.gains,
        "share_of_draws_with_gain": gate.share_with_gain,
        "min_gain": gate.min_gain(),
    })
}

#[derive(Deserialize)]
struct RoundingInput {
    total_budget_minor: i64,
    exact: Vec<f64>,
}

fn rounded(input: &RoundingInput) -> Value {
    json!({ "minor": largest_remainder(input.total_budget_minor, &input.exact) })
}

#[derive(Deserialize)]
struct FitInput {
    spend: Vec<f64>,
    value: Vec<f64>,
    roi_pool: f64,
}

fn fitted(input: &FitInput) -> Value {
    let days = Days::new(input.spend.iter().copied().zip(input.value.iter().copied()));
    let Some(fit) = fit(&days, input.roi_pool, &FitConfig::default()) else {
        return json!({ "n_used": 0 });
    };
    let median = fit.median_spend();
    json!({
        "n_used": fit.n_days,
        "x_median": median,
        "k0": fit.expected_k(),
        "sigma2": fit.variance(),
        "a": fit.curve.a,
        "k": fit.curve.k,
        "objective": fit.objective,
        "marginal_at_median": fit.curve.marginal(median),
        "average_at_median": fit.average_at_median(),
        "elasticity_at_median": fit.curve.elasticity(median),
    })
}
