//! One operation on a WebSocket, from `subscribe` to its last message.

use bellwether_domain::error_code::Refusal;
use bellwether_schema::{ApiSchema, GraphqlReply, GraphqlRequest, Method, Started};
use bellwether_service::OperationPlace;
use futures_util::StreamExt;
use poem::web::websocket::Message;

use super::caller::Caller;
use super::message::{answer, complete, is_error, length};
use super::outbox::{Outbox, SlowClient};

/// How an operation ended that its client did not end.
#[derive(Debug)]
pub(super) enum Ended {
    /// All of it was sent.
    Whole(String),
    /// Its client doesn't read.
    Slow,
    /// Its token opens nothing any more, or nobody can tell at the moment whether it does.
    Refused(Refusal),
}

impl From<SlowClient> for Ended {
    fn from(_: SlowClient) -> Self {
        Self::Slow
    }
}

impl From<Refusal> for Ended {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// An operation that is to run.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) request: GraphqlRequest,
    pub(super) request_id: String,
    pub(super) caller: Caller,
    pub(super) outbox: Outbox<Message>,
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
                    self.put(complete(&self.id)).await?;
                }
            }
            Started::Streaming(mut events) => {
                while let Some(event) = events.next().await {
                    self.caller.still_stands().await?;
                    self.send(&event).await?;
                }
                self.put(complete(&self.id)).await?;
            }
        }
        Ok(())
    }

    /// Sends the one answer of a query or mutation, or one event.
    async fn send(&self, reply: &GraphqlReply) -> Result<(), SlowClient> {
        self.put(answer(&self.id, reply)).await
    }

    async fn put(&self, message: Message) -> Result<(), SlowClient> {
        let n_bytes = length(&message);
        self.outbox.put(message, n_bytes).await
    }
}
