//! `POST /v1/maintenance/{work}`, with the operator's token: work on the whole instance.

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use poem::web::{Data, Json, Path};
use poem::{Body, IntoResponse, Request, Response, handler};

use super::error::HttpError;
use super::health::operator;
use super::request_id::RequestId;
use super::server::HttpState;
use crate::maintenance::Maintenance;

/// The most bytes of a request's body: a path or an id.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// Does the work and answers once it is through.
#[handler]
pub(super) async fn maintenance(
    request: &Request,
    Path(work): Path<String>,
    state: Data<&HttpState>,
    id: Data<&RequestId>,
    body: Body,
) -> Response {
    match performed(request, &work, &state, &id, body).await {
        Ok(report) => Json(report).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn performed(
    request: &Request,
    work: &str,
    state: &HttpState,
    id: &RequestId,
    body: Body,
) -> Result<serde_json::Value, HttpError> {
    operator(request, state, id).await?;
    let body = body.into_bytes_limit(BODY_BYTES_MAX).await.map_err(|_| {
        let what = "the body";
        Refusal::limit("maintenance_body_bytes_max", BODY_BYTES_MAX, what)
    })?;
    let asked = Maintenance::asked_for(work, &body).ok_or_else(|| {
        let message = format!("there is no maintenance `{work}`");
        let known = ["compact", "verify", "forget", "backup"];
        Refusal::new(ErrorCode::NotFound, message).with_allowed(known)
    })??;
    let report = asked.perform(&state.services).await;
    report.map_err(|error| HttpError::of_service(&error, id))
}
