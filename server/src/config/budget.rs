//! `[budget]`: what queries may cost. A point is about a millisecond of one core.

use bellwether_domain::budget::Allowance;
use bellwether_service::BudgetConfig;
use serde::Deserialize;

/// `[budget]`; the defaults are more than one machine can compute, so that they only end runaways.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BudgetSection {
    /// Points that one token may spend at once.
    pub token_points_max: u64,
    /// Points that one token gets back each second.
    pub token_points_per_s: u64,
    /// Points that all tokens of an agency may spend at once.
    pub agency_points_max: u64,
    /// Points that an agency gets back each second.
    pub agency_points_per_s: u64,
}

impl Default for BudgetSection {
    fn default() -> Self {
        Self {
            token_points_max: 1_000_000,
            token_points_per_s: 50_000,
            agency_points_max: 2_000_000,
            agency_points_per_s: 100_000,
        }
    }
}

impl BudgetSection {
    /// What the services are configured with.
    pub(super) fn read(&self) -> BudgetConfig {
        BudgetConfig {
            token: Allowance::new(self.token_points_max, self.token_points_per_s),
            agency: Allowance::new(self.agency_points_max, self.agency_points_per_s),
        }
    }
}
