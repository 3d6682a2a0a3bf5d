//! Many campaigns tested at once: which changes remain when chance has as many tries.
//!
//! Benjamini and Hochberg (1995): with m p-values in rising order the adjusted value of rank i is
//! the smallest `p_j x m / j` over j >= i. Rejecting those at most `q` keeps the expected share of
//! false alerts among all alerts at `q` or below.
//! Invariant: a p-value that is not a number counts as 1.

use crate::config::RateConfig;
use crate::count;
use crate::rates::Change;

/// The adjusted p-values, in the order of the input, and the ones that stay.
#[derive(Debug, Clone, PartialEq)]
pub struct Discoveries {
    /// The adjusted p-value of each.
    pub adjusted: Vec<f64>,
    /// The indices of those at most `q`, rising.
    pub rejected: Vec<usize>,
}

/// Controls the share of false discoveries at `q`.
pub fn benjamini_hochberg(p_values: &[f64], q: f64) -> Discoveries {
    let p_of = |index: usize| {
        if p_values[index].is_nan() {
            1.0
        } else {
            p_values[index]
        }
    };
    let mut falling: Vec<usize> = (0..p_values.len()).collect();
    falling.sort_by(|a, b| p_of(*b).total_cmp(&p_of(*a)));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least: f64 = 1.0;
    for (place, index) in falling.iter().enumerate() {
        let rank = p_values.len() - place;
        least = least.min(p_of(*index) * count::float(p_values.len()) / count::float(rank));
        adjusted[*index] = least;
    }
    let rejected = (0..p_values.len())
        .filter(|index| adjusted[*index] <= q)
        .collect();
    Discoveries { adjusted, rejected }
}

/// Of changes tested at once those to report: they stay at `false_discovery_rate`, and are large.
pub fn changes_to_report(changes: &[Change], config: &RateConfig) -> Vec<usize> {
    let p_values: Vec<f64> = changes.iter().map(|change| change.p_value).collect();
    let mut found = benjamini_hochberg(&p_values, config.false_discovery_rate).rejected;
    found.retain(|index| changes[*index].is_large(config));
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rates::Test;

    /// The procedure as it was defined: the largest rank i with p_(i) <= i q / m, and all below.
    fn by_definition(p_values: &[f64], q: f64) -> Vec<usize> {
        let mut rising: Vec<usize> = (0..p_values.len()).collect();
        rising.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
        let m = count::float(p_values.len());
        let within = |rank: usize| p_values[rising[rank - 1]] <= count::float(rank) * q / m;
        let last = (1..=rising.len()).rev().find(|rank| within(*rank));
        let mut rejected = rising[..last.unwrap_or(0)].to_vec();
        rejected.sort_unstable();
        rejected
    }

    proptest! {
        #[test]
        fn it_rejects_what_the_definition_rejects(
            p_values in prop::collection::vec(prop_oneof![0.0..0.05_f64, 0.0..1.0_f64], 0..40), q in 0.001..0.3_f64
        ) {
            prop_assert_eq!(benjamini_hochberg(&p_values, q).rejected, by_definition(&p_values, q));
        }
    }

    #[test]
    fn what_is_no_number_is_never_a_discovery() {
        let found = benjamini_hochberg(&[f64::NAN, 0.001], 0.05);
        assert_eq!(found.rejected, [1]);
    }

    #[test]
    fn a_sure_but_small_change_is_not_reported() {
        let change = |relative| Change {
            test: Test::Z,
            p_value: 1e-9,
            relative: Some(relative),
        };
        let changes = [change(0.02), change(-0.3)];
        assert_eq!(changes_to_report(&changes, &RateConfig::default()), [1]);
    }
}
