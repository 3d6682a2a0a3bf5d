//! A stream of values, judged one by one against a trailing window.
//!
//! After an alert the detector is silent for `cooldown_seasons`, because one event is one alert.
//! Values of an alert stay in the window: medians bear them, and a new level becomes the past.
//! Invariant: a value is judged by what came before it alone; one that arrives late, for an earlier
//! moment than the last, is left out, and one for the same moment takes the last one's place.

use std::collections::VecDeque;

use crate::config::Config;
use crate::level;
use crate::season::{Sample, Season, Seasonal};

/// Judges the values of one series in the order of their moments.
#[derive(Debug, Clone)]
pub struct Detector {
    season: Season,
    config: Config,
    window: VecDeque<(i64, Sample)>,
    silent_until_s: Option<i64>,
}

/// What is said of one value of a stream.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The value beside its expectation.
    pub seasonal: Seasonal,
    /// Whether somebody should be told: an alert outside the silence after the last one.
    pub is_raised: bool,
}

impl Detector {
    /// A detector that has seen nothing.
    pub fn new(season: Season, config: Config) -> Self {
        Self {
            season,
            config,
            window: VecDeque::new(),
            silent_until_s: None,
        }
    }

    /// Judges the next value; seconds since 1970-01-01 UTC. `None` for a value that came late.
    pub fn read(&mut self, at_s: i64, value: f64) -> Option<Reading> {
        match self.window.back() {
            Some((last_s, _)) if at_s < *last_s => return None,
            Some((last_s, _)) if at_s == *last_s => {
                self.window.pop_back();
            }
            _ => {}
        }
        let current = Sample {
            slot: self.season.slot(at_s),
            value,
        };
        let past: Vec<Sample> = self.window.iter().map(|(_, sample)| *sample).collect();
        let seasonal = level::judge(&past, current, self.season.slots(), &self.config);
        let is_silent = self.silent_until_s.is_some_and(|until_s| at_s < until_s);
        let is_raised = seasonal.verdict.is_alert() && !is_silent;
        if is_raised {
            self.silent_until_s = Some(at_s + self.cooldown_s());
        }
        self.remember(at_s, current);
        Some(Reading {
            seasonal,
            is_raised,
        })
    }

    fn remember(&mut self, at_s: i64, sample: Sample) {
        if sample.value.is_finite() {
            self.window.push_back((at_s, sample));
        }
        let most = self.config.window_seasons * self.season.slots();
        while self.window.len() > most {
            self.window.pop_front();
        }
    }

    fn cooldown_s(&self) -> i64 {
        i64::from(self.config.cooldown_seasons) * self.season.length_s()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_S: i64 = 3_600;

    /// Two weeks of hours around 100, then the given values.
    fn raised(values: &[f64]) -> Vec<bool> {
        let mut detector = Detector::new(Season::HourOfDay, Config::hourly());
        let calm = (0..336).map(|hour: i64| 100.0 + f64::from(i16::try_from(hour % 5).unwrap()));
        let all = calm.chain(values.iter().copied());
        let readings = (0..)
            .zip(all)
            .map(|(hour, value)| detector.read(hour * HOUR_S, value).unwrap().is_raised);
        readings.skip(336).collect()
    }

    #[test]
    fn one_event_is_one_alert_until_a_day_has_passed() {
        let mut values = [101.0; 40];
        for hour in [0, 12, 23, 30] {
            values[hour] = 900.0;
        }
        let found = raised(&values);
        let alerts: Vec<usize> = (0..40).filter(|hour| found[*hour]).collect();
        assert_eq!(alerts, [0, 30]);
    }

    #[test]
    fn a_new_level_is_told_once() {
        let found = raised(&[900.0; 72]);
        assert_eq!(found.iter().filter(|is_raised| **is_raised).count(), 1);
    }

    #[test]
    fn the_calm_raises_nothing() {
        assert!(raised(&[]).is_empty());
        assert_eq!(raised(&[101.0, 103.0]), [false, false]);
    }

    #[test]
    fn a_late_value_is_left_out_and_a_repeated_moment_replaces() {
        let mut detector = Detector::new(Season::HourOfDay, Config::hourly());
        assert!(detector.read(HOUR_S, 1.0).is_some());
        assert_eq!(detector.read(0, 1.0), None);
        assert!(detector.read(HOUR_S, 2.0).is_some());
        assert_eq!(detector.window.len(), 1);
        assert!((detector.window[0].1.value - 2.0).abs() < f64::EPSILON);
    }

    #[test]
    fn the_window_forgets_what_is_older() {
        let mut detector = Detector::new(Season::HourOfDay, Config::hourly());
        for hour in 0..400 {
            detector.read(hour * HOUR_S, 1.0);
        }
        assert_eq!(detector.window.len(), 336);
    }
}
