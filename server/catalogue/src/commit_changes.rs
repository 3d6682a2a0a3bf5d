//! What commits changed: of which brands, datasets and days.
//!
//! Invariant: every fact that differs between two snapshots lies in what is told of the commits
//! between them; more may be told, since compaction forgets which rows came by which commit.

use std::collections::{HashMap, HashSet};

use bellwether_domain::Scope;
use bellwether_domain::ids::BrandId;
use bellwether_domain::query::FactChange;
use bellwether_domain::segment::{CommitNumber, PartitionName};
use bellwether_domain::time::{Date, DateRange, Month};
use diesel::prelude::*;

use crate::Catalogue;
use crate::columns::RowName;
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::{batches, commits, partition_commits, removals, retractions, segments};

/// What a commit changed of one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitChange {
    /// The commit.
    pub commit: CommitNumber,
    /// What it changed.
    pub facts: FactChange,
}

/// A commit and a partition that it changed.
type Place = (CommitNumber, PartitionName);

impl Catalogue {
    /// What the commits after one and up to another changed, by commit, of the brands that the
    /// scope sees. Bounded by the partitions that they touched.
    pub fn changes(
        &self,
        scope: &Scope,
        after: CommitNumber,
        up_to: CommitNumber,
    ) -> Result<Vec<CommitChange>> {
        self.read_at_once(|connection| {
            let commits = (scope, after, up_to);
            let places = changed_places(connection, commits)?;
            let brands = brands_by_commit(connection, commits)?;
            let days = written_days(connection, commits)?;
            let removed = removed_days(connection, commits)?;
            let changes = places.into_iter().map(|place| {
                let (commit, partition) = place;
                let written = days.get(&place).copied();
                CommitChange {
                    commit,
                    facts: FactChange {
                        brand: brands.get(&commit).copied(),
                        dataset: partition.dataset,
                        days: changed_days(partition.month, written, removed.get(&place).copied()),
                    },
                }
            });
            let is_seen = |change: &CommitChange| {
                let brand = change.facts.brand;
                brand.is_none_or(|brand| scope.sees_brand(brand))
            };
            Ok(changes.filter(is_seen).collect())
        })
    }
}

/// The whole month where the commit's own file can't be told any more.
fn changed_days(month: Month, written: Option<DateRange>, removed: Option<DateRange>) -> DateRange {
    match (written, removed) {
        (Some(written), Some(removed)) => spanning(written, removed),
        (Some(written), None) => written,
        (None, _) => month.days(),
    }
}

fn spanning(one: DateRange, other: DateRange) -> DateRange {
    let (from, until) = (one.from().min(other.from()), one.until().max(other.until()));
    DateRange::new(from, until).unwrap_or(one)
}

/// Of which agency, after and up to which commit.
type Commits<'a> = (&'a Scope, CommitNumber, CommitNumber);

fn changed_places(
    connection: &mut AnyConnection,
    (scope, after, up_to): Commits<'_>,
) -> Result<Vec<Place>> {
    let rows = partition_commits::table
        .filter(partition_commits::agency_id.eq(scope.agency().to_string()))
        .filter(partition_commits::commit_number.gt(after.0))
        .filter(partition_commits::commit_number.le(up_to.0))
        .order((
            partition_commits::commit_number,
            partition_commits::dataset,
            partition_commits::month,
        ))
        .select((
            partition_commits::commit_number,
            partition_commits::dataset,
            partition_commits::month,
        ))
        .load::<(i64, String, String)>(connection)
        .map_err(Error::database("list what commits changed"))?;
    let places = rows.iter();
    places
        .map(|(commit, dataset, month)| place("partition_commits", *commit, dataset, month))
        .collect()
}

fn place(table: &'static str, commit: i64, dataset: &str, month: &str) -> Result<Place> {
    let name = RowName { table, row: month };
    let partition = PartitionName {
        dataset: name.parse(dataset)?,
        month: name.parse(month)?,
    };
    Ok((CommitNumber(commit), partition))
}

