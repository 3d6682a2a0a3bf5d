//! Bearer tokens: from the header to a `Scope`, the only way in.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_service::Services;
use poem::Request;
use poem::http::header;

use super::error::HttpError;
use super::request_id::RequestId;

/// The scope of a request, or why it has none.
pub(super) async fn scope(
    services: &Services,
    token: Option<&str>,
    id: &RequestId,
) -> Result<Scope, HttpError> {
    let token = token.ok_or_else(missing)?;
    services
        .authorise(token)
        .await
        .map_err(|error| HttpError::of_service(&error, id))
}

/// The bearer token that a request carries; query parameters and cookies never carry one.
pub(super) fn bearer(request: &Request) -> Option<&str> {
    let header = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The refusal of a request without a token.
pub(super) fn missing() -> Refusal {
    Refusal::new(
        ErrorCode::Unauthenticated,
        "no bearer token was sent; send `Authorization: Bearer bw_…`",
    )
}
