//! Batches: what was sent, what became of it, and undoing one.
//!
//! Invariant: undoing a batch is a commit of its own. The next answer is without the batch, and a
//! question `asOf` an earlier moment still sees it.

use bellwether_catalogue::{BatchFilter, BatchSummary, Retracted};
use bellwether_domain::Scope;
use bellwether_domain::ids::BatchId;

use crate::error::Result;
use crate::services::Services;

/// A page of batches, newest first.
#[derive(Debug, Clone)]
pub struct BatchPage {
    /// The batches of the page.
    pub items: Vec<BatchSummary>,
    /// Whether more follow.
    pub has_next: bool,
}

impl Services {
    /// A page of the batches of the brands that the scope sees, newest first: those that came
    /// before `after`, at most `limit`.
    pub async fn batches(
        &self,
        scope: &Scope,
        filter: BatchFilter,
        after: Option<BatchId>,
        limit: u32,
    ) -> Result<BatchPage> {
        self.read("list batches", scope, move |parts, scope| {
            let catalogue = &parts.catalogue;
            // One more than asked for tells whether there is a next page.
            let mut items = catalogue.list_batches(scope, &filter, after, limit + 1)?;
            let has_next = items.len() > limit as usize;
            items.truncate(limit as usize);
            Ok(BatchPage { items, has_next })
        })
        .await
    }

    /// A batch whose brand the scope sees.
    pub async fn find_batch(&self, scope: &Scope, batch: BatchId) -> Result<Option<BatchSummary>> {
        self.read("find a batch", scope, move |parts, scope| {
            Ok(parts.catalogue.find_batch(scope, batch)?)
        })
        .await
    }

    /// Undoes a batch: from the next answer on its rows and removals don't count, and what they
    /// replaced does again.
    ///
    /// `CONFLICT` for a batch that is undone already, that brought no facts, or that is older than
    /// the retention; `NOT_FOUND` for one that the scope doesn't see.
    pub async fn retract_batch(&self, scope: &Scope, batch: BatchId) -> Result<Retracted> {
        scope.require_ingest()?;
        let retracted = self.read("retract a batch", scope, move |parts, scope| {
            let retracted = parts
                .catalogue
                .retract_batch(scope, batch, parts.clock.now())?;
            let summary = parts.catalogue.find_batch(scope, batch)?;
            Ok((retracted, summary.map(|summary| summary.dataset)))
        });
        let (retracted, dataset) = retracted.await?;
        self.parts.compaction.notice();
        if let Some(dataset) = dataset {
            self.parts.warm_after(scope, dataset, retracted.commit);
        }
        tracing::info!(batch.id = %batch, commit = retracted.commit.0, "batch retracted");
        Ok(retracted)
    }
}
