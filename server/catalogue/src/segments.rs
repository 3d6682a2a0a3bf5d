//! The manifest: which segments there are, and the commits whose rows each holds.
//!
//! Segments hold facts of all brands of the agency: whoever reads them picks the brands that the
//! scope sees.
//! Invariant: a segment has at least one part, and its parts are sorted by their commits.

use std::collections::HashMap;

use bellwether_domain::Scope;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::SegmentId;
use bellwether_domain::segment::{CommitNumber, PartitionName, Segment, SegmentPart};
use diesel::prelude::*;

use crate::columns::{RowName, day_text, stored_count};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::publication::NewSegment;
use crate::schema::segments;
use crate::{Catalogue, PAGE_ROWS_MAX};

impl Catalogue {
    /// One page of every segment in the agency's manifest, by id: those after `after`, at most
    /// `limit` and at most [`PAGE_ROWS_MAX`]. For verification and backup.
    pub fn list_segments(
        &self,
        scope: &Scope,
        after: Option<SegmentId>,
        limit: u32,
    ) -> Result<Vec<Segment>> {
        let mut query = segments::table
            .into_boxed()
            .filter(segments::agency_id.eq(scope.agency().to_string()))
            .order(segments::id)
            .limit(i64::from(limit.min(PAGE_ROWS_MAX)));
        if let Some(after) = after {
            query = query.filter(segments::id.gt(after.to_string()));
        }
        let rows = self.read(|connection| {
            query
                .load::<SegmentRow>(connection)
                .map_err(Error::database("list segments"))
        })?;
        rows.into_iter().map(Segment::try_from).collect()
    }
}

impl Catalogue {
    /// Of each segment of a dataset, the commit at which the retention's horizon stood when it was
    /// written: it holds no row that no snapshot from there on sees. 0 for one that is as its
    /// batch brought it.
    pub fn settled_commits(
        &self,
        scope: &Scope,
        dataset: DatasetName,
    ) -> Result<HashMap<SegmentId, CommitNumber>> {
        let rows = self.read(|connection| {
            segments::table
                .filter(segments::agency_id.eq(scope.agency().to_string()))
                .filter(segments::dataset.eq(dataset.as_str()))
                .select((segments::id, segments::settled_commit))
                .load::<(String, i64)>(connection)
                .map_err(Error::database("list settled commits"))
        })?;
        rows.into_iter()
            .map(|(id, settled)| {
                let name = RowName {
                    table: "segments",
                    row: &id,
                };
                Ok((name.parse(&id)?, CommitNumber(settled)))
            })
            .collect()
    }
}

/// The segments of a dataset that hold rows of commits up to this one, by month and in the order
/// of their newest commits.
pub(crate) fn segments_of(
    connection: &mut AnyConnection,
    scope: &Scope,
    dataset: DatasetName,
    up_to: CommitNumber,
) -> Result<Vec<Segment>> {
    let rows = segments::table
        .filter(segments::agency_id.eq(scope.agency().to_string()))
        .filter(segments::dataset.eq(dataset.as_str()))
        .filter(segments::oldest_commit.le(up_to.0))
        .order((segments::month, segments::commit_number, segments::id))
        .load::<SegmentRow>(connection)
        .map_err(Error::database("list segments"))?;
    rows.into_iter().map(Segment::try_from).collect()
}

/// Every segment in the manifests of all agencies, by agency and id.
pub(crate) fn named_segments(connection: &mut AnyConnection) -> Result<Vec<Segment>> {
    let rows = segments::table
        .order((segments::agency_id, segments::id))
        .load::<SegmentRow>(connection)
        .map_err(Error::database("list segments"))?;
    rows.into_iter().map(Segment::try_from).collect()
}

