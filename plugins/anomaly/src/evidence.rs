//! What a person is told of an anomaly: a sentence, and every number behind it.
//!
//! Invariant: the evidence repeats the numbers that the verdict rests on; it computes none anew.

use serde_json::{Value, json};

use crate::config::{Config, RateConfig};
use crate::rates::Change;
use crate::robust::{Direction, Verdict};
use crate::season::Seasonal;

/// The formula of values, as the evidence tells it.
const VALUE_FORMULA: &str = "score = (value - expected) / scale, expected = median + offset of the \
     weekday or hour, scale = max(1.4826 x MAD of the residuals, floor); alert when |score| > threshold";

/// The formula of rates, as the evidence tells it.
const RATE_FORMULA: &str = "alert when the p-value stays among all tested campaigns \
     (Benjamini-Hochberg) and |relative change| >= min_relative";

impl Seasonal {
    /// One sentence for a person; `None` when there is nothing to report.
    pub fn sentence(&self, name: &str, value: f64) -> Option<String> {
        let Verdict::Judged(judgement) = self.verdict else {
            return None;
        };
        let expected = self.expected_value.filter(|_| judgement.is_alert())?;
        let side = match judgement.direction() {
            Direction::High => "above",
            Direction::Low => "below",
        };
        let distance = judgement.score.abs();
        Some(format!(
            "{name} is {value:.2}, {distance:.1} scales {side} the expected {expected:.2}"
        ))
    }

    /// Every number, the formula and the thresholds that this verdict rests on.
    pub fn evidence(&self, value: f64, config: &Config) -> Value {
        let judged = match self.verdict {
            Verdict::Judged(judgement) => Some(judgement),
            Verdict::InsufficientHistory { .. } | Verdict::NoSpread { .. } => None,
        };
        let n = match self.verdict {
            Verdict::InsufficientHistory { n } | Verdict::NoSpread { n } => n,
            Verdict::Judged(judgement) => judgement.n,
        };
        json!({
            "formula": VALUE_FORMULA,
            "state": self.verdict.state(),
            "n": n,
            "value": value,
            "expected_value": self.expected_value,
            "logarithmic": self.logarithmic,
            "deviation": judged.map(|judgement| judgement.deviation),
            "scale": judged.map(|judgement| judgement.scale),
            "score": judged.map(|judgement| judgement.score),
            "threshold": judged.map(|judgement| judgement.threshold),
            "p_value": judged.map(|judgement| judgement.p_value),
            "direction": judged.map(|judgement| judgement.direction().name()),
            "alert": self.verdict.is_alert(),
            "thresholds": config,
        })
    }
}

impl Change {
    /// Every number, the formula and the thresholds of a change; `adjusted_p_value` is that among
    /// all campaigns tested at once.
    pub fn evidence(&self, adjusted_p_value: f64, n_tested: usize, config: &RateConfig) -> Value {
        json!({
            "formula": RATE_FORMULA,
            "test": self.test.name(),
            "p_value": self.p_value,
            "adjusted_p_value": adjusted_p_value,
            "tested_at_once": n_tested,
            "relative_change": self.relative,
            "thresholds": config,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::season::{Sample, judge};

    #[test]
    fn an_alert_is_told_with_its_expectation_and_evidence() {
        let past = [Sample {
            slot: 0,
            value: 100.0,
        }; 10];
        let config = Config::default();
        let current = Sample {
            slot: 0,
            value: 200.0,
        };
        let judged = judge(&past, current, &config);
        assert_eq!(
            judged.sentence("spend", 200.0).as_deref(),
            Some("spend is 200.00, 13.9 scales above the expected 100.00")
        );
        let evidence = judged.evidence(200.0, &config);
        assert_eq!(evidence["alert"], true);
        assert_eq!(evidence["n"], 10);
    }

    #[test]
    fn without_a_verdict_the_evidence_says_why() {
        let current = Sample {
            slot: 0,
            value: 200.0,
        };
        let judged = judge(&[], current, &Config::default());
        assert_eq!(judged.sentence("spend", 200.0), None);
        let evidence = judged.evidence(200.0, &Config::default());
        assert_eq!(evidence["state"], "insufficient_history");
    }
}
