//! A saturating curve from a campaign's days, shrunk towards what is likely.
//!
//! `y = a x / (k + x)`, fitted by least squares with two priors. With `f = x / (k + x)`, `xm` the
//! median spend and `f0 = xm / (k + xm)`:
//!
//! - objective = `[sum (y - a f)^2 + m (roi_pool xm - a f0)^2] / s2 + (ln(k / k0) / tau)^2`
//! - for each k the best `a = (sum y f + m roi_pool xm f0) / (sum f^2 + m f0^2)`
//! - `k0 = xm e0 / (1 - e0)`, the curvature with elasticity `e0` at today's spend
//! - `s2 = max(RSS(k0) / (n - 1), (0.05 mean y)^2)`
//!
//! k is searched on 401 points of ln k from 0.05 to 50 times `xm`, then by golden section.
//! Invariant: the marginal is never negative; a campaign whose days say nothing of the curvature is
//! marked so, since its curve is then the prior's.

use bellwether_statistics::order::median;

use crate::config::FitConfig;
use crate::count::float;
use crate::curve::{Curve, Response};
use crate::sums::{Prior, Sums};

/// The least noise of a day's value, as a share of the mean value: platforms round and restate.
const NOISE_MIN: f64 = 0.05;

/// The range of k in medians of spend.
pub(crate) const K_RANGE: (f64, f64) = (0.05, 50.0);

/// Points of the first search, 1.7 % of k apart.
const GRID: usize = 401;

/// Golden sections after it; the bracket is then a millionth of a millionth.
const SECTIONS: usize = 50;

/// Days of a campaign, those with spend alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Days {
    /// Spend of each day, above 0.
    pub spends: Vec<f64>,
    /// Value of each day.
    pub values: Vec<f64>,
}

/// A fitted curve and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// How many days were used.
    pub n_days: usize,
    /// The curve.
    pub curve: Curve,
    /// The objective at its minimum.
    pub objective: f64,
    /// How much of what is known of the curvature comes from the days, 0 to 1.
    pub information: f64,
    prior: Prior,
}

impl Days {
    /// Of all days those with spend, whose value is a number.
    pub fn new(days: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let usable = |day: &(f64, f64)| day.0 > 0.0 && day.0.is_finite() && day.1.is_finite();
        let (spends, values) = days.into_iter().filter(usable).unzip();
        Self { spends, values }
    }
}

/// Fits a curve; `None` without any day. `pooled_roi` is value by spend of all campaigns together.
pub fn fit(days: &Days, pooled_roi: f64, config: &FitConfig) -> Option<Fit> {
    let spend = median(&days.spends)?;
    let squares: f64 = days.values.iter().map(|value| value * value).sum();
    let at = |k: f64| Sums::at(k, &days.spends, &days.values, squares);
    let k0 = spend * config.elasticity / (1.0 - config.elasticity);
    let mut prior = Prior {
        spend,
        value: pooled_roi * spend,
        pseudo_days: config.pseudo_days,
        k0,
        tau: config.curvature_spread,
        sigma2: 1.0,
    };
    prior.sigma2 = variance(&prior, &at(k0), &days.values);
    let objective = |log_k: f64| prior.objective(log_k.exp(), &at(log_k.exp()));
    let log_k = minimum(&objective, spend);
    let k = log_k.exp();
    let misfit = |log_k: f64| prior.misfit(log_k.exp(), &at(log_k.exp()));
    Some(Fit {
        n_days: days.spends.len(),
        curve: Curve::saturating(prior.scale(k, &at(k)), k),
        objective: objective(log_k),
        information: information(&misfit, log_k, prior.tau),
        prior,
    })
}

impl Fit {
    /// The median spend of the days.
    pub fn median_spend(&self) -> f64 {
        self.prior.spend
    }

    /// The curvature that was expected before.
    pub fn expected_k(&self) -> f64 {
        self.prior.k0
    }

    /// The variance of a day's value around the curve.
    pub fn variance(&self) -> f64 {
        self.prior.sigma2
    }

