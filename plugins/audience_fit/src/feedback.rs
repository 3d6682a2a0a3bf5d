//! Whether refunds, bad reviews or bad comments are more than usual, beyond chance.
//!
//! With the base rate b and a prior worth `strength` orders the rate's posterior is
//! Beta(b strength + bad, (1 - b) strength + n - bad); its 5 % quantile is what the rate exceeds
//! almost surely. score = (quantile - b) / (cap - b), within 0 and 1.
//! Invariant: without any order there is a posterior, the prior, but no evidence: the composite
//! leaves it out.

use bellwether_statistics::distribution::beta_quantile;
use serde::Serialize;

use crate::config::FeedbackConfig;
use crate::number::float_u64;

/// One kind of feedback, such as refunds of orders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counts {
    /// How many were bad.
    pub bad: u64,
    /// Of how many.
    pub n: u64,
    /// The rate that is usual.
    pub base: f64,
    /// The rate that scores 1.
    pub cap: f64,
}

/// The judgement; its fields are the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Feedback {
    /// Of how many.
    pub n: u64,
    /// Bad by all; `None` of none.
    pub raw_rate: Option<f64>,
    /// The posterior's mean.
    pub posterior_mean: f64,
    /// The posterior's 5 % quantile, or that of the configuration.
    pub posterior_p05: f64,
    /// 0 to 1.
    pub score: f64,
}

/// Judges; `None` when there are more bad than all, or the rates are not 0 < base < cap.
pub fn feedback(counts: &Counts, config: &FeedbackConfig) -> Option<Feedback> {
    let Counts { bad, n, base, cap } = *counts;
    let good = float_u64(n.checked_sub(bad)?);
    let is_ordered = base > 0.0 && base < cap && cap <= 1.0;
    if !is_ordered {
        return None;
    }
    let successes = base * config.strength + float_u64(bad);
    let failures = (1.0 - base) * config.strength + good;
    let quantile = beta_quantile(config.quantile, successes, failures)?;
    Some(Feedback {
        n,
        raw_rate: (n > 0).then(|| float_u64(bad) / float_u64(n)),
        posterior_mean: successes / (successes + failures),
        posterior_p05: quantile,
        score: ((quantile - base) / (cap - base)).clamp(0.0, 1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(bad: u64, n: u64) -> Option<Feedback> {
        let counts = Counts {
            bad,
            n,
            base: 0.05,
            cap: 0.25,
        };
        feedback(&counts, &FeedbackConfig::default())
    }

    #[test]
    fn more_bad_than_all_is_no_count() {
        assert_eq!(judged(3, 2), None);
    }

    #[test]
    fn one_bad_order_of_one_proves_little() {
        assert!(judged(1, 1).unwrap().score < 0.05);
        assert!(judged(100, 200).unwrap().score > 0.9);
    }
}
