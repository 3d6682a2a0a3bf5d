//! How a campaign's curve could have come out: fits of resampled weeks.
//!
//! Whole weeks are drawn with replacement, so that weekdays and what lasts for days stay together,
//! and a draw takes the same weeks of every campaign, since what moves demand moves all of them. The
//! sums of each week are computed once for each curvature of a grid and shared by all draws: a draw
//! then only adds sums of weeks. The priors and the variance are those of the fit to all days.
//! Invariant: the same seed and weeks give the same draws.

use std::collections::BTreeSet;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use crate::count::float;
use crate::curve::Curve;
use crate::fit::{Days, Fit, K_RANGE};
use crate::sums::Sums;

/// Curvatures, 7 % apart; a parabola between them finds the minimum.
const GRID: usize = 101;

/// Which weeks each draw consists of.
#[derive(Debug, Clone)]
pub struct WeekDraws {
    weeks: Vec<i32>,
    /// How often each week is in each draw.
    counts: Vec<Vec<f64>>,
}

impl WeekDraws {
    /// As many weeks a draw as there are, with replacement.
    pub fn new(weeks: &BTreeSet<i32>, draws: usize, seed: u64) -> Self {
        let mut rng = Pcg64::seed_from_u64(seed);
        let mut one_draw = || {
            let mut counts = vec![0.0; weeks.len()];
            for _ in 0..weeks.len() {
                counts[rng.random_range(0..weeks.len())] += 1.0;
            }
            counts
        };
        let counts = (0..draws).map(|_| one_draw()).collect();
        Self {
            weeks: weeks.iter().copied().collect(),
            counts,
        }
    }

    /// How a campaign's curve comes out in each draw; `weeks` has the week of each of its days,
    /// rising. In a draw that has none of them it is the prior's.
    pub fn curves(&self, fit: &Fit, days: &Days, weeks: &[i32]) -> Vec<Curve> {
        let grid = Grid::new(fit);
        let blocks = self.blocks(&grid, days, weeks);
        let mut sums = vec![0.0; 2 * GRID];
        let mut one_draw = |counts: &Vec<f64>| {
            sums.fill(0.0);
            let mut squares = 0.0;
            for block in blocks.iter().filter(|block| counts[block.week] > 0.0) {
                let times = counts[block.week];
                squares += times * block.squares;
                for (sum, of_block) in sums.iter_mut().zip(&block.sums) {
                    *sum += times * of_block;
                }
            }
            grid.best(fit, &sums, squares)
        };
        self.counts.iter().map(&mut one_draw).collect()
    }

    fn blocks(&self, grid: &Grid, days: &Days, weeks: &[i32]) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut start = 0;
        for of_week in weeks.chunk_by(|a, b| a == b) {
            let range = start..start + of_week.len();
            start = range.end;
            if let Ok(week) = self.weeks.binary_search(&of_week[0]) {
                let (spends, values) = (&days.spends[range.clone()], &days.values[range]);
                blocks.push(Block::new(week, grid, spends, values));
            }
        }
        blocks
    }
}

/// The sums of one campaign's week, of all curvatures: first those of y f, then those of f f.
struct Block {
    week: usize,
    sums: Vec<f64>,
    squares: f64,
}

impl Block {
    fn new(week: usize, grid: &Grid, spends: &[f64], values: &[f64]) -> Self {
        let each = grid.ks.iter().map(|k| Sums::at(*k, spends, values, 0.0));
        let (mut sums, of_forms): (Vec<f64>, Vec<f64>) =
            each.map(|sums| (sums.value_form, sums.form_form)).unzip();
        sums.extend(of_forms);
        Self {
            week,
            sums,
            squares: values.iter().map(|value| value * value).sum(),
        }
    }
}

/// The curvatures tried for one campaign.
struct Grid {
    ks: Vec<f64>,
    step: f64,
}

