//! Whether those reached can afford the product: shares of ordered price tiers, cheapest first.
//!
//! The 1-Wasserstein distance (how far shares must be moved, a tier being one step) by K - 1 steps;
//! score = min(1, distance / cap). Unlike a divergence it knows that budget is further from premium
//! than mid is. Invariant: shares need not sum to 1.

use serde::Serialize;

use crate::config::CapConfig;
use crate::number::{float, shares};

/// The comparison; its fields are the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Affordability {
    /// The distance by the longest possible one.
    pub normalised_wasserstein: f64,
    /// 0 to 1.
    pub score: f64,
}

/// Compares; `None` when the lengths differ, there are fewer than two tiers, or a side is empty.
pub fn affordability(
    intended: &[f64],
    reached: &[f64],
    config: &CapConfig,
) -> Option<Affordability> {
    if intended.len() != reached.len() || intended.len() < 2 {
        return None;
    }
    let (intended, reached) = (shares(intended)?, shares(reached)?);
    let mut ahead: f64 = 0.0;
    let mut moved = 0.0;
    for (intended, reached) in intended.iter().zip(&reached) {
        ahead += reached - intended;
        moved += ahead.abs();
    }
    let distance = moved / float(intended.len() - 1);
    Some(Affordability {
        normalised_wasserstein: distance,
        score: (distance / config.cap).min(1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_further_tier_is_further_away() {
        let cap = CapConfig { cap: 1.0 };
        let distance = |reached: &[f64]| affordability(&[0.0, 0.0, 1.0], reached, &cap).unwrap();
        assert!((distance(&[1.0, 0.0, 0.0]).normalised_wasserstein - 1.0).abs() < 1e-12);
        assert!((distance(&[0.0, 1.0, 0.0]).normalised_wasserstein - 0.5).abs() < 1e-12);
    }

    #[test]
    fn one_tier_is_nothing_to_compare() {
        assert_eq!(affordability(&[1.0], &[1.0], &CapConfig { cap: 0.4 }), None);
    }
}
