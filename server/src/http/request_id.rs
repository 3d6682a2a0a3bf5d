//! Every request has an id, which its log lines, its errors and its response carry.

use std::fmt;
use std::time::Instant;

use bellwether_domain::ids::{BatchId, IdSource};
use bellwether_domain::time::Clock;
use poem::http::HeaderValue;
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};
use tracing::Instrument;

use crate::clock::{SystemClock, SystemRandom};

/// The id of one request.
#[derive(Debug, Clone)]
pub(super) struct RequestId(String);

impl RequestId {
    fn fresh() -> Self {
        // A ULID like every other id; the prefix of a batch is cut off, since a request is none.
        let id = BatchId::from_parts(SystemClock.now(), SystemRandom.random()).to_string();
        Self(id.replacen(BatchId::PREFIX, "req", 1))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Gives each request its id and logs how it ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct WithRequestId;

impl<E: Endpoint> Middleware<E> for WithRequestId {
    type Output = Identified<E>;

    fn transform(&self, endpoint: E) -> Self::Output {
        Identified { endpoint }
    }
}

/// An endpoint whose requests have ids.
pub(super) struct Identified<E> {
    endpoint: E,
}

impl<E: Endpoint> Endpoint for Identified<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let id = RequestId::fresh();
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        request.extensions_mut().insert(id.clone());
        let started = Instant::now();
        let span = tracing::info_span!("request", request.id = %id);
        let mut response = match self.endpoint.call(request).instrument(span).await {
            Ok(response) => response.into_response(),
            Err(error) => error.into_response(),
        };
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let status = response.status().as_u16();
        tracing::info!(request.id = %id, %method, path, status, duration_ms, "request answered");
        if let Ok(value) = HeaderValue::from_str(id.as_str()) {
            response.headers_mut().insert("x-request-id", value);
        }
        Ok(response)
    }
}
