//! The reference cases of alerting, by the functions of the anomaly and pacing plugins.

use bellwether_plugin_anomaly::config::{Config, RateConfig};
use bellwether_plugin_anomaly::discoveries::benjamini_hochberg;
use bellwether_plugin_anomaly::esd::generalised_esd;
use bellwether_plugin_anomaly::rates::{Rate, Share, rate_change, share_change};
use bellwether_plugin_anomaly::robust::{self, Verdict};
use bellwether_plugin_anomaly::season::{self, Sample};
use bellwether_plugin_pacing::calendar::Day;
use bellwether_plugin_pacing::config::Config as PacingConfig;
use bellwether_plugin_pacing::pace::{Flight, Spent, pace};
use bellwether_reference_cases::{Case, Tolerance, path_of, run};
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[test]
fn reference_alert_cases() {
    let copies = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference");
    run(&path_of("alert_cases.json", copies), answer, |_, _| {
        Tolerance::MILLIONTH
    });
}

fn answer(case: &Case) -> Option<Value> {
    let input = &case.input;
    Some(match case.kind.as_str() {
        "robust_z" => robust_z(&read(input)),
        "weekday_log" => weekday_log(&read(input)),
        "generalised_esd" => esd(&read(input)),
        "rate_change" => share(&read(input)),
        "poisson_rate" => rate(&read(input)),
        "multiple_testing" => multiple_testing(&read(input)),
        "pacing" => pacing(&read(input)),
        "platform_cap" => platform_cap(&read(input)),
        _ => return None,
    })
}

fn read<T: DeserializeOwned>(input: &Value) -> T {
    serde_json::from_value(input.clone()).expect("a case's input has its kind's form")
}

#[derive(Deserialize)]
struct RobustInput {
    history: Vec<f64>,
    value: f64,
}

fn robust_z(input: &RobustInput) -> Value {
    let verdict = robust::judge(&input.history, input.value, &Config::default());
    let Verdict::Judged(judgement) = verdict else {
        return json!({ "state": verdict.state(), "n": input.history.len(), "alert": false });
    };
    json!({
        "state": verdict.state(),
        "n": judgement.n,
        "median": judgement.expected,
        "mad_scaled": judgement.deviation,
        "scale": judgement.scale,
        "score": judgement.score,
        "threshold": judgement.threshold,
        "alert": judgement.is_alert(),
        "direction": judgement.direction().name(),
    })
}

#[derive(Deserialize)]
struct SeasonInput {
    history: Vec<f64>,
    value: f64,
    index: usize,
    season: usize,
}

fn weekday_log(input: &SeasonInput) -> Value {
    let sample = |(index, value): (usize, &f64)| Sample {
        slot: index % input.season,
        value: *value,
    };
    let history: Vec<Sample> = input.history.iter().enumerate().map(sample).collect();
    let current = sample((input.index, &input.value));
    let judged = season::judge(&history, current, &Config::default());
    let judgement = match judged.verdict {
        Verdict::Judged(judgement) => Some(judgement),
        _ => None,
    };
    json!({
        "state": judged.verdict.state(),
        "expected_value": judged.expected_value,
        "score": judgement.map(|judgement| judgement.score),
        "scale": judgement.map(|judgement| judgement.scale),
        "alert": judged.verdict.is_alert(),
    })
}

#[derive(Deserialize)]
struct EsdInput {
    values: Vec<f64>,
    max_outliers: usize,
    alpha: f64,
}

fn esd(input: &EsdInput) -> Value {
    let found = generalised_esd(&input.values, input.max_outliers, input.alpha);
    let removed = found.steps.iter().map(|step| step.removed);
    let steps = found.steps.iter().zip(1..).map(|(step, i)| {
        json!({ "i": i, "removed": step.removed, "R": step.deviate, "lam": step.critical })
    });
    json!({
        "outliers": found.count,
        "values": removed.take(found.count).collect::<Vec<_>>(),
        "steps": steps.collect::<Vec<_>>(),
    })
}

#[derive(Deserialize)]
struct ShareInput {
    before: [u64; 2],
    after: [u64; 2],
    alpha: f64,
    min_relative: f64,
}

