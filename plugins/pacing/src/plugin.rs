//! The alerter: typed columns in, findings out.
//!
//! A campaign with a budget and a flight is held to its plan, one with a daily budget to its
//! platform's caps; a campaign with neither is passed over. A row without a day is spend of
//! earlier days that nobody told one by one.
//! Invariant: days after the last final one are never looked at.

use std::collections::BTreeMap;
use std::ffi::CStr;
use std::ops::Range;

use bellwether_plugin_sdk::date::{day_of, month_of};
use bellwether_plugin_sdk::{Alerter, Input, Table, export_alerter, metadata_file};
use serde_json::{Value, json};

use crate::calendar::{Day, Weights};
use crate::config::Config;
use crate::pace::{Flight, Severity, Spent, pace};

export_alerter!(PacingAlerter);

/// The alerter with its thresholds.
#[derive(Debug)]
pub struct PacingAlerter {
    config: Config,
    weights: Weights,
    final_through: Option<Day>,
}

/// One campaign's rows.
struct Campaign {
    id: String,
    /// In the order of the rows.
    spend: Vec<(Day, i64)>,
    /// Spend of days that are not told one by one.
    earlier_micros: i64,
    flight: Option<Flight>,
    daily_budget_micros: Option<i64>,
}

/// What is said of a campaign by one rule.
struct Finding {
    campaign: String,
    rule: &'static str,
    is_alert: bool,
    severity: Option<&'static str>,
    message: Option<String>,
    evidence: Value,
}

impl Alerter for PacingAlerter {
    const METADATA: &'static CStr = metadata_file!("metadata.json");

    type Config = Config;

    fn open(config: Config) -> Result<Self, String> {
        config.check()?;
        let day = |text: &String| {
            day_of(text).ok_or_else(|| format!("`final_through` is {text}, no date as 2026-04-30"))
        };
        Ok(Self {
            weights: config.weights()?,
            final_through: config.final_through.as_ref().map(day).transpose()?,
            config,
        })
    }

    fn find(&self, input: &Input) -> Result<Table, String> {
        let campaigns = campaigns(input)?;
        let days = campaigns.iter().flat_map(|campaign| &campaign.spend);
        let last = days.map(|(day, _)| *day).max();
        let Some(through) = self.final_through.or(last) else {
            return Ok(table(&[]));
        };
        let mut found = Vec::new();
        for campaign in &campaigns {
            let flight = campaign.flight.as_ref();
            found.extend(flight.map(|flight| self.paced(campaign, flight, through)));
            found.extend(self.capped(campaign, through));
        }
        if !self.config.report_all {
            found.retain(|finding| finding.is_alert);
        }
        Ok(table(&found))
    }
}

impl PacingAlerter {
    fn paced(&self, campaign: &Campaign, flight: &Flight, through: Day) -> Finding {
        let config = &self.config;
        let spent = campaign.spend.iter().filter(|(day, _)| *day <= through);
        let amounts = spent.clone().map(|(_, micros)| *micros);
        let sum = amounts.fold(0, i64::saturating_add);
        let n_recent = i32::try_from(config.recent_days).unwrap_or(i32::MAX);
        let first_recent = through.saturating_sub(n_recent.saturating_sub(1));
        let recent = spent.filter(|(day, _)| *day >= first_recent);
        let recent: Vec<i64> = recent.map(|(_, micros)| *micros).collect();
        let spent = Spent {
            micros: campaign.earlier_micros.saturating_add(sum),
            through,
            recent_micros: &recent,
        };
        let pace = pace(flight, &spent, &self.weights, config);
        Finding {
            campaign: campaign.id.clone(),
            rule: "PACE",
            is_alert: pace.severity != Severity::None,
            severity: Some(pace.severity.name()),
            message: pace.sentence(),
            evidence: pace.evidence(flight, &spent, config),
        }
    }

