//! Removals: what batches with `replace=range` took away from a partition.
//!
//! Invariant: a removal is stored in the transaction that publishes its batch, and reads back as
//! it was given.

use std::fmt::Display;
use std::str::FromStr;

use bellwether_domain::Scope;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::fact::{Shape, Text};
use bellwether_domain::ids::CampaignId;
use bellwether_domain::segment::{CommitNumber, PartitionName, Removal};
use bellwether_domain::time::{DateRange, Month};
use diesel::prelude::*;

use crate::columns::{RowName, day_text};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::removals;

/// A removal as a batch brings it; publishing gives it the batch's commit.
///
/// Every older row of these campaigns, days, shapes and attribution windows goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRemoval {
    /// The dataset and month; one batch has at most one removal for each.
    pub partition: PartitionName,
    /// The days, all of the month.
    pub days: DateRange,
    /// The campaigns.
    pub campaigns: Vec<CampaignId>,
    /// The levels or breakdowns that the batch has rows of.
    pub shapes: Vec<Shape>,
    /// The attribution windows that the batch has rows of; `None` is the unspecified one.
    pub attributions: Vec<Option<Text>>,
}

/// Adds a removal inside the transaction that publishes its batch.
pub(crate) fn insert_removal(
    connection: &mut AnyConnection,
    scope: &Scope,
    commit: CommitNumber,
    removal: &NewRemoval,
) -> Result<()> {
    let row = RemovalRow::new(scope, commit, removal)?;
    diesel::insert_into(removals::table)
        .values(&row)
        .execute(connection)
        .map_err(Error::insert("removal of month", removal.partition.month))?;
    Ok(())
}

/// The removals of a dataset up to a commit, by month and commit.
pub(crate) fn removals_of(
    connection: &mut AnyConnection,
    scope: &Scope,
    dataset: DatasetName,
    up_to: CommitNumber,
) -> Result<Vec<(Month, Removal)>> {
    let rows = removals::table
        .filter(removals::agency_id.eq(scope.agency().to_string()))
        .filter(removals::dataset.eq(dataset.as_str()))
        .filter(removals::commit_number.le(up_to.0))
        .order((removals::month, removals::commit_number))
        .load::<RemovalRow>(connection)
        .map_err(Error::database("list removals"))?;
    rows.iter().map(RemovalRow::read).collect()
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = removals)]
struct RemovalRow {
    agency_id: String,
    dataset: String,
    month: String,
    commit_number: i64,
    from_day: String,
    until_day: String,
    campaigns: String,
    shapes: String,
    attributions: String,
}

impl RemovalRow {
    fn new(scope: &Scope, commit: CommitNumber, removal: &NewRemoval) -> Result<Self, Refusal> {
        let month = removal.partition.month;
        if removal.days.intersect(&month.days()) != Some(removal.days) {
            return Err(Refusal::invalid(format!(
                "a removal of month `{month}` has days of another"
            )));
        }
        Ok(Self {
            agency_id: scope.agency().to_string(),
            dataset: removal.partition.dataset.as_str().to_owned(),
            month: month.to_string(),
            commit_number: commit.0,
            from_day: day_text(removal.days.from()),
            until_day: day_text(removal.days.until()),
            campaigns: joined(&removal.campaigns),
            shapes: joined(
                &removal
                    .shapes
                    .iter()
                    .map(|shape| shape.0)
                    .collect::<Vec<_>>(),
            ),
            attributions: written_attributions(&removal.attributions)?,
        })
    }

    fn read(&self) -> Result<(Month, Removal)> {
        let name = RowName {
            table: "removals",
            row: &format!("{} {} {}", self.dataset, self.month, self.commit_number),
        };
        let unreadable = |what: &str| name.unreadable(Refusal::invalid(what));
        let days = DateRange::new(name.day(&self.from_day)?, name.day(&self.until_day)?)
            .ok_or_else(|| unreadable("its days end before they begin"))?;
        let shapes: Vec<u8> = split(&self.shapes).ok_or_else(|| unreadable("its shapes"))?;
        let removal = Removal {
            commit: CommitNumber(self.commit_number),
            days,
            campaigns: split(&self.campaigns).ok_or_else(|| unreadable("its campaigns"))?,
            shapes: shapes.into_iter().map(Shape).collect(),
            attributions: read_attributions(&self.attributions)
                .ok_or_else(|| unreadable("its attribution windows"))?,
        };
        Ok((name.parse(&self.month)?, removal))
    }
}

/// The items sorted, each once, with commas between.
fn joined<T: Display + Ord>(items: &[T]) -> String {
    let distinct: std::collections::BTreeSet<&T> = items.iter().collect();
    let texts: Vec<String> = distinct.into_iter().map(ToString::to_string).collect();
    texts.join(",")
}

fn split<T: FromStr>(text: &str) -> Option<Vec<T>> {
    text.split(',')
        .filter(|item| !item.is_empty())
        .map(|item| item.parse().ok())
        .collect()
}

fn written_attributions(attributions: &[Option<Text>]) -> Result<String, Refusal> {
    let distinct: std::collections::BTreeSet<&Option<Text>> = attributions.iter().collect();
    let mut lines = Vec::with_capacity(distinct.len());
    for attribution in distinct {
        lines.push(match attribution {
            None => "-".to_owned(),
            Some(text) if text.contains('\n') => {
                return Err(Refusal::invalid("an attribution window has a line break"));
            }
            Some(text) => format!("={text}"),
        });
    }
    Ok(lines.join("\n"))
}

fn read_attributions(text: &str) -> Option<Vec<Option<Text>>> {
    text.split('\n')
        .filter(|line| !line.is_empty())
        .map(|line| match line.strip_prefix('=') {
            Some(given) => Some(Some(given.into())),
            None => (line == "-").then_some(None),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributions_read_back_sorted_with_the_unspecified_one_first() {
        let given: [Option<Text>; 4] = [Some("7c1v".into()), None, Some("-".into()), None];
        let written = written_attributions(&given).unwrap();
        let read = read_attributions(&written).unwrap();
        assert_eq!(read, [None, Some("-".into()), Some("7c1v".into())]);
        assert_eq!(read_attributions(""), Some(Vec::new()));
        assert_eq!(read_attributions("7c1v"), None);
    }

    #[test]
    fn lists_read_back_sorted_and_distinct() {
        assert_eq!(joined(&[3, 1, 3]), "1,3");
        assert_eq!(split::<u8>("1,3"), Some(vec![1, 3]));
        assert_eq!(split::<u8>(""), Some(Vec::new()));
        assert_eq!(split::<u8>("1,x"), None);
    }
}
