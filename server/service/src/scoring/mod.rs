//! Scores: plugins run over the campaigns' metrics, once a snapshot, and what they said is kept.
//!
//! `input.rs` turns a metric answer into the columns that a plugin declares; `run.rs` runs it and
//! records the run with plugin version, configuration, snapshot and evidence.

mod input;
mod run;

pub(crate) use run::ScoringState;
pub use run::{PLUGIN_CONFIG_DEFAULT, ScoresByCampaign};
