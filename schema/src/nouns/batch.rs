//! Batches: what reports brought in, page by page, newest first.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::BatchId;
use bellwether_domain::segment::CommitNumber;
use bellwether_service::{BatchFilter, BatchPage, BatchSummary};

use super::brand::Brand;
use super::connection::NODES_PER_PAGE;
use crate::context::{ContextExt, RequestState};
use crate::paging::{PageInfo, page_size};
use crate::refusal::resolver_error;
use crate::scalars::{Count, DateTime};
use crate::words::{BatchState, DatasetName};

/// A report that was sent in, and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Batch(pub(crate) BatchSummary);

/// A report that was sent in, and what became of it.
#[Object]
impl Batch {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The dataset of its rows.
    async fn dataset(&self) -> DatasetName {
        self.0.dataset.into()
    }

    /// The brand of its rows.
    async fn brand(&self, ctx: &Context<'_>) -> Result<Brand> {
        let state = ctx.state();
        let brand = state.answer(state.brand(self.0.brand).await)?;
        brand
            .map(Brand)
            .ok_or_else(|| resolver_error(&Refusal::not_found("brand", self.0.brand)))
    }

    /// Where it stands. A batch that was retracted stays COMMITTED and has `retractedBy`.
    async fn state(&self) -> BatchState {
        self.0.state.into()
    }

    /// When it came.
    async fn received_at(&self) -> DateTime {
        DateTime(self.0.received_at)
    }

    /// When it was committed, rejected or given up; null while it is on its way.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(DateTime)
    }

    /// The number of its commit; null when it brought no facts and removed none.
    async fn commit(&self) -> Option<Count> {
        number(self.0.commit)
    }

    /// How many rows of the report are in; null unless it is committed.
    async fn accepted(&self) -> Option<Count> {
        count(self.0.n_rows_accepted)
    }

    /// How many facts were written: fewer than `accepted` where duplicates came to one; null unless it is committed.
    async fn rows_written(&self) -> Option<Count> {
        count(self.0.n_rows_written)
    }

    /// The number of the commit that undid it; null while it counts.
    async fn retracted_by(&self) -> Option<Count> {
        number(self.0.retracted_by)
    }
}

/// A page of batches.
#[derive(Debug)]
pub(crate) struct BatchConnection {
    page: BatchPage,
    is_first: bool,
}

/// One batch of a page, with its cursor.
#[derive(Debug, SimpleObject)]
pub(crate) struct BatchEdge {
    /// The place of the batch, for `after`.
    cursor: String,
    /// The batch.
    node: Batch,
}

/// A page of batches.
#[Object]
impl BatchConnection {
    /// The batches of the page.
    async fn nodes(&self) -> Vec<Batch> {
        self.page.items.iter().cloned().map(Batch).collect()
    }

    /// The batches of the page with their cursors.
    async fn edges(&self) -> Vec<BatchEdge> {
        let edges = self.page.items.iter().map(|batch| BatchEdge {
            cursor: batch.id.to_string(),
            node: Batch(batch.clone()),
        });
        edges.collect()
    }

    /// Where the page lies.
    async fn page_info(&self) -> PageInfo {
        let items = &self.page.items;
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: !self.is_first,
            // A batch's cursor is its id: pages go by id.
            start_cursor: items.first().map(|batch| batch.id.to_string()),
            end_cursor: items.last().map(|batch| batch.id.to_string()),
        }
    }
}

/// A page of the batches that the scope sees and the filter lets through.
pub(crate) async fn batch_page(
    state: &RequestState,
    filter: BatchFilter,
    first: Option<i32>,
    after: Option<String>,
) -> Result<BatchConnection> {
    let refused = |refusal: Refusal| resolver_error(&refusal);
    let max = state.limits.nodes_page_max;
    let size = page_size(first, NODES_PER_PAGE.unsigned_abs(), "nodes_page_max", max);
    let size = size.map_err(refused)?;
    let after = after.map(|text| place_of_cursor(&text)).transpose();
    let after = after.map_err(refused)?;
    let page = state.services.batches(&state.scope, filter, after, size);
    Ok(BatchConnection {
        page: state.answer(page.await)?,
        is_first: after.is_none(),
    })
}

/// The batch, or `NOT_FOUND`.
pub(crate) async fn find_batch(state: &RequestState, id: BatchId) -> Result<Batch> {
    let found = state.services.find_batch(&state.scope, id).await;
    let found = state.answer(found)?;
    found
        .map(Batch)
        .ok_or_else(|| resolver_error(&Refusal::not_found("batch", id)))
}

fn place_of_cursor(text: &str) -> Result<BatchId, Refusal> {
    text.parse().map_err(|_| {
        Refusal::invalid(format!(
            "`{text}` is not a cursor; use `pageInfo.endCursor` of the page before"
        ))
        .at("after")
    })
}

fn number(commit: Option<CommitNumber>) -> Option<Count> {
    commit.and_then(|commit| counted(commit.0.into()))
}

fn count(n: Option<u64>) -> Option<Count> {
    n.and_then(|n| counted(n.into()))
}

/// Neither rows of a batch nor commits come near the largest count that clients read.
fn counted(n: i128) -> Option<Count> {
    Count::new(n).ok()
}
