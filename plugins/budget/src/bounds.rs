//! How far a campaign's budget may move.
//!
//! `lower = max(min, current x (1 - max_decrease))`, and
//! `upper = min(max, current x (1 + max_increase), total)`.
//! Robyn and `LightweightMMM` bound the change likewise (by 20 % and more): a curve is known near
//! what was spent, and guessed far from it.
//! Invariant: a `Bounds` holds at least one amount.

use crate::error::Error;

/// The least and the most, both within; in units of the currency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The least.
    pub lower: f64,
    /// The most.
    pub upper: f64,
}

/// What is asked of one campaign's budget; in units of the currency, `None` where nothing is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    /// The present budget, which the changes refer to.
    pub current: Option<f64>,
    /// The largest decrease, as a share of the present budget.
    pub max_decrease: Option<f64>,
    /// The largest increase, as a share of the present budget.
    pub max_increase: Option<f64>,
    /// The least, by contract.
    pub min: Option<f64>,
    /// The most, by contract.
    pub max: Option<f64>,
}

impl Bounds {
    /// The amount within that is nearest.
    pub fn clamp(&self, amount: f64) -> f64 {
        amount.max(self.lower).min(self.upper)
    }
}

impl Limits {
    /// The bounds of `campaign` when `total` is all there is. A campaign that must get more than `total` keeps
    /// its lower bound, so that the sum of the lower bounds tells.
    pub fn bounds(&self, campaign: &str, total: f64) -> Result<Bounds, Error> {
        let current = self.current;
        let least = current
            .zip(self.max_decrease)
            .map(|(now, share)| now * (1.0 - share));
        let most = current
            .zip(self.max_increase)
            .map(|(now, share)| now * (1.0 + share));
        let lower = self.min.unwrap_or(0.0).max(least.unwrap_or(0.0)).max(0.0);
        let asked = self
            .max
            .unwrap_or(f64::INFINITY)
            .min(most.unwrap_or(f64::INFINITY));
        if lower > asked {
            return Err(Error::BoundsContradict {
                campaign: campaign.to_owned(),
                lower,
                upper: asked,
            });
        }
        Ok(Bounds {
            lower,
            upper: asked.min(total).max(lower),
        })
    }

    /// The same without the limits of change: what contracts alone ask.
    pub fn without_change_limits(self) -> Self {
        Self {
            max_decrease: None,
            max_increase: None,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_that_asks_for_more_than_the_change_allows_is_a_contradiction() {
        let limits = Limits {
            current: Some(100.0),
            max_increase: Some(0.2),
            min: Some(150.0),
            ..Limits::default()
        };
        let error = limits.bounds("cmp_1", 1e6).unwrap_err();
        assert!(error.to_string().contains("`cmp_1`"));
        assert_eq!(error.code(), "BUDGET_BOUNDS_CONTRADICT");
        assert!(limits.without_change_limits().bounds("cmp_1", 1e6).is_ok());
    }

    #[test]
    fn without_limits_everything_from_nothing_to_the_total_may_be_spent() {
        let bounds = Limits::default().bounds("cmp_1", 500.0);
        let expected = Bounds {
            lower: 0.0,
            upper: 500.0,
        };
        assert_eq!(bounds.unwrap(), expected);
    }
}
