//! The thresholds of pacing.
//!
//! Invariant: the defaults are those that `metadata.json` tells people; a test compares them.

use serde::{Deserialize, Serialize};

use crate::calendar::Weights;
use crate::caps::Caps;

/// From which distance to the plan on a campaign is reported, and how days are weighed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The last day whose spend is final, such as `2026-04-30`; `None` takes the last day of the
    /// input.
    pub final_through: Option<String>,
    /// Whether what is no alert is told too.
    pub report_all: bool,
    /// `medium` from this distance on, as a share of what was expected.
    pub medium_from: f64,
    /// `high` from this distance on.
    pub high_from: f64,
    /// `critical` from this distance on.
    pub critical_from: f64,
    /// A smaller difference is never reported; micros of the campaign's currency.
    pub min_difference_micros: i64,
    /// How much of a budget each weekday is planned to take, Monday to Sunday, in ordinary days.
    pub weekday_weights: [f64; 7],
    /// How many last days the second projection goes by.
    pub recent_days: u32,
    /// What the platform may charge beyond the daily budget.
    pub caps: Caps,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            final_through: None,
            report_all: false,
            medium_from: 0.1,
            high_from: 0.2,
            critical_from: 0.3,
            // Ten units of the currency: less is not worth anybody's morning.
            min_difference_micros: 10_000_000,
            weekday_weights: [1.0; 7],
            recent_days: 3,
            caps: Caps::default(),
        }
    }
}

/// The largest share, weight or multiple that the configuration takes.
const MOST: f64 = 1_000.0;

impl Config {
    /// Says what is wrong with the thresholds, if anything is.
    pub fn check(&self) -> Result<(), String> {
        let rising = self.medium_from > 0.0
            && self.medium_from <= self.high_from
            && self.high_from <= self.critical_from
            && self.critical_from <= MOST;
        if !rising {
            return Err(format!(
                "`medium_from` {}, `high_from` {}, `critical_from` {} must be above 0 and rise or be equal",
                self.medium_from, self.high_from, self.critical_from
            ));
        }
        if self.min_difference_micros < 0 {
            return Err(format!(
                "`min_difference_micros` is {}, it must be 0 or more",
                self.min_difference_micros
            ));
        }
        let multiples = [self.caps.day_multiple, self.caps.month_multiple];
        if !multiples
            .iter()
            .all(|multiple| (0.0..=MOST).contains(multiple))
        {
            return Err(format!("`caps` must be between 0 and {MOST}"));
        }
        self.weights().map(|_| ())
    }

    /// The weights of weekdays, or what is wrong with them.
    pub fn weights(&self) -> Result<Weights, String> {
        let valid = self
            .weekday_weights
            .iter()
            .all(|weight| (0.0..=MOST).contains(weight));
        let weights = valid.then(|| Weights::new(self.weekday_weights.map(thousandths)));
        weights.flatten().ok_or_else(|| {
            format!("`weekday_weights` must be between 0 and {MOST}, and one of them above 0")
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to lie between 0 and 1,000"
)]
fn thousandths(weight: f64) -> u32 {
    (weight * 1e3).round() as u32
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_schema() {
        let metadata: Value = serde_json::from_str(include_str!("metadata.json")).unwrap();
        let defaults = metadata["config_schema"]["properties"]
            .as_object()
            .unwrap()
            .iter();
        let defaults: Value = defaults
            .map(|(name, property)| (name.clone(), property["default"].clone()))
            .collect::<serde_json::Map<_, _>>()
            .into();
        assert_eq!(defaults, json!(Config::default()));
    }

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(Config::default().check(), Ok(()));
    }

    #[test]
    fn tiers_that_fall_are_refused_with_their_values() {
        let config = Config {
            high_from: 0.05,
            ..Config::default()
        };
        let error = config.check().unwrap_err();
        assert!(error.contains("`high_from` 0.05"), "{error}");
    }

    #[test]
    fn weights_that_plan_nothing_are_refused() {
        let config = Config {
            weekday_weights: [0.0; 7],
            ..Config::default()
        };
        assert!(config.check().unwrap_err().contains("`weekday_weights`"));
    }

    #[test]
    fn a_word_that_is_no_threshold_is_refused() {
        assert!(serde_json::from_value::<Config>(json!({"meduim_from": 0.1})).is_err());
    }
}
