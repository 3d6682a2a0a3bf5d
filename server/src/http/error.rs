//! Errors as HTTP responses: one JSON shape for every address but GraphQL's.

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use serde_json::json;

use super::request_id::RequestId;

/// A failed request.
#[derive(Debug)]
pub(super) struct HttpError {
    pub(super) refusal: Refusal,
}

impl HttpError {
    /// The error of a service; faults of the server are logged here, once, with their chain.
    pub(super) fn of_service(error: &bellwether_service::Error, request_id: &RequestId) -> Self {
        let mut refusal = error.refusal();
        if refusal.code == ErrorCode::Internal {
            refusal.message = format!("internal error; reference `{request_id}`");
        }
        if matches!(
            refusal.code,
            ErrorCode::Internal | ErrorCode::Unavailable | ErrorCode::CorruptSegment
        ) {
            tracing::error!(request.id = %request_id, code = %refusal.code, error = error.chain(), "request failed");
        }
        Self { refusal }
    }

    pub(super) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.refusal.code.http_status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<Refusal> for HttpError {
    fn from(refusal: Refusal) -> Self {
        Self { refusal }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = json!({ "error": refusal_json(&self.refusal) });
        let mut response = Response::builder()
            .status(status)
            .content_type("application/json");
        if status == StatusCode::UNAUTHORIZED {
            response = response.header(header::WWW_AUTHENTICATE, "Bearer");
        }
        if let Some(seconds) = retry_after_s(&self.refusal) {
            response = response.header(header::RETRY_AFTER, seconds);
        }
        response.body(body.to_string())
    }
}

/// How many seconds a client is told to wait before it tries again, if that helps.
pub(super) fn retry_after_s(refusal: &Refusal) -> Option<u32> {
    let known = refusal.retry_after_s;
    refusal.code.retryable().then(|| known.unwrap_or(1))
}

/// A refusal as the API's error object.
pub(crate) fn refusal_json(refusal: &Refusal) -> serde_json::Value {
    let mut object = json!({
        "code": refusal.code.name(),
        "message": refusal.message,
        "retryable": refusal.code.retryable(),
    });
    if !refusal.path.is_empty() {
        object["field"] = json!(refusal.path);
    }
    if !refusal.allowed.is_empty() {
        object["allowed"] = json!(refusal.allowed);
    }
    if let Some(suggestion) = &refusal.did_you_mean {
        object["didYouMean"] = json!(suggestion);
    }
    if let Some(seconds) = refusal.retry_after_s {
        object["retryAfterSeconds"] = json!(seconds);
    }
    object
}
