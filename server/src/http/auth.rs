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
    request: &Request,
    id: &RequestId,
) -> Result<Scope, HttpError> {
    services
        .authorise(bearer(request)?)
        .await
        .map_err(|error| HttpError::of_service(&error, id))
}

/// The bearer token that a request carries; query parameters and cookies never carry one.
pub(super) fn bearer(request: &Request) -> Result<&str, Refusal> {
    let refused = |what: &str| {
        let message = format!("{what}; send `Authorization: Bearer bw_…` with a whole token");
        Refusal::new(ErrorCode::Unauthenticated, message)
    };
    let header = request
        .headers()
        .get(header::AUTHORIZATION)
        .ok_or_else(|| refused("no bearer token was sent"))?;
    let token = header.to_str().ok().and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    token.ok_or_else(|| refused("the `Authorization` header holds no readable bearer token"))
}
