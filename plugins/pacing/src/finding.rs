//! What a person is told of a campaign's pace: a sentence, and every number behind it.
//!
//! Invariant: money is told in whole micros, so that nothing is rounded twice.

use serde_json::{Value, json};

use crate::config::Config;
use crate::pace::{Direction, Flight, Pace, Severity, Spent};

/// The formulas, as the evidence tells them.
const FORMULA: &str = "expected = budget x elapsed weight / total weight; ratio = spent / expected; \
     projected = spent x total weight / elapsed weight; required = (budget - spent) / remaining weight";

impl Pace {
    /// One sentence for a person; `None` when there is nothing to report.
    pub fn sentence(&self) -> Option<String> {
        if self.severity == Severity::None {
            return None;
        }
        let side = match self.direction {
            Direction::Under => "below",
            Direction::On => "on",
            Direction::Over => "above",
        };
        let distance = self.variance_millionths.map_or_else(
            || "money was spent where none was planned".to_owned(),
            |variance| {
                let tenths = (variance.abs() + 500) / 1_000;
                format!("spend is {}.{} % {side} plan", tenths / 10, tenths % 10)
            },
        );
        Some(format!("{}: {distance}", self.severity.name()))
    }

    /// Every number, the formulas and the thresholds that this pace rests on.
    pub fn evidence(&self, flight: &Flight, spent: &Spent<'_>, config: &Config) -> Value {
        json!({
            "formula": FORMULA,
            "currency": "the campaign's own",
            "budget_micros": flight.budget_micros,
            "spent_micros": spent.micros,
            "expected_micros": self.expected_micros,
            "ratio_millionths": self.ratio_millionths,
            "variance_millionths": self.variance_millionths,
            "projected_micros": self.projected_micros,
            "projected_by_last_days_micros": self.projected_recent_micros,
            "last_days_micros": spent.recent_micros,
            "required_per_day_of_weight_one_micros": self.required_micros,
            "direction": self.direction.name(),
            "severity": self.severity.name(),
            "thresholds": config,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Weights;
    use crate::pace::pace;

    #[test]
    fn a_quarter_below_plan_is_told_in_one_sentence() {
        let flight = Flight::new(3_000_000_000, 0, 29).unwrap();
        let spent = Spent {
            micros: 750_000_000,
            through: 9,
            recent_micros: &[],
        };
        let config = Config::default();
        let pace = pace(&flight, &spent, &Weights::EVEN, &config);
        let sentence = pace.sentence();
        assert_eq!(
            sentence.as_deref(),
            Some("high: spend is 25.0 % below plan")
        );
        let evidence = pace.evidence(&flight, &spent, &config);
        assert_eq!(evidence["variance_millionths"], -250_000);
    }
}
