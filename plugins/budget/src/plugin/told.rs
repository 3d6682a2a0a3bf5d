//! One row of a proposal, and the table that rows make.

use bellwether_plugin_sdk::Table;
use serde_json::{Value, json};

use crate::error::Error;

/// A campaign's part, or the proposal as a whole where there is no campaign.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) campaign: Option<String>,
    pub(super) budget_micros: Option<i64>,
    pub(super) proposed_micros: Option<i64>,
    /// The code of what can't be done as asked.
    pub(super) error: Option<&'static str>,
    pub(super) message: Option<String>,
    pub(super) evidence: Value,
}

/// Why there is no proposal.
pub(super) fn refused(error: &Error) -> Row {
    let evidence = match error {
        Error::BelowMinimum {
            total,
            sum_lower,
            sum_upper,
        } => json!({ "total": total, "sum_lower": sum_lower, "sum_upper": sum_upper }),
        Error::AboveMaximum {
            total,
            sum_lower,
            sum_upper,
        } => json!({
            "total": total,
            "sum_lower": sum_lower,
            "sum_upper": sum_upper,
            "unallocatable": total - sum_upper,
        }),
        _ => json!({}),
    };
    Row {
        error: Some(error.code()),
        message: Some(error.to_string()),
        evidence,
        ..Row::default()
    }
}

/// The columns of `output.columns`.
pub(super) fn table(rows: Vec<Row>) -> Table {
    let mut campaigns = Vec::new();
    let mut budgets = Vec::new();
    let mut proposed = Vec::new();
    let mut errors = Vec::new();
    let mut messages = Vec::new();
    let mut evidence = Vec::new();
    for row in rows {
        campaigns.push(row.campaign);
        budgets.push(row.budget_micros);
        proposed.push(row.proposed_micros);
        errors.push(row.error);
        messages.push(row.message);
        evidence.push(Some(row.evidence.to_string()));
    }
    Table::new()
        .with("campaign_id", campaigns)
        .with("budget_micros", budgets)
        .with("proposed_micros", proposed)
        .with("error", errors)
        .with("message", messages)
        .with("evidence", evidence)
}
