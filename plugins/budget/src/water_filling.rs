//! The optimum of concave curves: money flows to where the next unit brings most, until it brings
//! the same everywhere.
//!
//! At the optimum every campaign within its bounds has the same marginal, the water level `lambda`
//! (Karush-Kuhn-Tucker). Each campaign's spend at a level is known, and their sum falls as the level
//! rises, so that one search for the level solves the whole: exact, deterministic, n log(1/eps).
//! A group with limits gets the nearest sum that they allow, and its own level within it.
//! Invariant: only concave parts of curves are looked at.

use crate::bounds::Bounds;
use crate::curve::Response;
use crate::error::Error;
use crate::root;

/// The least and the most for the sum of some campaigns.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name in errors.
    pub name: String,
    /// The places of its campaigns; no campaign is in two groups.
    pub members: Vec<usize>,
    /// The least for all of them.
    pub min: f64,
    /// The most for all of them.
    pub max: f64,
}

/// Curves with their bounds, and groups of them.
#[derive(Debug, Clone, Copy)]
pub struct Pool<'a, R> {
    /// A curve a campaign.
    pub curves: &'a [R],
    /// The bounds of each.
    pub bounds: &'a [Bounds],
    /// Limits on sums.
    pub groups: &'a [Group],
}

/// What each campaign gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// In units of the currency.
    pub spends: Vec<f64>,
    /// The level at which the search ended: the marginal of every campaign that is neither at a
    /// bound nor in a group at its limit.
    pub level: f64,
}

/// The levels searched, as 1 / sqrt(level), in which the sum is nearly a straight line.
const DEPTH_MAX: f64 = 1e30;

impl<R: Response> Pool<'_, R> {
    /// The sums of the lower and of the upper bounds, limits of groups included.
    pub fn sums(&self) -> Result<(f64, f64), Error> {
        let (mut lower, mut upper) = (0.0, 0.0);
        for bounds in self.loose().map(|index| self.bounds[index]) {
            lower += bounds.lower;
            upper += bounds.upper;
        }
        for group in self.groups {
            let members = || group.members.iter().map(|index| self.bounds[*index]);
            let sum_lower: f64 = members().map(|bounds| bounds.lower).sum();
            let sum_upper: f64 = members().map(|bounds| bounds.upper).sum();
            if sum_lower > group.max || sum_upper < group.min || group.min > group.max {
                return Err(Error::GroupContradicts {
                    group: group.name.clone(),
                    min: group.min,
                    max: group.max,
                    sum_lower,
                    sum_upper,
                });
            }
            lower += sum_lower.max(group.min);
            upper += sum_upper.min(group.max);
        }
        Ok((lower, upper))
    }

    /// Spends `total` where it brings most. The caller has compared it with [`Self::sums`].
    pub fn fill(&self, total: f64) -> Filled {
        let missing = |depth: f64| self.sum_at(depth) - total;
        let mut deepest = 1e-3;
        while deepest < DEPTH_MAX && missing(deepest) < 0.0 {
            deepest *= 10.0;
        }
        let depth = root::of_rising(0.0, deepest, missing);
        let mut spends = self.spends_at(depth);
        self.spread_rest(&mut spends, total);
        Filled {
            spends,
            level: level(depth),
        }
    }

    /// Spends until the next unit brings no more than `level`.
    pub fn fill_to(&self, level: f64) -> Filled {
        Filled {
            spends: self.spends_at(level.sqrt().recip()),
            level,
        }
    }

    /// The campaigns of no group.
    fn loose(&self) -> impl Iterator<Item = usize> {
        let is_loose = |index: &usize| {
            let groups = self.groups.iter();
            !groups
                .flat_map(|group| &group.members)
                .any(|member| member == index)
        };
        (0..self.curves.len()).filter(is_loose)
    }

    fn spend_at(&self, index: usize, depth: f64) -> f64 {
        if depth <= 0.0 {
            return self.bounds[index].lower;
        }
        self.curves[index].spend_at(level(depth), self.bounds[index])
    }

    fn sum_at(&self, depth: f64) -> f64 {
        let all: f64 = (0..self.curves.len())
            .map(|index| self.spend_at(index, depth))
            .sum();
        let of_groups: f64 = self
            .groups
            .iter()
            .map(|group| {
                let sum = self.sum_of(group, depth);
                sum.clamp(group.min, group.max) - sum
            })
            .sum();
        all + of_groups
    }

    fn sum_of(&self, group: &Group, depth: f64) -> f64 {
        group
            .members
            .iter()
            .map(|index| self.spend_at(*index, depth))
            .sum()
    }

    fn spends_at(&self, depth: f64) -> Vec<f64> {
        let count = self.curves.len();
        let mut spends: Vec<f64> = (0..count)
            .map(|index| self.spend_at(index, depth))
            .collect();
        for group in self.groups {
            let sum = self.sum_of(group, depth);
            let allowed = sum.clamp(group.min, group.max);
            if (sum - allowed).abs() > 0.0 {
                self.fill_group(group, allowed, &mut spends);
            }
        }
        spends
    }

    /// The water level of a group by itself.
    fn fill_group(&self, group: &Group, sum: f64, spends: &mut [f64]) {
        let missing = |depth: f64| self.sum_of(group, depth) - sum;
        let mut deepest = 1e-3;
        while deepest < DEPTH_MAX && missing(deepest) < 0.0 {
            deepest *= 10.0;
        }
        let depth = root::of_rising(0.0, deepest, missing);
        for index in &group.members {
            spends[*index] = self.spend_at(*index, depth);
        }
    }

    /// Campaigns that bring nothing take no money at any level; when there is no other place for
    /// it, they share the rest by the room that they have.
    fn spread_rest(&self, spends: &mut [f64], total: f64) {
        let rest = total - spends.iter().sum::<f64>();
        let room = |index: usize, spends: &[f64]| self.bounds[index].upper - spends[index];
        let loose: Vec<usize> = self.loose().collect();
        let all: f64 = loose.iter().map(|index| room(*index, spends)).sum();
        if rest <= 1e-9 * total.abs() || all <= 0.0 {
            return;
        }
        for index in loose {
            spends[index] += rest * room(index, spends) / all;
        }
    }
}

fn level(depth: f64) -> f64 {
    (depth * depth).recip()
}

#[cfg(test)]
mod tests;
