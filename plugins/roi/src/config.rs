//! The thresholds of the ROI scorer.
//!
//! Invariant: the defaults are those that the metadata's `config_schema` tells people.

use serde::{Deserialize, Serialize};

/// From which ROI on a campaign gets which verdict. Every threshold is a fraction: 0 is
/// break-even, -0.5 is half of the cost lost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// KEEP from here on.
    pub keep_at_or_above: f64,
    /// FIX from here on: a loss that better creatives or bids can close.
    pub fix_at_or_above: f64,
    /// MOVE the budget from here on; below it CANCEL.
    pub move_at_or_above: f64,
    /// Below this total cost there is too little to judge; micros of the campaign's currency.
    pub min_cost_micros: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            // Break-even: every cost and the goods are paid for.
            keep_at_or_above: 0.0,
            // A tenth of the cost lost is within what one round of changes usually moves.
            fix_at_or_above: -0.1,
            // From half of the cost lost on, moving the budget saves more than mending.
            move_at_or_above: -0.5,
            // 100 units of the currency: below it single orders swing the ratio.
            min_cost_micros: 100_000_000,
        }
    }
}

impl Config {
    /// Says what is wrong with the thresholds, if anything is.
    pub fn check(&self) -> Result<(), String> {
        let falling = self.keep_at_or_above >= self.fix_at_or_above
            && self.fix_at_or_above >= self.move_at_or_above;
        if !falling {
            return Err(format!(
                "`keep_at_or_above` {}, `fix_at_or_above` {}, `move_at_or_above` {} must fall or be equal",
                self.keep_at_or_above, self.fix_at_or_above, self.move_at_or_above
            ));
        }
        if self.min_cost_micros < 0 {
            return Err(format!(
                "`min_cost_micros` is {}, it must be 0 or more",
                self.min_cost_micros
            ));
        }
        Ok(())
    }
}
