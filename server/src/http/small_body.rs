//! Small bodies are read before they are answered, whatever the answer.
//!
//! A server that refuses a request without reading its body closes the connection while the
//! client still writes, and the client may see a reset in place of the refusal. A large body is
//! not waited for: that would hand the connection to whoever announces one.

use bellwether_domain::error_code::Refusal;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use poem::http::header;
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};

use super::error::HttpError;

/// Bodies announced with at most so many bytes are read first: four times the largest GraphQL
/// request, so that one over its limit hears of it too, and reports of some thousand rows.
const SMALL_BODY_BYTES_MAX: usize = 1024 * 1024;

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
            let Ok(bytes) = read(request.take_body(), SMALL_BODY_BYTES_MAX).await else {
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

/// Why a body has no bytes to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadError {
    /// It is longer than it may be.
    TooLong,
    /// The client went away in its midst.
    Broken,
}

/// All bytes of a body that has at most `bytes_max`. One that came in one piece is not copied.
pub(super) async fn read(body: Body, bytes_max: usize) -> Result<Bytes, ReadError> {
    let mut pieces = body.into_bytes_stream();
    let mut whole = Bytes::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| ReadError::Broken)?;
        if whole.len() + piece.len() > bytes_max {
            return Err(ReadError::TooLong);
        }
        whole = if whole.is_empty() {
            piece
        } else {
            joined(whole, &piece)
        };
    }
    Ok(whole)
}

/// Both pieces as one, in the first one's own memory where it has room.
fn joined(first: Bytes, second: &[u8]) -> Bytes {
    let mut joined = first
        .try_into_mut()
        .unwrap_or_else(|shared| BytesMut::from(&shared[..]));
    joined.extend_from_slice(second);
    joined.freeze()
}
