//! Event streams: GraphQL over server-sent events, one operation a connection, as graphql-sse
//! describes it.

use std::time::Duration;

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_schema::GraphqlReply;
use bellwether_service::{ConnectionPlace, OperationPlace};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use poem::web::RemoteAddr;
use poem::web::sse::{Event, SSE};
use poem::{IntoResponse, Response};
use serde_json::json;
use tokio::time::{Instant, interval_at};
use tokio_util::sync::CancellationToken;

use super::caller::{Caller, is_about_token};
use super::message::error_of;
use super::outbox::{Outbox, SlowClient};
use crate::http::server::HttpState;

/// One answer as a stream: `next` and `complete`.
pub(in crate::http) fn answered(reply: &GraphqlReply) -> Response {
    let events = [next(&reply.body), complete()];
    SSE::new(stream::iter(events)).into_response()
}

/// The events of a subscription, for the bearer of this token at this address.
pub(in crate::http) fn streamed(
    state: &HttpState,
    (token, scope): (&str, &Scope),
    client: &RemoteAddr,
    events: BoxStream<'static, GraphqlReply>,
) -> Result<Response, Refusal> {
    let place = state.services.connection_place_of(scope)?;
    let config = state.services.config().subscriptions;
    let (outbox, mut queue) = Outbox::new(&config);
    let telling = Telling {
        operation: place.operation(0)?,
        place,
        caller: Caller::new(&state.services, token.to_owned(), scope.clone()),
        outbox,
        token_check: Duration::from_millis(config.token_check_ms),
        stopping: state.streams.stopping.clone(),
    };
    let (connections, client) = (state.connections.clone(), client.clone());
    state.streams.tasks.spawn(async move {
        if let Err(SlowClient) = telling.run(events).await {
            // Nothing else ends a response that nobody reads.
            connections.break_off(&client);
        }
    });
    let body = stream::poll_fn(move |context| {
        queue
            .poll_recv(context)
            .map(|it| it.map(|waiting| waiting.message))
    });
    let keep_alive = Duration::from_millis(config.keep_alive_ms);
    Ok(SSE::new(body).keep_alive(keep_alive).into_response())
}

/// What it takes to tell of events.
struct Telling {
    place: ConnectionPlace,
    operation: OperationPlace,
    caller: Caller,
    outbox: Outbox<Event>,
    token_check: Duration,
    stopping: CancellationToken,
}

impl Telling {
    /// Tells until the client goes, the server stops, or there is nothing more to tell.
    async fn run(self, mut events: BoxStream<'static, GraphqlReply>) -> Result<(), SlowClient> {
        let start = Instant::now() + self.token_check;
        let mut token_check = interval_at(start, self.token_check);
        loop {
            tokio::select! {
                () = self.outbox.closed() => break,
                // Without a `complete`, so that the client comes again.
                () = self.stopping.cancelled() => break,
                _ = token_check.tick() => {
                    if let Some(refusal) = self.caller.has_fallen().await {
                        return self.end_for(&refusal).await;
                    }
                }
                event = events.next() => match event {
                    None => return self.put(complete(), 0).await,
                    Some(event) => {
                        if let Err(refusal) = self.caller.still_stands().await {
                            return self.end_for(&refusal).await;
                        }
                        self.put(next(&event.body), event.body.len()).await?;
                    }
                }
            }
        }
        drop(self.operation);
        Ok(())
    }

    /// Says that the token opens nothing any more. Where nobody can tell at the moment, nothing is
    /// said, so that the client comes again.
    async fn end_for(&self, refusal: &Refusal) -> Result<(), SlowClient> {
        if !is_about_token(refusal) {
            return Ok(());
        }
        let body = json!({ "errors": [error_of(refusal)] }).to_string();
        self.put(next(body.as_bytes()), body.len()).await?;
        self.put(complete(), 0).await
    }

    async fn put(&self, event: Event, n_bytes: usize) -> Result<(), SlowClient> {
        let sent = self.outbox.put(event, n_bytes).await;
        sent.inspect_err(|_| self.place.note_dropped())
    }
}

fn next(body: &[u8]) -> Event {
    Event::message(String::from_utf8_lossy(body)).event_type("next")
}

/// With an empty line of data: browsers' own clients don't see an event without any.
fn complete() -> Event {
    Event::message("\n").event_type("complete")
}
