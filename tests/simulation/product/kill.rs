//! Kills at the named steps of the product's ways.

use std::path::Path;
use std::sync::Arc;

use bellwether_domain::batch::BatchAnswer;
use bellwether_service::{
    BackupReport, CompactionReport, Error, IngestRequest, OnDamage, Services, Step, Steps,
};
use tokio::sync::Notify;

use super::super::folder::{a_folder, copy};
use super::{Product, send};

/// What some work came to whose process was to be killed at a step.
pub(in super::super) enum Ended<T> {
    /// It was done before.
    Done(Result<T, Error>),
    Killed,
}

impl Product {
    /// The process is killed at a step of a report's way in, or once it is answered, and another
    /// one starts over what lies on the disk at that moment.
    pub(in super::super) fn crash_in_ingest(
        &mut self,
        agency: usize,
        request: IngestRequest,
        body: &str,
        step: Step,
    ) -> Ended<BatchAnswer> {
        let scope = self.scope(agency).clone();
        self.crash_in(step, async |doomed| {
            send(doomed, &scope, request, body).await
        })
    }

    /// The same of a compaction.
    pub(in super::super) fn crash_in_compaction(&mut self, step: Step) -> Ended<CompactionReport> {
        self.crash_in(step, async |doomed| doomed.compact().await)
    }

    /// The same of a backup.
    pub(in super::super) fn crash_in_backup(
        &mut self,
        folder: &Path,
        step: Step,
    ) -> Ended<BackupReport> {
        self.crash_in(step, async |doomed| {
            doomed.backup(folder, OnDamage::Refuse).await
        })
    }

    fn crash_in<T>(
        &mut self,
        step: Step,
        work: impl AsyncFnOnce(&Services) -> Result<T, Error>,
    ) -> Ended<T> {
        let alive = self.alive();
        let stopped = Arc::new(Notify::new());
        let steps = Steps::stopping_and_telling(step, Arc::clone(&stopped));
        let folder = alive.folder.path();
        let doomed = self.services(folder, &alive.catalogue, &alive.store, steps);
        let ended = alive.runtime.block_on(async {
            tokio::select! {
                came = work(&doomed) => Ended::Done(came),
                () = stopped.notified() => Ended::Killed,
            }
        });
        drop(doomed);
        self.kill();
        ended
    }

    /// Takes an image of the folder, lets the process go, and starts another one over the image.
    fn kill(&mut self) {
        let alive = self.alive.take().expect("a process runs");
        let image = a_folder();
        copy(alive.folder.path(), image.path());
        drop(alive.end());
        self.open(image);
    }
}
