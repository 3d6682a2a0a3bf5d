//! Requests over connections that stay open: one answer, or one after the other.

use std::future::ready;

use async_graphql::futures_util::StreamExt;
use async_graphql::futures_util::stream::{self, BoxStream};
use async_graphql::parser::types::OperationType;
use async_graphql::{Response, ServerError, Value};
use bellwether_domain::Scope;

use crate::api::{ApiSchema, come_back, is_request_error, reply};
use crate::completion::Selected;
use crate::context::RequestState;
use crate::document::PreparedDocument;
use crate::finished::AnswerPlace;
use crate::request::{GraphqlReply, GraphqlRequest, Method, ReplyOutcome};

/// What becomes of a request over a connection that stays open.
pub enum Started {
    /// It has its one answer: a query, a mutation, or a request that is refused.
    Answered(GraphqlReply),
    /// A subscription, and its events. They end when the server stops, or after one that tells of
    /// an error of the whole subscription.
    Streaming(BoxStream<'static, GraphqlReply>),
}

impl std::fmt::Debug for Started {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answered(reply) => f.debug_tuple("Answered").field(reply).finish(),
            Self::Streaming(_) => f.debug_tuple("Streaming").finish(),
        }
    }
}

impl ApiSchema {
    /// Starts a request of an authorised caller over a connection that stays open; `place` as in
    /// [`execute`](Self::execute). The events of
    /// a subscription are for this very scope: who holds them ends them when it no longer stands.
    pub async fn start(
        &self,
        scope: Scope,
        request: GraphqlRequest,
        method: Method,
        request_id: &str,
        place: Option<AnswerPlace>,
    ) -> Started {
        let wants_cost = request.wants_cost();
        let prepared = match self.prepared(&scope, request, method).await {
            Ok(prepared) => prepared,
            Err(unprepared) => return Started::Answered(unprepared.reply()),
        };
        if prepared.operation_type != OperationType::Subscription {
            let answer = self.execute_prepared(scope, prepared, wants_cost, request_id, place);
            return Started::Answered(Box::pin(answer).await);
        }
        if let Err(error) = self.services.charge(&scope, prepared.price) {
            return Started::Answered(come_back(&error.refusal()));
        }
        let state = self.state(&scope, request_id);
        Box::pin(self.subscribe(prepared, state)).await
    }

    async fn subscribe(&self, prepared: PreparedDocument, state: RequestState) -> Started {
        let name = prepared.operation_name.as_deref();
        let selected = self.completion.selected(&prepared.document, name);
        let mut events = self.root.execute_stream(prepared.into_request(state));
        // The first event comes at once, so this is where a subscription that can't be is known.
        let Some(first) = events.next().await else {
            return Started::Streaming(stream::empty().boxed());
        };
        if is_request_error(&first) || has_no_source(&first) {
            let errors = self.told(first.errors);
            return Started::Answered(reply(ReplyOutcome::RequestError, None, errors));
        }
        let api = self.clone();
        let events = stream::once(ready(first)).chain(events);
        Started::Streaming(events.map(move |event| api.event(&selected, event)).boxed())
    }

    /// One event as it is sent.
    fn event(&self, selected: &Selected, event: Response) -> GraphqlReply {
        let errors = self.told(event.errors);
        let data = selected.complete(event.data, &errors);
        reply(ReplyOutcome::Executed, Some(data), errors)
    }
}

/// Whether the subscription itself failed: errors of an event lie below its field.
fn has_no_source(first: &Response) -> bool {
    let is_of_root = |error: &ServerError| error.path.len() <= 1;
    first.data == Value::Null && !first.errors.is_empty() && first.errors.iter().all(is_of_root)
}
