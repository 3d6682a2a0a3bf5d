//! One operation on a WebSocket, from `subscribe` to its last message.

use std::time::Duration;

use bellwether_domain::error_code::Refusal;
use bellwether_schema::{ApiSchema, GraphqlReply, GraphqlRequest, Method, Started};
use bellwether_service::OperationPlace;
use futures_util::StreamExt;
use poem::web::websocket::Message;
use tokio::sync::mpsc::Sender;

use super::caller::Caller;
use super::message::{answer, complete, is_error};

/// What waits for a client to read it.
#[derive(Debug, Clone)]
pub(super) struct Outbox {
    pub(super) messages: Sender<Message>,
    pub(super) send_wait: Duration,
}

/// A client that left a message without room for too long.
#[derive(Debug)]
pub(super) struct SlowClient;

impl Outbox {
    /// Puts a message in, when there is room for it.
    pub(super) async fn put(&self, message: Message) -> Result<(), SlowClient> {
        let sent = self.messages.send_timeout(message, self.send_wait).await;
        sent.map_err(|_| SlowClient)
    }
}

/// How an operation ended that its client did not end.
#[derive(Debug)]
pub(super) enum Ended {
    /// All of it was sent.
    Whole(String),
    /// Its client doesn't read.
    Slow,
    /// Its token opens nothing any more.
    Forbidden(Refusal),
}

impl From<SlowClient> for Ended {
    fn from(_: SlowClient) -> Self {
        Self::Slow
    }
}

impl From<Refusal> for Ended {
    fn from(refusal: Refusal) -> Self {
        Self::Forbidden(refusal)
    }
}

/// An operation that is to run.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) request: GraphqlRequest,
    pub(super) request_id: String,
    pub(super) caller: Caller,
    pub(super) outbox: Outbox,
    /// Held as long as it runs.
    pub(super) place: OperationPlace,
}

impl Operation {
    /// Runs it to its end.
    pub(super) async fn run(self, schema: ApiSchema) -> Ended {
        let ended = self.try_run(&schema).await;
        drop(self.place);
        match ended {
            Ok(()) => Ended::Whole(self.id),
            Err(ended) => ended,
        }
    }

    async fn try_run(&self, schema: &ApiSchema) -> Result<(), Ended> {
        let (scope, request) = (self.caller.scope.clone(), self.request.clone());
        // The token may have fallen since the connection began.
        self.caller.still_stands().await?;
        let start = schema.start(scope, request, Method::Post, &self.request_id, None);
        match start.await {
            Started::Answered(reply) => {
                self.send(&reply).await?;
                if !is_error(&reply) {
                    self.outbox.put(complete(&self.id)).await?;
                }
            }
            Started::Streaming(mut events) => {
                while let Some(event) = events.next().await {
                    self.caller.still_stands().await?;
                    self.send(&event).await?;
                }
                self.outbox.put(complete(&self.id)).await?;
            }
        }
        Ok(())
    }

    /// Sends the one answer of a query or mutation, or one event.
    async fn send(&self, reply: &GraphqlReply) -> Result<(), SlowClient> {
        self.outbox.put(answer(&self.id, reply)).await
    }
}