fn share(input: &ShareInput) -> Value {
    let config = RateConfig {
        alpha: input.alpha,
        min_relative: input.min_relative,
        ..RateConfig::default()
    };
    let share = |[successes, trials]: [u64; 2]| Share { successes, trials };
    let changed = share_change(share(input.before), share(input.after), &config);
    let changed = changed.expect("a case has trials");
    json!({
        "test": changed.change.test.name(),
        "z": changed.z,
        "p_z": changed.p_z,
        "p_fisher": changed.p_fisher,
        "relative_change": changed.change.relative,
        "alert": changed.change.is_alert(&config),
    })
}

#[derive(Deserialize)]
struct RateInput {
    before: Exposed,
    after: Exposed,
}

#[derive(Deserialize)]
struct Exposed {
    conversions: u64,
    exposure: f64,
}

impl From<&Exposed> for Rate {
    fn from(exposed: &Exposed) -> Self {
        Self {
            events: exposed.conversions,
            exposure_micros: micros(exposed.exposure).unsigned_abs(),
        }
    }
}

fn rate(input: &RateInput) -> Value {
    let changed = rate_change((&input.before).into(), (&input.after).into());
    let changed = changed.expect("a case has exposure");
    json!({
        "rate_before": changed.before,
        "rate_after": changed.after,
        "ratio": changed.ratio,
        "p_value": changed.change.p_value,
    })
}

#[derive(Deserialize)]
struct TestsInput {
    p_values: Vec<f64>,
    q: f64,
}

fn multiple_testing(input: &TestsInput) -> Value {
    let found = benjamini_hochberg(&input.p_values, input.q);
    json!({ "adjusted": found.adjusted, "rejected": found.rejected })
}

#[derive(Deserialize)]
struct PacingInput {
    budget: f64,
    start: Date,
    end: Date,
    today: Date,
    spent: f64,
    weights: Option<[f64; 7]>,
    #[serde(default, alias = "daily", alias = "last3", alias = "recent")]
    last_days: Vec<f64>,
}

fn pacing(input: &PacingInput) -> Value {
    let config = PacingConfig {
        weekday_weights: input.weights.unwrap_or([1.0; 7]),
        ..PacingConfig::default()
    };
    let flight = Flight::new(micros(input.budget), day(input.start), day(input.end));
    let flight = flight.expect("a case has a valid flight");
    let weights = config.weights().expect("a case has valid weights");
    let recent: Vec<i64> = input.last_days.iter().copied().map(micros).collect();
    let n_recent = usize::try_from(config.recent_days).expect("a few days");
    let spent = Spent {
        micros: micros(input.spent),
        through: day(input.today),
        recent_micros: &recent[recent.len().saturating_sub(n_recent)..],
    };
    let pace = pace(&flight, &spent, &weights, &config);
    json!({
        "expected_to_date": units(pace.expected_micros),
        "pacing_ratio": pace.ratio_millionths.map(units),
        "variance_pct": pace.variance_millionths.map(|variance| units(variance) * 100.0),
        "projected_total": pace.projected_micros.map(units),
        "projected_total_last3": pace.projected_recent_micros.map(units),
        "required_per_weight_unit": pace.required_micros.map(units),
        "direction": pace.direction.name(),
        "severity": pace.severity.name(),
    })
}

#[derive(Deserialize)]
struct CapInput {
    daily_budget: f64,
    day_spend: Vec<f64>,
    month_spend: Vec<f64>,
}

fn platform_cap(input: &CapInput) -> Value {
    let caps = PacingConfig::default().caps;
    let budget = micros(input.daily_budget);
    let days = input.day_spend.iter();
    let months = input.month_spend.iter();
    json!({
        "day_breach": days.map(|spend| caps.day_breached(budget, micros(*spend))).collect::<Vec<_>>(),
        "month_breach": months.map(|spend| caps.month_breached(budget, micros(*spend))).collect::<Vec<_>>(),
    })
}

/// The cases print money with two decimals, which the nearest micro is exactly.
#[expect(
    clippy::cast_possible_truncation,
    reason = "amounts of the cases are small"
)]
fn micros(amount: f64) -> i64 {
    (amount * 1e6).round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "amounts of the cases are small")]
fn units(micros: i64) -> f64 {
    micros as f64 / 1e6
}

fn day(date: Date) -> Day {
    let epoch = jiff::civil::date(1970, 1, 1);
    (date - epoch).get_days()
}
