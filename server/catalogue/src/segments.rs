//! The manifest: which segments make up each partition at a commit.
//!
//! Segments hold facts of all brands of the agency: whoever reads them picks the brands that the
//! scope sees.

use bellwether_domain::Scope;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::BatchId;
use bellwether_domain::segment::{
    CommitNumber, PartitionName, PartitionVersion, Segment, SegmentPart,
};
use diesel::prelude::*;

use crate::Catalogue;
use crate::columns::{RowName, day_text, stored_count};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::publication::NewSegment;
use crate::schema::segments;

impl Catalogue {
    /// The partitions of a dataset as they were at a commit, by month.
    pub fn partitions(
        &self,
        scope: &Scope,
        dataset: DatasetName,
        up_to: CommitNumber,
    ) -> Result<Vec<PartitionVersion>> {
        let rows = self.read(|connection| {
            segments::table
                .filter(segments::agency_id.eq(scope.agency().to_string()))
                .filter(segments::dataset.eq(dataset.as_str()))
                .filter(segments::commit_number.le(up_to.0))
                .order((segments::month, segments::commit_number, segments::id))
                .load::<SegmentRow>(connection)
                .map_err(Error::database("list segments"))
        })?;
        let mut partitions = Vec::<PartitionVersion>::new();
        for row in rows {
            let segment = Segment::try_from(row)?;
            match partitions.last_mut() {
                Some(partition) if partition.name == segment.partition => {
                    // Rows come oldest commit first, so the last one is the newest.
                    partition.version = segment.newest_commit();
                    partition.segments.push(segment);
                }
                _ => partitions.push(PartitionVersion {
                    agency: segment.agency,
                    name: segment.partition,
                    version: segment.newest_commit(),
                    up_to,
                    segments: vec![segment],
                    removals: Vec::new(),
                    retracted: Vec::new(),
                }),
            }
        }
        Ok(partitions)
    }
}

/// Adds a segment to the manifest inside the transaction that publishes it.
pub(crate) fn insert_segment(
    connection: &mut AnyConnection,
    scope: &Scope,
    batch: BatchId,
    commit: CommitNumber,
    segment: &NewSegment,
) -> Result<()> {
    let row = SegmentRow {
        agency_id: scope.agency().to_string(),
        id: segment.id.to_string(),
        dataset: segment.partition.dataset.as_str().to_owned(),
        month: segment.partition.month.to_string(),
        commit_number: commit.0,
        batch_id: batch.to_string(),
        path: segment.path.clone(),
        n_rows: stored_count(segment.n_rows),
        size_bytes: stored_count(segment.size_bytes),
        sha256: segment.sha256.clone(),
        first_day: day_text(segment.first_day),
        last_day: day_text(segment.last_day),
    };
    diesel::insert_into(segments::table)
        .values(&row)
        .execute(connection)
        .map_err(Error::insert("segment", segment.id))?;
    Ok(())
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = segments)]
struct SegmentRow {
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
}

impl TryFrom<SegmentRow> for Segment {
    type Error = Error;

    fn try_from(row: SegmentRow) -> Result<Self> {
        let name = RowName {
            table: "segments",
            row: &row.id,
        };
        Ok(Self {
            id: name.parse(&row.id)?,
            agency: name.parse(&row.agency_id)?,
            partition: PartitionName {
                dataset: name.parse(&row.dataset)?,
                month: name.parse(&row.month)?,
            },
            parts: vec![SegmentPart {
                commit: CommitNumber(row.commit_number),
                batch: name.parse(&row.batch_id)?,
            }],
            n_rows: name.count(row.n_rows)?,
            size_bytes: name.count(row.size_bytes)?,
            first_day: name.day(&row.first_day)?,
            last_day: name.day(&row.last_day)?,
            path: row.path,
            sha256: row.sha256,
        })
    }
}
