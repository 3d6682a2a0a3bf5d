//! Whether the process lives and can answer; and for operators, what it is.

use bellwether_catalogue::TokenSecret;
use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{IntoResponse, Request, Response, handler};
use serde_json::json;

use super::auth::{bearer, missing};
use super::error::HttpError;
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

/// `GET /v1/status`, with the operator's token: version and plugins.
#[handler]
pub(super) async fn status(request: &Request, state: Data<&HttpState>) -> Response {
    if let Err(error) = operator(request, &state).await {
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
    Json(json!({ "version": env!("CARGO_PKG_VERSION"), "plugins": plugins })).into_response()
}

async fn operator(request: &Request, state: &HttpState) -> Result<(), HttpError> {
    let secret = bearer(request)
        .and_then(|token| TokenSecret::parse(token).ok())
        .ok_or_else(missing)?;
    let known = state.services.is_operator(secret).await;
    if matches!(known, Ok(true)) {
        Ok(())
    } else {
        Err(missing().into())
    }
}
