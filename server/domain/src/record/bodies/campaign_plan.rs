//! A campaign's plan: what it is to reach, what it may spend, and what it hangs on.

use crate::ErrorCode;
use crate::campaign::Objective;
use crate::error_code::Refusal;
use crate::ids::{CampaignId, RecordId};
use crate::metric::Metric;
use crate::record::values::{Exact, Money, Period};
use crate::record::words::CampaignLinkKind;
use crate::record::{Faults, RecordKind, Reference};
use crate::time::Date;

body_types! {
    /// A campaign's targets, budget, bounds and links.
    pub struct CampaignPlan {
        /// What it is for.
        pub objective: Objective,
        /// What it is to reach, one target a metric and day.
        #[serde(default)]
        pub targets: Vec<Target>,
        /// What it may spend in each of these periods, which don't overlap.
        #[serde(default)]
        pub budget: Vec<PeriodBudget>,
        /// Between what its spend may be moved.
        pub bounds: Option<SpendBounds>,
        /// The campaigns of the brand that it hangs on, each once.
        #[serde(default)]
        pub links: Vec<CampaignLink>,
        /// The parties that work on it, each once.
        #[serde(default)]
        pub collaborations: Vec<RecordId>,
        /// What else is to know.
        pub note: Option<String>,
    }

    /// A value that a metric is to reach.
    pub struct Target {
        /// The metric.
        pub metric: Metric,
        /// The value.
        pub value: Exact,
        /// By which day.
        pub by: Date,
    }

    /// What may be spent in a period.
    pub struct PeriodBudget {
        /// The period.
        pub period: Period,
        /// How much.
        pub amount: Money,
    }

    /// Between what a spend may be moved: at least one bound.
    #[derive(Default)]
    pub struct SpendBounds {
        /// The least for each day.
        pub daily_min: Option<Money>,
        /// The most for each day.
        pub daily_max: Option<Money>,
        /// The most that one change may be, in percent of what is spent.
        pub change_percent_max: Option<Exact>,
    }

    /// A campaign that this one hangs on.
    pub struct CampaignLink {
        /// The other campaign.
        pub campaign: CampaignId,
        /// How it hangs on it.
        pub kind: CampaignLinkKind,
    }
}

impl CampaignPlan {
    pub(in crate::record) fn check(&self, faults: &mut Faults) {
        faults.each("targets", &self.targets, |_, _| {});
        let targets = self.targets.iter();
        faults.distinct(
            "targets",
            targets.map(|it| format!("{} by {}", it.metric, it.by)),
        );
        faults.each("budget", &self.budget, |faults, budget| {
            faults.period("period", &budget.period);
            faults.money("amount", &budget.amount);
        });
        self.check_periods(faults);
        if let Some(bounds) = &self.bounds {
            faults.within("bounds", |faults| bounds.check(faults));
        }
        faults.each("links", &self.links, |_, _| {});
        faults.distinct("links", self.links.iter().map(|it| it.campaign));
        faults.each("collaborations", &self.collaborations, |_, _| {});
        faults.distinct("collaborations", &self.collaborations);
        faults.text_if_any("note", self.note.as_deref());
    }

    fn check_periods(&self, faults: &mut Faults) {
        for (index, budget) in self.budget.iter().enumerate() {
            let before = &self.budget[..index];
            if before
                .iter()
                .any(|other| other.period.overlaps(&budget.period))
            {
                let message =
                    "the period shares days with one before it; let each begin where another ends";
                let refusal = Refusal::new(ErrorCode::OverlappingPeriod, message);
                faults.within("budget", |faults| {
                    faults.add(&format!("{index}.period"), refusal);
                });
            }
        }
    }

    pub(in crate::record) fn references(&self) -> Vec<Reference> {
        let parties = self.collaborations.iter().enumerate();
        parties
            .map(|(index, id)| {
                Reference::new(format!("collaborations.{index}"), RecordKind::Party, *id)
            })
            .collect()
    }
}

impl SpendBounds {
    fn check(&self, faults: &mut Faults) {
        if *self == Self::default() {
            let message = "bounds that bound nothing; leave them out";
            faults.add("dailyMin", Refusal::invalid(message));
        }
        faults.money_if_any("dailyMin", self.daily_min.as_ref());
        faults.money_if_any("dailyMax", self.daily_max.as_ref());
        if let Some(percent) = self.change_percent_max {
            faults.percentage("changePercentMax", percent);
        }
        let (Some(min), Some(max)) = (&self.daily_min, &self.daily_max) else {
            return;
        };
        if min.currency != max.currency {
            let message = format!(
                "`{}` can't be compared with `{}`; use one currency",
                max.currency, min.currency
            );
            faults.add("dailyMax", Refusal::invalid(message));
        } else if min.amount > max.amount {
            let message = format!(
                "the most, `{}`, is below the least, `{}`",
                max.amount.0, min.amount.0
            );
            faults.add("dailyMax", Refusal::invalid(message));
        }
    }
}