/// The brand of each commit that published or retracted a batch. One that gave a segment up may
/// be of any brand: the batch that it names is just the newest one of the segment.
fn brands_by_commit(
    connection: &mut AnyConnection,
    (scope, after, up_to): Commits<'_>,
) -> Result<HashMap<CommitNumber, BrandId>> {
    let agency = scope.agency().to_string();
    let its_batch = batches::agency_id
        .eq(commits::agency_id)
        .and(batches::id.eq(commits::batch_id));
    let rows = commits::table
        .inner_join(batches::table.on(its_batch))
        .filter(commits::agency_id.eq(&agency))
        .filter(commits::number.gt(after.0))
        .filter(commits::number.le(up_to.0))
        .select((commits::number, batches::brand_id, batches::commit_number))
        .load::<(i64, String, Option<i64>)>(connection)
        .map_err(Error::database("read the brands of commits"))?;
    let retracting: HashSet<i64> = retractions::table
        .filter(retractions::agency_id.eq(&agency))
        .filter(retractions::commit_number.gt(after.0))
        .filter(retractions::commit_number.le(up_to.0))
        .select(retractions::commit_number)
        .load::<i64>(connection)
        .map_err(Error::database("list retracting commits"))?
        .into_iter()
        .collect();
    let mut brands = HashMap::new();
    for (commit, brand, published) in rows {
        if published == Some(commit) || retracting.contains(&commit) {
            let name = RowName {
                table: "batches",
                row: &brand,
            };
            brands.insert(CommitNumber(commit), name.parse(&brand)?);
        }
    }
    Ok(brands)
}

/// The days of the files of commits. A file that was compacted stands under the newest of its
/// commits, with the days of all of them.
fn written_days(
    connection: &mut AnyConnection,
    (scope, after, up_to): Commits<'_>,
) -> Result<HashMap<Place, DateRange>> {
    let rows = segments::table
        .filter(segments::agency_id.eq(scope.agency().to_string()))
        .filter(segments::commit_number.gt(after.0))
        .filter(segments::commit_number.le(up_to.0))
        .select((
            segments::commit_number,
            segments::dataset,
            segments::month,
            segments::first_day,
            segments::last_day,
        ))
        .load::<(i64, String, String, String, String)>(connection)
        .map_err(Error::database("read the days of commits"))?;
    let mut days: HashMap<Place, DateRange> = HashMap::new();
    for (commit, dataset, month, first, last) in rows {
        let place = place("segments", commit, &dataset, &month)?;
        let name = RowName {
            table: "segments",
            row: &month,
        };
        let until = name.day(&last)?.tomorrow().unwrap_or(Date::MAX);
        let whole_month = place.1.month.days();
        let written = DateRange::new(name.day(&first)?, until).unwrap_or(whole_month);
        days.entry(place)
            .and_modify(|known| *known = spanning(*known, written))
            .or_insert(written);
    }
    Ok(days)
}

fn removed_days(
    connection: &mut AnyConnection,
    (scope, after, up_to): Commits<'_>,
) -> Result<HashMap<Place, DateRange>> {
    let rows = removals::table
        .filter(removals::agency_id.eq(scope.agency().to_string()))
        .filter(removals::commit_number.gt(after.0))
        .filter(removals::commit_number.le(up_to.0))
        .select((
            removals::commit_number,
            removals::dataset,
            removals::month,
            removals::from_day,
            removals::until_day,
        ))
        .load::<(i64, String, String, String, String)>(connection)
        .map_err(Error::database("read the removals of commits"))?;
    let mut days = HashMap::new();
    for (commit, dataset, month, from, until) in rows {
        let place = place("removals", commit, &dataset, &month)?;
        let name = RowName {
            table: "removals",
            row: &month,
        };
        let whole_month = place.1.month.days();
        let removed = DateRange::new(name.day(&from)?, name.day(&until)?);
        days.insert(place, removed.unwrap_or(whole_month));
    }
    Ok(days)
}
