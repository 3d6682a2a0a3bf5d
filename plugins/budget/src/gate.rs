//! Whether a proposal is worth making, given how differently the curves could have come out.
//!
//! Of equally likely draws of all curves the gain of the proposal over the present budgets is
//! computed in each; it is recommended when enough of them gain, and the mean gain is large enough
//! to be worth a change. Invariant: without draws nothing is recommended.

use bellwether_statistics::order::quantile;

use crate::config::GateConfig;
use crate::count::float;
use crate::curve::{MeanCurve, Response};

/// What the draws say of a proposal; amounts in the unit of the response.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// The gain in each draw.
    pub gains: Vec<f64>,
    /// The mean response at the present budgets.
    pub mean_response_current: f64,
    /// The mean response at the proposed ones.
    pub mean_response: f64,
    /// The share of draws that gain.
    pub share_with_gain: f64,
    /// Whether both conditions of the configuration hold.
    pub is_recommended: bool,
}

/// Compares two divisions over the draws of each campaign's curve, which are equally many.
pub fn gate(curves: &[MeanCurve], current: &[f64], proposed: &[f64], config: &GateConfig) -> Gate {
    let n_draws = curves
        .iter()
        .map(|curve| curve.draws().len())
        .min()
        .unwrap_or(0);
    let brings = |draw: usize, spends: &[f64]| -> f64 {
        let each = curves.iter().zip(spends);
        each.map(|(curve, spend)| curve.draws()[draw].response(*spend))
            .sum()
    };
    let pairs: Vec<(f64, f64)> = (0..n_draws)
        .map(|draw| (brings(draw, current), brings(draw, proposed)))
        .collect();
    let mean =
        |part: fn(&(f64, f64)) -> f64| pairs.iter().map(part).sum::<f64>() / float(n_draws.max(1));
    let (before, after) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let gains: Vec<f64> = pairs.iter().map(|(before, after)| after - before).collect();
    let with_gain = gains.iter().filter(|gain| **gain > 0.0).count();
    let share_with_gain = float(with_gain) / float(n_draws.max(1));
    let is_sure = share_with_gain >= config.share_with_gain_min;
    let is_large = after - before >= config.gain_min * before.abs();
    Gate {
        gains,
        mean_response_current: before,
        mean_response: after,
        share_with_gain,
        is_recommended: n_draws > 0 && is_sure && is_large,
    }
}

impl Gate {
    /// The mean gain.
    pub fn mean_gain(&self) -> f64 {
        self.mean_response - self.mean_response_current
    }

    /// The smallest gain of all draws.
    pub fn min_gain(&self) -> Option<f64> {
        self.gains.iter().copied().min_by(f64::total_cmp)
    }

    /// The gain below which a share of the draws lies.
    pub fn gain_quantile(&self, share: f64) -> Option<f64> {
        quantile(&self.gains, share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::Curve;

    /// Ten draws of which `better` let the second campaign bring more than the first.
    fn recommended(better: usize, moved: f64) -> bool {
        let first = MeanCurve::new(vec![Curve::saturating(1_000.0, 100.0); 10]);
        let seconds = (0..10).map(|draw| if draw < better { 3_000.0 } else { 500.0 });
        let seconds = seconds.map(|a| Curve::saturating(a, 100.0)).collect();
        let curves = [first.unwrap(), MeanCurve::new(seconds).unwrap()];
        let proposed = [100.0 - moved, 100.0 + moved];
        gate(&curves, &[100.0; 2], &proposed, &GateConfig::default()).is_recommended
    }

    #[test]
    fn eight_draws_of_ten_that_gain_are_enough_and_seven_are_not() {
        assert!(recommended(8, 20.0));
        assert!(!recommended(7, 20.0));
    }

    #[test]
    fn a_sure_but_tiny_gain_is_not_worth_a_change() {
        assert!(!recommended(10, 0.5));
    }

    #[test]
    fn nothing_is_recommended_without_draws() {
        assert!(!gate(&[], &[], &[], &GateConfig::default()).is_recommended);
    }
}
