//! The thresholds of budget proposals.
//!
//! Invariant: the defaults are those that `metadata.json` tells people; a test compares them.
//! All of them are choices of ours, none was calibrated on customers' data.

use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Task {
    /// Propose budgets.
    Propose,
    /// Tell the fitted curves alone.
    Fit,
    /// Divide given amounts into whole minor units.
    Round,
}

/// Limits on the sum of a group's budgets, in micros a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupConfig {
    /// The group's name, such as a platform's.
    pub group: String,
    /// The least.
    #[serde(default)]
    pub min_micros: Option<i64>,
    /// The most.
    #[serde(default)]
    pub max_micros: Option<i64>,
}

/// How budgets are proposed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What is asked.
    pub task: Task,
    /// The budget of all campaigns, in micros a day; `None` takes the sum of the present ones.
    pub total_micros: Option<i64>,
    /// The currency's minor unit in micros: 10,000 where it has cents.
    pub minor_unit_micros: i64,
    /// For [`Task::Fit`]: the return that fits are shrunk towards; `None` takes that of all rows.
    pub pooled_roi: Option<f64>,
    /// The last day whose figures no longer change, such as `2026-04-30`; `None` takes the last
    /// day of the input.
    pub final_through: Option<String>,
    /// Limits on groups.
    pub groups: Vec<GroupConfig>,
    /// The largest decrease of a campaign's budget, as a share of it.
    pub max_decrease: f64,
    /// The largest increase of a campaign's budget, as a share of it.
    pub max_increase: f64,
    /// What the next unit must bring for a flexible budget; null spends the whole budget. Where the
    /// value is revenue, 1 / margin.
    pub min_marginal: Option<f64>,
    /// How curves are fitted.
    pub fit: FitConfig,
    /// When a proposal is recommended.
    pub gate: GateConfig,
}

/// How curves are fitted, and what they are shrunk towards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FitConfig {
    /// How many days the pooled return weighs.
    pub pseudo_days: f64,
    /// The elasticity expected at today's spend.
    pub elasticity: f64,
    /// How far ln k may be from what that elasticity means, as a standard deviation.
    pub curvature_spread: f64,
}

/// How sure and how large a gain must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GateConfig {
    /// Resampled fits of every campaign; 0 leaves the gate out, and recommends nothing.
    pub draws: usize,
    /// Where their random weeks begin.
    pub seed: u64,
    /// The least share of draws that must gain.
    pub share_with_gain_min: f64,
    /// The least mean gain, as a share of what the present budgets bring.
    pub gain_min: f64,
}

/// The most draws: 200 tell a share of 0.8 to three hundredths, 1,000 to one.
pub const DRAWS_MAX: usize = 1_000;

impl Default for Config {
    fn default() -> Self {
        Self {
            task: Task::Propose,
            total_micros: None,
            minor_unit_micros: 10_000,
            pooled_roi: None,
            final_through: None,
            groups: Vec::new(),
            // `LightweightMMM`'s default; Meridian allows 0.3, Robyn's users set their own.
            max_decrease: 0.2,
            max_increase: 0.2,
            min_marginal: None,
            fit: FitConfig::default(),
            gate: GateConfig::default(),
        }
    }
}

impl Default for FitConfig {
    fn default() -> Self {
        Self {
            // A week of the campaign's own days outweighs what the others return.
            pseudo_days: 7.0,
            // Ten per cent more spend brings six per cent more: k is 1.5 times today's spend.
            elasticity: 0.6,
            // k within a factor of e of that, two times of three.
            curvature_spread: 1.0,
        }
    }
}

impl Default for GateConfig {
    fn default() -> Self {
        Self {
            draws: 200,
            seed: 1,
            share_with_gain_min: 0.8,
            gain_min: 0.01,
        }
    }
}

impl Config {
    /// Says what is wrong with the thresholds, if anything is.
    pub fn check(&self) -> Result<(), String> {
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let positive = |value: f64| value > 0.0 && value.is_finite();
        within(
            "minor_unit_micros",
            self.minor_unit_micros >= 1,
            "1 or more",
        )?;
        let total = self.total_micros.is_none_or(|total| total >= 0);
        within("total_micros", total, "0 or more, or null")?;
        within("max_decrease", share(self.max_decrease), "0 to 1")?;
        let increase = (0.0..=10.0).contains(&self.max_increase);
        within("max_increase", increase, "0 to 10")?;
        within(
            "min_marginal",
            self.min_marginal.is_none_or(positive),
            "above 0, or null",
        )?;
        within("fit.pseudo_days", positive(self.fit.pseudo_days), "above 0")?;
        let elasticity = self.fit.elasticity > 0.0 && self.fit.elasticity < 1.0;
        within("fit.elasticity", elasticity, "between 0 and 1")?;
        within(
            "fit.curvature_spread",
            positive(self.fit.curvature_spread),
            "above 0",
        )?;
        within("gate.draws", self.gate.draws <= DRAWS_MAX, "0 to 1000")?;
        within(
            "gate.share_with_gain_min",
            share(self.gate.share_with_gain_min),
            "0 to 1",
        )?;
        within("gate.gain_min", share(self.gate.gain_min), "0 to 1")
    }
}

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
    fn the_defaults_are_those_of_the_schema_and_valid() {
        let metadata: Value = serde_json::from_str(include_str!("metadata.json")).unwrap();
        assert_eq!(
            defaults(&metadata["config_schema"]),
            json!(Config::default())
        );
        assert_eq!(Config::default().check(), Ok(()));
    }

    #[test]
    fn draws_have_a_limit() {
        let mut config = Config::default();
        config.gate.draws = DRAWS_MAX;
        assert_eq!(config.check(), Ok(()));
        config.gate.draws += 1;
        assert_eq!(
            config.check().unwrap_err(),
            "`gate.draws` must be 0 to 1000"
        );
    }
}
