//! The API itself: one request in, one reply out.
//!
//! A request whose answer is kept as bytes is not even parsed (`recall`). Any other is parsed and
//! guarded (`document.rs`), waits for its turn, is validated and run by async-graphql within the wall time, put into the
//! form that the specification asks for (`completion.rs`), written, and perhaps kept
//! (`finished.rs`).

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{MergedObject, Request, Response, Schema, SchemaBuilder, ServerError, Value};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_service::{Cost, Services};
use serde::Serialize;

use crate::cases::{CaseMutation, CaseQuery, WorkflowSettingsMutation};
use crate::completion::Completion;
use crate::context::RequestState;
use crate::cost::CostTold;
use crate::document::{PreparedDocument, Unprepared, prepare};
use crate::federation::SubgraphSdl;
use crate::finished::{AnswerPlace, Known, is_determined};
use crate::guard::NESTING_MAX;
use crate::limits::{NODES_PAGE_PRICED_MAX, ROWS_PAGE_PRICED_MAX, SchemaLimits};
use crate::mutation::Mutation;
use crate::query::Query;
use crate::records::{RecordMutation, RecordQuery};
use crate::refusal::{InputTypes, server_error, tagged, too_slow};
use crate::request::{GraphqlReply, GraphqlRequest, Method, ReplyOutcome};
use crate::stored::{self, DocumentPolicy};
use crate::subscription::Subscription;

type Root = Schema<QueryRoot, MutationRoot, Subscription>;

/// The root of queries: everything is seen as the token's agency, member and role may see it.
#[derive(Debug, MergedObject)]
#[graphql(name = "Query")]
pub(crate) struct QueryRoot(Query, RecordQuery, CaseQuery);

/// The root of mutations: each is done whole or not at all, one after another.
#[derive(Debug, MergedObject)]
#[graphql(name = "Mutation")]
pub(crate) struct MutationRoot(
    Mutation,
    RecordMutation,
    CaseMutation,
    WorkflowSettingsMutation,
);

/// The API over the services; cheap to clone.
#[derive(Clone)]
pub struct ApiSchema {
    pub(crate) root: Root,
    pub(crate) services: Services,
    limits: Arc<SchemaLimits>,
    policy: Arc<DocumentPolicy>,
    pub(crate) completion: Arc<Completion>,
    inputs: Arc<InputTypes>,
}

impl std::fmt::Debug for ApiSchema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiSchema")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The API over these services, within these limits, for the documents that the policy lets run.
pub fn build(services: Services, mut limits: SchemaLimits, policy: DocumentPolicy) -> ApiSchema {
    // No page may be larger than what its price is computed for.
    limits.table_page_max = limits.table_page_max.min(ROWS_PAGE_PRICED_MAX);
    limits.rows_page_max = limits.rows_page_max.min(limits.table_page_max);
    limits.nodes_page_max = limits.nodes_page_max.min(NODES_PAGE_PRICED_MAX);
    let root = root(&limits);
    let sdl = root.sdl();
    ApiSchema {
        completion: Arc::new(Completion::of_sdl(&sdl)),
        inputs: Arc::new(InputTypes::of_sdl(&sdl)),
        root,
        services,
        limits: Arc::new(limits),
        policy: Arc::new(policy),
    }
}

/// The schema without its services.
pub(crate) fn root(limits: &SchemaLimits) -> Root {
    let root = builder(limits).finish();
    // What the schema tells of itself to routers is read from a first copy of it.
    let subgraph = SubgraphSdl::of(|options| root.sdl_with_options(options));
    builder(limits).data(subgraph).finish()
}

