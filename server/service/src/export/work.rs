//! Doing a job: its question is asked, its answer written, and the catalogue told how it ended.
//!
//! A job waits for its turn, asks its question in a place to run in like any other, writes the
//! file, and only then says in the catalogue that it is done. An answer too large for one is asked
//! for and written section by section, one in memory at a time.
//! Invariant: a job that a stop or a kill interrupted is said to have failed, and no part of its
//! file is ever sent.

use std::sync::Arc;
use std::time::Duration;

use bellwether_domain::ErrorCode;
use bellwether_domain::answer::shown_metrics;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::export::{Export, ExportState, Failure, Written};
use bellwether_domain::query::{MetricColumn, MetricRequest};
use bellwether_domain::segment::Snapshot;
use tokio::time::timeout;

use super::content::ExportContent;
use super::encode::{Encoding, FileEncoder, Rest};
use super::files::{self, UnfinishedFile};
use super::jobs::{Job, interrupted};
use super::stream::points_of_export;
use crate::analytics::{MetricsAnswer, Sections, is_too_large};
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::Services;
use crate::steps::Step;

/// How long a job that found no place to run in, no points or no catalogue waits until it asks
/// again.
const PAUSE: Duration = Duration::from_secs(1);

/// How often the catalogue is told that a job is done before it is told that it failed.
const DONE_TOLD_MAX: u32 = 3;

/// What is written so far.
struct Filled {
    file: UnfinishedFile,
    n_rows: usize,
    snapshot: Snapshot,
}

impl Filled {
    fn nothing(file: UnfinishedFile, snapshot: Snapshot) -> Self {
        Self {
            file,
            n_rows: 0,
            snapshot,
        }
    }
}

impl Services {
    /// Does a job, and says in the catalogue how it ended.
    pub(super) async fn work(&self, job: Job) {
        let written = Box::pin(self.write(&job)).await;
        let ended = self.outcome(&job, written);
        self.end(&job, ended).await;
        self.parts.export_jobs.lock().remove(&job.export.id);
    }

    /// Tells the catalogue until it is told, or until the process stops: then the next start says
    /// that the job failed. A file that the catalogue can't be told of is given up.
    async fn end(&self, job: &Job, mut ended: Export) {
        let stopping = &self.parts.export_jobs.stopping;
        let mut n_told = 0;
        while let Err(error) = self.tell_end(job, ended.clone()).await {
            tracing::error!(export.id = %job.export.id, error = error.chain(), "an export could not be ended");
            n_told += 1;
            if n_told == DONE_TOLD_MAX && ended.state == ExportState::Done {
                ended = self.outcome(job, Err(error));
            }
            if timeout(PAUSE, stopping.cancelled()).await.is_ok() {
                return;
            }
        }
    }

    async fn tell_end(&self, job: &Job, ended: Export) -> Result<()> {
        let path = files::path_of(self.parts.store.root(), job.scope.agency(), &ended);
        let told = self.read("end an export", &job.scope, move |parts, scope| {
            if ended.state != ExportState::Done {
                files::remove(&path)?;
            }
            let is_first = parts.catalogue.end_export(scope, &ended)?;
            if !is_first {
                files::remove(&path)?;
            }
            Ok(())
        });
        told.await
    }

    fn outcome(&self, job: &Job, written: Result<Option<Written>>) -> Export {
        let ended = |state| self.parts.ended(&job.export, state);
        match written {
            Ok(Some(written)) => Export {
                written: Some(written),
                ..ended(ExportState::Done)
            },
            Err(error) => {
                let refusal = error.refusal();
                if refusal.code.http_status() >= 500 {
                    tracing::error!(export.id = %job.export.id, error = error.chain(), "an export failed");
                }
                Export {
                    failure: Some(Failure {
                        code: refusal.code,
                        message: refusal.message,
                    }),
                    ..ended(ExportState::Failed)
                }
            }
            Ok(None) if self.parts.export_jobs.stopping.is_cancelled() => Export {
                failure: Some(interrupted()),
                ..ended(ExportState::Failed)
            },
            Ok(None) => ended(ExportState::Cancelled),
        }
    }

    /// Asks the question and writes its answer; `None` when the job is given up before the file
    /// is whole.
    async fn write(&self, job: &Job) -> Result<Option<Written>> {
        let cancelled = &job.progress.cancelled;
        // The semaphore is never closed, so that there is always a turn in the end.
        let turn = Arc::clone(&self.parts.export_jobs.turns).acquire_owned();
        let Some(_turn) = cancelled.run_until_cancelled(turn).await else {
            return Ok(None);
        };
        let filled = Box::pin(self.fill(job));
        let Some(filled) = cancelled.run_until_cancelled(filled).await else {
            return Ok(None);
        };
        let filled = filled?;
        // Not given up half-way, so that nobody removes the file before it has its name.
        let size_bytes = blocking("finish an export", move || filled.file.finish()).await?;
        self.parts.steps.reached(Step::ExportRenamed).await;
        Ok(Some(Written {
            snapshot: filled.snapshot.to_string(),
            n_rows: filled.n_rows as u64,
            size_bytes,
        }))
    }

