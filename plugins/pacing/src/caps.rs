//! What a platform may charge beyond the daily budget, and whether it charged more.
//!
//! Google Ads may spend up to twice the average daily budget on a day and 30.4 times in a month;
//! other platforms have their own multiples, so both are configuration.
//! Invariant: spending exactly the cap is no breach.

use serde::{Deserialize, Serialize};

/// The caps of a platform, as multiples of the average daily budget.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Caps {
    /// The most that a day may take.
    pub day_multiple: f64,
    /// The most that a calendar month may take.
    pub month_multiple: f64,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            // Google Ads: a day may take twice the average daily budget.
            day_multiple: 2.0,
            // Google Ads: 365 / 12 days make a month.
            month_multiple: 30.4,
        }
    }
}

impl Caps {
    /// Whether a day's spend is above the cap. Money in micros.
    pub fn day_breached(&self, daily_budget_micros: i64, spend_micros: i64) -> bool {
        is_above(self.day_multiple, daily_budget_micros, spend_micros)
    }

    /// Whether a month's spend is above the cap. Money in micros.
    pub fn month_breached(&self, daily_budget_micros: i64, spend_micros: i64) -> bool {
        is_above(self.month_multiple, daily_budget_micros, spend_micros)
    }
}

/// Compared in thousandths of the budget, so that 30.4 is exactly 30.4.
fn is_above(multiple: f64, daily_budget_micros: i64, spend_micros: i64) -> bool {
    i128::from(spend_micros) * 1_000 > i128::from(daily_budget_micros) * thousandths(multiple)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the configuration's check keeps multiples between 0 and 1,000"
)]
fn thousandths(multiple: f64) -> i128 {
    (multiple * 1e3).round() as i128
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_cap_is_no_breach() {
        let caps = Caps::default();
        assert!(!caps.day_breached(100_000_000, 200_000_000));
        assert!(caps.day_breached(100_000_000, 200_000_001));
        assert!(!caps.month_breached(100_000_000, 3_040_000_000));
        assert!(caps.month_breached(100_000_000, 3_040_000_001));
    }
}
