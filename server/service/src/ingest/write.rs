//! The segments of a batch: which ones there will be, and writing them, some at once.
//!
//! Invariant: a segment is handed on only once its bytes are on the disk; of a batch that fails
//! the unfinished files go here, the finished ones with its lease.

use std::sync::{Arc, Mutex, PoisonError};

use bellwether_domain::Scope;
use bellwether_domain::ids::SegmentId;
use bellwether_domain::segment::PartitionName;
use bellwether_store::StagedSegment;
use tokio::sync::oneshot;

use super::months::{Months, for_each};
use super::validate::Validated;
use crate::background::blocking;
use crate::error::Result;
use crate::services::Parts;
use crate::steps::Step;

/// One segment to be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlannedSegment {
    id: SegmentId,
    partition: PartitionName,
}

impl PlannedSegment {
    /// Where it will lie, below the store's root.
    pub(super) fn path(&self, parts: &Parts, scope: &Scope) -> String {
        parts.store.segment_path(scope, self.partition, self.id)
    }
}

impl Validated {
    /// One segment a month.
    pub(super) fn plan_segments(&self, parts: &Parts) -> Vec<PlannedSegment> {
        let months = self.survey.months.iter().filter(|(_, n_rows)| **n_rows > 0);
        months
            .map(|(month, _)| PlannedSegment {
                id: SegmentId::from_parts(self.received.at, parts.ids.random()),
                partition: PartitionName {
                    dataset: self.received.request.dataset,
                    month: *month,
                },
            })
            .collect()
    }

    /// Writes the segments and makes them and their folders lasting.
    pub(super) async fn write(
        self,
        parts: &Arc<Parts>,
        planned: Vec<PlannedSegment>,
    ) -> Result<(Self, Vec<StagedSegment>)> {
        let scope = self.received.scope.clone();
        let (first, is_first_written) = oneshot::channel();
        let writing = {
            let parts = Arc::clone(parts);
            blocking("write segments", move || {
                let segments = self.write_segments(&parts, &planned, first)?;
                Ok((self, segments))
            })
        };
        let marking = async {
            if is_first_written.await.is_ok() {
                parts.steps.reached(Step::FirstSegment).await;
            }
        };
        let (written, ()) = tokio::join!(writing, marking);
        let (validated, segments) = written?;
        parts.store.sync_folders(&scope, &segments).await?;
        Ok((validated, segments))
    }

    fn write_segments(
        &self,
        parts: &Parts,
        planned: &[PlannedSegment],
        first: oneshot::Sender<()>,
    ) -> Result<Vec<StagedSegment>> {
        let first = Mutex::new(Some(first));
        for_each(planned, parts.config.query_parallelism, |plan| {
            let staged = self.write_segment(parts, *plan)?;
            let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(first) = first.take() {
                // Nobody may be listening any more; the segment is written all the same.
                let _ = first.send(());
            }
            Ok(staged)
        })
    }

    fn write_segment(&self, parts: &Parts, plan: PlannedSegment) -> Result<StagedSegment> {
        let (received, layout) = (&self.received, &self.layout);
        let months = Months {
            gathered: &self.gathered,
            layout,
            rule: received.request.duplicates,
            n_threads: 1,
        };
        let mut writer = parts
            .store
            .segment_writer(&received.scope, plan.id, plan.partition)?;
        let (brand, campaigns) = (received.brand.id, &self.gathered.campaigns);
        months.settle(plan.partition.month, true, |rows| {
            received.body.progress().wrote_rows(rows.len() as u64);
            Ok(writer.append_rows(layout, brand, campaigns, rows)?)
        })?;
        Ok(writer.finish()?)
    }
}
