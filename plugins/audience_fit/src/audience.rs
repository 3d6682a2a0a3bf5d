//! Whether those reached are those intended, by a dimension such as age or country.
//!
//! - distance = sqrt(max(0, JS - (K - 1) / (8 n ln 2))): the Jensen-Shannon divergence in bits, less
//!   what chance alone leads to expect of n people in K bins when the intended shares are exact; its
//!   root is a metric between 0 and 1 (Endres and Schindelin, 2003)
//! - score = min(1, distance / cap)
//!
//! The correction is low where a bin expects less than one person (0.054 for 0.067 at n = 10).
//! The stability index and the chi-squared test stand beside it as evidence; with millions of
//! impressions any difference is significant, so n must be people or conversions.
//! Invariant: nobody reached is no answer.

use bellwether_statistics::distribution::chi_squared_upper_tail;
use serde::Serialize;

use crate::config::AudienceConfig;
use crate::number::{float, shares};

/// What is added to each bin of both sides before the stability index takes logarithms.
const SMOOTHING: f64 = 0.5;

/// One dimension's comparison; its fields are the evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Audience {
    /// How many people were reached.
    pub n: f64,
    /// How many groups they fall into.
    pub bins: usize,
    /// Jensen-Shannon divergence, in bits.
    pub js_divergence_bits: f64,
    /// Its root.
    pub js_distance: f64,
    /// What chance alone leads to expect.
    pub bias_correction: f64,
    /// The divergence less that.
    pub js_divergence_corrected: f64,
    /// Its root.
    pub js_distance_corrected: f64,
    /// The population stability index, half a person added to each bin.
    pub psi_smoothed: f64,
    /// What chance alone leads to expect of it.
    pub psi_null_expectation: f64,
    /// Chi-squared; `None` when somebody is in a group that was not intended at all.
    pub chi2: Option<f64>,
    /// Its p-value.
    pub chi2_p_value: Option<f64>,
    /// The group furthest from its intended share.
    pub largest_gap: Gap,
    /// 0 to 1.
    pub score: f64,
}

/// A group and its two shares.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gap {
    /// Which group, from 0.
    pub bin: usize,
    /// The share that was intended.
    pub intended: f64,
    /// The share that was reached.
    pub reached: f64,
}

/// Compares people reached with intended shares, which need not sum to 1. `None` when the lengths
/// differ, nobody was reached, or nobody was intended.
pub fn audience(intended: &[f64], reached: &[f64], config: &AudienceConfig) -> Option<Audience> {
    if intended.len() != reached.len() {
        return None;
    }
    let (p, q) = (shares(intended)?, shares(reached)?);
    let n: f64 = reached.iter().sum();
    let freedom = float(p.len()) - 1.0;
    let divergence = js_divergence_bits(&p, &q);
    let correction = freedom / (8.0 * n * std::f64::consts::LN_2);
    let corrected = (divergence - correction).max(0.0);
    let chi2 = chi_squared(&p, reached, n);
    Some(Audience {
        n,
        bins: p.len(),
        js_divergence_bits: divergence,
        js_distance: divergence.sqrt(),
        bias_correction: correction,
        js_divergence_corrected: corrected,
        js_distance_corrected: corrected.sqrt(),
        psi_smoothed: stability_index(&p, reached, n),
        psi_null_expectation: freedom / n,
        chi2,
        chi2_p_value: chi2.and_then(|chi2| chi_squared_upper_tail(chi2, freedom)),
        largest_gap: largest_gap(&p, &q),
        score: (corrected.sqrt() / config.distance_cap).min(1.0),
    })
}

/// The score over several dimensions: the mean of the two largest, so that one dimension that fits
/// can't hide two that don't.
pub fn across_dimensions(scores: &[f64]) -> Option<f64> {
    let mut falling = scores.to_vec();
    falling.sort_by(|a, b| b.total_cmp(a));
    falling.truncate(2);
    let n = float(falling.len());
    (!falling.is_empty()).then(|| falling.iter().sum::<f64>() / n)
}

fn js_divergence_bits(p: &[f64], q: &[f64]) -> f64 {
    let term = |share: f64, middle: f64| {
        if share > 0.0 {
            share * (share / middle).log2()
        } else {
            0.0
        }
    };
    let bins = p.iter().zip(q);
    let sum: f64 = bins
        .map(|(p, q)| {
            let middle = f64::midpoint(*p, *q);
            0.5 * term(*p, middle) + 0.5 * term(*q, middle)
        })
        .sum();
    sum.max(0.0)
}

fn stability_index(p: &[f64], reached: &[f64], n: f64) -> f64 {
    let all = n + SMOOTHING * float(p.len());
    let bins = p.iter().zip(reached);
    bins.map(|(p, count)| {
        let intended = (p * n + SMOOTHING) / all;
        let found = (count + SMOOTHING) / all;
        (found - intended) * (found / intended).ln()
    })
    .sum()
}

fn chi_squared(p: &[f64], reached: &[f64], n: f64) -> Option<f64> {
    let mut sum = 0.0;
    for (share, count) in p.iter().zip(reached) {
        if *share > 0.0 {
            sum += (count - share * n).powi(2) / (share * n);
        } else if *count > 0.0 {
            return None;
        }
    }
    Some(sum)
}

fn largest_gap(p: &[f64], q: &[f64]) -> Gap {
    let mut largest = Gap {
        bin: 0,
        intended: p[0],
        reached: q[0],
    };
    for (bin, (intended, reached)) in p.iter().copied().zip(q.iter().copied()).enumerate() {
        if (reached - intended).abs() > (largest.reached - largest.intended).abs() {
            largest = Gap {
                bin,
                intended,
                reached,
            };
        }
    }
    largest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn compared(intended: &[f64], reached: &[f64]) -> Option<Audience> {
        audience(intended, reached, &AudienceConfig::default())
    }

    #[test]
    fn nobody_reached_is_no_answer() {
        assert_eq!(compared(&[0.5, 0.5], &[0.0, 0.0]), None);
        assert_eq!(compared(&[0.5, 0.5], &[1.0]), None);
    }

    #[test]
    fn a_group_that_was_never_intended_has_no_chi_squared() {
        let found = compared(&[1.0, 0.0], &[90.0, 10.0]).unwrap();
        assert_eq!(found.chi2, None);
        assert!(found.score > 0.0);
    }

    #[test]
    fn the_two_largest_of_several_dimensions_count() {
        assert_eq!(
            across_dimensions(&[0.0, 0.4, 0.8]),
            Some(f64::midpoint(0.4, 0.8))
        );
        assert_eq!(across_dimensions(&[0.3]), Some(0.3));
        assert_eq!(across_dimensions(&[]), None);
    }

    proptest! {
        #[test]
        fn the_divergence_is_symmetric_and_at_most_one_bit(
            p in prop::collection::vec(0.01..1.0_f64, 4), q in prop::collection::vec(0.01..1.0_f64, 4)
        ) {
            let (p, q) = (shares(&p).unwrap(), shares(&q).unwrap());
            let there = js_divergence_bits(&p, &q);
            prop_assert!((there - js_divergence_bits(&q, &p)).abs() < 1e-12);
            prop_assert!((0.0..=1.0).contains(&there));
        }
    }
}
