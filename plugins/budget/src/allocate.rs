//! One allocation: bounds checked, the right search chosen, and what the result amounts to.
//!
//! Invariant: an allocation is within its bounds and spends the budget, or is an error that tells
//! the sums; only a flexible budget may leave something unspent.

use crate::bounds::Bounds;
use crate::curve::{Curve, Response};
use crate::error::Error;
use crate::grid_search;
use crate::water_filling::{Group, Pool};

/// What the bounds do to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Active {
    /// It gets its least.
    Lower,
    /// It gets what brings the same marginal as elsewhere.
    Interior,
    /// It gets its most.
    Upper,
}

/// What each campaign gets, in units of the currency a day, and what that brings.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// A spend a campaign.
    pub spends: Vec<f64>,
    /// What the next unit brings, of each.
    pub marginals: Vec<f64>,
    /// Which bound holds each.
    pub active: Vec<Active>,
    /// What all of it brings.
    pub response: f64,
    /// The common marginal of the campaigns at no bound; `None` when there is none such.
    pub level: Option<f64>,
    /// What a flexible budget leaves.
    pub unspent: f64,
}

/// Spends `total` on concave curves.
pub fn concave<R: Response>(pool: &Pool<'_, R>, total: f64) -> Result<Allocation, Error> {
    let (sum_lower, sum_upper) = pool.sums()?;
    check_sums(total, sum_lower, sum_upper)?;
    let filled = pool.fill(total);
    Ok(described(pool, filled.spends, filled.level, total))
}

/// Spends at most `total` on concave curves, and nothing that brings less than `min_marginal`
/// beyond the lower bounds.
pub fn flexible<R: Response>(
    pool: &Pool<'_, R>,
    total: f64,
    min_marginal: f64,
) -> Result<Allocation, Error> {
    let (sum_lower, sum_upper) = pool.sums()?;
    if sum_lower > total + slack(total) {
        return Err(Error::BelowMinimum {
            total,
            sum_lower,
            sum_upper,
        });
    }
    if !(min_marginal > 0.0 && min_marginal.is_finite()) {
        return Err(Error::Invalid(format!(
            "`min_marginal` is {min_marginal}, it must be above 0"
        )));
    }
    let worthwhile = pool.fill_to(min_marginal);
    let wanted: f64 = worthwhile.spends.iter().sum();
    if wanted <= total {
        return Ok(described(pool, worthwhile.spends, min_marginal, total));
    }
    let filled = pool.fill(total);
    Ok(described(pool, filled.spends, filled.level, total))
}

/// Spends `total` on curves of which some may be S-shaped.
pub fn any_shape(
    curves: &[Curve],
    bounds: &[Bounds],
    groups: &[Group],
    total: f64,
) -> Result<Allocation, Error> {
    let pool = Pool {
        curves,
        bounds,
        groups,
    };
    if curves.iter().all(Curve::is_concave) {
        return concave(&pool, total);
    }
    if !groups.is_empty() {
        return Err(Error::ShapesUnsupported);
    }
    let (sum_lower, sum_upper) = pool.sums()?;
    check_sums(total, sum_lower, sum_upper)?;
    let spends = grid_search::search(curves, bounds, total)?;
    let mut allocation = described(&pool, spends, f64::NAN, total);
    allocation.level = None;
    Ok(allocation)
}

fn check_sums(total: f64, sum_lower: f64, sum_upper: f64) -> Result<(), Error> {
    if sum_lower > total + slack(total) {
        return Err(Error::BelowMinimum {
            total,
            sum_lower,
            sum_upper,
        });
    }
    if sum_upper < total - slack(total) {
        return Err(Error::AboveMaximum {
            total,
            sum_lower,
            sum_upper,
        });
    }
    Ok(())
}

/// What sums of bounds may be off by, since they are floating-point.
fn slack(total: f64) -> f64 {
    1e-9 * total.abs().max(1.0)
}

fn described<R: Response>(
    pool: &Pool<'_, R>,
    spends: Vec<f64>,
    level: f64,
    total: f64,
) -> Allocation {
    let active: Vec<Active> = spends
        .iter()
        .zip(pool.bounds)
        .map(|(spend, bounds)| active(*spend, *bounds))
        .collect();
    let with_curves = || pool.curves.iter().zip(&spends);
    let is_interior = active.contains(&Active::Interior);
    Allocation {
        marginals: with_curves()
            .map(|(curve, spend)| curve.marginal(*spend))
            .collect(),
        response: with_curves()
            .map(|(curve, spend)| curve.response(*spend))
            .sum(),
        level: is_interior.then_some(level),
        unspent: (total - spends.iter().sum::<f64>()).max(0.0),
        active,
        spends,
    }
}

fn active(spend: f64, bounds: Bounds) -> Active {
    let near = 1e-9 * bounds.upper.abs().max(1.0);
    if spend <= bounds.lower + near {
        Active::Lower
    } else if spend >= bounds.upper - near {
        Active::Upper
    } else {
        Active::Interior
    }
}

impl Active {
    /// The word in evidence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Interior => "interior",
            Self::Upper => "upper",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(lower: f64, upper: f64) -> Bounds {
        Bounds { lower, upper }
    }

    #[test]
    fn exactly_the_sum_of_the_bounds_can_be_spent() {
        let curves = [Curve::saturating(10.0, 5.0); 2];
        let bounds = [bounds(80.0, 120.0); 2];
        let spend = |total| any_shape(&curves, &bounds, &[], total);
        assert!(spend(160.0).is_ok());
        assert!(spend(240.0).is_ok());
        assert_eq!(spend(159.99).unwrap_err().code(), "BUDGET_BELOW_MINIMUM");
        assert_eq!(spend(240.01).unwrap_err().code(), "BUDGET_ABOVE_MAXIMUM");
    }

    #[test]
    fn a_flexible_budget_that_is_worth_spending_is_spent() {
        let curves = [Curve::saturating(1e6, 500.0); 2];
        let bounds = [bounds(0.0, 100.0); 2];
        let pool = Pool {
            curves: &curves,
            bounds: &bounds,
            groups: &[],
        };
        let allocation = flexible(&pool, 100.0, 1.0).unwrap();
        assert!(allocation.unspent < 1e-9);
        assert!((allocation.spends[0] - 50.0).abs() < 1e-6);
    }
}