/// Adds a segment to the manifest. `parts` are sorted by their commits and at least one; it holds
/// no row that a removal up to `settled` took.
pub(crate) fn insert_segment(
    connection: &mut AnyConnection,
    scope: &Scope,
    segment: &NewSegment,
    parts: &[SegmentPart],
    settled: CommitNumber,
) -> Result<()> {
    let (Some(oldest), Some(newest)) = (parts.first(), parts.last()) else {
        return Err(Refusal::invalid("a segment without parts").into());
    };
    let row = SegmentRow {
        agency_id: scope.agency().to_string(),
        id: segment.id.to_string(),
        dataset: segment.partition.dataset.as_str().to_owned(),
        month: segment.partition.month.to_string(),
        commit_number: newest.commit.0,
        batch_id: newest.batch.to_string(),
        path: segment.path.clone(),
        n_rows: stored_count(segment.n_rows),
        size_bytes: stored_count(segment.size_bytes),
        sha256: segment.sha256.clone(),
        first_day: day_text(segment.first_day),
        last_day: day_text(segment.last_day),
        oldest_commit: oldest.commit.0,
        parts: written_parts(parts),
        settled_commit: settled.0,
    };
    diesel::insert_into(segments::table)
        .values(&row)
        .execute(connection)
        .map_err(Error::insert("segment", segment.id))?;
    Ok(())
}

fn written_parts(parts: &[SegmentPart]) -> String {
    let texts: Vec<String> = parts
        .iter()
        .map(|part| format!("{}:{}", part.commit.0, part.batch))
        .collect();
    texts.join(",")
}

/// `None` when the text is not a list of parts in the order of their commits.
fn read_parts(text: &str) -> Option<Vec<SegmentPart>> {
    let parts: Option<Vec<SegmentPart>> = text
        .split(',')
        .map(|part| {
            let (commit, batch) = part.split_once(':')?;
            Some(SegmentPart {
                commit: CommitNumber(commit.parse().ok()?),
                batch: batch.parse().ok()?,
            })
        })
        .collect();
    parts.filter(|parts| parts.is_sorted_by_key(|part| part.commit))
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = segments)]
pub(crate) struct SegmentRow {
    agency_id: String,
    id: String,
    dataset: String,
    month: String,
    commit_number: i64,
    batch_id: String,
    path: String,
    n_rows: i64,
    size_bytes: i64,
    sha256: String,
    first_day: String,
    last_day: String,
    oldest_commit: i64,
    parts: String,
    pub(crate) settled_commit: i64,
}

impl TryFrom<SegmentRow> for Segment {
    type Error = Error;

    fn try_from(row: SegmentRow) -> Result<Self> {
        let name = RowName {
            table: "segments",
            row: &row.id,
        };
        let parts = read_parts(&row.parts)
            .ok_or_else(|| name.unreadable(Refusal::invalid("its parts are no list of parts")))?;
        Ok(Self {
            id: name.parse(&row.id)?,
            agency: name.parse(&row.agency_id)?,
            partition: PartitionName {
                dataset: name.parse(&row.dataset)?,
                month: name.parse(&row.month)?,
            },
            parts,
            n_rows: name.count(row.n_rows)?,
            size_bytes: name.count(row.size_bytes)?,
            first_day: name.day(&row.first_day)?,
            last_day: name.day(&row.last_day)?,
            path: row.path,
            sha256: row.sha256,
        })
    }
}

#[cfg(test)]
mod tests {
    use bellwether_domain::ids::BatchId;
    use bellwether_domain::time::Timestamp;

    use super::*;

    #[test]
    fn parts_read_back_in_order_and_nothing_else_is_read() {
        let part = |number: u8| SegmentPart {
            commit: CommitNumber(number.into()),
            batch: BatchId::from_parts(Timestamp::UNIX_EPOCH, number.into()),
        };
        let written = written_parts(&[part(3), part(12)]);
        assert_eq!(read_parts(&written), Some(vec![part(3), part(12)]));
        assert_eq!(read_parts(&written_parts(&[part(12), part(3)])), None);
        assert_eq!(read_parts(""), None);
    }
}
