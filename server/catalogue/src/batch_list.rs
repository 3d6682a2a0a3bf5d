//! Batches as they are listed: what each brought, and what became of it.

use bellwether_domain::Scope;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::{BatchId, BrandId};
use bellwether_domain::segment::CommitNumber;
use bellwether_domain::time::Timestamp;
use diesel::prelude::*;

use crate::batches::BatchState;
use crate::columns::{RowName, only_brands};
use crate::connection::{AnyConnection, MultiBackend};
use crate::error::{Error, Result};
use crate::schema::{batches, retractions};
use crate::{Catalogue, PAGE_ROWS_MAX};

/// Which batches a list shows; `None` leaves a question open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchFilter {
    /// Those of this brand.
    pub brand: Option<BrandId>,
    /// Those of this dataset.
    pub dataset: Option<DatasetName>,
    /// Those in this state.
    pub state: Option<BatchState>,
}

/// A batch as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchSummary {
    /// Its id.
    pub id: BatchId,
    /// The dataset of its facts.
    pub dataset: DatasetName,
    /// The brand of its facts.
    pub brand: BrandId,
    /// Where it stands.
    pub state: BatchState,
    /// When it came.
    pub received_at: Timestamp,
    /// When it was published, rejected or taken over by a twin.
    pub finished_at: Option<Timestamp>,
    /// The commit that published it, when it brought facts or removed some.
    pub commit: Option<CommitNumber>,
    /// How many rows were accepted, once it is published.
    pub n_rows_accepted: Option<u64>,
    /// How many facts were written, once it is published: fewer where duplicates came to one.
    pub n_rows_written: Option<u64>,
    /// The commit that undid it, if one did.
    pub retracted_by: Option<CommitNumber>,
}

impl Catalogue {
    /// One page of the batches of the brands that the scope sees, newest first: those that came
    /// before `after`, at most `limit` and at most [`PAGE_ROWS_MAX`].
    pub fn list_batches(
        &self,
        scope: &Scope,
        filter: &BatchFilter,
        after: Option<BatchId>,
        limit: u32,
    ) -> Result<Vec<BatchSummary>> {
        let rows = self.read(|connection| list(connection, scope, filter, after, limit))?;
        rows.into_iter().map(BatchSummary::try_from).collect()
    }

    /// The batch of this id, if the scope sees its brand.
    pub fn find_batch(&self, scope: &Scope, batch: BatchId) -> Result<Option<BatchSummary>> {
        let found = self.read(|connection| find_summary(connection, scope, batch))?;
        Ok(found.filter(|found| scope.sees_brand(found.brand)))
    }
}

/// Whatever the scope's brands are: the caller asks [`Scope::sees_brand`].
pub(crate) fn find_summary(
    connection: &mut AnyConnection,
    scope: &Scope,
    batch: BatchId,
) -> Result<Option<BatchSummary>> {
    batches::table
        .left_join(retractions::table.on(its_retraction()))
        .filter(batches::agency_id.eq(scope.agency().to_string()))
        .filter(batches::id.eq(batch.to_string()))
        .select(SummaryRow::as_select())
        .first(connection)
        .optional()
        .map_err(Error::database("find a batch"))?
        .map(BatchSummary::try_from)
        .transpose()
}

fn list(
    connection: &mut AnyConnection,
    scope: &Scope,
    filter: &BatchFilter,
    after: Option<BatchId>,
    limit: u32,
) -> Result<Vec<SummaryRow>> {
    let mut query = batches::table
        .left_join(retractions::table.on(its_retraction()))
        .filter(batches::agency_id.eq(scope.agency().to_string()))
        .order(batches::id.desc())
        .limit(i64::from(limit.min(PAGE_ROWS_MAX)))
        .select(SummaryRow::as_select())
        .into_boxed::<MultiBackend>();
    if let Some(brands) = only_brands(scope) {
        query = query.filter(batches::brand_id.eq_any(brands));
    }
    if let Some(brand) = filter.brand {
        query = query.filter(batches::brand_id.eq(brand.to_string()));
    }
    if let Some(dataset) = filter.dataset {
        query = query.filter(batches::dataset.eq(dataset.as_str()));
    }
    if let Some(state) = filter.state {
        query = query.filter(batches::state.eq(state.as_str()));
    }
    if let Some(after) = after {
        query = query.filter(batches::id.lt(after.to_string()));
    }
    query
        .load(connection)
        .map_err(Error::database("list batches"))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn its_retraction() -> _ {
    retractions::agency_id
        .eq(batches::agency_id)
        .and(retractions::batch_id.eq(batches::id))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = batches, check_for_backend(MultiBackend))]
struct SummaryRow {
    id: String,
    dataset: String,
    brand_id: String,
    state: String,
    received_at: i64,
    finished_at: Option<i64>,
    commit_number: Option<i64>,
    n_rows_accepted: Option<i64>,
    n_rows_written: Option<i64>,
    #[diesel(select_expression = retractions::commit_number.nullable())]
    retracted_by: Option<i64>,
}

impl TryFrom<SummaryRow> for BatchSummary {
    type Error = Error;

    fn try_from(row: SummaryRow) -> Result<Self> {
        let name = RowName {
            table: "batches",
            row: &row.id,
        };
        let count = |stored: Option<i64>| stored.map(|n| name.count(n)).transpose();
        Ok(Self {
            id: name.parse(&row.id)?,
            dataset: name.parse(&row.dataset)?,
            brand: name.parse(&row.brand_id)?,
            state: name.parse(&row.state)?,
            received_at: name.moment(row.received_at)?,
            finished_at: row.finished_at.map(|at| name.moment(at)).transpose()?,
            commit: row.commit_number.map(CommitNumber),
            n_rows_accepted: count(row.n_rows_accepted)?,
            n_rows_written: count(row.n_rows_written)?,
            retracted_by: row.retracted_by.map(CommitNumber),
        })
    }
}
