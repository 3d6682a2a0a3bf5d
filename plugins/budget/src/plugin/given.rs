//! Curves that come with the rows: one a campaign, or several draws of each.
//!
//! They are taken at their word, and so are the limits beside them: without `max_decrease` and
//! `max_increase` in its row, a campaign's budget may change as far as its contract and the total
//! allow.

use std::ops::Range;

use bellwether_plugin_sdk::Input;
use serde_json::{Value, json};

use super::told::{Row, refused};
use crate::allocate::{Active, Allocation, any_shape, concave, flexible};
use crate::bounds::{Bounds, Limits};
use crate::config::Config;
use crate::count::{float, micros, units};
use crate::curve::{Curve, MeanCurve, Response, Shape};
use crate::error::Error;
use crate::gate::gate;
use crate::water_filling::{Group, Pool};

/// A campaign with its curves, rising by draw.
struct Campaign {
    id: String,
    group: Option<String>,
    curves: Vec<Curve>,
    limits: Limits,
}

/// Whether any row has a curve.
pub(super) fn has_curves(input: &Input) -> Result<bool, String> {
    let curve = input.utf8("curve")?;
    Ok((0..input.rows()).any(|row| curve.get(row).is_some()))
}

pub(super) fn allocated(input: &Input, config: &Config) -> Result<Vec<Row>, String> {
    let campaigns = campaigns(input)?;
    let present: Option<Vec<f64>> = campaigns.iter().map(|one| one.limits.current).collect();
    let total = config.total_micros.map(units);
    let total = total.or_else(|| present.as_ref().map(|present| present.iter().sum()));
    let total = total.ok_or_else(|| {
        "`total_micros` is needed, since not every campaign has `budget_micros`".to_owned()
    })?;
    let divided = divided(&campaigns, present.as_deref(), total, config);
    Ok(divided.unwrap_or_else(|error| vec![refused(&error)]))
}

fn divided(
    campaigns: &[Campaign],
    present: Option<&[f64]>,
    total: f64,
    config: &Config,
) -> Result<Vec<Row>, Error> {
    let bounds = campaigns
        .iter()
        .map(|one| one.limits.bounds(&one.id, total));
    let bounds: Vec<Bounds> = bounds.collect::<Result<_, _>>()?;
    let groups = groups(campaigns, config);
    if campaigns.iter().any(|campaign| campaign.curves.len() > 1) {
        let mean = |campaign: &Campaign| MeanCurve::new(campaign.curves.clone());
        let curves: Option<Vec<MeanCurve>> = campaigns.iter().map(mean).collect();
        let curves = curves.ok_or(Error::ShapesUnsupported)?;
        let pool = Pool {
            curves: &curves,
            bounds: &bounds,
            groups: &groups,
        };
        let allocation = filled(&pool, total, config)?;
        let mut rows = told(campaigns, &pool, present, &allocation, total);
        if let Some(present) = present {
            let gate = gate(&curves, present, &allocation.spends, &config.gate);
            let mut evidence = gate.evidence();
            evidence["gain_per_draw"] = json!(gate.gains);
            evidence["mean_response"] = json!(gate.mean_response);
            evidence["mean_response_current"] = json!(gate.mean_response_current);
            rows[0].evidence["gate"] = evidence;
        }
        return Ok(rows);
    }
    let curves: Vec<Curve> = campaigns
        .iter()
        .map(|campaign| campaign.curves[0])
        .collect();
    let pool = Pool {
        curves: &curves,
        bounds: &bounds,
        groups: &groups,
    };
    let allocation = match config.min_marginal {
        Some(_) => filled(&pool, total, config)?,
        None => any_shape(&curves, &bounds, &groups, total)?,
    };
    Ok(told(campaigns, &pool, present, &allocation, total))
}

fn filled<R: Response>(
    pool: &Pool<'_, R>,
    total: f64,
    config: &Config,
) -> Result<Allocation, Error> {
    match config.min_marginal {
        Some(least) => flexible(pool, total, least),
        None => concave(pool, total),
    }
}

/// The whole first, then a row a campaign. Amounts of the evidence are in units, not rounded.
fn told<R: Response>(
    campaigns: &[Campaign],
    pool: &Pool<'_, R>,
    present: Option<&[f64]>,
    allocation: &Allocation,
    total: f64,
) -> Vec<Row> {
    let whole = Row {
        budget_micros: present.map(|present| micros(present.iter().sum())),
        proposed_micros: Some(micros(total - allocation.unspent)),
        evidence: of_whole(pool, present, allocation, total),
        ..Row::default()
    };
    let part = |(index, campaign): (usize, &Campaign)| Row {
        campaign: Some(campaign.id.clone()),
        budget_micros: campaign.limits.current.map(micros),
        proposed_micros: Some(micros(allocation.spends[index])),
        evidence: json!({
            "spend": allocation.spends[index],
            "marginal": allocation.marginals[index],
            "active_bound": Active::name(allocation.active[index]),
            "lower": pool.bounds[index].lower,
            "upper": pool.bounds[index].upper,
        }),
        ..Row::default()
    };
    let parts = campaigns.iter().enumerate().map(part);
    std::iter::once(whole).chain(parts).collect()
}

