//! An export that is written to a file: how it stands and where its file is; and the caller's, page
//! by page.

use async_graphql::{ID, InputObject, Object, Result, SimpleObject};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::export::{ExportState as State, Failure};
use bellwether_domain::ids::ExportId;
use bellwether_service::{ExportPage, ExportStatus};

use super::connection::NODES_PER_PAGE;
use crate::context::RequestState;
use crate::mutation::UserError;
use crate::paging::{PageInfo, page_size};
use crate::refusal::resolver_error;
use crate::scalars::{Count, DateTime};
use crate::words::{ExportFormat, ExportState};

/// An export that is written to a file.
#[derive(Debug, Clone)]
pub(crate) struct Export(pub(crate) ExportStatus);

/// An export that is written to a file; only who started it sees it.
#[Object]
impl Export {
    /// Its id.
    async fn id(&self) -> ID {
        self.0.export.id.into()
    }

    /// As what it is written.
    async fn format(&self) -> ExportFormat {
        self.0.export.format.into()
    }

    /// How it stands.
    async fn state(&self) -> ExportState {
        self.0.export.state.into()
    }

    /// How many rows it has; null as long as that isn't known.
    async fn rows(&self) -> Option<Count> {
        self.0.n_rows.map(Count::up_to_max)
    }

    /// How many of its rows are written.
    async fn rows_written(&self) -> Count {
        Count::up_to_max(self.0.n_rows_written)
    }

    /// The size of its file; null until it is done.
    async fn size_bytes(&self) -> Option<Count> {
        let written = self.0.export.written.as_ref()?;
        Some(Count::up_to_max(written.size_bytes))
    }

    /// The snapshot that its numbers were computed from; null until it is done.
    async fn snapshot(&self) -> Option<ID> {
        let written = self.0.export.written.as_ref()?;
        Some(written.snapshot.clone().into())
    }

    /// What its file is called, such as `delivery_daily_2026-04-01_2026-04-30.parquet`.
    async fn file_name(&self) -> &str {
        &self.0.export.file_name
    }

    /// The address of its file on this server, to be asked with the same bearer token, such as `/v1/exports/exp_01ARZ3NDEKTSV4RRFFQ69G5FAV`; null until it is done.
    async fn url(&self) -> Option<String> {
        let is_done = self.0.export.state == State::Done;
        is_done.then(|| format!("/v1/exports/{}", self.0.export.id))
    }

    /// When it was started.
    async fn started_at(&self) -> DateTime {
        DateTime(self.0.export.started_at)
    }

    /// When it ended, however it did; null as long as it runs.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.export.ended_at.map(DateTime)
    }

    /// When it is forgotten and its file removed; null as long as it runs.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.export.expires_at.map(DateTime)
    }

    /// Why it failed; null unless it did.
    async fn failure(&self) -> Option<ExportFailure> {
        self.0.export.failure.as_ref().map(Into::into)
    }
}

/// A page of exports.
#[derive(Debug)]
pub(crate) struct ExportConnection {
    page: ExportPage,
    is_first: bool,
}

/// One export of a page, with its cursor.
#[derive(Debug, SimpleObject)]
pub(crate) struct ExportEdge {
    /// The place of the export, for `after`.
    cursor: String,
    /// The export.
    node: Export,
}

/// A page of exports.
#[Object]
impl ExportConnection {
    /// The exports of the page.
    async fn nodes(&self) -> Vec<Export> {
        self.page.items.iter().cloned().map(Export).collect()
    }

    /// The exports of the page with their cursors.
    async fn edges(&self) -> Vec<ExportEdge> {
        let edges = self.page.items.iter().map(|status| ExportEdge {
            cursor: status.export.id.to_string(),
            node: Export(status.clone()),
        });
        edges.collect()
    }

    /// Where the page lies.
    async fn page_info(&self) -> PageInfo {
        let items = &self.page.items;
        let cursor = |status: &ExportStatus| status.export.id.to_string();
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: !self.is_first,
            start_cursor: items.first().map(cursor),
            end_cursor: items.last().map(cursor),
        }
    }
}

/// A page of the caller's exports.
pub(crate) async fn export_page(
    state: &RequestState,
    first: Option<i32>,
    after: Option<String>,
) -> Result<ExportConnection> {
    let refused = |refusal: Refusal| resolver_error(&refusal);
    let max = state.limits.nodes_page_max;
    let size = page_size(first, NODES_PER_PAGE.unsigned_abs(), "nodes_page_max", max);
    let size = size.map_err(refused)?;
    let after = after.map(|text| place_of_cursor(&text)).transpose();
    let after = after.map_err(refused)?;
    let page = state.services.exports(&state.scope, after, size);
    Ok(ExportConnection {
        page: state.answer(page.await)?,
        is_first: after.is_none(),
    })
}

fn place_of_cursor(text: &str) -> Result<ExportId, Refusal> {
    text.parse().map_err(|_| {
        Refusal::invalid(format!(
            "`{text}` is not a cursor; use `pageInfo.endCursor` of the page before"
        ))
        .at("after")
    })
}

/// Why an export failed.
#[derive(Debug, SimpleObject)]
pub(crate) struct ExportFailure {
    /// The code, as in `schema/errors.md`.
    code: String,
    /// What went wrong, as a sentence.
    message: String,
    /// Whether the same export can succeed when it is started again.
    retryable: bool,
}

impl From<&Failure> for ExportFailure {
    fn from(failure: &Failure) -> Self {
        Self {
            code: failure.code.name().to_owned(),
            message: failure.message.clone(),
            retryable: failure.code.retryable(),
        }
    }
}

/// What became of starting an export.
#[derive(Debug, SimpleObject)]
pub(crate) struct StartExportPayload {
    /// The export, which runs; null when the input was not accepted.
    pub(crate) export: Option<Export>,
    /// What the input has against it; empty when the export was started.
    pub(crate) user_errors: Vec<UserError>,
}

/// Which export to give up.
#[derive(Debug, InputObject)]
pub(crate) struct CancelExportInput {
    /// The export's id.
    pub(crate) export_id: ID,
}

/// What became of giving up an export.
#[derive(Debug, SimpleObject)]
pub(crate) struct CancelExportPayload {
    /// The export, which is `CANCELLED` and has no file; null when it had ended otherwise.
    pub(crate) export: Option<Export>,
    /// What the input has against it; empty when the export was given up.
    pub(crate) user_errors: Vec<UserError>,
}
