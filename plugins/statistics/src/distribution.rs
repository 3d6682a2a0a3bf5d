//! Quantiles and tails of the distributions that the shipped plugins test against.
//!
//! Invariant: tails are computed as tails, never as one minus the rest, so that a p-value of 1e-50
//! keeps its digits.

use statrs::distribution::{Beta, ChiSquared, ContinuousCDF, Normal, StudentsT};

/// The probability that a standard normal value exceeds `z`.
pub fn normal_upper_tail(z: f64) -> f64 {
    Normal::standard().sf(z)
}

/// The probability that a standard normal value is at least as far from zero as `z`.
pub fn normal_two_sided(z: f64) -> f64 {
    (2.0 * normal_upper_tail(z.abs())).min(1.0)
}

/// The standard normal value below which a `share` of the distribution lies; `None` outside 0..1.
pub fn normal_quantile(share: f64) -> Option<f64> {
    open_share(share)?;
    Some(Normal::standard().inverse_cdf(share))
}

/// The value of Student's t with `degrees` of freedom that is exceeded with probability `tail`;
/// `None` when `degrees` is not positive or `tail` is outside 0..1.
pub fn students_t_upper_quantile(tail: f64, degrees: f64) -> Option<f64> {
    open_share(tail)?;
    let distribution = StudentsT::new(0.0, 1.0, degrees).ok()?;
    // By symmetry; asked at the small tail because 1 - 1e-12 has lost its digits.
    Some(-distribution.inverse_cdf(tail))
}

/// The probability that Student's t with `degrees` of freedom is at least as far from zero as
/// `value`; `None` when `degrees` is not positive.
pub fn students_t_two_sided(value: f64, degrees: f64) -> Option<f64> {
    let distribution = StudentsT::new(0.0, 1.0, degrees).ok()?;
    // By symmetry the lower tail, which keeps its digits.
    Some((2.0 * distribution.cdf(-value.abs())).min(1.0))
}

/// The value of Beta(`successes`, `failures`) below which a `share` lies; `None` when a parameter
/// is not positive.
pub fn beta_quantile(share: f64, successes: f64, failures: f64) -> Option<f64> {
    open_share(share)?;
    Some(Beta::new(successes, failures).ok()?.inverse_cdf(share))
}

/// The probability that chi-squared with `degrees` of freedom exceeds `value`.
pub fn chi_squared_upper_tail(value: f64, degrees: f64) -> Option<f64> {
    Some(ChiSquared::new(degrees).ok()?.sf(value))
}

fn open_share(share: f64) -> Option<f64> {
    (share > 0.0 && share < 1.0).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        let gap = (found / expected - 1.0).abs();
        assert!(gap < 1e-7, "{found} is not {expected}");
    }

    // The expected values are scipy's.

    #[test]
    fn a_normal_tail_keeps_its_digits_far_out() {
        close(Some(normal_two_sided(-6.529_344_13)), 6.605_831_7e-11);
        close(Some(normal_upper_tail(3.5)), 2.326_290_790_355_25e-4);
    }

    #[test]
    fn the_threshold_of_seven_days_is_far_above_that_of_a_month() {
        let tail = normal_upper_tail(3.5);
        close(students_t_upper_quantile(tail, 6.0), 6.879_469_88);
        close(students_t_upper_quantile(tail, 27.0), 3.981_092_75);
    }

    #[test]
    fn the_tail_of_t_is_the_inverse_of_its_quantile() {
        let tail = normal_two_sided(3.5);
        close(students_t_two_sided(-6.879_469_88, 6.0), tail);
    }

    #[test]
    fn a_beta_posterior_has_its_five_percent_quantile() {
        close(beta_quantile(0.05, 2.5, 47.5), 0.011_801_33);
    }

    #[test]
    fn a_chi_squared_tail_keeps_its_digits_far_out() {
        close(chi_squared_upper_tail(250.0, 2.0), 5.166_420_633e-55);
    }

    #[test]
    fn impossible_parameters_have_no_answer() {
        assert_eq!(students_t_upper_quantile(0.01, 0.0), None);
        assert_eq!(beta_quantile(0.05, 0.0, 1.0), None);
        assert_eq!(normal_quantile(1.0), None);
        assert_eq!(normal_quantile(f64::NAN), None);
    }
}
