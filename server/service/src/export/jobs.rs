//! Exports that are written to files in the background.
//!
//! What callers do with them: start, look, list, give up. `work` does them.
//! Invariant: whoever did not start an export, or does not see its brands any more, finds none.

use std::sync::Arc;

use bellwether_catalogue::ExportLimits;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::export::{CsvTexts, Export, ExportFormat, ExportState, Failure};
use bellwether_domain::ids::ExportId;
use bellwether_domain::query::MetricRequest;
use bellwether_domain::time::{Timestamp, seconds_after};
use bellwether_domain::{ErrorCode, Scope};

use super::content::file_name;
use super::files::{self, Room};
use super::progress::Progress;
use crate::analytics::Reading;
use crate::error::Result;
use crate::services::{Parts, Services};

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

/// An export that is worked on.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) scope: Scope,
    pub(super) order: ExportOrder,
    pub(super) export: Export,
    pub(super) progress: Arc<Progress>,
}

/// Some of a caller's exports, newest first.
#[derive(Debug, Clone)]
pub struct ExportPage {
    /// The exports.
    pub items: Vec<ExportStatus>,
    /// Whether more follow.
    pub has_next: bool,
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
            parts.export_room().check_disk(parts.store.root(), 0)?;
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

    /// A page of the caller's exports, newest first: those that were started before `after`, at
    /// most `limit`.
    pub async fn exports(
        &self,
        scope: &Scope,
        after: Option<ExportId>,
        limit: u32,
    ) -> Result<ExportPage> {
        let own = self.read("list exports", scope, move |parts, scope| {
            Ok(parts.catalogue.list_exports(scope, parts.clock.now())?)
        });
        let mut further = own
            .await?
            .into_iter()
            .filter(|export| after.is_none_or(|after| export.id < after));
        let items = further.by_ref().take(limit as usize);
        let items = items.map(|export| self.status(export)).collect();
        Ok(ExportPage {
            items,
            has_next: further.next().is_some(),
        })
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
            let is_first =
                was == ExportState::Running && parts.catalogue.end_export(scope, &cancelled)?;
            if is_first {
                // Whoever writes the file finds it ended, and removes it.
                return Ok(());
            }
            let root = parts.store.root();
            files::remove(&files::path_of(root, scope.agency(), &cancelled))?;
            Ok(parts.catalogue.drop_export(scope, &cancelled)?)
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
}

impl Parts {
    /// The export as it ends now, kept for `export_kept_s`.
    pub(super) fn ended(&self, export: &Export, state: ExportState) -> Export {
        let now = self.clock.now();
        Export {
            state,
            ended_at: Some(now),
            expires_at: Some(self.export_expiry(now)),
            written: None,
            ..export.clone()
        }
    }

    /// What the file of an export may take of the disk.
    pub(super) fn export_room(&self) -> Room {
        let exports = self.config.exports;
        Room {
            bytes_max: exports.bytes_max,
            disk_free_bytes_min: exports.disk_free_bytes_min,
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
