//! A value against its past when weekdays or hours differ.
//!
//! Values that are all positive are taken by their logarithms, since campaigns vary by shares of
//! their size. Then, with the median `m` of the past:
//!
//! - offset of a slot (weekday or hour) = median(x - m in it) x n / (n + `damping`), so that a slot
//!   seen twice is believed by half
//! - residual = x - m - offset; expectation = m + offset + median(residuals)
//! - scale = the larger of 1.4826 x MAD of the residuals and the floor
//!
//! It is the cheap form of seasonal ESD that can be computed value by value (Hochenbaum et al.,
//! arXiv 1704.07706). Invariant: a value of zero or below switches the whole comparison to plain
//! differences; no logarithm of it is taken.

use bellwether_statistics::order::{median, median_in_place, scaled_deviation};

use crate::config::Config;
use crate::count;
use crate::robust::{Verdict, score};

const DAY_S: i64 = 86_400;
const HOUR_S: i64 = 3_600;

/// What repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Season {
    /// Nothing: every value is alike.
    None,
    /// The days of a week, for daily values.
    Weekday,
    /// The hours of a day, for hourly values.
    HourOfDay,
}

/// A value and the slot of the season that it lies in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Which weekday or hour, from 0.
    pub slot: usize,
    /// The value.
    pub value: f64,
}

/// A verdict with the expectation in the value's own unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seasonal {
    /// What was expected, in the unit of the values; `None` without a verdict.
    pub expected_value: Option<f64>,
    /// The verdict; its numbers are logarithms where `logarithmic`.
    pub verdict: Verdict,
    /// Whether values were taken by their logarithms.
    pub logarithmic: bool,
}

impl Season {
    /// The slot that a moment lies in; seconds since 1970-01-01 UTC.
    pub fn slot(self, at_s: i64) -> usize {
        let slot = match self {
            Self::None => 0,
            // 1970-01-01 was a Thursday, slot 3 from Monday.
            Self::Weekday => (at_s.div_euclid(DAY_S) + 3).rem_euclid(7),
            Self::HourOfDay => at_s.div_euclid(HOUR_S).rem_euclid(24),
        };
        usize::try_from(slot).expect("a remainder is not negative")
    }

    /// How many slots there are.
    pub const fn slots(self) -> usize {
        match self {
            Self::None => 1,
            Self::Weekday => 7,
            Self::HourOfDay => 24,
        }
    }

    /// How long one round takes, in seconds; a day where nothing repeats.
    pub const fn length_s(self) -> i64 {
        match self {
            Self::None | Self::HourOfDay => DAY_S,
            Self::Weekday => 7 * DAY_S,
        }
    }
}

/// Judges a value against the past of its series. Numbers that are not finite count as absent.
pub fn judge(history: &[Sample], current: Sample, config: &Config) -> Seasonal {
    let mut past: Vec<Sample> = history.to_vec();
    past.retain(|sample| sample.value.is_finite());
    let logarithmic = current.value > 0.0 && past.iter().all(|sample| sample.value > 0.0);
    let nothing = |n| Seasonal {
        expected_value: None,
        verdict: Verdict::InsufficientHistory { n },
        logarithmic,
    };
    if past.len() < config.history_min.max(2) || !current.value.is_finite() {
        return nothing(past.len());
    }
    let of = |value: f64| if logarithmic { value.ln() } else { value };
    for sample in &mut past {
        sample.value = of(sample.value);
    }
    let Some(model) = Model::fit(&past, current.slot, config) else {
        return nothing(past.len());
    };
    let floor = if logarithmic {
        config.relative_floor
    } else {
        config
            .absolute_floor
            .max(config.relative_floor * model.expected.abs())
    };
    let value = of(current.value);
    let verdict = score(
        past.len(),
        value,
        model.expected,
        model.deviation,
        floor,
        config,
    );
    let expected_value = if logarithmic {
        model.expected.exp()
    } else {
        model.expected
    };
    Seasonal {
        expected_value: Some(expected_value),
        verdict,
        logarithmic,
    }
}

/// What the past leads to expect in one slot.
pub(crate) struct Model {
    pub(crate) expected: f64,
    pub(crate) deviation: f64,
}

impl Model {
    pub(crate) fn fit(past: &[Sample], slot: usize, config: &Config) -> Option<Self> {
        let values: Vec<f64> = past.iter().map(|sample| sample.value).collect();
        let middle = median(&values)?;
        let offsets = offsets(past, slot, middle, config);
        let residuals: Vec<f64> = past
            .iter()
            .map(|sample| sample.value - middle - offsets[sample.slot])
            .collect();
        let centre = median(&residuals)?;
        Some(Self {
            expected: middle + offsets[slot] + centre,
            deviation: scaled_deviation(&residuals, centre)?,
        })
    }
}

fn offsets(past: &[Sample], slot: usize, middle: f64, config: &Config) -> Vec<f64> {
    let highest = past.iter().map(|sample| sample.slot).max().unwrap_or(0);
    let mut by_slot = vec![Vec::new(); highest.max(slot) + 1];
    for sample in past {
        by_slot[sample.slot].push(sample.value - middle);
    }
    let offset = |distances: &mut Vec<f64>| {
        let n = count::float(distances.len());
        median_in_place(distances).map_or(0.0, |offset| offset * n / (n + config.damping))
    };
    by_slot.iter_mut().map(offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six weeks in which the last two days bring a fifth less.
    fn weeks() -> Vec<Sample> {
        let of = |day: usize| Sample {
            slot: day % 7,
            value: if day % 7 >= 5 { 78.0 } else { 100.0 }
                + f64::from(u8::try_from(day % 3).unwrap()),
        };
        (0..42).map(of).collect()
    }

    #[test]
    fn less_is_expected_at_the_weekend_and_an_alert_on_a_monday() {
        let config = Config::default();
        let at = |slot| judge(&weeks(), Sample { slot, value: 79.0 }, &config);
        assert!(!at(5).verdict.is_alert());
        assert!(at(0).verdict.is_alert());
    }

    #[test]
    fn a_weekday_never_seen_expects_what_all_days_do() {
        let mut past = weeks();
        past.retain(|sample| sample.slot != 6);
        let judged = judge(
            &past,
            Sample {
                slot: 6,
                value: 100.0,
            },
            &Config::default(),
        );
        assert!(judged.expected_value.unwrap() > 90.0);
    }

    #[test]
    fn delivery_that_stops_is_compared_without_logarithms() {
        let stopped = judge(
            &weeks(),
            Sample {
                slot: 0,
                value: 0.0,
            },
            &Config::default(),
        );
        assert!(!stopped.logarithmic);
        assert!(stopped.verdict.is_alert());
    }

    #[test]
    fn six_values_give_no_verdict() {
        let judged = judge(
            &weeks()[..6],
            Sample {
                slot: 0,
                value: 9e9,
            },
            &Config::default(),
        );
        assert_eq!(judged.verdict, Verdict::InsufficientHistory { n: 6 });
    }

    #[test]
    fn the_epoch_was_a_thursday_at_midnight() {
        assert_eq!(Season::Weekday.slot(0), 3);
        assert_eq!(Season::HourOfDay.slot(-1), 23);
    }
}
