//! The API itself: one request in, one reply out.
//!
//! A request whose answer is kept as bytes is not even parsed (`recall`). Any other is parsed and
//! guarded (`document.rs`), waits for its turn, is validated and run by async-graphql within the wall time, put into the
//! form that the specification asks for (`completion.rs`), written, and perhaps kept
//! (`finished.rs`).

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{EmptySubscription, Request, Response, Schema, ServerError, Value};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_service::Services;
use serde::Serialize;

use crate::completion::Completion;
use crate::context::RequestState;
use crate::document::{PreparedDocument, Unprepared, prepare};
use crate::finished::{AnswerPlace, Known, is_determined};
use crate::guard::NESTING_MAX;
use crate::limits::{NODES_PAGE_PRICED_MAX, ROWS_PAGE_PRICED_MAX, SchemaLimits};
use crate::mutation::Mutation;
use crate::query::Query;
use crate::refusal::{InputTypes, server_error, tagged};
use crate::request::{GraphqlReply, GraphqlRequest, Method, ReplyOutcome};

type Root = Schema<Query, Mutation, EmptySubscription>;

/// The API over the services; cheap to clone.
#[derive(Clone)]
pub struct ApiSchema {
    root: Root,
    services: Services,
    limits: Arc<SchemaLimits>,
    completion: Arc<Completion>,
    inputs: Arc<InputTypes>,
}

impl std::fmt::Debug for ApiSchema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiSchema")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The API over these services, within these limits.
pub fn build(services: Services, mut limits: SchemaLimits) -> ApiSchema {
    // No page may be larger than what its price is computed for.
    limits.rows_page_max = limits.rows_page_max.min(ROWS_PAGE_PRICED_MAX);
    limits.nodes_page_max = limits.nodes_page_max.min(NODES_PAGE_PRICED_MAX);
    let root = root(&limits);
    let sdl = root.sdl();
    ApiSchema {
        completion: Arc::new(Completion::of_sdl(&sdl)),
        inputs: Arc::new(InputTypes::of_sdl(&sdl)),
        root,
        services,
        limits: Arc::new(limits),
    }
}

/// The schema without its services.
pub(crate) fn root(limits: &SchemaLimits) -> Root {
    Schema::build(Query, Mutation, EmptySubscription)
        .limit_complexity(limits.complexity_max)
        // The guard has looked at depth; this only must not refuse what the guard lets through.
        .limit_recursive_depth(2 * NESTING_MAX)
        .finish()
}

impl ApiSchema {
    /// The answer that this caller's very same request had before, if it still stands; `request`
    /// is the request's body as it came by POST.
    pub async fn recall(&self, scope: &Scope, request: &[u8]) -> Known {
        let Ok(key) = self.services.finished_key(scope, request).await else {
            // The catalogue fails: running the request finds out and tells how.
            return Known::Unanswered(None);
        };
        match self.services.find_finished(&key).await {
            Some(answer) => Known::Answered(answer),
            None => Known::Unanswered(Some(AnswerPlace(key))),
        }
    }

    /// Answers a request of an authorised caller, and keeps the answer in its place when it may be
    /// given again; `request_id` names the request in the log and in the message of an internal
    /// error.
    pub async fn execute(
        &self,
        scope: Scope,
        request: GraphqlRequest,
        method: Method,
        request_id: &str,
        place: Option<AnswerPlace>,
    ) -> GraphqlReply {
        let prepared = match prepare(request, method, &self.limits) {
            Ok(prepared) => prepared,
            Err(Unprepared { outcome, error }) => return reply(outcome, None, vec![error]),
        };
        let place = place.filter(|_| is_determined(&prepared));
        let state = RequestState::new(
            self.services.clone(),
            scope,
            Arc::clone(&self.limits),
            request_id,
        );
        let provenance = Arc::clone(&state.provenance);
        let place_to_run = match self.services.query_place(&state.scope).await {
            Ok(place_to_run) => place_to_run,
            Err(error) => return come_back(&error.refusal()),
        };
        let reply = self.run(prepared, state).await;
        place_to_run.end();
        if let Some(AnswerPlace(key)) = place
            && reply.is_whole
            && provenance.is_cache_alone()
        {
            let body = reply.body.clone();
            self.services.keep_finished(key, body).await;
        }
        reply
    }

    /// The schema in the schema definition language.
    pub fn sdl(&self) -> String {
        self.root.sdl()
    }

    async fn run(&self, prepared: PreparedDocument, state: RequestState) -> GraphqlReply {
        let selected = self
            .completion
            .selected(&prepared.document, prepared.operation_name.as_deref());
        let mut request = Request::new(String::new())
            .variables(prepared.variables)
            .data(state);
        request.operation_name = prepared.operation_name;
        request.set_parsed_query(prepared.document);
        let wall_time = Duration::from_millis(self.limits.wall_time_ms);
        let Ok(response) = tokio::time::timeout(wall_time, self.root.execute(request)).await else {
            let error = server_error(&too_slow(self.limits.wall_time_ms));
            return reply(ReplyOutcome::Executed, Some(&Value::Null), vec![error]);
        };
        let is_request_error = is_request_error(&response);
        let errors = response.errors.into_iter();
        let errors = errors.map(|error| tagged(self.inputs.worded(error), &self.limits));
        let errors: Vec<ServerError> = errors.collect();
        if is_request_error {
            return reply(ReplyOutcome::RequestError, None, errors);
        }
        let data = selected.complete(response.data, &errors);
        reply(ReplyOutcome::Executed, Some(&data), errors)
    }
}

/// Whether nothing ran: errors of resolvers always have a path, those of validation never.
fn is_request_error(response: &Response) -> bool {
    let has_no_path = |error: &ServerError| error.path.is_empty();
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(has_no_path)
}

/// The reply to a request for which there is no room at the moment.
fn come_back(refusal: &Refusal) -> GraphqlReply {
    let outcome = ReplyOutcome::ComeBack {
        code: refusal.code,
        after_s: refusal.retry_after_s.unwrap_or(1),
    };
    reply(outcome, None, vec![server_error(refusal)])
}

fn too_slow(wall_time_ms: u64) -> Refusal {
    let message = format!(
        "the answer was not ready within the limit `wall_time_ms` of {wall_time_ms}; ask for a shorter range or fewer dimensions"
    );
    Refusal::new(ErrorCode::Timeout, message)
}

/// A reply's body; errors come first, so that a person reading it sees them.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
}

fn reply(outcome: ReplyOutcome, data: Option<&Value>, errors: Vec<ServerError>) -> GraphqlReply {
    let is_whole = outcome == ReplyOutcome::Executed && errors.is_empty();
    let body = serde_json::to_vec(&Body { errors, data })
        .expect("GraphQL values have text keys and finite numbers, so they are JSON");
    GraphqlReply {
        body: body.into(),
        outcome,
        is_whole,
    }
}
