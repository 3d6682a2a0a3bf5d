//! The generalised extreme studentised deviate test: how many outliers a finished series holds.
//!
//! Rosner (1983), as in the NIST/SEMATECH handbook, 1.3.5.17.3: up to `max_outliers` times the
//! value furthest from the mean is removed, with `R_i = max |x - mean| / s`; the number of outliers
//! is the largest i with `R_i > lambda_i`, so that outliers that hide each other are found.
//! It assumes that the rest is about normal, hence for retrospective scans of residuals alone.
//! Invariant: values that are not finite count as absent.

use bellwether_statistics::distribution::students_t_upper_quantile;

use crate::count;

/// One removal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Where the removed value stood in the series.
    pub index: usize,
    /// The removed value.
    pub removed: f64,
    /// How far it was from the mean of what was left, in standard deviations.
    pub deviate: f64,
    /// The distance that it had to exceed.
    pub critical: f64,
}

/// The test's outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Outliers {
    /// Every removal, most extreme first.
    pub steps: Vec<Step>,
    /// How many of the first removals are outliers.
    pub count: usize,
}

/// Looks for at most `max_outliers` at significance `alpha`; both sides count.
pub fn generalised_esd(values: &[f64], max_outliers: usize, alpha: f64) -> Outliers {
    let mut left: Vec<(usize, f64)> = values.iter().copied().enumerate().collect();
    left.retain(|(_, value)| value.is_finite());
    let mut steps = Vec::new();
    while steps.len() < max_outliers {
        let Some(step) = most_extreme(&left, alpha) else {
            break;
        };
        left.retain(|(index, _)| *index != step.index);
        steps.push(step);
    }
    let is_outlier = |step: &Step| step.deviate > step.critical;
    let count = steps
        .iter()
        .rposition(is_outlier)
        .map_or(0, |last| last + 1);
    Outliers { steps, count }
}

/// The value furthest from the mean; `None` when fewer than three are left or all are equal.
fn most_extreme(left: &[(usize, f64)], alpha: f64) -> Option<Step> {
    let n = count::float(left.len());
    if left.len() < 3 {
        return None;
    }
    let mean = left.iter().map(|(_, value)| value).sum::<f64>() / n;
    let squares: f64 = left.iter().map(|(_, value)| (value - mean).powi(2)).sum();
    let deviation = (squares / (n - 1.0)).sqrt();
    if deviation <= 0.0 {
        return None;
    }
    let by_distance =
        |a: &&(usize, f64), b: &&(usize, f64)| (a.1 - mean).abs().total_cmp(&(b.1 - mean).abs());
    let (index, removed) = *left.iter().max_by(by_distance)?;
    Some(Step {
        index,
        removed,
        deviate: (removed - mean).abs() / deviation,
        critical: critical(n, alpha)?,
    })
}

/// The critical value when `n` values are left: with the t quantile at `1 - alpha / (2 n)` of
/// `n - 2` degrees of freedom, `(n - 1) t / sqrt((n - 2 + t^2) n)`.
fn critical(n: f64, alpha: f64) -> Option<f64> {
    let t = students_t_upper_quantile(alpha / (2.0 * n), n - 2.0)?;
    Some((n - 1.0) * t / ((n - 2.0 + t * t) * n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_hold_no_outlier() {
        assert_eq!(generalised_esd(&[5.0; 20], 3, 0.05).count, 0);
    }

    #[test]
    fn two_values_are_too_few() {
        assert!(generalised_esd(&[1.0, 9.0], 1, 0.05).steps.is_empty());
    }

    #[test]
    fn outliers_that_hide_each_other_are_both_found() {
        let mut values: Vec<f64> = (0..40).map(|i| f64::from(i % 7)).collect();
        values.extend([60.0, 61.0]);
        let found = generalised_esd(&values, 5, 0.05);
        assert_eq!(found.count, 2);
        assert_eq!((found.steps[0].index, found.steps[1].index), (41, 40));
    }
}
