//! What was committed: how fresh a dataset is, and which months of which brands changed since a
//! commit.
//!
//! Invariant: a month that changed is never left out. One of whose facts none changed may be told,
//! where a batch brought again what was there.

use std::collections::BTreeMap;

use bellwether_domain::Scope;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::BrandId;
use bellwether_domain::segment::{CommitNumber, PartitionName};
use bellwether_domain::time::Timestamp;
use diesel::dsl::max;
use diesel::prelude::*;

use crate::Catalogue;
use crate::columns::{RowName, only_brands, texts};
use crate::connection::MultiBackend;
use crate::error::{Error, Result};
use crate::schema::{batches, commits, partition_commits};

/// The months of brands that changed since a commit, each with the newest commit that changed it.
pub type ChangedMonths = BTreeMap<(BrandId, PartitionName), CommitNumber>;

impl Catalogue {
    /// When the newest commit of a dataset and these brands, up to a commit, became visible; `None`
    /// when there is none. Brands that the scope doesn't see tell nothing.
    pub fn newest_commit_of(
        &self,
        scope: &Scope,
        dataset: DatasetName,
        brands: &[BrandId],
        up_to: CommitNumber,
    ) -> Result<Option<Timestamp>> {
        let seen = brands.iter().filter(|brand| scope.sees_brand(**brand));
        let newest = self.read(|connection| {
            commits::table
                .inner_join(
                    batches::table.on(batches::agency_id
                        .eq(commits::agency_id)
                        .and(batches::id.eq(commits::batch_id))),
                )
                .filter(commits::agency_id.eq(scope.agency().to_string()))
                .filter(commits::number.le(up_to.0))
                .filter(batches::dataset.eq(dataset.as_str()))
                .filter(batches::brand_id.eq_any(texts(seen)))
                .select(max(commits::committed_at))
                .first::<Option<i64>>(connection)
                .map_err(Error::database("find the newest commit of a dataset"))
        })?;
        let name = RowName {
            table: "commits",
            row: dataset.as_str(),
        };
        newest.map(|at| name.moment(at)).transpose()
    }

    /// The months of the brands that the scope sees which commits after `since` changed, up to
    /// `up_to`. `None` for a brand or dataset asks for all.
    pub fn changed_months(
        &self,
        scope: &Scope,
        since: CommitNumber,
        up_to: CommitNumber,
        brands: Option<&[BrandId]>,
        dataset: Option<DatasetName>,
    ) -> Result<ChangedMonths> {
        let rows = self.read(|connection| {
            let mut changed = partition_commits::table
                .inner_join(
                    commits::table.on(commits::agency_id
                        .eq(partition_commits::agency_id)
                        .and(commits::number.eq(partition_commits::commit_number))),
                )
                .inner_join(
                    batches::table.on(batches::agency_id
                        .eq(commits::agency_id)
                        .and(batches::id.eq(commits::batch_id))),
                )
                .filter(partition_commits::agency_id.eq(scope.agency().to_string()))
                .filter(partition_commits::commit_number.gt(since.0))
                .filter(partition_commits::commit_number.le(up_to.0))
                .select((
                    batches::brand_id,
                    partition_commits::dataset,
                    partition_commits::month,
                    partition_commits::commit_number,
                ))
                .into_boxed::<MultiBackend>();
            if let Some(brands) = only_brands(scope) {
                changed = changed.filter(batches::brand_id.eq_any(brands));
            }
            if let Some(brands) = brands {
                changed = changed.filter(batches::brand_id.eq_any(texts(brands)));
            }
            if let Some(dataset) = dataset {
                changed = changed.filter(partition_commits::dataset.eq(dataset.as_str()));
            }
            changed
                .load::<(String, String, String, i64)>(connection)
                .map_err(Error::database("list changed months"))
        })?;
        let mut changed = ChangedMonths::new();
        for (brand, dataset, month, commit) in rows {
            let name = RowName {
                table: "partition_commits",
                row: &month,
            };
            let partition = PartitionName {
                dataset: name.parse(&dataset)?,
                month: name.parse(&month)?,
            };
            let newest = changed.entry((name.parse(&brand)?, partition)).or_default();
            *newest = (*newest).max(CommitNumber(commit));
        }
        Ok(changed)
    }
}
