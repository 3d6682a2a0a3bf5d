//! Weights and thresholds.
//!
//! Invariant: the defaults are those that `metadata.json` tells people; a test compares them.
//! All of them are choices of ours; none was calibrated on labelled data, of which there is none.

use serde::{Deserialize, Serialize};

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What each component weighs.
    pub weights: Weights,
    /// How audiences are compared.
    pub audience: AudienceConfig,
    /// How offers are compared.
    pub offer: OfferConfig,
    /// How tones are compared.
    pub tone: CapConfig,
    /// How price tiers are compared.
    pub affordability: CapConfig,
    /// How conversions are compared.
    pub conversion: ConversionConfig,
    /// How feedback is judged.
    pub feedback: FeedbackConfig,
    /// How the components are joined.
    pub composite: CompositeConfig,
}

/// What each component weighs; they need not sum to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Who was reached.
    pub audience: f64,
    /// What was promised.
    pub offer: f64,
    /// How it sounded.
    pub tone: f64,
    /// Whether they can afford it.
    pub affordability: f64,
    /// Whether they convert.
    pub conversion: f64,
    /// What they say afterwards.
    pub feedback: f64,
}

/// How audiences are compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AudienceConfig {
    /// The corrected distance that scores 1.
    pub distance_cap: f64,
}

/// How offers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OfferConfig {
    /// What the price weighs.
    pub price_weight: f64,
    /// What the attributes weigh.
    pub attributes_weight: f64,
    /// What the claims weigh.
    pub claims_weight: f64,
    /// What the age weighs.
    pub stale_weight: f64,
    /// The relative difference of prices that scores 1.
    pub price_cap: f64,
    /// The severity of an unsupported claim that none was given for.
    pub severity_default: f64,
    /// The least score, as a share of the larger of price and claims.
    pub worst_part_share: f64,
}

/// How conversions are compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConversionConfig {
    /// The confidence of the interval.
    pub confidence: f64,
    /// The sure drop that scores 1, as a share of the baseline.
    pub cap: f64,
}

/// How feedback is judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeedbackConfig {
    /// How many orders the usual rate weighs.
    pub strength: f64,
    /// The quantile of the posterior that is compared.
    pub quantile: f64,
}

/// How the components are joined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompositeConfig {
    /// The share of the weight that must be known.
    pub coverage_min: f64,
    /// The least score, as a share of the largest component.
    pub largest_share: f64,
    /// What an earlier mismatch leaves of the distance to 1.
    pub repeat_factor: f64,
    /// The most earlier mismatches that count.
    pub repeats_max: u32,
    /// How many days back they count.
    pub repeat_days: u32,
    /// The least score once a hard rule is broken.
    pub hard_floor: f64,
    /// The band `watch` from this score on; below it `aligned`.
    pub watch_from: f64,
    /// The band `mismatch` from this score on, which opens the workflow.
    pub mismatch_from: f64,
    /// The band `severe` from this score on: a pause is to be decided within a day.
    pub severe_from: f64,
}

/// The distance that scores 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapConfig {
    /// The distance that scores 1.
    pub cap: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            audience: 0.25,
            offer: 0.25,
            tone: 0.1,
            affordability: 0.1,
            conversion: 0.15,
            feedback: 0.15,
        }
    }
}

impl Default for AudienceConfig {
    fn default() -> Self {
        Self { distance_cap: 0.4 }
    }
}

impl Default for OfferConfig {
    fn default() -> Self {
        Self {
            price_weight: 0.35,
            attributes_weight: 0.2,
            claims_weight: 0.35,
            stale_weight: 0.1,
            price_cap: 0.2,
            severity_default: 0.5,
            worst_part_share: 0.9,
        }
    }
}

impl Default for ConversionConfig {
    fn default() -> Self {
        Self {
            confidence: 0.95,
            cap: 0.5,
        }
    }
}

impl Default for FeedbackConfig {
    fn default() -> Self {
        Self {
            strength: 50.0,
            quantile: 0.05,
        }
    }
}

