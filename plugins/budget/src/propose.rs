//! A proposal for a portfolio: curves from every campaign's days, the best division within the
//! bounds, whole minor units, what the bounds cost, and how sure the gain is.
//!
//! Everything is a day's budget, since curves are fitted to days. A campaign without any usable day
//! keeps its budget: nothing is known of it.
//! Invariant: days after `final_through` are never looked at, and budgets sum exactly to the total
//! unless it is flexible.

use std::collections::BTreeMap;

use crate::allocate::{Active, Allocation, concave, flexible};
use crate::bounds::{Bounds, Limits};
use crate::config::Config;
use crate::count::{micros, units};
use crate::curve::{Curve, Response};
use crate::error::Error;
use crate::fit::Fit;
use crate::gate::{Gate, gate};
use crate::portfolio::Portfolio;
use crate::request::{Campaign, Request};
use crate::rounding::largest_remainder;
use crate::water_filling::{Group, Pool};

/// What is proposed for one campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The campaign.
    pub id: String,
    /// Its present budget, in micros a day.
    pub budget_micros: i64,
    /// The proposed one.
    pub proposed_micros: i64,
    /// The bounds that were kept, in units of the currency.
    pub bounds: Bounds,
    /// What the next unit brings at the proposed budget.
    pub marginal: f64,
    /// Which bound holds it.
    pub active: Active,
    /// Its curve; `None` of a campaign without usable days.
    pub fit: Option<Fit>,
}

/// A proposal. Responses in units of the value a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// A line a campaign, in the order of the request.
    pub lines: Vec<Line>,
    /// What the present budgets bring by the curves.
    pub response_current: f64,
    /// What the proposed ones bring.
    pub response: f64,
    /// What they would bring without the limits of change, less `response`.
    pub cost_of_bounds: f64,
    /// The common marginal of campaigns at no bound.
    pub level: Option<f64>,
    /// What a flexible budget leaves, in micros a day.
    pub unspent_micros: i64,
    /// Value by spend of all campaigns' days.
    pub pooled_roi: f64,
    /// How sure the gain is; `None` when no draws were asked for.
    pub gate: Option<Gate>,
}

/// Proposes budgets.
pub fn propose(request: &Request, config: &Config) -> Result<Proposal, Error> {
    config.check().map_err(Error::Invalid)?;
    request.check()?;
    let portfolio = Portfolio::fit(request, config);
    if config.gate.draws == 0 {
        let flat = Curve::saturating(0.0, 1.0);
        let curve = |fit: &Option<Fit>| fit.as_ref().map_or(flat, |fit| fit.curve);
        let curves: Vec<Curve> = portfolio.fits.iter().map(curve).collect();
        return divide(request, config, &portfolio, &curves, |_, _| None);
    }
    let curves = portfolio.mean_curves(config);
    divide(request, config, &portfolio, &curves, |current, proposed| {
        Some(gate(&curves, current, proposed, &config.gate))
    })
}

fn divide<R: Response>(
    request: &Request,
    config: &Config,
    portfolio: &Portfolio,
    curves: &[R],
    gate: impl Fn(&[f64], &[f64]) -> Option<Gate>,
) -> Result<Proposal, Error> {
    let fitted = || request.campaigns.iter().zip(&portfolio.fits);
    let bound = fitted().map(|(campaign, fit)| limits(campaign, fit.is_some(), config));
    let free = fitted().map(|(campaign, fit)| match fit {
        Some(_) => limits(campaign, true, config).without_change_limits(),
        None => limits(campaign, false, config),
    });
    let (bounds, allocation) = allocated(request, config, curves, bound)?;
    let (_, unbounded) = allocated(request, config, curves, free)?;
    let proposed_micros = whole_units(request, &allocation)?;
    let proposed: Vec<f64> = proposed_micros.iter().copied().map(units).collect();
    let current = request.campaigns.iter().map(|one| units(one.budget_micros));
    let current: Vec<f64> = current.collect();
    let line = |index: usize| Line {
        id: request.campaigns[index].id.clone(),
        budget_micros: request.campaigns[index].budget_micros,
        proposed_micros: proposed_micros[index],
        bounds: bounds[index],
        marginal: curves[index].marginal(proposed[index]),
        active: allocation.active[index],
        fit: portfolio.fits[index].clone(),
    };
    Ok(Proposal {
        lines: (0..curves.len()).map(line).collect(),
        response_current: response(curves, &current),
        response: response(curves, &proposed),
        cost_of_bounds: (unbounded.response - allocation.response).max(0.0),
        level: allocation.level,
        unspent_micros: request.total_micros - proposed_micros.iter().sum::<i64>(),
        pooled_roi: portfolio.pooled_roi,
        gate: gate(&current, &proposed),
    })
}

fn response<R: Response>(curves: &[R], spends: &[f64]) -> f64 {
    let each = curves.iter().zip(spends);
    each.map(|(curve, spend)| curve.response(*spend)).sum()
}

fn allocated<R: Response>(
    request: &Request,
    config: &Config,
    curves: &[R],
    limits: impl Iterator<Item = Limits>,
) -> Result<(Vec<Bounds>, Allocation), Error> {
    let total = units(request.total_micros);
    let campaigns = request.campaigns.iter().zip(limits);
    let bounds = campaigns.map(|(campaign, limits)| limits.bounds(&campaign.id, total));
    let bounds = bounds.collect::<Result<Vec<_>, _>>()?;
    let pool = Pool {
        curves,
        bounds: &bounds,
        groups: &groups(request),
    };
    let allocation = match config.min_marginal {
        Some(least) => flexible(&pool, total, least),
        None => concave(&pool, total),
    }?;
    Ok((bounds, allocation))
}

fn limits(campaign: &Campaign, is_fitted: bool, config: &Config) -> Limits {
    let change = |share: f64| Some(if is_fitted { share } else { 0.0 });
    Limits {
        current: Some(units(campaign.budget_micros)),
        max_decrease: change(config.max_decrease),
        max_increase: change(config.max_increase),
        min: campaign.min_micros.map(units),
        max: campaign.max_micros.map(units),
    }
}

fn groups(request: &Request) -> Vec<Group> {
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, campaign) in request.campaigns.iter().enumerate() {
        if let Some(group) = &campaign.group {
            members.entry(group).or_default().push(index);
        }
    }
    let limits = request.groups.iter();
    limits
        .map(|limit| Group {
            name: limit.group.clone(),
            members: members.remove(limit.group.as_str()).unwrap_or_default(),
            min: limit.min_micros.map_or(0.0, units),
            max: limit.max_micros.map_or(f64::INFINITY, units),
        })
        .collect()
}

/// The spends as whole minor units that sum to what is spent, in micros.
fn whole_units(request: &Request, allocation: &Allocation) -> Result<Vec<i64>, Error> {
    let unit = request.minor_unit_micros;
    let spent = request.total_micros - micros(allocation.unspent).clamp(0, request.total_micros);
    // A part of a minor unit that a flexible budget would spend stays unspent.
    let total = spent / unit;
    let rest = units(spent - total * unit);
    let sum: f64 = allocation.spends.iter().sum();
    let kept = if sum > 0.0 { 1.0 - rest / sum } else { 1.0 };
    let exact: Vec<f64> = allocation
        .spends
        .iter()
        .map(|spend| spend * kept / units(unit))
        .collect();
    let parts = largest_remainder(total, &exact);
    let parts =
        parts.ok_or_else(|| Error::Invalid("budgets are too large to divide".to_owned()))?;
    Ok(parts.into_iter().map(|part| part * unit).collect())
}

#[cfg(test)]
mod tests;