    /// Whether the days tell more of the curvature than was assumed.
    pub fn is_identified(&self) -> bool {
        self.information >= 0.5
    }

    /// What a unit of spend brings on average at the median spend.
    pub fn average_at_median(&self) -> f64 {
        self.curve.response(self.prior.spend) / self.prior.spend
    }

    pub(crate) fn prior(&self) -> &Prior {
        &self.prior
    }
}

fn variance(prior: &Prior, sums: &Sums, values: &[f64]) -> f64 {
    let n = float(values.len());
    let a = prior.scale(prior.k0, sums);
    let residuals = sums.value_value - 2.0 * a * sums.value_form + a * a * sums.form_form;
    let noise = NOISE_MIN * values.iter().sum::<f64>() / n;
    let least = (noise * noise).max(f64::MIN_POSITIVE.sqrt());
    (residuals / (n - 1.0).max(1.0)).max(least)
}

/// The ln k with the least objective.
fn minimum(objective: &impl Fn(f64) -> f64, spend: f64) -> f64 {
    let (low, high) = ((K_RANGE.0 * spend).ln(), (K_RANGE.1 * spend).ln());
    let step = (high - low) / float(GRID - 1);
    let place = |index: usize| low + float(index) * step;
    let values = (0..GRID).map(|index| (index, objective(place(index))));
    let best = values.min_by(|a, b| a.1.total_cmp(&b.1));
    let best = best.map_or(0, |(index, _)| index);
    let bracket = (
        place(best.saturating_sub(1)),
        place((best + 1).min(GRID - 1)),
    );
    golden_section(objective, bracket)
}

fn golden_section(objective: &impl Fn(f64) -> f64, (mut low, mut high): (f64, f64)) -> f64 {
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut left, mut right) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut at_left, mut at_right) = (objective(left), objective(right));
    for _ in 0..SECTIONS {
        if high - low < 1e-9 {
            break;
        }
        if at_left <= at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - ratio * (high - low);
            at_left = objective(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + ratio * (high - low);
            at_right = objective(right);
        }
    }
    f64::midpoint(low, high)
}

/// The days' share of the curvature of the objective in ln k; the prior's part is 2 / tau^2.
fn information(misfit: &impl Fn(f64) -> f64, log_k: f64, tau: f64) -> f64 {
    let step = 0.1;
    let bend = misfit(log_k - step) - 2.0 * misfit(log_k) + misfit(log_k + step);
    let of_days = (bend / (step * step)).max(0.0);
    of_days / (of_days + 2.0 / (tau * tau))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(days: impl IntoIterator<Item = (f64, f64)>) -> Option<Fit> {
        fit(&Days::new(days), 2.0, &FitConfig::default())
    }

    #[test]
    fn without_spend_there_is_no_curve() {
        assert_eq!(fitted([(0.0, 5.0), (f64::NAN, 1.0)]), None);
    }

    #[test]
    fn constant_spend_leaves_the_curvature_unidentified() {
        let fit = fitted((0..60).map(|_| (100.0, 220.0))).unwrap();
        assert!(!fit.is_identified());
        assert!((fit.curve.k / fit.expected_k() - 1.0).abs() < 0.05);
    }

    #[test]
    fn a_wide_range_of_spend_identifies_it() {
        let truth = Curve::saturating(6_000.0, 1_500.0);
        let days = (1..60).map(|day| f64::from(day) * 50.0);
        let fit = fitted(days.map(|spend| (spend, truth.response(spend)))).unwrap();
        assert!(fit.is_identified());
        assert!((fit.curve.k / 1_500.0 - 1.0).abs() < 0.1, "{:?}", fit.curve);
    }

    #[test]
    fn days_that_brought_nothing_or_less_give_a_flat_curve() {
        let nothing = fit(&Days::new([(10.0, 0.0); 9]), 0.0, &FitConfig::default()).unwrap();
        assert!(nothing.curve.a.abs() < 1e-9);
        let refunded = fit(&Days::new([(10.0, -5.0); 9]), 0.0, &FitConfig::default()).unwrap();
        assert!(refunded.curve.a.abs() < 1e-9);
    }
}
