//! The ROI scorer: what a campaign returned on what it cost, and what to do about it.
//!
//! `roi = (revenue - refunds - cost of goods - total cost) / total cost`, as a fraction: 0.25
//! means that every unit spent came back with a quarter on top. It is computed exactly from
//! micros of the campaign's own currency, over the window that the metadata declares.
//! Invariant: a number that is missing gives `INSUFFICIENT_DATA` with a reason, never a guess.
//!
//! Reading order: [`judgement`] (the rules), [`config`] (the thresholds).

pub mod config;
pub mod judgement;

use std::ffi::CStr;

use bellwether_plugin_sdk::{Input, Scorer, Table, export_scorer, metadata_file};

use crate::config::Config;
use crate::judgement::{Figures, Objective, judge};

export_scorer!(RoiScorer);

/// The scorer with its thresholds.
#[derive(Debug)]
pub struct RoiScorer {
    config: Config,
}

impl Scorer for RoiScorer {
    const METADATA: &'static CStr = metadata_file!("metadata.json");

    type Config = Config;

    fn open(config: Config) -> Result<Self, String> {
        config.check()?;
        Ok(Self { config })
    }

    fn score(&self, input: &Input) -> Result<Table, String> {
        let objective = input.utf8("objective")?;
        let spend = input.int64("spend_micros")?;
        let revenue = input.int64("revenue_micros")?;
        let refunds = input.int64("refunds_micros")?;
        let cogs = input.int64("cogs_micros")?;
        let agency_fees = input.int64("agency_fees_micros")?;
        let production_costs = input.int64("production_costs_micros")?;
        let influencer_costs = input.int64("influencer_costs_micros")?;
        let total_cost = input.int64("total_cost_micros")?;

        let mut values = Vec::with_capacity(input.entities().len());
        let mut verdicts = Vec::with_capacity(input.entities().len());
        let mut evidence = Vec::with_capacity(input.entities().len());
        for rows in input.entities() {
            // The query groups by campaign alone, so a campaign has one row.
            let row = rows.start;
            let figures = Figures {
                spend: spend.get(row),
                revenue: revenue.get(row),
                refunds: refunds.get(row),
                cogs: cogs.get(row),
                agency_fees: agency_fees.get(row),
                production_costs: production_costs.get(row),
                influencer_costs: influencer_costs.get(row),
                total_cost: total_cost.get(row),
            };
            let judgement = judge(&figures, Objective::of(objective.get(row)), &self.config);
            values.push(judgement.roi());
            verdicts.push(Some(judgement.verdict.name()));
            evidence.push(Some(judgement.evidence(&figures, &self.config).to_string()));
        }
        Ok(Table::new()
            .with("value", values)
            .with("verdict", verdicts)
            .with("evidence", evidence))
    }
}

#[cfg(test)]
mod tests;
