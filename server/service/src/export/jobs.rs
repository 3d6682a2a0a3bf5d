//! Exports that are written to files in the background.
//!
//! A job waits for its turn, asks its question in a place to run in like any other, writes the
//! file, and only then says in the catalogue that it is done.
//! Invariant: a job that a stop or a kill interrupted is said to have failed, and no part of its
//! file is ever sent.

use std::sync::Arc;
use std::time::Duration;

use bellwether_catalogue::ExportLimits;
use bellwether_domain::answer::shown_metrics;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::export::{CsvTexts, Export, ExportFormat, ExportState, Failure, Written};
use bellwether_domain::ids::ExportId;
use bellwether_domain::query::{MetricColumn, MetricRequest};
use bellwether_domain::time::{Timestamp, seconds_after};
use bellwether_domain::{ErrorCode, Scope};
use tokio::time::timeout;

use super::content::{ExportContent, file_name};
use super::encode::Encoding;
use super::files::{self, UnfinishedFile};
use super::progress::Progress;
use crate::analytics::{MetricsAnswer, Reading};
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::{Parts, Services};
use crate::steps::Step;

/// How long a job that found no place to run in waits until it asks again.
const PLACE_PAUSE: Duration = Duration::from_secs(1);

/// An export, and how far it is.
#[derive(Debug, Clone)]
pub struct ExportStatus {
    /// The export.
    pub export: Export,
    /// How many rows it has; `None` as long as that isn't known.
    pub n_rows: Option<u64>,
    /// How many of them are written.
    pub n_rows_written: u64,
}

/// What is exported, and how.
#[derive(Debug, Clone)]
pub struct ExportOrder {
    /// The question.
    pub request: MetricRequest,
    /// How it is read.
    pub reading: Reading,
    /// As what.
    pub format: ExportFormat,
    /// How texts stand in CSV.
    pub texts: CsvTexts,
}

#[derive(Debug)]
struct Job {
    scope: Scope,
    order: ExportOrder,
    export: Export,
    progress: Arc<Progress>,
}

impl Services {
    /// Begins to write an export to a file. What is wrong with the question is refused here.
    pub async fn start_export(&self, scope: &Scope, order: ExportOrder) -> Result<ExportStatus> {
        let parts = &self.parts;
        let asked = parts.asked(scope, &order.request, order.reading).await?;
        let now = parts.clock.now();
        let export = Export {
            id: ExportId::from_parts(now, parts.ids.random()),
            member: scope.member(),
            brands: asked.query.brands.clone(),
            format: order.format,
            file_name: file_name(&asked.query, order.format),
            state: ExportState::Running,
            started_at: now,
            ended_at: None,
            expires_at: None,
            written: None,
            failure: None,
        };
        let limits = ExportLimits {
            running_max: parts.config.exports.jobs_per_agency_max,
            kept_max: parts.config.exports.kept_max,
        };
        let begun = export.clone();
        self.read("begin an export", scope, move |parts, scope| {
            Ok(parts.catalogue.begin_export(scope, &begun, limits, now)?)
        })
        .await?;
        let job = Job {
            scope: scope.clone(),
            order,
            progress: parts.export_jobs.enter(export.id),
            export: export.clone(),
        };
        let services = self.clone();
        self.parts
            .tasks
            .spawn(async move { services.work(job).await });
        Ok(self.status(export))
    }

    /// An export of the caller's; `NOT_FOUND` for another's, and for one that has expired.
    pub async fn export_status(&self, scope: &Scope, id: ExportId) -> Result<ExportStatus> {
        let export = self.find_export(scope, id).await?;
        Ok(self.status(export))
    }

    /// Gives an export up: one that runs ends, the file of one that is done goes.
    pub async fn cancel_export(&self, scope: &Scope, id: ExportId) -> Result<ExportStatus> {
        let export = self.find_export(scope, id).await?;
        let was = export.state;
        if !matches!(was, ExportState::Running | ExportState::Done) {
            let message = format!("export `{id}` is `{was}` already");
            return Err(Refusal::new(ErrorCode::Conflict, message)
                .at("input.exportId")
                .into());
        }
        if let Some(progress) = self.parts.export_jobs.lock().get(&id) {
            progress.cancelled.cancel();
        }
        let cancelled = self.parts.ended(&export, ExportState::Cancelled);
        let shown = cancelled.clone();
        self.read("cancel an export", scope, move |parts, scope| {
            if was == ExportState::Done || !parts.catalogue.end_export(scope, &cancelled)? {
                parts.catalogue.drop_export(scope, &cancelled)?;
            }
            files::remove(&files::path_of(
                parts.store.root(),
                scope.agency(),
                &cancelled,
            ))
        })
        .await?;
        Ok(self.status(shown))
    }

    /// How many jobs are at work or wait for their turn.
    pub fn export_jobs_under_way(&self) -> usize {
        self.parts.export_jobs.lock().len()
    }

    pub(super) async fn find_export(&self, scope: &Scope, id: ExportId) -> Result<Export> {
        self.read("find an export", scope, move |parts, scope| {
            let found = parts.catalogue.find_export(scope, id, parts.clock.now())?;
            Ok(found.ok_or_else(|| Refusal::not_found("export", id))?)
        })
        .await
    }