impl Grid {
    fn new(fit: &Fit) -> Self {
        let (low, high) = K_RANGE;
        let step = (high / low).ln() / float(GRID - 1);
        let place = |index: usize| fit.median_spend() * low * (float(index) * step).exp();
        Self {
            ks: (0..GRID).map(place).collect(),
            step,
        }
    }

    fn best(&self, fit: &Fit, sums: &[f64], squares: f64) -> Curve {
        let prior = fit.prior();
        let at = |index: usize| Sums {
            value_form: sums[index],
            form_form: sums[GRID + index],
            value_value: squares,
        };
        let objective = |index: usize| prior.objective(self.ks[index], &at(index));
        let values: Vec<f64> = (0..GRID).map(objective).collect();
        // The ends have one neighbour only, and a parabola needs two.
        let inner = (1..GRID - 1).min_by(|a, b| values[*a].total_cmp(&values[*b]));
        let best = inner.expect("the grid has inner points");
        let [before, here, after] = [best - 1, best, best + 1].map(|index| values[index]);
        let bend = before - 2.0 * here + after;
        let shift = if bend > 0.0 {
            (0.5 * (before - after) / bend).clamp(-1.0, 1.0)
        } else {
            0.0
        };
        let k = self.ks[best] * (shift * self.step).exp();
        let [before, here, after] = [best - 1, best, best + 1].map(at);
        let sums = Sums {
            value_form: between(shift, before.value_form, here.value_form, after.value_form),
            form_form: between(shift, before.form_form, here.form_form, after.form_form),
            value_value: squares,
        };
        Curve::saturating(prior.scale(k, &sums), k)
    }
}

/// The parabola through three neighbours, `shift` steps from the middle one.
fn between(shift: f64, before: f64, here: f64, after: f64) -> f64 {
    here + shift * (after - before) / 2.0 + shift * shift * (after - 2.0 * here + before) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FitConfig;
    use crate::curve::Response;
    use crate::fit::fit;

    /// Twenty weeks whose values are off the curve by up to a tenth.
    fn sample() -> (Days, Vec<i32>, Fit) {
        let truth = Curve::saturating(600.0, 150.0);
        let day = |day: i32| {
            let spend = 50.0 + f64::from(day * 37 % 200);
            let noise = 1.0 + f64::from(day * 53 % 21 - 10) / 100.0;
            (spend, truth.response(spend) * noise)
        };
        let days = Days::new((0..140).map(day));
        let weeks = (0..140).map(|day| day / 7).collect();
        let fit = fit(&days, 2.0, &FitConfig::default()).unwrap();
        (days, weeks, fit)
    }

    #[test]
    fn every_week_once_gives_the_fit_itself() {
        let (days, weeks, fit) = sample();
        let all = WeekDraws {
            weeks: (0..20).collect(),
            counts: vec![vec![1.0; 20]],
        };
        let curve = all.curves(&fit, &days, &weeks)[0];
        assert!(
            (curve.k / fit.curve.k - 1.0).abs() < 1e-3,
            "{curve:?} {:?}",
            fit.curve
        );
        assert!((curve.a / fit.curve.a - 1.0).abs() < 1e-3);
    }

    #[test]
    fn the_same_seed_gives_the_same_curves_and_another_seed_others() {
        let (days, weeks, fit) = sample();
        let present: BTreeSet<i32> = weeks.iter().copied().collect();
        let curves = |seed| WeekDraws::new(&present, 5, seed).curves(&fit, &days, &weeks);
        assert_eq!(curves(1), curves(1));
        assert_ne!(curves(1), curves(2));
    }

    #[test]
    fn a_draw_without_any_of_its_weeks_is_the_prior() {
        let (days, weeks, fit) = sample();
        let none = WeekDraws {
            weeks: (0..20).collect(),
            counts: vec![vec![0.0; 20]],
        };
        let curve = none.curves(&fit, &days, &weeks)[0];
        assert!((curve.k / fit.expected_k() - 1.0).abs() < 1e-3);
    }
}
