//! A value against its past when the level itself moves, as prices of auctions do from day to day.
//!
//! The level at a moment is the median of the last full season before it (24 hours, or 7 days). Each
//! value is taken by its distance from the level of its own moment; offsets of hours or weekdays,
//! the expectation and the scale are then those of [`season`](crate::season). A slow drift so costs
//! no sharpness, which it would if one median stood for two weeks.
//! Invariant: the history is in the order of time, oldest first, and no level sees its own value.

use bellwether_statistics::order::{median, median_in_place};

use crate::config::Config;
use crate::robust::{Verdict, score};
use crate::season::{Model, Sample, Seasonal};

/// Judges a value against its past, of which the first `slots` values only make the first level.
/// Numbers that are not finite count as absent.
pub fn judge(history: &[Sample], current: Sample, slots: usize, config: &Config) -> Seasonal {
    let mut past: Vec<Sample> = history.to_vec();
    past.retain(|sample| sample.value.is_finite());
    let logarithmic = current.value > 0.0 && past.iter().all(|sample| sample.value > 0.0);
    let of = |value: f64| if logarithmic { value.ln() } else { value };
    for sample in &mut past {
        sample.value = of(sample.value);
    }
    let distances = distances(&past, slots);
    let recent: Vec<f64> = past
        .iter()
        .rev()
        .take(slots)
        .map(|sample| sample.value)
        .collect();
    let model = Model::fit(&distances, current.slot, config);
    let is_short = distances.len() < config.history_min.max(2) || !current.value.is_finite();
    let (Some(level), Some(model), false) = (median(&recent), model, is_short) else {
        return Seasonal {
            expected_value: None,
            verdict: Verdict::InsufficientHistory { n: distances.len() },
            logarithmic,
        };
    };
    let expected = level + model.expected;
    let floor = if logarithmic {
        config.relative_floor
    } else {
        config
            .absolute_floor
            .max(config.relative_floor * expected.abs())
    };
    let n = distances.len();
    Seasonal {
        expected_value: Some(if logarithmic {
            expected.exp()
        } else {
            expected
        }),
        verdict: score(
            n,
            of(current.value),
            expected,
            model.deviation,
            floor,
            config,
        ),
        logarithmic,
    }
}

/// Each value's distance from the median of the `slots` values before it.
fn distances(past: &[Sample], slots: usize) -> Vec<Sample> {
    let before = past.windows(slots.max(1) + 1);
    before
        .filter_map(|window| {
            let (last, before) = window.split_last()?;
            let mut before: Vec<f64> = before.iter().map(|sample| sample.value).collect();
            let level = median_in_place(&mut before)?;
            Some(Sample {
                slot: last.slot,
                value: last.value - level,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two weeks of hours that rise by a tenth a day, with a quiet night.
    fn rising() -> Vec<Sample> {
        let of = |hour: u16| {
            let night = if hour % 24 < 6 { 0.5 } else { 1.0 };
            let wobble = 1.0 + f64::from(hour % 7) * 0.01;
            Sample {
                slot: usize::from(hour % 24),
                value: 1.1_f64.powf(f64::from(hour) / 24.0) * night * wobble,
            }
        };
        (0..336).map(of).collect()
    }

    fn is_alert(value: f64) -> bool {
        let current = Sample { slot: 12, value };
        judge(&rising(), current, 24, &Config::hourly())
            .verdict
            .is_alert()
    }

    #[test]
    fn a_level_that_went_on_rising_is_no_alert_and_a_jump_from_it_is() {
        // After 14.5 days: 1.1^14.5 = 3.98.
        assert!(!is_alert(4.0));
        assert!(is_alert(5.5));
        assert!(is_alert(2.9));
    }

    #[test]
    fn the_first_season_only_makes_the_first_level() {
        let current = Sample {
            slot: 0,
            value: 1.0,
        };
        let n_values = |n| judge(&rising()[..n], current, 24, &Config::hourly()).verdict;
        assert_eq!(n_values(30), Verdict::InsufficientHistory { n: 6 });
        assert!(matches!(n_values(31), Verdict::Judged(_)));
    }
}
