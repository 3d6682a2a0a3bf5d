//! The streaming detector on real prices of an ad exchange, and the rules that score it.

#[path = "../benches/nab/scoring.rs"]
mod scoring;
#[path = "../benches/nab/series.rs"]
mod series;

use std::path::{Path, PathBuf};

use bellwether_plugin_anomaly::config::Config;

use crate::scoring::{PROFILES, outcome, probation};
use crate::series::Series;

/// Public data that stands beside the repository, and is no part of it.
const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/nab_adexchange"
);

/// The folder of the data, or a printed skip.
fn data() -> Option<PathBuf> {
    let data = Path::new(DATA);
    if data.exists() {
        return Some(data.to_owned());
    }
    println!("skipped: {DATA} is absent");
    None
}

#[test]
fn every_labelled_window_of_exchange_2_is_found() {
    let Some(data) = data() else {
        return;
    };
    let files = ["exchange-2_cpc_results.csv", "exchange-2_cpm_results.csv"];
    let scored = files.map(|file| {
        let series = Series::load(&data.join(file), &data.join("labels.json")).unwrap();
        let detections = series.detections(&Config::hourly());
        PROFILES.map(|profile| outcome(&detections, &series.windows, &profile))
    });
    for (index, profile) in PROFILES.iter().enumerate() {
        let of_both = scored[0][index].with(scored[1][index]);
        println!(
            "{}: {:.2}, {of_both:?}",
            profile.name,
            of_both.score(profile)
        );
        assert_eq!(of_both.found, of_both.windows);
        // Measured 76, 56 and 84; twenty less would be a broken detector.
        assert!(
            of_both.score(profile) > 50.0,
            "{}: {of_both:?}",
            profile.name
        );
    }
}

/// A file of 200 rows with one window of twenty.
const ROWS: usize = 200;
const WINDOW: [std::ops::RangeInclusive<usize>; 1] = [100..=119];

fn score(detected: &[usize]) -> [f64; 3] {
    let mut detections = [false; ROWS];
    for row in detected {
        detections[*row] = true;
    }
    PROFILES.map(|profile| outcome(&detections, &WINDOW, &profile).score(&profile))
}

fn is_close(scores: [f64; 3], expected: f64) -> bool {
    scores.iter().all(|score| (score - expected).abs() < 1e-9)
}

#[test]
fn silence_is_worth_nothing_and_the_earliest_detection_everything() {
    assert!(is_close(score(&[]), 0.0));
    assert!(is_close(score(&[100, 110, 119]), 100.0));
}

#[test]
fn a_late_detection_is_worth_less() {
    // sigma(-0.5) / sigma(-1) = 0.848284 / 0.986614, of a span of two, or three where a miss is two.
    let [standard, low_fp, low_fn] = score(&[110]);
    assert!((standard - 100.0 * (1.0 + 0.859_793) / 2.0).abs() < 1e-3);
    assert!((low_fp - standard).abs() < 1e-12);
    assert!((low_fn - 100.0 * (2.0 + 0.859_793) / 3.0).abs() < 1e-3);
}

#[test]
fn a_false_alert_costs_its_weight_before_any_window_and_far_behind_one() {
    let [standard, low_fp, _] = score(&[50]);
    assert!((standard + 100.0 * 0.11 / 2.0).abs() < 1e-9);
    assert!((low_fp + 100.0 * 0.22 / 2.0).abs() < 1e-9);
    assert!((score(&[190])[0] - standard).abs() < 1e-9);
    assert!(score(&[121])[0] > standard);
}

#[test]
fn nothing_counts_in_probation() {
    assert_eq!(probation(ROWS), 30);
    assert_eq!(probation(20_000), 750);
    assert!(is_close(score(&[29]), 0.0));
    assert!(score(&[30])[0] < 0.0);
}
