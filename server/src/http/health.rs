//! Whether the process lives and can answer; and for operators, what it is.

use bellwether_catalogue::TokenSecret;
use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{IntoResponse, Request, Response, handler};
use serde_json::json;

use super::auth::{bearer, scope};
use super::error::HttpError;
use super::request_id::RequestId;
use super::server::HttpState;

/// `GET /health/live`: the process runs.
#[handler]
pub(super) fn live() -> &'static str {
    "live\n"
}

/// `GET /health/ready`: the parts that answers need are there.
#[handler]
pub(super) async fn ready(state: Data<&HttpState>) -> (StatusCode, &'static str) {
    match state.services.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(error = error.chain(), "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "not ready: the catalogue can't be reached\n",
            )
        }
    }
}

/// `GET /v1/status`, with the operator's token: version, plugins, batches on their way, requests that
/// run and wait, exports that are sent, and how many GraphQL requests by POST there were and how many of them found their answer finished.
#[handler]
pub(super) async fn status(
    request: &Request,
    state: Data<&HttpState>,
    id: Data<&RequestId>,
) -> Response {
    if let Err(error) = operator(request, &state, &id).await {
        return error.into_response();
    }
    let plugins = state.services.plugins().await.iter().map(|plugin| {
        json!({
            "name": plugin.name(),
            "version": plugin.metadata.version,
            "kind": plugin.metadata.kind,
            "sha256": plugin.sha256,
        })
    });
    let plugins: Vec<serde_json::Value> = plugins.collect();
    let finished = state.services.finished_counts();
    let answers = json!({
        "asked": finished.asked,
        "finished": finished.found,
        "finishedBytes": finished.bytes,
    });
    let caches = state.services.caches_held();
    let caches = caches.iter().map(|cache| {
        json!({
            "name": cache.name,
            "bytes": cache.bytes,
            "budgetBytes": cache.budget_bytes,
        })
    });
    let caches: Vec<serde_json::Value> = caches.collect();
    let status = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "answers": answers,
        "caches": caches,
        "queries": queries(&state),
        "exports": {
            "sending": state.services.exports_under_way(),
            "writing": state.services.export_jobs_under_way(),
        },
        "ingests": ingests(&state),
        "plugins": plugins,
    });
    Json(status).into_response()
}

/// How many GraphQL requests run and wait, and what became of others since the start.
fn queries(state: &HttpState) -> serde_json::Value {
    let counts = state.services.query_counts();
    json!({
        "running": counts.running,
        "waiting": counts.waiting,
        "abandoned": counts.abandoned,
        "turnedAway": counts.turned_away,
    })
}

/// The batches that are being checked and written, and how far they are.
fn ingests(state: &HttpState) -> Vec<serde_json::Value> {
    let batches = state.services.batches_on_their_way();
    let shown = batches.iter().map(|it| {
        json!({
            "batch": it.batch,
            "agency": it.agency,
            "dataset": it.dataset.as_str(),
            "receivedAt": it.received_at.to_string(),
            "sizeBytes": it.size_bytes,
            "bytesRead": it.progress.bytes(),
            "rowsRead": it.progress.rows_read(),
            "rowsWritten": it.progress.rows_written(),
        })
    });
    shown.collect()
}

/// Refuses whoever doesn't carry an operator's token.
pub(super) async fn operator(
    request: &Request,
    state: &HttpState,
    id: &RequestId,
) -> Result<(), HttpError> {
    let token = bearer(request)?;
    if let Ok(secret) = TokenSecret::parse(token) {
        let known = state.services.is_operator(secret).await;
        if known.map_err(|error| HttpError::of_service(&error, id))? {
            return Ok(());
        }
    }
    // A member's token is good, only not here; any other one is refused as everywhere.
    scope(&state.services, request, id).await?;
    let message =
        "this address is for operators; use the token of `bellwether admin operator-token`";
    Err(Refusal::new(ErrorCode::Forbidden, message).into())
}
