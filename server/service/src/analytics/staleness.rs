//! How old the facts of an answer are, and whether that is too old.
//!
//! Looks at what is committed, never at what an answer was computed: the newest batches of the
//! datasets and brands that are read tell how fresh they are.

use std::collections::BTreeSet;
use std::sync::Arc;

use bellwether_domain::ErrorCode;
use bellwether_domain::closed_words;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::query::MetricQuery;
use bellwether_domain::time::Timestamp;

use super::answer::{Warning, WarningCode};
use super::{Asked, MetricsAnswer, Reading};
use crate::background::blocking;
use crate::error::Result;
use crate::services::{Parts, Services};

closed_words! {
    /// What becomes of a question whose facts are older than it accepts.
    pub enum OnStale, "what to do with stale facts" {
        /// It is answered, with a warning.
        Serve => "SERVE",
        /// It is refused.
        Fail => "FAIL",
    }
}

/// How old the facts of an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staleness {
    /// The most seconds since the newest batches of what is read were committed.
    pub max_age_s: i64,
    /// What becomes of a question whose facts are older.
    pub on_stale: OnStale,
}

impl Services {
    /// When the newest batch of the dataset and brands of an answer was committed; `None` when
    /// there is none.
    pub async fn committed_at(
        &self,
        scope: &bellwether_domain::Scope,
        answer: &MetricsAnswer,
    ) -> Result<Option<Timestamp>> {
        let (query, commit) = (&answer.table().query, answer.snapshot.commit);
        let (dataset, brands) = (query.dataset, query.brands.clone());
        self.read("find the newest commit", scope, move |parts, scope| {
            let catalogue = &parts.catalogue;
            Ok(catalogue.newest_commit_of(scope, dataset, &brands, commit)?)
        })
        .await
    }
}

impl Parts {
    /// The warning of facts that are older than the reader accepts, or the refusal where it is to
    /// fail. Asked of a moment in the past, the age is that of then.
    pub(super) async fn check_staleness(
        self: &Arc<Self>,
        asked: &Asked,
        reading: Reading,
    ) -> Result<Option<Warning>> {
        let Some(staleness) = reading.staleness else {
            return Ok(None);
        };
        if staleness.max_age_s < 0 {
            let message = "`maxAgeSeconds` is 0 or more";
            return Err(Refusal::invalid(message)
                .at("staleness.maxAgeSeconds")
                .into());
        }
        let (parts, scope) = (Arc::clone(self), asked.scope.clone());
        let (datasets, brands) = (read_datasets(&asked.query), asked.query.brands.clone());
        let commit = asked.snapshot.commit;
        let newest = blocking("find the newest commits", move || {
            let catalogue = &parts.catalogue;
            let newest = |dataset| {
                let newest = catalogue.newest_commit_of(&scope, dataset, &brands, commit)?;
                Ok((dataset, newest))
            };
            datasets.into_iter().map(newest).collect::<Result<Vec<_>>>()
        })
        .await?;
        let now = reading.as_of.unwrap_or_else(|| self.clock.now());
        Ok(judge(staleness, &newest, now)?)
    }
}

/// The datasets that an answer reads, the one that answers first.
fn read_datasets(query: &MetricQuery) -> Vec<DatasetName> {
    let mut datasets = vec![query.dataset];
    if query.needs_costs() {
        // Costs may be spread by what was spent.
        datasets.extend([DatasetName::Costs, DatasetName::DeliveryDaily]);
    }
    let mut seen = BTreeSet::new();
    datasets.retain(|dataset| seen.insert(*dataset));
    datasets
}

/// Judges by the oldest of the newest commits of what is read. Who never sends costs has none to
/// be stale; a question whose own dataset has no facts is never fresh.
fn judge(
    staleness: Staleness,
    newest: &[(DatasetName, Option<Timestamp>)],
    now: Timestamp,
) -> Result<Option<Warning>, Refusal> {
    let max = staleness.max_age_s;
    let is_fresh = |at: Timestamp| now.duration_since(at).as_secs() <= max;
    let known = newest.iter().filter_map(|(name, at)| Some((*name, (*at)?)));
    let oldest = known.min_by_key(|(_, at)| *at);
    let has_own = newest.first().is_some_and(|(_, at)| at.is_some());
    let told = match oldest.filter(|_| has_own) {
        Some((_, at)) if is_fresh(at) => return Ok(None),
        Some((dataset, at)) => {
            format!("the newest facts of `{dataset}` that are read were committed at {at}")
        }
        None => "there are no facts of what is asked".to_owned(),
    };
    let message = format!("{told}; at most {max} s of age are accepted");
    match staleness.on_stale {
        OnStale::Serve => Ok(Some(Warning {
            code: WarningCode::Stale,
            message,
        })),
        OnStale::Fail => Err(Refusal::new(ErrorCode::Stale, message).at("staleness")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ago(age_s: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 - age_s).unwrap()
    }

    fn judged(age_s: i64, on_stale: OnStale) -> Result<Option<WarningCode>, ErrorCode> {
        let newest = [(DatasetName::DeliveryDaily, Some(ago(age_s)))];
        let staleness = Staleness {
            max_age_s: 60,
            on_stale,
        };
        let judged = judge(staleness, &newest, ago(0));
        judged
            .map(|warning| warning.map(|it| it.code))
            .map_err(|refusal| refusal.code)
    }

    #[test]
    fn facts_may_be_as_old_as_is_said_and_no_older() {
        assert_eq!(judged(60, OnStale::Fail), Ok(None));
        assert_eq!(judged(61, OnStale::Fail), Err(ErrorCode::Stale));
        assert_eq!(judged(61, OnStale::Serve), Ok(Some(WarningCode::Stale)));
    }

    #[test]
    fn no_facts_are_never_fresh() {
        let staleness = Staleness {
            max_age_s: i64::MAX,
            on_stale: OnStale::Fail,
        };
        let newest = [
            (DatasetName::DeliveryDaily, None),
            (DatasetName::Costs, Some(ago(0))),
        ];
        let refusal = judge(staleness, &newest, ago(0)).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::Stale);
    }

    #[test]
    fn the_oldest_of_what_is_read_counts_and_what_was_never_sent_does_not() {
        let staleness = Staleness {
            max_age_s: 60,
            on_stale: OnStale::Fail,
        };
        let judged = |costs| {
            let newest = [
                (DatasetName::DeliveryDaily, Some(ago(1))),
                (DatasetName::Costs, costs),
            ];
            judge(staleness, &newest, ago(0)).map_err(|refusal| refusal.message)
        };
        assert_eq!(judged(Some(ago(60))), Ok(None));
        assert_eq!(judged(None), Ok(None));
        assert!(judged(Some(ago(61))).unwrap_err().contains("`costs`"));
    }
}
