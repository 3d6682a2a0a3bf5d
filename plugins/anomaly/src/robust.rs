//! One value against its past, by measures that an old outlier can't move.
//!
//! - median `m` and scaled median absolute deviation `1.4826 x MAD` of the past
//! - scale = the largest of that deviation, `relative_floor x |m|` and `absolute_floor`: a past
//!   that hardly varies would make every change an anomaly
//! - score = (value - m) / scale
//! - threshold: the quantile of Student's t with n - 1 degrees of freedom whose tail is that of
//!   `tail_sigmas` normal standard deviations, so that seven days need a larger jump (6.88) than
//!   four weeks (3.98)
//!
//! Mean and standard deviation would let one old outlier hide the next (Rousseeuw and Hubert,
//! "Robust statistics for outlier detection", 2011); the t quantile instead of a fixed cut is our
//! choice. Invariant: a past shorter than `history_min` gives no verdict.

use bellwether_statistics::distribution::{
    normal_upper_tail, students_t_two_sided, students_t_upper_quantile,
};
use bellwether_statistics::order::{median, scaled_deviation};

use crate::config::Config;
use crate::count;

/// What is said of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// The past has fewer than `history_min` values.
    InsufficientHistory {
        /// How many it has.
        n: usize,
    },
    /// The past never varied and every floor is zero, so that no distance has a size.
    NoSpread {
        /// How many values the past has.
        n: usize,
    },
    /// The value was judged.
    Judged(Judgement),
}

/// A value beside what its past leads to expect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// How many values the past has.
    pub n: usize,
    /// What was expected: the median, with the season's offset where there is one.
    pub expected: f64,
    /// 1.4826 times the median absolute deviation, or that of the residuals.
    pub deviation: f64,
    /// What distances are measured in: the deviation or the floor.
    pub scale: f64,
    /// The distance in scales; negative below the expectation.
    pub score: f64,
    /// The distance from which on it is an alert.
    pub threshold: f64,
    /// How likely a distance of this size is without any anomaly, by Student's t.
    pub p_value: f64,
}

/// On which side of the expectation a value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Above, or exactly on it.
    High,
    /// Below.
    Low,
}

/// Judges `value` against `history`, in any order. Numbers that are not finite count as absent.
pub fn judge(history: &[f64], value: f64, config: &Config) -> Verdict {
    let history: Vec<f64> = history
        .iter()
        .copied()
        .filter(|past| past.is_finite())
        .collect();
    let n = history.len();
    if n < config.history_min.max(2) || !value.is_finite() {
        return Verdict::InsufficientHistory { n };
    }
    let Some(expected) = median(&history) else {
        return Verdict::InsufficientHistory { n };
    };
    let deviation = scaled_deviation(&history, expected).unwrap_or(0.0);
    let floor = config
        .absolute_floor
        .max(config.relative_floor * expected.abs());
    score(n, value, expected, deviation, floor, config)
}

/// The verdict once expectation, deviation and floor are known.
pub(crate) fn score(
    n: usize,
    value: f64,
    expected: f64,
    deviation: f64,
    floor: f64,
    config: &Config,
) -> Verdict {
    let scale = deviation.max(floor);
    let degrees = count::float(n - 1);
    let threshold = students_t_upper_quantile(normal_upper_tail(config.tail_sigmas), degrees);
    let Some(threshold) = threshold.filter(|_| scale > 0.0) else {
        return Verdict::NoSpread { n };
    };
    let score = (value - expected) / scale;
    Verdict::Judged(Judgement {
        n,
        expected,
        deviation,
        scale,
        score,
        threshold,
        p_value: students_t_two_sided(score, degrees).unwrap_or(1.0),
    })
}

impl Judgement {
    /// Whether the value is further off than the threshold.
    pub fn is_alert(&self) -> bool {
        self.score.abs() > self.threshold
    }

    /// On which side of the expectation it lies.
    pub fn direction(&self) -> Direction {
        if self.score < 0.0 {
            Direction::Low
        } else {
            Direction::High
        }
    }
}

impl Verdict {
    /// Whether the value was judged and is an alert.
    pub fn is_alert(&self) -> bool {
        matches!(self, Self::Judged(judgement) if judgement.is_alert())
    }

    /// The word in findings.
    pub const fn state(&self) -> &'static str {
        match self {
            Self::InsufficientHistory { .. } => "insufficient_history",
            Self::NoSpread { .. } => "no_spread",
            Self::Judged(_) => "ok",
        }
    }
}

impl Direction {
    /// The word in findings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Low => "low",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WEEK: [f64; 7] = [100.0, 104.0, 98.0, 101.0, 97.0, 103.0, 99.0];

    #[test]
    fn six_days_give_no_verdict_and_seven_do() {
        let config = Config::default();
        let six = judge(&WEEK[1..], 500.0, &config);
        assert_eq!(six, Verdict::InsufficientHistory { n: 6 });
        assert!(judge(&WEEK, 500.0, &config).is_alert());
    }

    #[test]
    fn a_gap_in_the_past_counts_as_absent() {
        let mut history = WEEK;
        history[3] = f64::NAN;
        let verdict = judge(&history, 100.0, &Config::default());
        assert_eq!(verdict, Verdict::InsufficientHistory { n: 6 });
    }

    #[test]
    fn a_past_of_zeros_has_no_scale_unless_a_floor_gives_one() {
        let zeros = [0.0; 10];
        let verdict = judge(&zeros, 5.0, &Config::default());
        assert_eq!(verdict, Verdict::NoSpread { n: 10 });
        let floored = Config {
            absolute_floor: 0.5,
            ..Config::default()
        };
        assert!(judge(&zeros, 5.0, &floored).is_alert());
    }

    #[test]
    fn a_past_that_never_varied_is_measured_by_the_floor() {
        let Verdict::Judged(judgement) = judge(&[100.0; 10], 104.0, &Config::default()) else {
            panic!("ten days are enough");
        };
        assert!((judgement.score - 0.8).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn an_alert_is_one_at_every_scale(value in 0.0..1e3_f64, factor in 1e-3..1e3_f64) {
            let config = Config::default();
            let scaled: Vec<f64> = WEEK.iter().map(|past| past * factor).collect();
            // Away from the threshold, where the last bit decides.
            prop_assume!((value - 100.0).abs() < 34.0 || (value - 100.0).abs() > 35.0);
            prop_assert_eq!(
                judge(&WEEK, value, &config).is_alert(),
                judge(&scaled, value * factor, &config).is_alert()
            );
        }
    }
}
