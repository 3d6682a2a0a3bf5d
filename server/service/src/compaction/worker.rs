//! When compaction runs: in the background after commits and now and then, or when an operator
//! asks for it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bellwether_domain::Scope;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::segment::PartitionName;
use bellwether_domain::time::seconds_before;
use tokio::time::timeout;

use super::dropped::remove_dropped;
use super::due::{Due, due};
use super::job::{Compacted, compact};
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::{Parts, Services};

/// The least time between two rounds in the background, so that a stream of commits is looked at
/// together.
const PAUSE: Duration = Duration::from_secs(5);

/// What a round of compaction came to.
#[derive(Debug, Clone, Default)]
pub struct CompactionReport {
    /// What was compacted, in order.
    pub done: Vec<Compacted>,
    /// What could not be.
    pub failed: Vec<CompactionFailure>,
    /// How many files that gave way earlier were removed from the disk.
    pub files_removed: usize,
}

/// A compaction that failed; nothing of it is left.
#[derive(Debug, Clone)]
pub struct CompactionFailure {
    /// Whose facts.
    pub agency: AgencyId,
    /// Which partition.
    pub partition: PartitionName,
    /// Why.
    pub error: Error,
}

impl Services {
    /// Starts compaction in the background, until [`finish`](Services::finish). For a process that
    /// serves; once.
    pub fn start_compaction(&self) {
        if self.parts.config.compaction.is_automatic {
            let parts = Arc::clone(&self.parts);
            self.parts.tasks.spawn(async move { work(&parts).await });
        }
    }

    /// Compacts until nothing is due, and says what was done; tries segments again that could not
    /// be read. For the operator.
    pub async fn compact(&self) -> Result<CompactionReport> {
        self.parts.compaction.try_all_again();
        let parts = Arc::clone(&self.parts);
        let whole = self.parts.tasks.spawn(async move { round(&parts).await });
        whole.await.map_err(|_| Error::TaskEnded {
            attempted: "compact segments",
        })?
    }
}

async fn work(parts: &Arc<Parts>) {
    let state = &parts.compaction;
    let interval = Duration::from_secs(u64::from(parts.config.compaction.interval_s));
    loop {
        tokio::select! {
            () = state.stopping.cancelled() => return,
            _ = timeout(interval, state.noticed.notified()) => {}
        }
        match round(parts).await {
            Ok(report) => report.log(),
            Err(error) => tracing::warn!(error = error.chain(), "compaction has to wait"),
        }
        if timeout(PAUSE, state.stopping.cancelled()).await.is_ok() {
            return;
        }
    }
}

impl CompactionReport {
    fn log(&self) {
        for failure in &self.failed {
            let CompactionFailure {
                agency,
                partition,
                error,
            } = failure;
            tracing::warn!(agency.id = %agency, dataset = %partition.dataset, month = %partition.month, error = error.chain(), "a partition was not compacted");
        }
    }
}

/// One round over all agencies and datasets, until nothing is due or the process stops.
async fn round(parts: &Arc<Parts>) -> Result<CompactionReport> {
    let _turn = parts.compaction.turn.lock().await;
    let mut report = CompactionReport::default();
    let mut first_error = None;
    let asked = Arc::clone(parts);
    let scopes = blocking("list agencies", move || {
        Ok(asked.catalogue.maintenance_scopes()?)
    })
    .await?;
    for scope in &scopes {
        for dataset in DatasetName::ALL {
            let through = compact_dataset(parts, scope, *dataset, &mut report).await;
            if let Err(error) = through {
                // The next agency's, and the next dataset's, may well go through.
                tracing::warn!(agency.id = %scope.agency(), dataset = %dataset, error = error.chain(), "a dataset could not be looked at for compaction");
                first_error.get_or_insert(error);
            }
        }
    }
    let grace = parts.config.compaction.dropped_file_grace_s;
    let before = seconds_before(parts.clock.now(), grace);
    report.files_removed = remove_dropped(parts, before).await?;
    match first_error {
        None => Ok(report),
        Some(error) => {
            report.log();
            Err(error)
        }
    }
}

async fn compact_dataset(
    parts: &Arc<Parts>,
    scope: &Scope,
    dataset: DatasetName,
    report: &mut CompactionReport,
) -> Result<()> {
    let mut failed = HashSet::new();
    loop {
        let mut all = due(parts, scope, dataset).await?;
        all.retain(|due| !failed.contains(&due.partition));
        if all.is_empty() {
            return Ok(());
        }
        for due in all {
            if parts.compaction.is_stopping() {
                return Ok(());
            }
            let partition = due.partition;
            match compact(parts, due.clone()).await {
                Ok(compacted) => report.done.push(compacted),
                Err(error) => {
                    if !leave_damaged_alone(parts, &error) {
                        failed.insert(partition);
                    }
                    report.note(&due, error);
                }
            }
        }
    }
}

impl CompactionReport {
    fn note(&mut self, due: &Due, error: Error) {
        self.failed.push(CompactionFailure {
            agency: due.scope.agency(),
            partition: due.partition,
            error,
        });
    }
}

/// A segment that can't be read is left out of the next choice, so that the others of its
/// partition go on being compacted.
fn leave_damaged_alone(parts: &Parts, error: &Error) -> bool {
    use bellwether_store::Error::{CorruptSegment, SegmentGone};
    let Error::Store(cause) = error else {
        return false;
    };
    let (CorruptSegment { segment, .. } | SegmentGone { segment, .. }) = &**cause else {
        return false;
    };
    parts.compaction.leave_alone(*segment);
    true
}
