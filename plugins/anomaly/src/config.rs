//! The thresholds of the anomaly alerter.
//!
//! Invariant: the defaults are those that `metadata.json` tells people; a test compares them.
//! None of them was calibrated on customers' data; they follow practice and the tests on public
//! series that plugins/README.md tells of.

use serde::{Deserialize, Serialize};

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Task {
    /// The last final day of every campaign's figures, and its rates of late.
    Daily,
    /// The last value of each series against those before it.
    Level,
    /// The same with weekdays or hours, by `slot`.
    Season,
    /// The outliers of each finished series.
    Scan,
    /// Shares before and after.
    Shares,
    /// Events by exposure, before and after.
    Rates,
    /// Given p-values, tested at once.
    Discoveries,
}

/// How far off a value must be, by which past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What is looked at.
    pub task: Task,
    /// The last day whose figures no longer change, such as `2026-04-30`; `None` takes the last
    /// day of the input.
    pub final_through: Option<String>,
    /// Whether what is no alert is told too.
    pub report_all: bool,
    /// Fewer past values give no verdict.
    pub history_min: usize,
    /// The tail that makes an alert, in normal standard deviations.
    pub tail_sigmas: f64,
    /// The least scale, as a share of what is expected.
    pub relative_floor: f64,
    /// The least scale, in the unit of the values.
    pub absolute_floor: f64,
    /// How many values of a weekday or hour make its offset believed by half.
    pub damping: f64,
    /// How many seasons (weeks of days, days of hours) a stream looks back.
    pub window_seasons: usize,
    /// How many seasons a stream is silent after an alert.
    pub cooldown_seasons: u32,
    /// How rates are tested.
    pub rates: RateConfig,
    /// How a finished series is scanned.
    pub scan: ScanConfig,
}

/// How changes of shares and rates are tested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateConfig {
    /// The p-value below which one change by itself is an alert.
    pub alpha: f64,
    /// A smaller change of the rate, as a share of it, is never an alert.
    pub min_relative: f64,
    /// With a smaller expected count shares are tested exactly.
    pub expected_count_min: f64,
    /// The expected share of false alerts among the alerts of one run over many campaigns.
    pub false_discovery_rate: f64,
    /// How many last final days of a rate are tested against the days before.
    pub recent_days: u32,
    /// How many days before those.
    pub before_days: u32,
}

/// How the generalised ESD test scans a finished series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScanConfig {
    /// The most outliers looked for.
    pub max_outliers: usize,
    /// The significance of the whole scan.
    pub alpha: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            task: Task::Daily,
            final_through: None,
            report_all: false,
            // A week: every weekday was seen once.
            history_min: 7,
            // About one false alert in 2,000 quiet days.
            tail_sigmas: 3.5,
            // Campaigns vary by a twentieth from day to day without any cause.
            relative_floor: 0.05,
            absolute_floor: 0.0,
            damping: 3.0,
            // 98 days of daily values, 336 hours of hourly ones.
            window_seasons: 14,
            cooldown_seasons: 1,
            rates: RateConfig::default(),
            scan: ScanConfig::default(),
        }
    }
}

impl Default for RateConfig {
    fn default() -> Self {
        Self {
            alpha: 0.01,
            min_relative: 0.1,
            // Cochran's rule for the normal approximation.
            expected_count_min: 5.0,
            false_discovery_rate: 0.05,
            // Whole weeks on both sides, so that weekdays weigh alike.
            recent_days: 7,
            before_days: 28,
        }
    }
}

impl Default for ScanConfig {
    fn default() -> Self {
        Self {
            max_outliers: 10,
            alpha: 0.05,
        }
    }
}

impl Config {
    /// The defaults for hourly values: twenty-four tries a day ask for a thinner tail, and two weeks
    /// show each hour fourteen times, so that an offset is believed sooner.
    pub fn hourly() -> Self {
        Self {
            tail_sigmas: 4.0,
            damping: 1.0,
            ..Self::default()
        }
    }

    /// Says what is wrong with the thresholds, if anything is.
    pub fn check(&self) -> Result<(), String> {
        within("history_min", self.history_min >= 2, "2 or more")?;
        let tail = self.tail_sigmas > 0.0 && self.tail_sigmas <= 10.0;
        within("tail_sigmas", tail, "above 0 and at most 10")?;
        let floors = [self.relative_floor, self.absolute_floor, self.damping];
        let floors = floors
            .iter()
            .all(|floor| floor.is_finite() && *floor >= 0.0);
        within(
            "relative_floor`, `absolute_floor` and `damping",
            floors,
            "0 or more",
        )?;
        let window = (1..=WINDOW_SEASONS_MAX).contains(&self.window_seasons);
        within("window_seasons", window, "1 to 60")?;
        let share = |value: f64| value > 0.0 && value < 1.0;
        within("rates.alpha", share(self.rates.alpha), "between 0 and 1")?;
        let q = self.rates.false_discovery_rate;
        within("rates.false_discovery_rate", share(q), "between 0 and 1")?;
        within(
            "rates.min_relative",
            self.rates.min_relative >= 0.0,
            "0 or more",
        )?;
        let days = [self.rates.recent_days, self.rates.before_days];
        let days = days.iter().all(|days| (1..=RATE_DAYS_MAX).contains(days));
        within(
            "rates.recent_days` and `rates.before_days",
            days,
            "1 to 365",
        )?;
        let counts = self.rates.expected_count_min >= 0.0;
        within("rates.expected_count_min", counts, "0 or more")?;
        within("scan.alpha", share(self.scan.alpha), "between 0 and 1")
    }
}

/// The longest window of a stream: 60 days of hours, or 60 weeks of days.
const WINDOW_SEASONS_MAX: usize = 60;

/// The most days on a side of a tested rate: a year.
const RATE_DAYS_MAX: u32 = 365;

fn within(name: &str, is_valid: bool, accepted: &str) -> Result<(), String> {
    if is_valid {
        return Ok(());
    }
    Err(format!("`{name}` must be {accepted}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;

    fn defaults(schema: &Value) -> Value {
        let properties = schema["properties"].as_object().unwrap().iter();
        let of = |property: &Value| match property.get("properties") {
            Some(_) => defaults(property),
            None => property["default"].clone(),
        };
        let defaults: Map<_, _> = properties
            .map(|(name, property)| (name.clone(), of(property)))
            .collect();
        defaults.into()
    }

    #[test]
    fn the_defaults_are_those_of_the_schema() {
        let metadata: Value = serde_json::from_str(include_str!("metadata.json")).unwrap();
        assert_eq!(
            defaults(&metadata["config_schema"]),
            json!(Config::default())
        );
    }

    #[test]
    fn both_sets_of_defaults_are_valid() {
        assert_eq!(Config::default().check(), Ok(()));
        assert_eq!(Config::hourly().check(), Ok(()));
    }

    #[test]
    fn the_window_has_a_limit() {
        let with = |window_seasons| Config {
            window_seasons,
            ..Config::default()
        };
        assert_eq!(with(60).check(), Ok(()));
        let error = with(61).check().unwrap_err();
        assert_eq!(error, "`window_seasons` must be 1 to 60");
    }

    #[test]
    fn a_word_that_is_no_threshold_is_refused() {
        assert!(serde_json::from_value::<Config>(json!({"rates": {"alhpa": 0.1}})).is_err());
    }
}
