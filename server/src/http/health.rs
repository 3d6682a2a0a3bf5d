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
        "computed": state.services.questions_computed(),
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
        "connections": connections(&state),
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

/// How many connections stay open, and what became of others since the start.
fn connections(state: &HttpState) -> serde_json::Value {
    let counts = state.services.connection_counts();
    json!({
        "open": counts.connections,
        "operations": counts.operations,
        "turnedAway": counts.turned_away,
        "dropped": counts.dropped,
    })
}

/// `GET /metrics`, with the operator's token: what Prometheus reads, in its text format.
#[handler]
pub(super) async fn metrics(
    request: &Request,
    state: Data<&HttpState>,
    id: Data<&RequestId>,
) -> Response {
    if let Err(error) = operator(request, &state, &id).await {
        return error.into_response();
    }
    Response::builder()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(metrics_text(&state))
}

fn metrics_text(state: &HttpState) -> String {
    let (connections, queries) = (
        state.services.connection_counts(),
        state.services.query_counts(),
    );
    let gauge = |n: usize| ("gauge", n as u64);
    let counter = |n: u64| ("counter", n);
    let all = [
        (
            "connections_open",
            "WebSockets and event streams that are open.",
            gauge(connections.connections),
        ),
        (
            "operations_running",
            "Operations that run on them.",
            gauge(connections.operations),
        ),
        (
            "connections_turned_away_total",
            "Connections that found no place.",
            counter(connections.turned_away),
        ),
        (
            "connections_dropped_total",
            "Connections whose client did not read.",
            counter(connections.dropped),
        ),
        (
            "queries_running",
            "GraphQL requests that run.",
            gauge(queries.running),
        ),
        (
            "queries_waiting",
            "GraphQL requests that wait for a place.",
            gauge(queries.waiting),
        ),
        (
            "queries_abandoned_total",
            "GraphQL requests whose client went away.",
            counter(queries.abandoned),
        ),
        (
            "queries_turned_away_total",
            "GraphQL requests that found no place.",
            counter(queries.turned_away),
        ),
    ];
    let lines = all.map(|(name, help, (kind, value))| {
        format!(
            "# HELP bellwether_{name} {help}\n# TYPE bellwether_{name} {kind}\nbellwether_{name} {value}\n"
        )
    });
    lines.concat()
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
