//! One thing found, and the table that findings make.

use bellwether_plugin_sdk::Table;
use serde_json::Value;

/// What is said of a campaign or a series.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) campaign: String,
    /// The metric that was looked at, where it is one of the server's.
    pub(super) metric: Option<&'static str>,
    pub(super) day: Option<i32>,
    pub(super) is_alert: bool,
    /// A sentence for a person.
    pub(super) message: Option<String>,
    pub(super) evidence: Value,
}

/// The columns of `output.columns`.
pub(super) fn table(found: Vec<Finding>) -> Table {
    let mut campaigns = Vec::new();
    let mut metrics = Vec::new();
    let mut days = Vec::new();
    let mut alerts = Vec::new();
    let mut messages = Vec::new();
    let mut evidence = Vec::new();
    for finding in found {
        campaigns.push(Some(finding.campaign));
        metrics.push(finding.metric);
        days.push(finding.day);
        alerts.push(Some(finding.is_alert));
        messages.push(finding.message);
        evidence.push(Some(finding.evidence.to_string()));
    }
    Table::new()
        .with("campaign_id", campaigns)
        .with("metric", metrics)
        .with("day", bellwether_plugin_sdk::Values::Date(days))
        .with("is_alert", alerts)
        .with("message", messages)
        .with("evidence", evidence)
}
