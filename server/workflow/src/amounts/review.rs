//! Judging a campaign: both figures of return, the targets, and what follows.

use std::collections::BTreeMap;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Rounding, Sheet, within, within_items};

/// Everything that a review follows from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewInput {
    /// The campaign's objective, in words.
    pub objective: String,
    /// Revenue before refunds.
    pub revenue: Decimal,
    /// Money given back.
    pub refunds: Decimal,
    /// Cost of the goods sold.
    pub cogs: Decimal,
    /// Media, fees, production and whatever else the campaign cost.
    pub costs: BTreeMap<String, Decimal>,
    /// What was aimed for, by metric.
    #[serde(default)]
    pub targets: BTreeMap<String, ReviewTarget>,
    /// What was reached, by metric.
    #[serde(default)]
    pub actuals: BTreeMap<String, Decimal>,
    /// The net return that it is compared with, in percent.
    #[serde(default)]
    pub reference_roi_pct: Option<Decimal>,
    /// Fields that no rule reads; each becomes a warning.
    #[serde(flatten)]
    pub unread: BTreeMap<String, Value>,
}

/// A metric's target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewTarget {
    /// The value aimed for.
    pub value: Decimal,
    /// Which side of it is good.
    pub better: Better,
}

/// Which side of a target is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// At it or above.
    Higher,
    /// At it or below.
    Lower,
}

/// A target beside what was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TargetResult {
    /// The metric.
    pub metric: String,
    /// What was reached; absent when nobody measured it.
    pub actual: Option<Decimal>,
    /// What was aimed for.
    pub target: Decimal,
    /// Whether that was reached.
    pub met: bool,
}

/// The review, rounded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Review {
    /// Gross profit by total cost, in percent; absent without costs.
    pub roi_seed_pct: Option<Decimal>,
    /// Gross profit less total cost, by total cost, in percent; absent without costs.
    pub roi_net_pct: Option<Decimal>,
    /// Each target, by the metric's name.
    pub targets: Vec<TargetResult>,
    /// How many of them were met, such as `1/2`.
    pub targets_met: String,
    /// `above`, `at` or `below` the reference; absent without one.
    pub vs_reference: Option<&'static str>,
    /// `continue`, `improve` or `pivot_or_cancel`; absent without costs.
    pub verdict: Option<&'static str>,
    /// The workflow to go on with, if any.
    pub next_workflow: Option<&'static str>,
    /// The arithmetic.
    #[serde(skip)]
    pub sheet: Sheet,
}

impl ReviewInput {
    /// The review.
    pub fn run(&self) -> Result<Review, Refusal> {
        self.check()?;
        let mut sheet = Sheet::default();
        sheet.warn_unread(self.unread.keys());
        let (seed, net) = self.returns(&mut sheet);
        let targets: Vec<TargetResult> = self
            .targets
            .iter()
            .map(|(metric, target)| self.result(metric, target))
            .collect();
        let n_met = targets.iter().filter(|target| target.met).count();
        let compared = net
            .zip(self.reference_roi_pct)
            .map(|(net, reference)| net.cmp(&reference));
        let vs_reference = compared.map(|order| match order {
            std::cmp::Ordering::Less => "below",
            std::cmp::Ordering::Equal => "at",
            std::cmp::Ordering::Greater => "above",
        });
        let all_met = n_met == targets.len() && vs_reference != Some("below");
        let (verdict, next_workflow) = net.map(|net| verdict(net, all_met)).unzip();
        Ok(Review {
            roi_seed_pct: seed.map(|value| Rounding::HalfUp4.round(value)),
            roi_net_pct: net.map(|value| Rounding::HalfUp4.round(value)),
            targets_met: format!("{n_met}/{}", targets.len()),
            targets,
            vs_reference,
            verdict,
            next_workflow: next_workflow.flatten(),
            sheet,
        })
    }

    fn check(&self) -> Result<(), Refusal> {
        within("revenue", self.revenue)?;
        within("refunds", self.refunds)?;
        within("cogs", self.cogs)?;
        within_items("costs", self.costs.len())?;
        within_items("targets", self.targets.len())?;
        for (name, cost) in &self.costs {
            within(&format!("costs.{name}"), *cost)?;
        }
        Ok(())
    }

    /// The guide's return and the standard one, in percent and unrounded.
    fn returns(&self, sheet: &mut Sheet) -> (Option<Decimal>, Option<Decimal>) {
        let profit = sheet.money(
            "gross profit",
            "revenue - refunds - cogs",
            &[
                ("revenue", &self.revenue),
                ("refunds", &self.refunds),
                ("cogs", &self.cogs),
            ],
            self.revenue - self.refunds - self.cogs,
        );
        let parts: Vec<_> = self
            .costs
            .iter()
            .map(|(name, cost)| (name.as_str(), cost as &dyn ToString))
            .collect();
        let cost = sheet.money(
            "total cost",
            "sum of the costs",
            &parts,
            self.costs.values().sum(),
        );
        if cost.is_zero() {
            sheet.warn(
                "NO_COSTS",
                "without costs there is no return on them, and no verdict",
            );
            return (None, None);
        }
        let inputs: &[(&str, &dyn ToString)] = &[("gross_profit", &profit), ("total_cost", &cost)];
        let of = |amount: Decimal| amount * Decimal::ONE_HUNDRED / cost;
        let places = Rounding::HalfUp4;
        let seed = sheet.value(
            "return of the guide, in percent",
            "gross_profit / total_cost * 100",
            inputs,
            of(profit),
            places,
        );
        let net = sheet.value(
            "net return, in percent",
            "(gross_profit - total_cost) / total_cost * 100",
            inputs,
            of(profit - cost),
            places,
        );
        (Some(seed), Some(net))
    }

    fn result(&self, metric: &str, target: &ReviewTarget) -> TargetResult {
        let actual = self.actuals.get(metric).copied();
        let met = actual.is_some_and(|actual| match target.better {
            Better::Higher => actual >= target.value,
            Better::Lower => actual <= target.value,
        });
        TargetResult {
            metric: metric.to_owned(),
            actual,
            target: target.value,
            met,
        }
    }
}

/// A loss asks for a pivot or an end; a profit that misses something for improvement.
fn verdict(net: Decimal, all_met: bool) -> (&'static str, Option<&'static str>) {
    if net < Decimal::ZERO {
        ("pivot_or_cancel", Some("cancel_promotion"))
    } else if all_met {
        ("continue", None)
    } else {
        ("improve", Some("improvement_plan"))
    }
}
