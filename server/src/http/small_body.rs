//! Small bodies are read before they are answered, whatever the answer.
//!
//! A server that refuses a request without reading its body closes the connection while the
//! client still writes, and the client may see a reset in place of the refusal. A large body is
//! not waited for: that would hand the connection to whoever announces one.

use bellwether_domain::error_code::Refusal;
use poem::http::header;
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};

use super::error::HttpError;

/// Bodies announced with at most so many bytes are read first: twice the largest GraphQL
/// request, so that one over its limit hears of it too, and reports of some thousand rows.
const SMALL_BODY_BYTES_MAX: usize = 512 * 1024;

/// Reads small bodies before the endpoint runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct SmallBodiesFirst;

impl<E: Endpoint> Middleware<E> for SmallBodiesFirst {
    type Output = ReadFirst<E>;

    fn transform(&self, endpoint: E) -> Self::Output {
        ReadFirst { endpoint }
    }
}

/// An endpoint whose small bodies are read already.
pub(super) struct ReadFirst<E> {
    endpoint: E,
}

impl<E: Endpoint> Endpoint for ReadFirst<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        if is_small(&request) {
            let Ok(bytes) = request
                .take_body()
                .into_bytes_limit(SMALL_BODY_BYTES_MAX)
                .await
            else {
                let refusal = Refusal::invalid("the body ended before it was whole; send it again");
                return Ok(HttpError::from(refusal).into_response());
            };
            request.set_body(Body::from_bytes(bytes));
        }
        Ok(self.endpoint.call(request).await?.into_response())
    }
}

fn is_small(request: &Request) -> bool {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let announced = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    announced.is_some_and(|announced| announced <= SMALL_BODY_BYTES_MAX)
}