    /// The file with all rows.
    async fn fill(&self, job: &Job) -> Result<Filled> {
        let whole = self.metrics(&job.scope, &job.order.request, job.order.reading);
        match self.in_place(job, whole).await {
            Err(error) if is_too_large(&error) => {
                let (request, reading) = (&job.order.request, job.order.reading);
                let parts = &self.parts;
                let sections = parts.sections(&job.scope, request, reading, error);
                let sections = self.in_place(job, sections).await?;
                self.fill_by_sections(job, sections).await
            }
            Err(error) => Err(error),
            Ok(answer) => {
                job.progress.knows(answer.table().rows.len() as u64);
                let (filled, _) = self.add(job, None, answer, true).await?;
                Ok(filled)
            }
        }
    }

    async fn fill_by_sections(&self, job: &Job, mut sections: Sections) -> Result<Filled> {
        let mut begun = None;
        loop {
            let next = self.parts.next_section(&mut sections);
            let answer = self.in_place(job, next).await?;
            // The last one is never empty-handed: each cut leaves two sections.
            let answer = answer.ok_or(Error::TaskEnded {
                attempted: "write the sections of an export",
            })?;
            match self.add(job, begun, answer, sections.is_empty()).await? {
                (filled, None) => return Ok(filled),
                (filled, Some(encoder)) => begun = Some((filled, encoder)),
            }
        }
    }

    /// Adds the rows of an answer to the file, which is begun if it is not there.
    async fn add(
        &self,
        job: &Job,
        begun: Option<(Filled, FileEncoder)>,
        answer: MetricsAnswer,
        is_last: bool,
    ) -> Result<(Filled, Option<FileEncoder>)> {
        let shown = shown(&job.order.request, &answer);
        let content = ExportContent::new(answer, &shown);
        let (n_rows, snapshot) = (content.n_rows(), content.snapshot());
        let (format, texts) = (job.order.format, job.order.texts);
        let path = files::path_of(self.parts.store.root(), job.scope.agency(), &job.export);
        let (room, rows_max) = (self.parts.export_room(), self.parts.config.exports.rows_max);
        self.charge_in_turn(job, n_rows).await?;
        let began = blocking("begin an export", move || {
            let n_before = begun.as_ref().map_or(0, |(filled, _)| filled.n_rows);
            content.check(format, n_before, rows_max)?;
            let (filled, encoder) = if let Some(begun) = begun {
                begun
            } else {
                let file = UnfinishedFile::create(path, room)?;
                let encoder = FileEncoder::new(&content, format, texts)?;
                (Filled::nothing(file, snapshot), encoder)
            };
            Ok((filled, encoder.with(Arc::new(content), is_last)))
        });
        let (filled, encoding) = began.await?;
        self.add_rows(job, filled, encoding).await
    }

    async fn add_rows(
        &self,
        job: &Job,
        mut filled: Filled,
        encoding: Encoding,
    ) -> Result<(Filled, Option<FileEncoder>)> {
        let n_before = filled.n_rows;
        let mut rest = Rest::Rows(encoding);
        while let Rest::Rows(encoding) = rest {
            let written = blocking("write an export", move || {
                let step = encoding.step()?;
                filled.file.write(&step.bytes)?;
                Ok((filled, step))
            });
            let step;
            (filled, step) = written.await?;
            rest = step.rest;
            filled.n_rows = n_before + step.n_done;
            job.progress.has_written(filled.n_rows as u64);
            self.parts.steps.reached(Step::ExportPiece).await;
        }
        Ok(match rest {
            Rest::File(encoder) => (filled, Some(encoder)),
            Rest::Rows(_) | Rest::Nothing => (filled, None),
        })
    }

    /// Charges rows; a job waits for points that its token or agency lacks now.
    async fn charge_in_turn(&self, job: &Job, n_rows: usize) -> Result<()> {
        loop {
            match self.charge(&job.scope, points_of_export(n_rows)) {
                Err(error) if error.code() == ErrorCode::RateLimited => self.pause().await,
                charged => return charged,
            }
        }
    }

    /// What a question comes to, asked in a place to run in and within `export_wall_time_s`.
    async fn in_place<T>(&self, job: &Job, asked: impl Future<Output = Result<T>>) -> Result<T> {
        let place = loop {
            match self.query_place(&job.scope).await {
                Err(error) if error.code() == ErrorCode::QueueFull => self.pause().await,
                placed => break placed?,
            }
        };
        let wall_time_s = self.parts.config.exports.wall_time_s;
        let wall_time = Duration::from_secs(wall_time_s.into());
        let answer = timeout(wall_time, Box::pin(asked)).await.map_err(|_| {
            let message = format!(
                "the answer was not ready within the limit `export_wall_time_s` of {wall_time_s}; ask for a shorter range or fewer dimensions"
            );
            Error::from(Refusal::new(ErrorCode::Timeout, message))
        })?;
        place.end();
        answer
    }

    async fn pause(&self) {
        let stopping = &self.parts.export_jobs.stopping;
        let _ = timeout(PAUSE, stopping.cancelled()).await;
    }
}

/// The columns of cells: those of the metrics that were named, else of the standard ones, then the
/// custom metrics.
fn shown(request: &MetricRequest, answer: &MetricsAnswer) -> Vec<MetricColumn> {
    let query = &answer.table().query;
    let mut named = Vec::new();
    for metric in &request.metrics {
        if !named.contains(metric) {
            named.push(*metric);
        }
    }
    let metrics = shown_metrics(named, [], &query.metrics).into_iter();
    let customs = (0..query.custom_metrics.len()).map(MetricColumn::Custom);
    metrics.map(MetricColumn::Metric).chain(customs).collect()
}
