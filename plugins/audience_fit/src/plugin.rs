//! The scorer: rows of what was intended and what is, one campaign after the other.
//!
//! A row is one thing known of a campaign; `aspect` says of which kind, and so which columns hold
//! it (plugins/README.md has the table). Invariant: no rule here; a row that can't be read is an
//! error that names its campaign, never left out.

mod rows;

use std::ffi::CStr;

use bellwether_plugin_sdk::{Input, Scorer, Table, export_scorer, metadata_file};

use crate::config::Config;
use rows::Known;

export_scorer!(AudienceFitScorer);

/// The scorer with its weights and thresholds.
#[derive(Debug)]
pub struct AudienceFitScorer {
    config: Config,
}

impl Scorer for AudienceFitScorer {
    const METADATA: &'static CStr = metadata_file!("metadata.json");

    type Config = Config;

    fn open(config: Config) -> Result<Self, String> {
        config.check()?;
        Ok(Self { config })
    }

    fn score(&self, input: &Input) -> Result<Table, String> {
        let mut values = Vec::new();
        let mut bands = Vec::new();
        let mut evidence = Vec::new();
        for rows in input.entities() {
            let known = Known::of(input, rows).map_err(|wrong| {
                format!("`{}`: {wrong}", input.entity(rows).unwrap_or_default())
            })?;
            let judgement = known.judged(&self.config);
            values.push(judgement.composite.score);
            bands.push(Some(judgement.composite.band));
            evidence.push(Some(judgement.evidence(&self.config).to_string()));
        }
        Ok(Table::new()
            .with("value", values)
            .with("verdict", bands)
            .with("evidence", evidence))
    }
}

#[cfg(test)]
mod tests;
