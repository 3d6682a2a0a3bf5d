//! The rules: from a campaign's figures to an ROI, a verdict and the evidence for both.
//!
//! Invariant: pure and exact; money is whole micros, the ratio whole millionths, and the only
//! floating-point number is the one that is shown.

use serde_json::{Value, json};

use crate::config::Config;

/// The formula, as the evidence tells it.
const FORMULA: &str = "roi = (revenue - refunds - cogs - total_cost) / total_cost";

/// Millionths in one: the ROI is rounded half up (away from zero) to six decimals.
const MILLION: i128 = 1_000_000;

/// What a campaign brought and cost, in micros of its own currency; `None` is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Media spend; a part of `total_cost`.
    pub spend: Option<i64>,
    /// Value of the conversions.
    pub revenue: Option<i64>,
    /// Money given back to buyers; absent counts as none.
    pub refunds: Option<i64>,
    /// Cost of the goods sold.
    pub cogs: Option<i64>,
    /// A part of `total_cost`.
    pub agency_fees: Option<i64>,
    /// A part of `total_cost`.
    pub production_costs: Option<i64>,
    /// A part of `total_cost`.
    pub influencer_costs: Option<i64>,
    /// Media, fees, production and influencers together.
    pub total_cost: Option<i64>,
}

/// What a campaign is for, as far as this scorer cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objective {
    /// To sell, or not told: judged by ROI.
    Sales,
    /// To be seen or reacted to: revenue is not its aim, so ROI does not judge it.
    Attention,
}

impl Objective {
    /// From the campaign's attribute.
    pub fn of(word: Option<&str>) -> Self {
        match word {
            Some("AWARENESS" | "ENGAGEMENT") => Self::Attention,
            _ => Self::Sales,
        }
    }
}

/// What to do with a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It pays for itself.
    Keep,
    /// It loses little: mend it.
    Fix,
    /// It loses much: its budget does better elsewhere.
    Move,
    /// It loses most of what it costs.
    Cancel,
    /// It can't be judged by ROI; the reason is in the evidence.
    InsufficientData(Reason),
}

/// Why a campaign can't be judged by ROI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Awareness and engagement campaigns are not meant to bring revenue.
    NotJudgedByRoi,
    /// No cost is known.
    CostMissing,
    /// Its cost is zero, so that there is no ratio.
    NoCost,
    /// No revenue is known, which differs from none.
    RevenueMissing,
    /// The cost of goods is not known.
    CogsMissing,
    /// Less was spent than `min_cost_micros`.
    ThinData,
}

impl Verdict {
    /// The word in the answer.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keep => "KEEP",
            Self::Fix => "FIX",
            Self::Move => "MOVE",
            Self::Cancel => "CANCEL",
            Self::InsufficientData(_) => "INSUFFICIENT_DATA",
        }
    }
}

impl Reason {
    /// The word in the evidence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotJudgedByRoi => "NOT_JUDGED_BY_ROI",
            Self::CostMissing => "COST_MISSING",
            Self::NoCost => "NO_COST",
            Self::RevenueMissing => "REVENUE_MISSING",
            Self::CogsMissing => "COGS_MISSING",
            Self::ThinData => "THIN_DATA",
        }
    }
}

/// An ROI with the verdict that follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// Net ROI in millionths; `None` where a number is missing.
    pub roi_millionths: Option<i128>,
    /// What to do.
    pub verdict: Verdict,
}

/// Judges one campaign.
pub fn judge(figures: &Figures, objective: Objective, config: &Config) -> Judgement {
    let ratio = roi_millionths(figures);
    let verdict = match ratio {
        _ if objective == Objective::Attention => Verdict::InsufficientData(Reason::NotJudgedByRoi),
        Err(reason) => Verdict::InsufficientData(reason),
        Ok(_) if figures.total_cost < Some(config.min_cost_micros) => {
            Verdict::InsufficientData(Reason::ThinData)
        }
        Ok(roi) => verdict_of(roi, config),
    };
    Judgement {
        roi_millionths: ratio.ok(),
        verdict,
    }
}

fn roi_millionths(figures: &Figures) -> Result<i128, Reason> {
    let total_cost = i128::from(figures.total_cost.ok_or(Reason::CostMissing)?);
    if total_cost <= 0 {
        return Err(Reason::NoCost);
    }
    let revenue = i128::from(figures.revenue.ok_or(Reason::RevenueMissing)?);
    let cogs = i128::from(figures.cogs.ok_or(Reason::CogsMissing)?);
    let refunds = i128::from(figures.refunds.unwrap_or(0));
    let net_profit = revenue - refunds - cogs - total_cost;
    Ok(divided_half_up(net_profit * MILLION, total_cost))
}

/// Rounded to the nearest whole number, halves away from zero; `divisor` is positive.
fn divided_half_up(dividend: i128, divisor: i128) -> i128 {
    let magnitude = (dividend.abs() * 2 + divisor) / (divisor * 2);
    magnitude * dividend.signum()
}

/// The verdict follows from the ROI as it is shown, so that nobody has to ask why 0.0 is below 0.
fn verdict_of(roi_millionths: i128, config: &Config) -> Verdict {
    let roi = shown(roi_millionths);
    if roi >= config.keep_at_or_above {
        Verdict::Keep
    } else if roi >= config.fix_at_or_above {
        Verdict::Fix
    } else if roi >= config.move_at_or_above {
        Verdict::Move
    } else {
        Verdict::Cancel
    }
}

/// Millionths as the nearest floating-point fraction.
#[expect(
    clippy::cast_precision_loss,
    reason = "exact below 2^53 millionths, an ROI of nine billion"
)]
fn shown(millionths: i128) -> f64 {
    millionths as f64 / MILLION as f64
}

impl Judgement {
    /// The ROI as a fraction: 0.25 means 25 %.
    pub fn roi(&self) -> Option<f64> {
        self.roi_millionths.map(shown)
    }

    /// Every number, the formula and the thresholds that this judgement rests on. Money is in
    /// micros, as whole numbers.
    pub fn evidence(&self, figures: &Figures, config: &Config) -> Value {
        let reason = match self.verdict {
            Verdict::InsufficientData(reason) => Some(reason.name()),
            _ => None,
        };
        json!({
            "formula": FORMULA,
            "reason": reason,
            "roi": self.roi(),
            "currency": "the campaign's own",
            "spend_micros": figures.spend,
            "revenue_micros": figures.revenue,
            "refunds_micros": figures.refunds,
            "cogs_micros": figures.cogs,
            "agency_fees_micros": figures.agency_fees,
            "production_costs_micros": figures.production_costs,
            "influencer_costs_micros": figures.influencer_costs,
            "total_cost_micros": figures.total_cost,
            "thresholds": config,
        })
    }
}