fn builder(limits: &SchemaLimits) -> SchemaBuilder<QueryRoot, MutationRoot, Subscription> {
    let query = QueryRoot(Query, RecordQuery::default(), CaseQuery);
    let mutation = MutationRoot(
        Mutation,
        RecordMutation::default(),
        CaseMutation,
        WorkflowSettingsMutation,
    );
    Schema::build(query, mutation, Subscription)
        .limit_complexity(limits.complexity_max)
        // The guard has looked at depth; this only must not refuse what the guard lets through.
        .limit_recursive_depth(2 * NESTING_MAX)
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
        let wants_cost = request.wants_cost();
        let prepared = match self.prepared(&scope, request, method).await {
            Ok(prepared) => prepared,
            Err(unprepared) => return unprepared.reply(),
        };
        if prepared.operation_type == OperationType::Subscription {
            return Unprepared::from(needs_a_stream()).reply();
        }
        self.execute_prepared(scope, prepared, wants_cost, request_id, place)
            .await
    }

    /// Runs a query or mutation.
    pub(crate) async fn execute_prepared(
        &self,
        scope: Scope,
        prepared: PreparedDocument,
        wants_cost: bool,
        request_id: &str,
        place: Option<AnswerPlace>,
    ) -> GraphqlReply {
        let place = place.filter(|_| !wants_cost && is_determined(&prepared));
        let state = self.state(&scope, request_id);
        let (provenance, spent) = (Arc::clone(&state.provenance), Arc::clone(&state.spent));
        let mut answer = match self.run_in_place(&scope, prepared, state).await {
            Ok(answer) => answer,
            Err(refusal) => return come_back(&refusal),
        };
        if wants_cost {
            answer.cost = CostTold::to(&scope, &self.services, &spent);
        }
        let reply = answer.reply();
        if let Some(AnswerPlace(key)) = place
            && reply.is_whole
            && provenance.is_cache_alone()
        {
            let body = reply.body.clone();
            self.services.keep_finished(key, body).await;
        }
        reply
    }

    /// What resolvers of a request of this caller share.
    pub(crate) fn state(&self, scope: &Scope, request_id: &str) -> RequestState {
        let (services, limits) = (self.services.clone(), Arc::clone(&self.limits));
        RequestState::new(services, scope.clone(), limits, request_id)
    }

    /// Charges a request, waits for its turn and runs it; the refusal of one that has to come back.
    pub(crate) async fn run_in_place(
        &self,
        scope: &Scope,
        prepared: PreparedDocument,
        state: RequestState,
    ) -> Result<Answer, Refusal> {
        let price = prepared.price;
        let charged = self.services.charge(scope, price);
        charged.map_err(|error| error.refusal())?;
        let place_to_run = match self.services.query_place(scope).await {
            Ok(place_to_run) => place_to_run,
            Err(error) => {
                self.services.refund(scope, price);
                return Err(error.refusal());
            }
        };
        state.spent.add(Cost {
            requested: price,
            actual: price,
        });
        let answer = self.run(prepared, state).await;
        place_to_run.end();
        Ok(answer)
    }

    /// The document of a request, complete and sound.
    pub(crate) async fn prepared(
        &self,
        scope: &Scope,
        mut request: GraphqlRequest,
        method: Method,
    ) -> Result<PreparedDocument, Unprepared> {
        let (services, policy) = (&self.services, &self.policy);
        let registers = stored::complete(&mut request, scope, services, &policy.trusted).await?;
        let text = registers.then(|| request.query.clone()).flatten();
        let grant = scope.token();
        let may_introspect =
            policy.allows_introspection && grant.is_none_or(|grant| grant.may_introspect);
        let prepared = prepare(request, method, may_introspect, &self.limits)?;
        if let Some(text) = text {
            services.register_document(scope, &text).await;
        }
        Ok(prepared)
    }

    /// The schema in the schema definition language.
    pub fn sdl(&self) -> String {
        self.root.sdl()
    }

    async fn run(&self, prepared: PreparedDocument, state: RequestState) -> Answer {
        let selected = self
            .completion
            .selected(&prepared.document, prepared.operation_name.as_deref());
        let request = prepared.into_request(state);
        let wall_time = Duration::from_millis(self.limits.wall_time_ms);
        let Ok(response) = tokio::time::timeout(wall_time, self.root.execute(request)).await else {
            let error = server_error(&too_slow(self.limits.wall_time_ms));
            return Answer::new(ReplyOutcome::Executed, Some(Value::Null), vec![error]);
        };
        let is_request_error = is_request_error(&response);
        let errors = self.told(response.errors);
        if is_request_error {
            return Answer::new(ReplyOutcome::RequestError, None, errors);
        }
        // What other fields found is not told either: the client sends the whole request again.
        if let Some((outcome, error)) = errors.iter().find_map(over_budget) {
            return Answer::new(outcome, None, vec![error]);
        }
        let data = selected.complete(response.data, &errors);
        Answer::new(ReplyOutcome::Executed, Some(data), errors)
    }
}