fn of_whole<R: Response>(
    pool: &Pool<'_, R>,
    present: Option<&[f64]>,
    allocation: &Allocation,
    total: f64,
) -> Value {
    let response = |spends: &[f64]| -> f64 {
        let each = pool.curves.iter().zip(spends);
        each.map(|(curve, spend)| curve.response(*spend)).sum()
    };
    let before = present.map(&response);
    let even = vec![total / float(pool.curves.len()); pool.curves.len()];
    let all_spent = concave(pool, total).ok();
    json!({
        "total_response": allocation.response,
        "lambda_equal_marginal": allocation.level,
        "lambda_if_all_spent": all_spent.and_then(|all_spent| all_spent.level),
        "unspent": allocation.unspent,
        "current_total": present.map(|present| present.iter().sum::<f64>()),
        "current_response": before,
        "uplift": before.map(|before| allocation.response - before),
        "uplift_pct": before.map(|before| (allocation.response / before - 1.0) * 100.0),
        "even_split_response": response(&even),
    })
}

fn campaigns(input: &Input) -> Result<Vec<Campaign>, String> {
    let group = input.utf8("group")?;
    let draws = input.int64("draw")?;
    let mut campaigns = Vec::new();
    for rows in input.entities() {
        let id = input.entity(rows).unwrap_or_default().to_owned();
        let mut drawn = Vec::new();
        for row in rows.clone() {
            let curve = curve(input, row).map_err(|wrong| format!("`{id}`: {wrong}"))?;
            drawn.extend(curve.map(|curve| (draws.get(row).unwrap_or(0), curve)));
        }
        if drawn.is_empty() {
            return Err(format!("`{id}` has no curve, while others have"));
        }
        drawn.sort_by_key(|(draw, _)| *draw);
        campaigns.push(Campaign {
            group: rows
                .clone()
                .find_map(|row| group.get(row))
                .map(str::to_owned),
            curves: drawn.into_iter().map(|(_, curve)| curve).collect(),
            limits: limits(input, rows)?,
            id,
        });
    }
    let counts = campaigns.iter().map(|campaign| campaign.curves.len());
    let (least, most) = counts.fold((usize::MAX, 0), |(least, most), count| {
        (least.min(count), most.max(count))
    });
    if most > least {
        return Err(format!(
            "campaigns have {least} to {most} draws; all must have as many"
        ));
    }
    Ok(campaigns)
}

fn curve(input: &Input, row: usize) -> Result<Option<Curve>, String> {
    let Some(name) = input.utf8("curve")?.get(row) else {
        return Ok(None);
    };
    let number = |column: &str| {
        let value = input.float64(column)?.get(row);
        value.ok_or_else(|| format!("a curve `{name}` needs `{column}`"))
    };
    let shape = match name {
        "mm" => Shape::Saturating,
        "log" => Shape::Log,
        "hill" => Shape::Hill {
            h: number("curve_h")?,
        },
        other => return Err(format!("curve `{other}` is none of `mm`, `log`, `hill`")),
    };
    let (a, k) = (number("curve_a")?, number("curve_k")?);
    let curve = Curve { a, k, shape };
    if curve.is_valid() {
        return Ok(Some(curve));
    }
    Err(format!("curve `{name}` can't have a = {a} and k = {k}"))
}

fn limits(input: &Input, rows: &Range<usize>) -> Result<Limits, String> {
    let amount = |name: &str| {
        let column = input.int64(name)?;
        Ok::<_, String>(rows.clone().find_map(|row| column.get(row)).map(units))
    };
    let share = |name: &str| {
        let column = input.float64(name)?;
        Ok::<_, String>(rows.clone().find_map(|row| column.get(row)))
    };
    Ok(Limits {
        current: amount("budget_micros")?,
        max_decrease: share("max_decrease")?,
        max_increase: share("max_increase")?,
        min: amount("min_micros")?,
        max: amount("max_micros")?,
    })
}

fn groups(campaigns: &[Campaign], config: &Config) -> Vec<Group> {
    let members = |name: &str| {
        let each = campaigns.iter().enumerate();
        let of_group = each.filter(|(_, campaign)| campaign.group.as_deref() == Some(name));
        of_group.map(|(index, _)| index).collect()
    };
    let limits = config.groups.iter();
    limits
        .map(|limit| Group {
            name: limit.group.clone(),
            members: members(&limit.group),
            min: limit.min_micros.map_or(0.0, units),
            max: limit.max_micros.map_or(f64::INFINITY, units),
        })
        .collect()
}