    fn status(&self, export: Export) -> ExportStatus {
        let running = self.parts.export_jobs.lock();
        let progress = running
            .get(&export.id)
            .filter(|_| export.state == ExportState::Running);
        let (n_rows, n_rows_written) = match (progress, &export.written) {
            (Some(progress), _) => progress.told(),
            (None, Some(written)) => (Some(written.n_rows), written.n_rows),
            (None, None) => (None, 0),
        };
        ExportStatus {
            export,
            n_rows,
            n_rows_written,
        }
    }

    /// Does a job, and says in the catalogue how it ended.
    async fn work(&self, job: Job) {
        let written = Box::pin(self.write(&job)).await;
        let ended = self.outcome(&job, written);
        let path = files::path_of(self.parts.store.root(), job.scope.agency(), &ended);
        let saved = self.read("end an export", &job.scope, move |parts, scope| {
            let is_first = parts.catalogue.end_export(scope, &ended)?;
            if !is_first || ended.state != ExportState::Done {
                files::remove(&path)?;
            }
            Ok(())
        });
        if let Err(error) = saved.await {
            // It is said to have failed by the next start.
            tracing::error!(export.id = %job.export.id, error = error.chain(), "an export could not be ended");
        }
        self.parts.export_jobs.lock().remove(&job.export.id);
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
        let Some(answer) = cancelled.run_until_cancelled(self.answer(job)).await else {
            return Ok(None);
        };
        let answer = answer?;
        let content = ExportContent::new(answer.clone(), &shown(&job.order.request, &answer));
        let (n_rows, snapshot) = (content.n_rows() as u64, content.snapshot().to_string());
        let (format, texts) = (job.order.format, job.order.texts);
        let encoding = self.begin_export(&job.scope, content, format, texts);
        let encoding = encoding.await?;
        job.progress.knows(n_rows);
        let Some(file) = self.write_pieces(job, encoding).await? else {
            return Ok(None);
        };
        // Not given up half-way, so that nobody removes the file before it has its name.
        let size_bytes = blocking("finish an export", move || file.finish()).await?;
        self.parts.steps.reached(Step::ExportRenamed).await;
        Ok(Some(Written {
            snapshot,
            n_rows,
            size_bytes,
        }))
    }

    /// The file with all pieces, unless the job is given up.
    async fn write_pieces(&self, job: &Job, encoding: Encoding) -> Result<Option<UnfinishedFile>> {
        let path = files::path_of(self.parts.store.root(), job.scope.agency(), &job.export);
        let file = blocking("begin an export", move || UnfinishedFile::create(path));
        let (mut file, mut rest) = (file.await?, Some(encoding));
        while let Some(encoding) = rest {
            let written = blocking("write an export", move || {
                let step = encoding.step()?;
                file.write(&step.bytes)?;
                Ok((file, step))
            });
            let step;
            (file, step) = written.await?;
            rest = step.rest;
            job.progress.has_written(step.n_done as u64);
            let reached = self.parts.steps.reached(Step::ExportPiece);
            let cancelled = &job.progress.cancelled;
            if cancelled.run_until_cancelled(reached).await.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(file))
    }

    /// The answer to a job's question, asked in a place to run in and within `export_wall_time_s`.
    async fn answer(&self, job: &Job) -> Result<MetricsAnswer> {
        let place = loop {
            match self.query_place(&job.scope).await {
                Err(error) if error.code() == ErrorCode::QueueFull => {
                    let stopping = &self.parts.export_jobs.stopping;
                    let _ = timeout(PLACE_PAUSE, stopping.cancelled()).await;
                }
                placed => break placed?,
            }
        };
        let wall_time_s = self.parts.config.exports.wall_time_s;
        let wall_time = Duration::from_secs(wall_time_s.into());
        let answer = self.metrics(&job.scope, &job.order.request, job.order.reading);
        let answer = timeout(wall_time, answer).await.map_err(|_| {
            let message = format!(
                "the answer was not ready within the limit `export_wall_time_s` of {wall_time_s}; ask for a shorter range or fewer dimensions"
            );
            Error::from(Refusal::new(ErrorCode::Timeout, message))
        })?;
        place.end();
        answer
    }
}

impl Parts {
    /// The export as it ends now, kept for `export_kept_s`.
    fn ended(&self, export: &Export, state: ExportState) -> Export {
        let now = self.clock.now();
        Export {
            state,
            ended_at: Some(now),
            expires_at: Some(self.export_expiry(now)),
            written: None,
            ..export.clone()
        }
    }

    pub(super) fn export_expiry(&self, now: Timestamp) -> Timestamp {
        seconds_after(now, self.config.exports.kept_s)
    }
}

/// Why an export failed that a stop of the server interrupted.
pub(super) fn interrupted() -> Failure {
    let message = "the server stopped before the export was written; start it again";
    Failure {
        code: ErrorCode::Unavailable,
        message: message.to_owned(),
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
