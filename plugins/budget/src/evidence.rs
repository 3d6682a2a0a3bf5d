//! What a person is told of a proposal: every number, the formulas, and the limits of what such
//! curves can know.
//!
//! Invariant: the limits stand beside each proposal, whatever it says.

use serde_json::{Value, json};

use crate::config::Config;
use crate::gate::Gate;
use crate::propose::{Line, Proposal};

/// The formulas, as the evidence tells them.
const FORMULA: &str = "value a day = a x spend / (k + spend), fitted to final days with spend; \
     budgets where the next unit brings the same everywhere, within the bounds";

/// What such a proposal can't know.
pub const LIMITS: [&str; 4] = [
    "Spend was not varied at random: days with more demand may have had more spend, and the curve takes that for an effect.",
    "What a day's spend brings on later days is not counted.",
    "The value is what platforms attribute to themselves; several may count the same sale.",
    "Curves are known near past spend; far from it they are an assumption.",
];

impl Proposal {
    /// What the proposed budgets bring beyond the present ones, as a share of these.
    pub fn uplift(&self) -> Option<f64> {
        let before = self.response_current;
        (before > 0.0).then(|| self.response / before - 1.0)
    }

    /// The proposal as a whole, without its lines.
    pub fn evidence(&self, config: &Config) -> Value {
        json!({
            "formula": FORMULA,
            "response_current_per_day": self.response_current,
            "response_proposed_per_day": self.response,
            "uplift": self.uplift(),
            "cost_of_bounds_per_day": self.cost_of_bounds,
            "equal_marginal": self.level,
            "unspent_micros_per_day": self.unspent_micros,
            "pooled_roi": self.pooled_roi,
            "gate": self.gate.as_ref().map(Gate::evidence),
            "limits": LIMITS,
            "thresholds": config,
        })
    }
}

impl Line {
    /// One campaign's part of the proposal.
    pub fn evidence(&self) -> Value {
        let curve = self.fit.as_ref().map(|fit| {
            json!({
                "a": fit.curve.a,
                "k": fit.curve.k,
                "days": fit.n_days,
                "median_spend": fit.median_spend(),
                "elasticity_at_median": fit.curve.elasticity(fit.median_spend()),
                "average_at_median": fit.average_at_median(),
                "expected_k": fit.expected_k(),
                "information": fit.information,
            })
        });
        json!({
            "budget_micros_per_day": self.budget_micros,
            "proposed_micros_per_day": self.proposed_micros,
            "change_micros_per_day": self.proposed_micros - self.budget_micros,
            "lower": self.bounds.lower,
            "upper": self.bounds.upper,
            "active_bound": self.active.name(),
            "marginal": self.marginal,
            "curve": curve,
            "label": self.label(),
        })
    }

    /// What to know of the curve before believing it.
    pub fn label(&self) -> &'static str {
        match &self.fit {
            None => "no usable day: the budget is kept",
            Some(fit) if !fit.is_identified() => {
                "curve not identified: spend hardly varied, so its curvature is assumed"
            }
            Some(_) => "curve identified by its days",
        }
    }
}

impl Gate {
    /// What the draws say.
    pub fn evidence(&self) -> Value {
        json!({
            "draws": self.gains.len(),
            "share_of_draws_with_gain": self.share_with_gain,
            "mean_gain_per_day": self.mean_gain(),
            "gain_p05": self.gain_quantile(0.05),
            "gain_p50": self.gain_quantile(0.5),
            "gain_p95": self.gain_quantile(0.95),
            "min_gain": self.min_gain(),
            "recommended": self.is_recommended,
        })
    }
}
