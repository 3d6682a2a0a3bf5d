//! The sums that a query needs of the facts, over all partitions.

use std::collections::BTreeSet;
use std::sync::Arc;

use bellwether_domain::time::day_number;
use bellwether_store::{Bucket, Partial, PartialPlan};

use super::Asked;
use super::answer::Effort;
use super::classes::{Classes, keeps_attribute_classes_whole};
use super::engine::{Ask, PartitionSums};
use super::fold::{Folded, add_up, fold};
use super::question::plan;
use super::reported::{ReportedFact, is_read_as_reported};
use crate::error::Result;
use crate::services::Parts;

/// The sums that a query needs of the facts.
#[derive(Debug)]
pub(super) enum FactSums {
    /// Facts that don't add up, one by one.
    Reported(Vec<ReportedFact>),
    /// Its filters leave nothing to read.
    Nothing,
    /// All facts are of one attribution window.
    OneWindow {
        folded: Folded,
        classes: Arc<Classes>,
    },
    /// Which window counts has to be settled campaign by campaign.
    Windows {
        /// By campaign, window, period and the query's fact dimensions; for each partition.
        by_period: Vec<Arc<Partial>>,
        /// The same by day, for the campaigns that report several windows.
        by_day: Vec<Arc<Partial>>,
        classes: Arc<Classes>,
    },
}

impl FactSums {
    /// How many sums there are to put into rows.
    pub(super) fn n_groups(&self) -> usize {
        let groups = |partials: &[Arc<Partial>]| -> usize {
            partials.iter().map(|partial| partial.groups.len()).sum()
        };
        match self {
            Self::Nothing => 0,
            Self::Reported(facts) => facts.len(),
            Self::OneWindow { folded, .. } => folded.keys.len(),
            Self::Windows {
                by_period, by_day, ..
            } => groups(by_period) + groups(by_day),
        }
    }

    /// The number of the last day of any fact that counted.
    pub(super) fn last_day(&self) -> Option<i32> {
        match self {
            Self::Nothing => None,
            Self::Reported(facts) => {
                let until = facts.iter().filter_map(|reported| reported.fact.key.until);
                until.max().map(|until| day_number(until) - 1)
            }
            Self::OneWindow { folded, .. } => folded.last_day,
            Self::Windows {
                by_period, classes, ..
            } => {
                let folded = by_period
                    .iter()
                    .map(|partial| fold(partial, classes).last_day);
                folded.max().flatten()
            }
        }
    }
}

impl Parts {
    /// The sums that a query needs of the facts, and which partitions had to be computed.
    pub(super) async fn fact_sums(self: &Arc<Self>, asked: &Asked) -> Result<(FactSums, Effort)> {
        if is_read_as_reported(&asked.query) {
            return self.reported(asked).await;
        }
        let Some(plan) = plan(&asked.query, &asked.attributes)? else {
            return Ok((FactSums::Nothing, Effort::default()));
        };
        let classes = Arc::new(Classes::of(
            &asked.query,
            &asked.attributes,
            asked.rates.as_ref(),
            &self.config.restatement,
        ));
        let ask = Ask {
            scope: asked.scope.clone(),
            dataset: asked.query.dataset,
            commit: asked.snapshot.commit,
            plan,
            attributes: Arc::clone(&asked.attributes),
            cache: asked.cache,
            by_class: keeps_attribute_classes_whole(&asked.query),
        };
        let under = Arc::clone(&classes);
        let (parts, mut effort) = self
            .ask(ask.clone(), move |sums: &PartitionSums| {
                fold(&sums.partial, &under)
            })
            .await?;
        let folded = add_up(parts);
        if folded.attributions.len() <= 1 {
            return Ok((FactSums::OneWindow { folded, classes }, effort));
        }
        let (sums, more) = self.sums_by_window(ask, classes).await?;
        effort.join(more);
        Ok((sums, effort))
    }

    async fn sums_by_window(
        self: &Arc<Self>,
        ask: Ask,
        classes: Arc<Classes>,
    ) -> Result<(FactSums, Effort)> {
        let ask = Ask {
            by_class: false,
            ..ask
        };
        let whole = |sums: &PartitionSums| Arc::clone(&sums.partial);
        let (by_period, mut effort) = self.ask(ask.clone(), whole).await?;
        let several = campaigns_of_several_windows(&by_period, &classes);
        let by_day = if several.is_empty() {
            Vec::new()
        } else {
            let plan = PartialPlan {
                bucket: Bucket::Day,
                campaigns: Some(several),
                ..ask.plan.clone()
            };
            let (by_day, more) = self.ask(Ask { plan, ..ask }, whole).await?;
            effort.join(more);
            by_day
        };
        let sums = FactSums::Windows {
            by_period,
            by_day,
            classes,
        };
        Ok((sums, effort))
    }
}

/// The codes of the campaigns that count and have facts of more than one window, ascending.
fn campaigns_of_several_windows(partials: &[Arc<Partial>], classes: &Classes) -> Vec<u32> {
    let groups = partials.iter().flat_map(|partial| &partial.groups);
    let windows: BTreeSet<(u32, u32)> = groups
        .filter(|group| classes.counts(group))
        .map(|group| (group.campaign, group.attribution))
        .collect();
    let mut several: Vec<u32> = windows
        .iter()
        .zip(windows.iter().skip(1))
        .filter(|(one, next)| one.0 == next.0)
        .map(|(one, _)| one.0)
        .collect();
    several.dedup();
    several
}
