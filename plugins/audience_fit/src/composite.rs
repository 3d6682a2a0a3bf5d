//! One number of six, and every step to it.
//!
//! 1. the weighted mean of the components that are known, weights renormalised; with less than
//!    `coverage_min` of the weight known there is no score but `insufficient_evidence`
//! 2. at least 0.75 of the largest component: one grave mismatch is not averaged away
//! 3. repeats within 180 days: 1 - (1 - s) x 0.9^repeats, three at most
//! 4. a hard rule, such as an unsupported claim of full severity: at least 0.7
//!
//! Invariant: the contributions sum to the weighted mean; what the other rules add are lines of
//! their own, each with the score before and after it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::{CompositeConfig, Weights};

/// What thresholds may be missed by, since sums of weights are floating-point.
const SLACK: f64 = 1e-9;

/// The components' scores; `None` is not known.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Components {
    /// Who was reached.
    pub audience: Option<f64>,
    /// What was promised.
    pub offer: Option<f64>,
    /// How it sounded.
    pub tone: Option<f64>,
    /// Whether they can afford it.
    pub affordability: Option<f64>,
    /// Whether they convert.
    pub conversion: Option<f64>,
    /// What they say afterwards.
    pub feedback: Option<f64>,
}

/// The composite; its fields are the evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Composite {
    /// 0 to 1; `None` when too little is known.
    pub score: Option<f64>,
    /// The weighted mean of the known components.
    pub weighted_mean: Option<f64>,
    /// The largest component.
    pub max_component: Option<f64>,
    /// The score after the second step.
    pub after_max_rule: Option<f64>,
    /// Earlier mismatches that were counted.
    pub repeat_count: u32,
    /// The share of the weight that is known.
    pub coverage: f64,
    /// What each known component adds to the weighted mean.
    pub contributions: BTreeMap<&'static str, f64>,
    /// The band's word.
    pub band: &'static str,
    /// The hard rule that was broken.
    pub hard_rule: Option<String>,
    /// The steps after the weighted mean that changed the score.
    pub lines: Vec<Line>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// `max_rule`, `repeat` or `hard_rule`.
    pub rule: &'static str,
    /// The score before it.
    pub before: f64,
    /// The score after it.
    pub after: f64,
    /// Why, in a sentence.
    pub because: String,
}

/// Joins the components. `repeats` counts earlier mismatches within the window of the
/// configuration; `hard_rule` names one that was broken.
pub fn composite(
    components: &Components,
    repeats: u32,
    hard_rule: Option<&str>,
    weights: &Weights,
    config: &CompositeConfig,
) -> Composite {
    let known = components.known(weights);
    let weight: f64 = known.iter().map(|(_, _, weight)| weight).sum();
    let coverage = if weights.sum() > 0.0 {
        weight / weights.sum()
    } else {
        0.0
    };
    let repeats = repeats.min(config.repeats_max);
    let mut composite = Composite {
        score: None,
        weighted_mean: None,
        max_component: None,
        after_max_rule: None,
        repeat_count: repeats,
        coverage,
        contributions: BTreeMap::new(),
        band: "insufficient_evidence",
        hard_rule: hard_rule.map(str::to_owned),
        lines: Vec::new(),
    };
    if known.is_empty() || weight <= 0.0 || coverage + SLACK < config.coverage_min {
        return composite;
    }
    let contribution =
        |(name, score, its): &(&'static str, f64, f64)| (*name, score * its / weight);
    composite.contributions = known.iter().map(contribution).collect();
    let mean: f64 = known.iter().map(|(_, score, its)| score * its).sum::<f64>() / weight;
    let largest = known.iter().map(|(_, score, _)| *score).fold(0.0, f64::max);
    composite.weighted_mean = Some(mean);
    composite.max_component = Some(largest);
    let score = composite.apply_rules(mean, largest, config);
    composite.score = Some(score);
    composite.band = config.band(score);
    composite
}

impl Composite {
    fn apply_rules(&mut self, mean: f64, largest: f64, config: &CompositeConfig) -> f64 {
        let share = config.largest_share;
        let score = self.step("max_rule", mean, mean.max(share * largest), || {
            format!("at least {share} of the largest component, {largest}")
        });
        self.after_max_rule = Some(score);
        let repeats = self.repeat_count;
        let exponent = i32::try_from(repeats).unwrap_or(i32::MAX);
        let repeated = 1.0 - (1.0 - score) * config.repeat_factor.powi(exponent);
        let days = config.repeat_days;
        let score = self.step("repeat", score, repeated, || {
            format!("{repeats} earlier mismatches within {days} days")
        });
        let Some(rule) = self.hard_rule.clone() else {
            return score;
        };
        let floor = config.hard_floor;
        self.step("hard_rule", score, score.max(floor), || {
            format!("{rule}: at least {floor}")
        })
    }

    fn step(
        &mut self,
        rule: &'static str,
        before: f64,
        after: f64,
        because: impl Fn() -> String,
    ) -> f64 {
        if (after - before).abs() > SLACK {
            self.lines.push(Line {
                rule,
                before,
                after,
                because: because(),
            });
        }
        after
    }
}

impl CompositeConfig {
    fn band(&self, score: f64) -> &'static str {
        let below = |threshold: f64| score + SLACK < threshold;
        if below(self.watch_from) {
            "aligned"
        } else if below(self.mismatch_from) {
            "watch"
        } else if below(self.severe_from) {
            "mismatch"
        } else {
            "severe"
        }
    }
}

