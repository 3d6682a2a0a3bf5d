//! Every request has an id, which its log lines, its errors and its response carry.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bellwether_domain::ids::{BatchId, IdSource};
use bellwether_domain::time::Clock;
use poem::http::{HeaderValue, Method, StatusCode, Uri};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};
use tracing::Instrument;

use crate::clock::{SystemClock, SystemRandom};

/// A request that takes so long is logged even where ordinary ones are not.
const SLOW: Duration = Duration::from_secs(1);

/// The id of one request; a clone is a reference to the same text.
#[derive(Debug, Clone)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    pub(super) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Gives each request its id and logs how it ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct WithRequestId;

impl<E: Endpoint> Middleware<E> for WithRequestId {
    type Output = Identified<E>;

    fn transform(&self, endpoint: E) -> Self::Output {
        Identified {
            endpoint,
            first_random: SystemRandom.random(),
            n_given: AtomicU64::new(0),
        }
    }
}

/// An endpoint whose requests have ids.
pub(super) struct Identified<E> {
    endpoint: E,
    /// Ids are random by where this process began to count: they must differ, not be secret, and
    /// asking the system for each one's randomness costs more than the rest of it.
    first_random: u128,
    n_given: AtomicU64,
}

impl<E> Identified<E> {
    fn fresh_id(&self) -> RequestId {
        let n_before = self.n_given.fetch_add(1, Ordering::Relaxed);
        let random = self.first_random.wrapping_add(n_before.into());
        // A ULID like every other id; the prefix of a batch is cut off, since a request is none.
        let id = BatchId::from_parts(SystemClock.now(), random).to_string();
        let id = id.replacen(BatchId::PREFIX, "req", 1);
        RequestId(HeaderValue::try_from(id).expect("an id is of letters and digits"))
    }
}

impl<E: Endpoint> Endpoint for Identified<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let id = self.fresh_id();
        let asked = (request.method().clone(), request.uri().clone());
        request.extensions_mut().insert(id.clone());
        let started = Instant::now();
        let span = tracing::info_span!("request", request.id = %id);
        let mut response = match self.endpoint.call(request).instrument(span).await {
            Ok(response) => response.into_response(),
            Err(error) => error.into_response(),
        };
        log(&id, &asked, response.status(), started.elapsed());
        response.headers_mut().insert("x-request-id", id.0);
        Ok(response)
    }
}

/// What went wrong or took long is told; the rest only where `BELLWETHER_LOG` asks for it, since
/// writing a line for each costs more than many an answer.
fn log(id: &RequestId, (method, uri): &(Method, Uri), status: StatusCode, duration: Duration) {
    let path = uri.path();
    let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let is_told = status.is_client_error() || status.is_server_error() || duration >= SLOW;
    let status = status.as_u16();
    if is_told {
        tracing::info!(request.id = %id, %method, path, status, duration_ms, "request answered");
    } else {
        tracing::debug!(request.id = %id, %method, path, status, duration_ms, "request answered");
    }
}
