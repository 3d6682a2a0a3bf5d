//! The clauses of agreements, typed: notice, fee, penalty, and what is owed or lost beside them.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Decimal;
use serde::{Deserialize, Serialize};

use super::{Sheet, percent, within};
use crate::business_days::DayRule;

/// The most tiers of a fee.
pub const FEE_TIERS_MAX: usize = 24;

/// What a promotion's agreement says about its cancellation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancellationClause {
    /// How long before its effect the notice must be received.
    pub notice: DayRule,
    /// What cancelling costs.
    pub fee: Fee,
}

/// What cancelling costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fee {
    /// Nothing.
    None,
    /// A sum, whatever remains.
    Fixed {
        /// The sum.
        amount: Decimal,
    },
    /// A share of the media budget that remains at the effective date.
    PercentOfRemaining {
        /// The share in percent.
        percent: Decimal,
        /// The least fee.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Decimal>,
        /// The greatest fee.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Decimal>,
    },
    /// A share of the media budget that was committed.
    PercentOfCommitted {
        /// The share in percent.
        percent: Decimal,
        /// The least fee.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Decimal>,
        /// The greatest fee.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Decimal>,
    },
    /// A schedule: a share of the remaining media budget by the days left before the end.
    TieredDaysBeforeEnd {
        /// The steps of the schedule, in any order.
        tiers: Vec<FeeTier>,
        /// The least fee.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Decimal>,
        /// The greatest fee.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Decimal>,
    },
}

/// One step of a schedule of fees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeTier {
    /// From so many days before the end on.
    pub min_days: i32,
    /// The share in percent.
    pub percent: Decimal,
}

/// What bounds a fee, in the order in which the bounds are applied: least, greatest, and never
/// above what remains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeBounds {
    /// The least fee.
    pub min: Option<Decimal>,
    /// The greatest fee.
    pub max: Option<Decimal>,
    /// What remains of the media budget.
    pub remaining: Decimal,
}

impl FeeBounds {
    fn apply(&self, fee: Decimal) -> Decimal {
        let at_least = self.min.map_or(fee, |min| fee.max(min));
        let at_most = self.max.map_or(at_least, |max| at_least.min(max));
        at_most.min(self.remaining)
    }
}

impl Fee {
    /// The fee, noted on the sheet; unrounded.
    pub fn amount(
        &self,
        committed: Decimal,
        remaining: Decimal,
        days_before_end: i32,
        sheet: &mut Sheet,
    ) -> Result<Decimal, Refusal> {
        let label = "cancellation fee";
        let (rate, base, min, max) = match self {
            Self::None => {
                return Ok(sheet.money(label, "no fee agreed", &[], Decimal::ZERO));
            }
            Self::Fixed { amount } => {
                within("clause.fee.amount", *amount)?;
                return Ok(sheet.money(label, "fixed", &[("fixed", amount)], *amount));
            }
            Self::PercentOfRemaining { percent, min, max } => (*percent, remaining, min, max),
            Self::PercentOfCommitted { percent, min, max } => (*percent, committed, min, max),
            Self::TieredDaysBeforeEnd { tiers, min, max } => (
                tier_for(tiers, days_before_end, sheet)?,
                remaining,
                min,
                max,
            ),
        };
        check_rate("clause.fee.percent", rate)?;
        for bound in [min, max].into_iter().flatten() {
            within("clause.fee", *bound)?;
        }
        let bounds = FeeBounds {
            min: *min,
            max: *max,
            remaining,
        };
        let fee = bounds.apply(percent(rate) * base);
        let shown = |bound: &Option<Decimal>| bound.map_or("none".to_owned(), |b| b.to_string());
        Ok(sheet.money(
            label,
            "min(max(base * percent / 100, least), greatest, remaining)",
            &[
                ("base", &base),
                ("percent", &rate),
                ("least", &shown(min)),
                ("greatest", &shown(max)),
                ("remaining", &remaining),
            ],
            fee,
        ))
    }
}

/// The share of the tier that the days left fall into; the nearest lower bound holds.
fn tier_for(tiers: &[FeeTier], days_left: i32, sheet: &mut Sheet) -> Result<Decimal, Refusal> {
    if tiers.is_empty() || tiers.len() > FEE_TIERS_MAX {
        let message = format!(
            "a schedule of {} tiers can't be read; use 1 to {FEE_TIERS_MAX}",
            tiers.len()
        );
        return Err(Refusal::invalid(message).at("clause.fee.tiers"));
    }
    for tier in tiers {
        check_rate("clause.fee.tiers.percent", tier.percent)?;
    }
    let reached = tiers.iter().filter(|tier| tier.min_days <= days_left);
    let Some(tier) = reached.max_by_key(|tier| tier.min_days) else {
        let message = format!(
            "the schedule has no tier for {days_left} days before the end; no fee is computed"
        );
        sheet.warn("NO_TIER", message);
        return Ok(Decimal::ZERO);
    };
    Ok(sheet.value(
        "percent of the schedule",
        "tier with the greatest min_days that is not above days_before_end",
        &[
            ("days_before_end", &days_left),
            ("min_days", &tier.min_days),
        ],
        tier.percent,
        super::Rounding::Exact,
    ))
}

/// Refuses a share outside 0 to 100 percent.
pub(super) fn check_rate(field: &str, rate: Decimal) -> Result<(), Refusal> {
    if rate < Decimal::ZERO || rate > Decimal::ONE_HUNDRED {
        let message = format!("`{field}` is {rate}; use a percentage from 0 to 100");
        return Err(Refusal::invalid(message).at(field));
    }
    Ok(())
}

/// An expense that nobody gives back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NonRefundable {
    /// What it was for.
    pub what: String,
    /// The sum.
    pub amount: Decimal,
    /// Whether it has been paid already.
    pub paid: bool,
}

/// What ending a contract early costs beside pay in lieu of notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Penalty {
    /// Nothing.
    None,
    /// A sum.
    Fixed {
        /// The sum.
        amount: Decimal,
        /// The greatest penalty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cap: Option<Decimal>,
        /// Whether it is due even when the notice was long enough.
        #[serde(default)]
        always: bool,
    },
    /// So many monthly fees.
    Months {
        /// How many.
        months: Decimal,
        /// The greatest penalty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cap: Option<Decimal>,
        /// Whether it is due even when the notice was long enough.
        #[serde(default)]
        always: bool,
    },
    /// A share of the contract's value that remains.
    PercentOfRemainingValue {
        /// The share in percent.
        percent: Decimal,
        /// The greatest penalty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cap: Option<Decimal>,
        /// Whether it is due even when the notice was long enough.
        #[serde(default)]
        always: bool,
    },
}

/// A piece of work with a price of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// What is delivered.
    pub name: String,
    /// Its whole price.
    pub price: Decimal,
    /// How much of it is done, in percent.
    pub percent_done: Decimal,
    /// What was paid for it already.
    pub paid: Decimal,
}

/// A cost that the agency bears for the client at a third party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassThrough {
    /// What it is for.
    pub what: String,
    /// The sum.
    pub amount: Decimal,
    /// Whether the third party still lets it be cancelled.
    pub cancellable: bool,
}
