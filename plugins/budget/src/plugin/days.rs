//! Curves from days: the proposal for a portfolio, and fits alone.

use std::ops::Range;

use bellwether_plugin_sdk::Input;
use serde_json::json;

use super::told::{Row, refused};
use crate::config::{Config, GroupConfig};
use crate::count::units;
use crate::fit::{Days, Fit, fit};
use crate::propose::{Line, Proposal, propose};
use crate::request::{Campaign, Day, GroupLimit, Request};

pub(super) fn proposed(
    input: &Input,
    final_through: Option<i32>,
    config: &Config,
) -> Result<Vec<Row>, String> {
    let campaigns = campaigns(input)?;
    let present = campaigns.iter().map(|campaign| campaign.budget_micros);
    let all = || present.fold(0, i64::saturating_add);
    let total_micros = config.total_micros.unwrap_or_else(all);
    let days = campaigns.iter().flat_map(|campaign| &campaign.days);
    let last = days.map(|day| day.day).max();
    let request = Request {
        total_micros,
        groups: config.groups.iter().map(limit).collect(),
        final_through: final_through.or(last).unwrap_or(i32::MIN),
        minor_unit_micros: config.minor_unit_micros,
        campaigns,
    };
    Ok(match propose(&request, config) {
        Ok(proposal) => told(&proposal, config),
        Err(error) => vec![refused(&error)],
    })
}

fn limit(config: &GroupConfig) -> GroupLimit {
    GroupLimit {
        group: config.group.clone(),
        min_micros: config.min_micros,
        max_micros: config.max_micros,
    }
}

/// The whole first, then a row a campaign.
fn told(proposal: &Proposal, config: &Config) -> Vec<Row> {
    let is_recommended = proposal
        .gate
        .as_ref()
        .is_some_and(|gate| gate.is_recommended);
    let recommendation = if is_recommended {
        "recommended: enough resampled portfolios gain by it"
    } else {
        "not recommended: the gain is too small or too unsure"
    };
    let whole = Row {
        budget_micros: Some(sum(proposal, |line| line.budget_micros)),
        proposed_micros: Some(sum(proposal, |line| line.proposed_micros)),
        message: Some(recommendation.to_owned()),
        evidence: proposal.evidence(config),
        ..Row::default()
    };
    let lines = proposal.lines.iter().map(|line| Row {
        campaign: Some(line.id.clone()),
        budget_micros: Some(line.budget_micros),
        proposed_micros: Some(line.proposed_micros),
        message: Some(line.label().to_owned()),
        evidence: line.evidence(),
        ..Row::default()
    });
    std::iter::once(whole).chain(lines).collect()
}

fn sum(proposal: &Proposal, amount: impl Fn(&Line) -> i64) -> i64 {
    let amounts = proposal.lines.iter().map(amount);
    amounts.fold(0, i64::saturating_add)
}

/// A campaign without a present budget is taken to have what it spent a day, in the mean of its
/// last four weeks with spend.
fn campaigns(input: &Input) -> Result<Vec<Campaign>, String> {
    let budget = input.int64("budget_micros")?;
    let (least, most) = (input.int64("min_micros")?, input.int64("max_micros")?);
    let group = input.utf8("group")?;
    let mut campaigns = Vec::new();
    for rows in input.entities() {
        let mut days = days(input, rows)?;
        days.sort_by_key(|day| day.day);
        let present = rows.clone().find_map(|row| budget.get(row));
        campaigns.push(Campaign {
            id: input.entity(rows).unwrap_or_default().to_owned(),
            group: rows
                .clone()
                .find_map(|row| group.get(row))
                .map(str::to_owned),
            budget_micros: present.unwrap_or_else(|| recent_spend(&days)),
            min_micros: rows.clone().find_map(|row| least.get(row)),
            max_micros: rows.clone().find_map(|row| most.get(row)),
            days,
        });
    }
    Ok(campaigns)
}

/// Days of recent spend that stand for a budget nobody told: four weeks, each weekday alike.
const RECENT_DAYS: usize = 28;

fn recent_spend(days: &[Day]) -> i64 {
    let spent = days.iter().rev().filter(|day| day.spend_micros > 0);
    let recent: Vec<i64> = spent
        .take(RECENT_DAYS)
        .map(|day| day.spend_micros)
        .collect();
    let sum: i128 = recent.iter().copied().map(i128::from).sum();
    let count = i128::try_from(recent.len()).expect("a few days");
    let mean = if count > 0 { sum / count } else { 0 };
    i64::try_from(mean).expect("a mean of 64-bit amounts is one")
}

/// Days with both figures; a day that lacks one says nothing of the curve.
fn days(input: &Input, rows: &Range<usize>) -> Result<Vec<Day>, String> {
    let days = input.date("day")?;
    let (spend, value) = (input.int64("spend_micros")?, input.int64("revenue_micros")?);
    let day = |row: usize| {
        Some(Day {
            day: days.get(row)?,
            spend_micros: spend.get(row)?,
            value_micros: value.get(row)?,
        })
    };
    Ok(rows.clone().filter_map(day).collect())
}

pub(super) fn fits(input: &Input, config: &Config) -> Result<Vec<Row>, String> {
    let (spend, value) = (input.int64("spend_micros")?, input.int64("revenue_micros")?);
    let amounts = |row: usize| Some((units(spend.get(row)?), units(value.get(row)?)));
    let all = (0..input.rows()).filter_map(amounts);
    let (spent, brought) = all.fold((0.0, 0.0), |(spent, brought), (spend, value)| {
        (spent + spend, brought + value)
    });
    let of_rows = if spent > 0.0 { brought / spent } else { 0.0 };
    let pooled_roi = config.pooled_roi.unwrap_or(of_rows);
    let row = |rows: &Range<usize>| {
        let days = Days::new(rows.clone().filter_map(amounts));
        let fitted = fit(&days, pooled_roi, &config.fit);
        Row {
            campaign: input.entity(rows).map(str::to_owned),
            evidence: fitted.map_or_else(|| json!({ "n_used": 0 }), |fit| of_fit(&fit)),
            ..Row::default()
        }
    };
    Ok(input.entities().iter().map(row).collect())
}

fn of_fit(fit: &Fit) -> serde_json::Value {
    use crate::curve::Response as _;
    let median = fit.median_spend();
    json!({
        "n_used": fit.n_days,
        "x_median": median,
        "k0": fit.expected_k(),
        "sigma2": fit.variance(),
        "a": fit.curve.a,
        "k": fit.curve.k,
        "objective": fit.objective,
        "marginal_at_median": fit.curve.marginal(median),
        "average_at_median": fit.average_at_median(),
        "elasticity_at_median": fit.curve.elasticity(median),
        "is_identified": fit.is_identified(),
    })
}