impl ApiSchema {
    /// The errors of a response as a client is told them.
    pub(crate) fn told(&self, errors: Vec<ServerError>) -> Vec<ServerError> {
        let errors = errors.into_iter();
        let told = errors.map(|error| tagged(self.inputs.worded(error), &self.limits));
        told.collect()
    }
}

impl PreparedDocument {
    /// What the executor runs.
    pub(crate) fn into_request(self, state: RequestState) -> Request {
        let mut request = Request::new(String::new())
            .variables(self.variables)
            .data(state);
        request.operation_name = self.operation_name;
        request.set_parsed_query(self.document);
        request
    }
}

impl Unprepared {
    pub(crate) fn reply(self) -> GraphqlReply {
        reply(self.outcome, None, vec![self.error])
    }
}

fn needs_a_stream() -> Refusal {
    Refusal::invalid(
        "a subscription is told of as it happens: send it by WebSocket with the subprotocol `graphql-transport-ws`, or with `Accept: text/event-stream`",
    )
}

/// The outcome of a request of which a query could not be paid, with its error.
fn over_budget(error: &ServerError) -> Option<(ReplyOutcome, ServerError)> {
    let values = error.extensions.as_ref()?;
    let is_over = values.get("code") == Some(&ErrorCode::RateLimited.name().into());
    let after_s = match values.get("retryAfterSeconds") {
        Some(Value::Number(seconds)) => seconds.as_u64()?,
        _ => return None,
    };
    let outcome = ReplyOutcome::ComeBack {
        code: ErrorCode::RateLimited,
        after_s: u32::try_from(after_s).unwrap_or(u32::MAX),
    };
    is_over.then(|| (outcome, error.clone()))
}

/// Whether nothing ran: errors of resolvers always have a path, those of validation never.
pub(crate) fn is_request_error(response: &Response) -> bool {
    let has_no_path = |error: &ServerError| error.path.is_empty();
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(has_no_path)
}

/// The reply to a request for which there is no room at the moment.
pub(crate) fn come_back(refusal: &Refusal) -> GraphqlReply {
    let outcome = ReplyOutcome::ComeBack {
        code: refusal.code,
        after_s: refusal.retry_after_s.unwrap_or(1),
    };
    reply(outcome, None, vec![server_error(refusal)])
}

/// What is answered, before it is written.
pub(crate) struct Answer {
    outcome: ReplyOutcome,
    data: Option<Value>,
    pub(crate) errors: Vec<ServerError>,
    cost: Option<CostTold>,
}

/// A reply's body; errors come first, so that a person reading it sees them.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<Extensions>,
}

#[derive(Serialize)]
struct Extensions {
    cost: CostTold,
}

impl Answer {
    fn new(outcome: ReplyOutcome, data: Option<Value>, errors: Vec<ServerError>) -> Self {
        Self {
            outcome,
            data,
            errors,
            cost: None,
        }
    }

    fn reply(self) -> GraphqlReply {
        let is_whole = self.outcome == ReplyOutcome::Executed && self.errors.is_empty();
        let body = Body {
            errors: self.errors,
            data: self.data.as_ref(),
            extensions: self.cost.map(|cost| Extensions { cost }),
        };
        let body = serde_json::to_vec(&body)
            .expect("GraphQL values have text keys and finite numbers, so they are JSON");
        GraphqlReply {
            body: body.into(),
            outcome: self.outcome,
            is_whole,
        }
    }
}

pub(crate) fn reply(
    outcome: ReplyOutcome,
    data: Option<Value>,
    errors: Vec<ServerError>,
) -> GraphqlReply {
    Answer::new(outcome, data, errors).reply()
}
