//! Scores: what plugins say of campaigns, and which run said it.

use crate::ids::{CampaignId, RunId};
use crate::segment::Snapshot;
use crate::time::Timestamp;

/// One run of a plugin over an agency's campaigns, told exactly enough to be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreRun {
    /// Its id.
    pub id: RunId,
    /// The plugin's name.
    pub plugin: String,
    /// The plugin's version as it declares it.
    pub plugin_version: String,
    /// SHA-256 of the plugin's library, in lower-case hexadecimal.
    pub plugin_sha256: String,
    /// The configuration it ran with, as canonical JSON.
    pub config_json: String,
    /// What its input was computed from.
    pub snapshot: Snapshot,
    /// When it ran.
    pub at: Timestamp,
}

/// What one run said of one campaign under one name.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The campaign.
    pub campaign: CampaignId,
    /// What is scored, such as `roi`.
    pub name: String,
    /// The number; `None` when the plugin could not tell.
    pub value: Option<f64>,
    /// The word for people, such as `profitable`.
    pub verdict: Option<String>,
    /// What the score rests on, as a JSON object.
    pub evidence_json: String,
}

/// A score together with the run that it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreOfRun {
    /// The run.
    pub run: ScoreRun,
    /// What it said.
    pub score: Score,
}