impl Default for CompositeConfig {
    fn default() -> Self {
        Self {
            coverage_min: 0.4,
            largest_share: 0.75,
            repeat_factor: 0.9,
            repeats_max: 3,
            repeat_days: 180,
            hard_floor: 0.7,
            watch_from: 0.25,
            mismatch_from: 0.5,
            severe_from: 0.7,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            weights: Weights::default(),
            audience: AudienceConfig::default(),
            offer: OfferConfig::default(),
            tone: CapConfig { cap: 0.6 },
            affordability: CapConfig { cap: 0.4 },
            conversion: ConversionConfig::default(),
            feedback: FeedbackConfig::default(),
            composite: CompositeConfig::default(),
        }
    }
}

impl Weights {
    /// All of them together.
    pub fn sum(&self) -> f64 {
        self.audience
            + self.offer
            + self.tone
            + self.affordability
            + self.conversion
            + self.feedback
    }

    fn all(&self) -> [f64; 6] {
        [
            self.audience,
            self.offer,
            self.tone,
            self.affordability,
            self.conversion,
            self.feedback,
        ]
    }
}

impl Config {
    /// Says what is wrong with the numbers, if anything is.
    pub fn check(&self) -> Result<(), String> {
        let weighs = |weights: &[f64]| {
            let valid = weights
                .iter()
                .all(|weight| weight.is_finite() && *weight >= 0.0);
            valid && weights.iter().sum::<f64>() > 0.0
        };
        let rule = "0 or more, and one of them above 0";
        within("weights", weighs(&self.weights.all()), rule)?;
        within("offer.*_weight", weighs(&self.offer.weights()), rule)?;
        let caps = [
            ("audience.distance_cap", self.audience.distance_cap),
            ("offer.price_cap", self.offer.price_cap),
            ("tone.cap", self.tone.cap),
            ("affordability.cap", self.affordability.cap),
            ("conversion.cap", self.conversion.cap),
            ("feedback.strength", self.feedback.strength),
        ];
        for (name, cap) in caps {
            within(name, cap > 0.0 && cap.is_finite(), "above 0")?;
        }
        let is_inner = |share: f64| share > 0.0 && share < 1.0;
        within(
            "conversion.confidence",
            is_inner(self.conversion.confidence),
            "between 0 and 1",
        )?;
        within(
            "feedback.quantile",
            is_inner(self.feedback.quantile),
            "between 0 and 1",
        )?;
        self.check_shares()
    }

    fn check_shares(&self) -> Result<(), String> {
        let joined = &self.composite;
        let shares = [
            ("offer.severity_default", self.offer.severity_default),
            ("offer.worst_part_share", self.offer.worst_part_share),
            ("composite.coverage_min", joined.coverage_min),
            ("composite.largest_share", joined.largest_share),
            ("composite.repeat_factor", joined.repeat_factor),
            ("composite.hard_floor", joined.hard_floor),
            ("composite.watch_from", joined.watch_from),
            ("composite.severe_from", joined.severe_from),
        ];
        for (name, share) in shares {
            within(name, (0.0..=1.0).contains(&share), "0 to 1")?;
        }
        let rising =
            joined.watch_from <= joined.mismatch_from && joined.mismatch_from <= joined.severe_from;
        let bands = "composite.watch_from`, `mismatch_from` and `severe_from";
        within(bands, rising, "rising or equal")
    }
}

impl OfferConfig {
    fn weights(&self) -> [f64; 4] {
        [
            self.price_weight,
            self.attributes_weight,
            self.claims_weight,
            self.stale_weight,
        ]
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
    fn weights_that_weigh_nothing_are_refused() {
        let nothing = json!({
            "weights": { "audience": 0, "offer": 0, "tone": 0, "affordability": 0, "conversion": 0, "feedback": 0 }
        });
        let config: Config = serde_json::from_value(nothing).unwrap();
        let error = config.check().unwrap_err();
        assert_eq!(
            error,
            "`weights` must be 0 or more, and one of them above 0"
        );
    }

    #[test]
    fn bands_that_fall_are_refused() {
        let mut config = Config::default();
        config.composite.watch_from = 0.6;
        assert!(config.check().unwrap_err().contains("`mismatch_from`"));
    }
}
