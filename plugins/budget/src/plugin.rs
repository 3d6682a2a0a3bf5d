//! The allocator: typed columns in, proposals out.
//!
//! Curves come from the days of each campaign, or are given with the rows and then taken at their
//! word. What can't be divided as asked is an answer too: one row with the error's code.
//! Invariant: no rule of budgets here; this module only carries rows to the rules and back.

mod days;
mod given;
mod told;

use std::ffi::CStr;

use bellwether_plugin_sdk::date::day_of;
use bellwether_plugin_sdk::{Allocator, Input, Table, export_allocator, metadata_file};

use crate::config::{Config, Task};
use crate::rounding::largest_remainder;
use told::{Row, table};

export_allocator!(BudgetAllocator);

/// The allocator with its thresholds.
#[derive(Debug)]
pub struct BudgetAllocator {
    config: Config,
    final_through: Option<i32>,
}

impl Allocator for BudgetAllocator {
    const METADATA: &'static CStr = metadata_file!("metadata.json");

    type Config = Config;

    fn open(config: Config) -> Result<Self, String> {
        config.check()?;
        let day = |text: &String| {
            day_of(text).ok_or_else(|| format!("`final_through` is {text}, no date as 2026-04-30"))
        };
        let final_through = config.final_through.as_ref().map(day).transpose()?;
        Ok(Self {
            config,
            final_through,
        })
    }

    fn propose(&self, input: &Input) -> Result<Table, String> {
        let config = &self.config;
        let rows = match config.task {
            Task::Fit => days::fits(input, config)?,
            Task::Round => rounded(input, config)?,
            Task::Propose if given::has_curves(input)? => given::allocated(input, config)?,
            Task::Propose => days::proposed(input, self.final_through, config)?,
        };
        Ok(table(rows))
    }
}

/// Given amounts, as whole minor units that sum to the total.
fn rounded(input: &Input, config: &Config) -> Result<Vec<Row>, String> {
    let given = input.float64("exact")?;
    let amount = |row: usize| {
        let missing = || "`exact` is missing in a row".to_owned();
        given.get(row).ok_or_else(missing)
    };
    let exact: Vec<f64> = (0..input.rows()).map(amount).collect::<Result<_, _>>()?;
    let total = config.total_micros;
    let total = total.ok_or_else(|| "the task ROUND needs `total_micros`".to_owned())?;
    let unit = config.minor_unit_micros;
    if total % unit != 0 {
        return Err(format!(
            "`total_micros` must be whole units of {unit} micros"
        ));
    }
    let parts = largest_remainder(total / unit, &exact);
    let parts = parts.ok_or_else(|| "the amounts are too large to divide".to_owned())?;
    let keys = input.entities().iter();
    let keys = keys.flat_map(|rows| rows.clone().map(|_| input.entity(rows)));
    let rows = keys.zip(parts).map(|(key, part)| Row {
        campaign: key.map(str::to_owned),
        proposed_micros: part.checked_mul(unit),
        evidence: serde_json::json!({ "minor": part }),
        ..Row::default()
    });
    Ok(rows.collect())
}

#[cfg(test)]
mod tests;