impl Components {
    /// Name, score and weight of each that is known.
    fn known(&self, weights: &Weights) -> Vec<(&'static str, f64, f64)> {
        let all = [
            ("audience", self.audience, weights.audience),
            ("offer", self.offer, weights.offer),
            ("tone", self.tone, weights.tone),
            ("affordability", self.affordability, weights.affordability),
            ("conversion", self.conversion, weights.conversion),
            ("feedback", self.feedback, weights.feedback),
        ];
        let known = all.into_iter();
        known
            .filter_map(|(name, score, weight)| Some((name, score?.clamp(0.0, 1.0), weight)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::Config;

    fn joined(components: &Components, repeats: u32) -> Composite {
        let config = Config::default();
        composite(
            components,
            repeats,
            None,
            &config.weights,
            &config.composite,
        )
    }

    #[test]
    fn four_tenths_of_the_weight_are_enough_and_less_is_not() {
        let mut components = Components {
            audience: Some(0.2),
            conversion: Some(0.2),
            ..Components::default()
        };
        assert!(joined(&components, 0).score.is_some());
        components.conversion = None;
        components.tone = Some(0.2);
        assert_eq!(joined(&components, 0).band, "insufficient_evidence");
    }

    #[test]
    fn repeats_count_up_to_three() {
        let components = Components {
            audience: Some(0.4),
            offer: Some(0.4),
            ..Components::default()
        };
        let score = |repeats| joined(&components, repeats).score;
        assert!(score(3) > score(2));
        assert_eq!(score(4), score(3));
        assert_eq!(joined(&components, 2).lines[0].rule, "repeat");
    }

    #[test]
    fn each_band_begins_at_its_threshold() {
        let config = CompositeConfig::default();
        let bands = [0.249, 0.25, 0.499, 0.5, 0.699, 0.7].map(|score| config.band(score));
        let expected = [
            "aligned", "watch", "watch", "mismatch", "mismatch", "severe",
        ];
        assert_eq!(bands, expected);
    }

    proptest! {
        #[test]
        fn contributions_sum_to_the_weighted_mean(scores in prop::array::uniform6(prop::option::of(0.0..1.0_f64))) {
            let [audience, offer, tone, affordability, conversion, feedback] = scores;
            let components = Components { audience, offer, tone, affordability, conversion, feedback };
            let found = joined(&components, 1);
            if let Some(mean) = found.weighted_mean {
                let sum: f64 = found.contributions.values().sum();
                prop_assert!((sum - mean).abs() < 1e-12);
                let steps: f64 = found.lines.iter().map(|line| line.after - line.before).sum();
                prop_assert!((mean + steps - found.score.unwrap()).abs() < 1e-6);
            }
        }
    }
}
