//! Facts that are read exactly as reported: reach of a campaign and period, which never adds up.

use std::sync::Arc;

use bellwether_domain::dataset::Dataset;
use bellwether_domain::fact::Fact;
use bellwether_domain::query::MetricQuery;
use bellwether_domain::time::{Date, DateRange};

use super::Asked;
use super::answer::Effort;
use super::keeps::Keeps;
use super::sums::FactSums;
use crate::error::Result;
use crate::services::Parts;

/// A fact of a campaign that counts, and the period of the answer that it touches.
#[derive(Debug, Clone)]
pub(super) struct ReportedFact {
    pub(super) fact: Fact,
    /// The period's first day; `None` when all days are one.
    pub(super) period: Option<Date>,
    /// Whether the fact is of exactly this period. One that is not tells only that the campaign
    /// was reported on, for other days.
    pub(super) is_exact: bool,
}

/// Whether facts of the query's dataset are read as reported and not summed.
pub(super) fn is_read_as_reported(query: &MetricQuery) -> bool {
    !Dataset::of(query.dataset).adds_up
}

impl Parts {
    /// The facts that touch the query's range, each with the periods that it touches.
    pub(super) async fn reported(self: &Arc<Self>, asked: &Asked) -> Result<(FactSums, Effort)> {
        let (query, attributes) = (&asked.query, &asked.attributes);
        let keeps = Keeps::of(query, attributes);
        let versions = self
            .partition_versions(&asked.scope, query.dataset, asked.snapshot.commit)
            .await?;
        let mut reported = Vec::new();
        // A report may begin long before the range that it touches.
        let touching = versions
            .iter()
            .filter(|version| version.name.month.first_day() < query.range.until());
        let mut effort = Effort::default();
        for version in touching {
            effort.add(version.name, true);
            let facts = self.fact_rows(&asked.scope, version).await?;
            for fact in facts.iter() {
                let campaign = fact.key.campaign.and_then(|id| attributes.campaign(id));
                let counts = campaign.is_some_and(|campaign| keeps.some_of(campaign));
                if counts {
                    add_periods(query, fact, &mut reported);
                }
            }
        }
        Ok((FactSums::Reported(reported), effort))
    }
}

fn add_periods(query: &MetricQuery, fact: &Fact, reported: &mut Vec<ReportedFact>) {
    let until = fact.key.until;
    let Some(days) = until.and_then(|until| DateRange::new(fact.key.from, until)) else {
        return;
    };
    for (period, days_of_period) in query.periods_touching(&days) {
        reported.push(ReportedFact {
            fact: fact.clone(),
            period,
            is_exact: days == days_of_period,
        });
    }
}
