//! Results against figures that were computed by hand from the tests' definitions.

use bellwether_domain::record::{Body, RecordKind};
use serde_json::{Value, json};

use super::*;

/// An experiment of a test, over at least so many observations, with these observations.
fn experiment(test: &str, needed: u32, observed: &[Value]) -> Experiment {
    let variants = observed.iter().enumerate().map(|(place, observed)| {
        let share = if place == 0 { "1" } else { "0" };
        json!({"name": format!("v{place}"), "allocation": share, "observed": observed})
    });
    let body = json!({
        "name": "Caption", "period": {"from": "2026-01-01"}, "metric": "cvr", "test": test,
        "minimumEffect": "0.1", "confidence": "0.95",
        "stoppingRule": {"observationsPerVariant": needed},
        "variants": variants.collect::<Vec<_>>(),
    });
    let body = Body::read(RecordKind::Experiment, &body).unwrap();
    assert_eq!(body.check(), Ok(()));
    body.try_into().unwrap()
}

fn trials(count: u32, successes: u32) -> Value {
    json!({"count": count, "successes": successes})
}

fn values(count: u32, mean: &str, deviation: &str) -> Value {
    json!({"count": count, "mean": mean, "deviation": deviation})
}

fn only(experiment: &Experiment) -> VariantComparison {
    let result = experiment_result(experiment);
    assert_eq!(result.comparisons.len(), 1);
    result.comparisons[0].clone()
}

#[track_caller]
fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
}

#[test]
fn shares_that_differ_clearly_are_told_with_their_interval() {
    let found = only(&experiment(
        "TWO_PROPORTION",
        1_000,
        &[trials(1_000, 200), trials(1_000, 250)],
    ));
    assert_eq!(found.verdict, ExperimentVerdict::Different);
    let figures = found.figures.unwrap();
    assert_near(figures.difference, 0.05);
    assert_near(figures.relative.unwrap(), 0.25);
    assert_near(figures.p_value, 0.007_419_65);
    assert_near(figures.lower, 0.013_463_62);
    assert_near(figures.upper, 0.086_536_38);
}

#[test]
fn means_are_compared_by_welchs_test() {
    let found = only(&experiment(
        "WELCH",
        10,
        &[values(10, "20", "2"), values(12, "22.5", "3")],
    ));
    assert_eq!(found.verdict, ExperimentVerdict::Different);
    let figures = found.figures.unwrap();
    assert_near(figures.p_value, 0.030_785_54);
    assert_near(figures.lower, 0.256_989_20);
    assert_near(figures.upper, 4.743_010_80);
}

#[test]
fn shares_that_are_alike_are_told_to_show_no_difference() {
    let found = only(&experiment(
        "TWO_PROPORTION",
        1_000,
        &[trials(1_000, 200), trials(1_000, 205)],
    ));
    assert_eq!(found.verdict, ExperimentVerdict::NoDifference);
}

#[test]
fn a_difference_below_the_effect_that_matters_is_too_small() {
    let many = [trials(1_000_000, 200_000), trials(1_000_000, 205_000)];
    let found = only(&experiment("TWO_PROPORTION", 1_000, &many));
    assert_eq!(found.verdict, ExperimentVerdict::TooSmall);
}

#[test]
fn nothing_is_said_before_the_stopping_rule_is_reached() {
    let clear = [trials(1_000, 200), trials(999, 400)];
    let experiment = experiment("TWO_PROPORTION", 1_000, &clear);
    assert!(!experiment_result(&experiment).is_stopped);
    let found = only(&experiment);
    assert_eq!(
        (found.verdict, found.figures),
        (ExperimentVerdict::Running, None)
    );
}

#[test]
fn a_variant_that_nothing_was_observed_of_keeps_the_experiment_running() {
    let found = only(&experiment(
        "TWO_PROPORTION",
        1,
        &[trials(1_000, 200), Value::Null],
    ));
    assert_eq!(found.verdict, ExperimentVerdict::Running);
}

#[test]
fn few_expected_successes_are_compared_exactly() {
    let found = only(&experiment(
        "TWO_PROPORTION",
        10,
        &[trials(10, 1), trials(10, 4)],
    ));
    // Fisher's exact test of 1 of 10 and 4 of 10.
    assert_near(found.figures.unwrap().p_value, 0.303_405_57);
}

#[test]
fn values_without_variance_allow_no_test() {
    let found = only(&experiment(
        "WELCH",
        2,
        &[values(5, "1", "0"), values(5, "2", "0")],
    ));
    assert_eq!(found.verdict, ExperimentVerdict::Undetermined);
}

#[test]
fn several_comparisons_share_the_chance_of_error() {
    let three = [trials(1_000, 200), trials(1_000, 240), trials(1_000, 238)];
    let result = experiment_result(&experiment("TWO_PROPORTION", 1_000, &three));
    assert_near(result.confidence_each, 0.975);
    // Alone, 240 against 200 would be told as different: its p-value is 0.0309.
    assert_eq!(
        result.comparisons[0].verdict,
        ExperimentVerdict::NoDifference
    );
    let two = &three[..2];
    let found = only(&experiment("TWO_PROPORTION", 1_000, two));
    assert_eq!(found.verdict, ExperimentVerdict::Different);
}
