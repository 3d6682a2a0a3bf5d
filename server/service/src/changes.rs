//! What a client that holds numbers of an earlier snapshot must load again.

use std::sync::Arc;

use bellwether_catalogue::ChangedMonths;
use bellwether_domain::dataset::{Dataset, DatasetName, TimeColumns};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::BrandId;
use bellwether_domain::segment::{CommitNumber, Snapshot};
use bellwether_domain::time::Date;
use bellwether_domain::{ErrorCode, Scope};

use crate::background::blocking;
use crate::error::Result;
use crate::services::Services;

/// The most periods that one answer lists; a client with more to load does better to load all.
pub const CHANGED_PERIODS_MAX: usize = 10_000;

/// A month of a brand's facts in which something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangedPeriod {
    /// The brand.
    pub brand: BrandId,
    /// The dataset.
    pub dataset: DatasetName,
    /// The first day.
    pub from: Date,
    /// The first day after it; `None` where facts of the month may reach any far beyond it, as
    /// costs do.
    pub until: Option<Date>,
    /// The newest commit that changed it.
    pub commit: CommitNumber,
}

/// What changed since a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The present snapshot, to ask from the next time.
    pub snapshot: Snapshot,
    /// Whether names, platforms, labels, exchange rates or custom metrics changed: whatever is
    /// shown by them is to be loaded again, of any period.
    pub attributes_changed: bool,
    /// The months to load again, by brand, dataset and month.
    pub periods: Vec<ChangedPeriod>,
}

impl Services {
    /// The months whose facts changed since a snapshot, of these brands or of all that the scope
    /// sees, of one dataset or of all.
    ///
    /// `SNAPSHOT_EXPIRED` for a snapshot older than what is kept, `NOT_FOUND` for a brand that the
    /// scope doesn't see.
    pub async fn changed_since(
        &self,
        scope: &Scope,
        since: Snapshot,
        brands: Option<Vec<BrandId>>,
        dataset: Option<DatasetName>,
    ) -> Result<Changes> {
        let present = self.parts.present(scope).await?;
        let now = present.snapshot;
        check_snapshot(since, now, present.oldest)?;
        for (place, brand) in brands.iter().flatten().enumerate() {
            if self.find_brand(scope, *brand).await?.is_none() {
                let refusal = Refusal::not_found("brand", brand);
                return Err(refusal.at(format!("brands[{place}]")).into());
            }
        }
        let (parts, scope) = (Arc::clone(&self.parts), scope.clone());
        let changed = blocking("list changed months", move || {
            let (since, brands) = (since.commit, brands.as_deref());
            let catalogue = &parts.catalogue;
            Ok(catalogue.changed_months(&scope, since, now.commit, brands, dataset)?)
        })
        .await?;
        Ok(Changes {
            snapshot: now,
            attributes_changed: since.catalogue != now.catalogue,
            periods: periods(&changed)?,
        })
    }
}

fn check_snapshot(since: Snapshot, now: Snapshot, oldest: CommitNumber) -> Result<(), Refusal> {
    let refused = |code, message: String| Err(Refusal::new(code, message).at("snapshot"));
    if since.commit > now.commit || since.catalogue > now.catalogue {
        let message = format!("snapshot `{since}` is none of this agency; the newest is `{now}`");
        return refused(ErrorCode::InvalidInput, message);
    }
    if since.commit < oldest {
        let message = format!(
            "snapshot `{since}` is older than what is kept; the oldest commit that can be read is {}, so load everything again",
            oldest.0
        );
        return refused(ErrorCode::SnapshotExpired, message);
    }
    Ok(())
}

fn periods(changed: &ChangedMonths) -> Result<Vec<ChangedPeriod>, Refusal> {
    if changed.len() > CHANGED_PERIODS_MAX {
        let what = format!("a list of {} changed periods", changed.len());
        let (limit, max) = ("changed_periods_max", CHANGED_PERIODS_MAX);
        return Err(Refusal::limit(limit, max, what).at("snapshot"));
    }
    let periods = changed.iter().map(|((brand, partition), commit)| {
        let days = partition.month.days();
        let is_open = Dataset::of(partition.dataset).time == TimeColumns::Range;
        ChangedPeriod {
            brand: *brand,
            dataset: partition.dataset,
            from: days.from(),
            until: (!is_open).then(|| days.until()),
            commit: *commit,
        }
    });
    Ok(periods.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::segment::{CatalogueVersion, PartitionName};
    use bellwether_domain::time::{Month, Timestamp, date};

    fn changed(n_brands: usize) -> ChangedMonths {
        let partition = PartitionName {
            dataset: DatasetName::DeliveryDaily,
            month: Month::of(date(2026, 5, 1)),
        };
        let brands = (0..n_brands).map(|n| BrandId::from_parts(Timestamp::UNIX_EPOCH, n as u128));
        let changed = brands.map(|brand| ((brand, partition), CommitNumber(1)));
        changed.collect()
    }

    #[test]
    fn so_many_periods_are_listed_and_no_more() {
        assert_eq!(
            periods(&changed(CHANGED_PERIODS_MAX)).unwrap().len(),
            CHANGED_PERIODS_MAX
        );
        let refusal = periods(&changed(CHANGED_PERIODS_MAX + 1)).unwrap_err();
        assert!(refusal.message.contains("changed_periods_max"));
    }

    #[test]
    fn a_snapshot_is_one_that_is_kept() {
        let snapshot = |commit, catalogue| Snapshot {
            commit: CommitNumber(commit),
            catalogue: CatalogueVersion(catalogue),
        };
        let check = |since| {
            let checked = check_snapshot(since, snapshot(9, 3), CommitNumber(4));
            checked.map_err(|refusal| refusal.code)
        };
        assert_eq!(check(snapshot(4, 0)), Ok(()));
        assert_eq!(check(snapshot(9, 3)), Ok(()));
        assert_eq!(check(snapshot(3, 3)), Err(ErrorCode::SnapshotExpired));
        assert_eq!(check(snapshot(10, 3)), Err(ErrorCode::InvalidInput));
        assert_eq!(check(snapshot(9, 4)), Err(ErrorCode::InvalidInput));
    }
}
