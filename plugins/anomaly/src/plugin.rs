//! The alerter: typed columns in, findings out.
//!
//! `DAILY` is what a server runs; the other tasks look at series, shares and p-values of any
//! origin, and tell of each, whether it is an alert or not.
//! Invariant: no statistics here; this module only carries rows to the rules and back.

mod changes;
mod daily;
mod finding;
mod series;

use std::ffi::CStr;

use bellwether_plugin_sdk::date::day_of;
use bellwether_plugin_sdk::{Alerter, Input, Table, export_alerter, metadata_file};

use crate::config::{Config, Task};
use finding::{Finding, table};

export_alerter!(AnomalyAlerter);

/// The alerter with its thresholds.
#[derive(Debug)]
pub struct AnomalyAlerter {
    config: Config,
    final_through: Option<i32>,
}

impl Alerter for AnomalyAlerter {
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

    fn find(&self, input: &Input) -> Result<Table, String> {
        let config = &self.config;
        let mut found: Vec<Finding> = match config.task {
            Task::Daily => daily::find(input, self.final_through, config)?,
            Task::Level => series::levels(input, config)?,
            Task::Season => series::seasons(input, config)?,
            Task::Scan => series::scans(input, config)?,
            Task::Shares => changes::shares(input, config)?,
            Task::Rates => changes::rates(input, config)?,
            Task::Discoveries => changes::discoveries(input, config)?,
        };
        if config.task == Task::Daily && !config.report_all {
            found.retain(|finding| finding.is_alert);
        }
        Ok(table(found))
    }
}

#[cfg(test)]
mod tests;
