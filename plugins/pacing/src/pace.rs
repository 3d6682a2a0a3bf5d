//! The formulas of pacing.
//!
//! With the plan's weights of days, `elapsed` up to and including the last final day and `total`
//! over the whole flight:
//!
//! - expected to date = budget x elapsed / total
//! - ratio = spent / expected; variance = ratio - 1
//! - projected total = spent x total / elapsed
//! - projected total by the last days = spent + their spend / their weight x remaining weight
//! - required per day of weight one = (budget - spent) / remaining weight
//!
//! The tiers follow the practice of agencies (10, 20, 30 %; pi-automate.com's guide) with an
//! absolute minimum, so that five units over plan on the first day are no alert.
//! Invariant: the tier is decided on exact fractions, never on what is shown.

use crate::calendar::{Day, Weights};
use crate::config::Config;
use crate::exact::divided_half_up;

const MILLION: i128 = 1_000_000;

/// What was planned. Money in micros of the campaign's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flight {
    pub(crate) budget_micros: i64,
    first: Day,
    last: Day,
}

/// The longest flight, a hundred years: sums of weights times money then stay far below what
/// whole numbers hold.
pub const FLIGHT_DAYS_MAX: i64 = 36_600;

impl Flight {
    /// A budget for the days from `first` to `last`, both within.
    pub fn new(budget_micros: i64, first: Day, last: Day) -> Result<Self, String> {
        let n_days = i64::from(last) - i64::from(first) + 1;
        if !(1..=FLIGHT_DAYS_MAX).contains(&n_days) {
            return Err(format!(
                "a flight has 1 to {FLIGHT_DAYS_MAX} days, this one has {n_days}"
            ));
        }
        if budget_micros < 0 {
            return Err(format!(
                "a budget is 0 or more, this one is {budget_micros} micros"
            ));
        }
        Ok(Self {
            budget_micros,
            first,
            last,
        })
    }
}

/// What happened, up to the last day whose spend is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent<'a> {
    /// Spend of the whole flight so far.
    pub micros: i64,
    /// The last day whose spend is final.
    pub through: Day,
    /// The spend of the last days up to `through`, oldest first; empty where it isn't known.
    pub recent_micros: &'a [i64],
}

/// Which side of the plan a campaign is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Less was spent than planned.
    Under,
    /// Exactly as planned.
    On,
    /// More was spent than planned.
    Over,
}

/// How far from the plan a campaign is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Within the first tier, or below the absolute minimum: no alert.
    None,
    /// Beyond the first tier.
    Medium,
    /// Beyond the second tier.
    High,
    /// Beyond the third tier.
    Critical,
}

/// How a campaign paces. Money in micros, shares in millionths; `None` where there is no number,
/// such as a ratio to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// What should have been spent by now.
    pub expected_micros: i64,
    /// Spent by expected.
    pub ratio_millionths: Option<i64>,
    /// Ratio less one: -250,000 is a quarter under plan.
    pub variance_millionths: Option<i64>,
    /// The flight's spend, going on as until now.
    pub projected_micros: Option<i64>,
    /// The flight's spend, going on as in the last days.
    pub projected_recent_micros: Option<i64>,
    /// What a day of weight one must spend from now on.
    pub required_micros: Option<i64>,
    /// Which side of the plan.
    pub direction: Direction,
    /// How far from it.
    pub severity: Severity,
}

/// How the days of a flight divide.
struct Division {
    total: i128,
    elapsed: i128,
    remaining: i128,
}

/// Paces one campaign.
pub fn pace(flight: &Flight, spent: &Spent<'_>, weights: &Weights, config: &Config) -> Pace {
    let total = weights.sum(flight.first, flight.last);
    let elapsed = weights.sum(flight.first, spent.through.min(flight.last));
    let days = Division {
        total,
        elapsed,
        remaining: total - elapsed,
    };
    let budget = i128::from(flight.budget_micros);
    let paid = i128::from(spent.micros);
    // Both sides times the total weight, so that nothing is divided before it is compared.
    let planned = budget * days.elapsed;
    let difference = paid * days.total - planned;
    let ratio_millionths = divided_half_up(paid * days.total * MILLION, planned);
    Pace {
        expected_micros: divided_half_up(planned, days.total).unwrap_or(0),
        ratio_millionths,
        variance_millionths: divided_half_up(difference * MILLION, planned),
        projected_micros: divided_half_up(paid * days.total, days.elapsed),
        projected_recent_micros: projected_by_last_days(flight, spent, weights, &days),
        required_micros: divided_half_up((budget - paid) * 1_000, days.remaining),
        direction: match difference.signum() {
            -1 => Direction::Under,
            0 => Direction::On,
            _ => Direction::Over,
        },
        severity: severity(difference, planned, days.total, config),
    }
}

fn projected_by_last_days(
    flight: &Flight,
    spent: &Spent<'_>,
    weights: &Weights,
    days: &Division,
) -> Option<i64> {
    let n_days = i32::try_from(spent.recent_micros.len()).ok()?;
    let since = spent.through.checked_sub(n_days)?.checked_add(1)?;
    if n_days == 0 || since < flight.first || spent.through > flight.last {
        return None;
    }
    let weight = weights.sum(since, spent.through);
    let paid: i128 = spent.recent_micros.iter().copied().map(i128::from).sum();
    divided_half_up(
        i128::from(spent.micros) * weight + paid * days.remaining,
        weight,
    )
}

fn severity(difference: i128, planned: i128, total: i128, config: &Config) -> Severity {
    let far = difference.abs();
    let too_small = far < i128::from(config.min_difference_micros) * total;
    if too_small || far == 0 {
        return Severity::None;
    }
    let beyond = |tier: f64| far * MILLION >= planned * millionths(tier);
    if beyond(config.critical_from) {
        Severity::Critical
    } else if beyond(config.high_from) {
        Severity::High
    } else if beyond(config.medium_from) {
        Severity::Medium
    } else {
        Severity::None
    }
}

/// A share of the configuration as whole millionths.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the configuration's check keeps shares between 0 and 1,000"
)]
fn millionths(share: f64) -> i128 {
    (share * 1e6).round() as i128
}

impl Direction {
    /// The word in findings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Under => "under",
            Self::On => "on",
            Self::Over => "over",
        }
    }
}

impl Severity {
    /// The word in findings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

#[cfg(test)]
mod tests;
