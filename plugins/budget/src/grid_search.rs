//! The optimum when curves are S-shaped: equal marginals may then be the worst division, so all
//! divisions on a grid are compared.
//!
//! Dynamic programming over campaigns and steps of budget finds the best division on the grid. At
//! the true optimum at most one campaign stands within the convex part of its curve (two could gain
//! by shifting money between them), so the others are then water-filled on their concave parts,
//! which takes the grid's coarseness away; the better of both divisions is returned.
//! Invariant: never worse than the best division on the grid.

use crate::bounds::Bounds;
use crate::count::float;
use crate::curve::{Curve, Response};
use crate::error::Error;
use crate::water_filling::Pool;

/// Steps that the budget above the lower bounds is cut into.
const STEPS: usize = 1_000;

/// The most campaigns: each costs STEPS squared by two comparisons, 100 some 50 million.
pub const CAMPAIGNS_MAX: usize = 100;

/// Divides `total`, which the caller has compared with the sums of bounds.
pub fn search(curves: &[Curve], bounds: &[Bounds], total: f64) -> Result<Vec<f64>, Error> {
    if curves.len() > CAMPAIGNS_MAX {
        return Err(Error::TooManyShapes {
            campaigns: curves.len(),
            most: CAMPAIGNS_MAX,
        });
    }
    let sum_lower: f64 = bounds.iter().map(|bounds| bounds.lower).sum();
    let step = (total - sum_lower).max(0.0) / float(STEPS);
    let on_grid = best_on_grid(curves, bounds, step);
    let polished = polished(curves, bounds, total, &on_grid, step);
    let brings = |spends: &[f64]| -> f64 {
        let each = curves.iter().zip(spends);
        each.map(|(curve, spend)| curve.response(*spend)).sum()
    };
    Ok(match polished {
        Some(polished) if brings(&polished) >= brings(&on_grid) => polished,
        _ => on_grid,
    })
}

fn best_on_grid(curves: &[Curve], bounds: &[Bounds], step: f64) -> Vec<f64> {
    // best[used]: the most that the campaigns so far bring with `used` steps above their least.
    let mut best = vec![0.0; STEPS + 1];
    let mut choices = Vec::with_capacity(curves.len());
    for (curve, bounds) in curves.iter().zip(bounds) {
        let brings: Vec<f64> = (0..=STEPS)
            .map(|steps| bounds.lower + float(steps) * step)
            .take_while(|spend| *spend <= bounds.upper + 0.5 * step)
            .map(|spend| curve.response(spend.min(bounds.upper)))
            .collect();
        let (next, chosen) = one_more(&best, &brings);
        best = next;
        choices.push(chosen);
    }
    let mut left = STEPS;
    let mut spends = vec![0.0; curves.len()];
    for index in (0..curves.len()).rev() {
        let taken = choices[index][left];
        spends[index] = (bounds[index].lower + float(taken) * step).min(bounds[index].upper);
        left -= taken;
    }
    spends
}

/// One campaign more: for each number of steps the most, and how many the campaign takes of them.
fn one_more(best: &[f64], brings: &[f64]) -> (Vec<f64>, Vec<usize>) {
    let for_steps = |used: usize| {
        let options = brings.iter().take(used + 1).enumerate();
        let mut most = (f64::NEG_INFINITY, 0);
        for (taken, value) in options {
            let sum = best[used - taken] + value;
            if sum > most.0 {
                most = (sum, taken);
            }
        }
        most
    };
    (0..best.len()).map(for_steps).unzip()
}

/// The same division with the grid's coarseness taken out of the concave parts; `None` when that
/// can't spend the budget.
fn polished(
    curves: &[Curve],
    bounds: &[Bounds],
    total: f64,
    on_grid: &[f64],
    step: f64,
) -> Option<Vec<f64>> {
    let narrowed: Vec<Bounds> = curves
        .iter()
        .zip(bounds)
        .zip(on_grid)
        .map(|((curve, bounds), spend)| {
            let is_concave_here = *spend + step >= curve.concave_from();
            if is_concave_here && *spend > bounds.lower + 0.5 * step {
                Bounds {
                    lower: bounds.lower.max(curve.concave_from()).min(bounds.upper),
                    upper: bounds.upper,
                }
            } else {
                Bounds {
                    lower: *spend,
                    upper: *spend,
                }
            }
        })
        .collect();
    let pool = Pool {
        curves,
        bounds: &narrowed,
        groups: &[],
    };
    let (lower, upper) = pool.sums().ok()?;
    let slack = 1e-9 * total.abs().max(1.0);
    (lower <= total + slack && upper >= total - slack).then(|| pool.fill(total).spends)
}

#[cfg(test)]
mod tests;