    /// The days and months that were dearer than the platform may make them.
    fn capped(&self, campaign: &Campaign, through: Day) -> Option<Finding> {
        let budget = campaign.daily_budget_micros?;
        let caps = &self.config.caps;
        let mut months: BTreeMap<(i32, i32), i64> = BTreeMap::new();
        let mut days_over = Vec::new();
        for (day, micros) in campaign.spend.iter().filter(|(day, _)| *day <= through) {
            let month = months.entry(month_of(*day)).or_default();
            *month = month.saturating_add(*micros);
            if caps.day_breached(budget, *micros) {
                days_over.push(json!({ "day": day, "spend_micros": micros }));
            }
        }
        let over = |micros: &i64| caps.month_breached(budget, *micros);
        let months_over = months.iter().filter(|(_, micros)| over(micros));
        let months_over: Vec<Value> = months_over
            .map(|((year, month), micros)| {
                json!({ "month": format!("{year}-{month:02}"), "spend_micros": micros })
            })
            .collect();
        let is_alert = !days_over.is_empty() || !months_over.is_empty();
        let sentence = || {
            let (days, months) = (days_over.len(), months_over.len());
            format!("{days} days and {months} months are above what the platform may spend")
        };
        Some(Finding {
            campaign: campaign.id.clone(),
            rule: "CAP",
            is_alert,
            severity: None,
            message: is_alert.then(sentence),
            evidence: json!({
                "daily_budget_micros": budget,
                "day_breach": !days_over.is_empty(),
                "month_breach": !months_over.is_empty(),
                "days_over": days_over,
                "months_over": months_over,
                "caps": caps,
            }),
        })
    }
}

fn campaigns(input: &Input) -> Result<Vec<Campaign>, String> {
    let (days, spend) = (input.date("day")?, input.int64("spend_micros")?);
    let budget = input.int64("budget_micros")?;
    let (first, last) = (input.date("first_day")?, input.date("last_day")?);
    let daily_budget = input.int64("daily_budget_micros")?;
    let campaign = |rows: &Range<usize>| {
        let id = input.entity(rows).unwrap_or_default().to_owned();
        let plan = rows.clone().find_map(|row| {
            let budget = budget.get(row)?;
            Some((budget, first.get(row)?, last.get(row)?))
        });
        let flight = plan.map(|(budget, first, last)| Flight::new(budget, first, last));
        let flight = flight
            .transpose()
            .map_err(|wrong| format!("`{id}`: {wrong}"))?;
        let told = rows.clone().filter_map(|row| Some((row, spend.get(row)?)));
        let (mut spend, mut earlier_micros) = (Vec::new(), 0_i64);
        for (row, micros) in told {
            match days.get(row) {
                Some(day) => spend.push((day, micros)),
                None => earlier_micros = earlier_micros.saturating_add(micros),
            }
        }
        Ok(Campaign {
            id,
            spend,
            earlier_micros,
            flight,
            daily_budget_micros: rows.clone().find_map(|row| daily_budget.get(row)),
        })
    };
    input.entities().iter().map(campaign).collect()
}

fn table(found: &[Finding]) -> Table {
    let texts = |text: &dyn Fn(&Finding) -> Option<String>| -> Vec<Option<String>> {
        found.iter().map(text).collect()
    };
    let alerts: Vec<Option<bool>> = found.iter().map(|finding| Some(finding.is_alert)).collect();
    Table::new()
        .with(
            "campaign_id",
            texts(&|finding| Some(finding.campaign.clone())),
        )
        .with("rule", texts(&|finding| Some(finding.rule.to_owned())))
        .with("is_alert", alerts)
        .with(
            "severity",
            texts(&|finding| finding.severity.map(str::to_owned)),
        )
        .with("message", texts(&|finding| finding.message.clone()))
        .with(
            "evidence",
            texts(&|finding| Some(finding.evidence.to_string())),
        )
}

#[cfg(test)]
mod tests;
