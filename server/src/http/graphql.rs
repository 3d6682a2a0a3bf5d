//! GraphQL over HTTP: our own endpoint, because the ready-made one runs mutations by GET, ignores
//! content types, reads bodies without limit and always answers 200 (graphql.md, section 2).

use std::collections::HashMap;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_schema::{
    AnswerPlace, GraphqlReply, GraphqlRequest, Known, Method, ReplyOutcome, Started,
};
use bytes::Bytes;
use poem::http::{HeaderMap, Method as HttpMethod, StatusCode, header};
use poem::web::Data;
use poem::{Body, IntoResponse, Request, Response, handler};
use serde_json::json;

use super::accept::{Accepted, Media, StreamUse, accepted};
use super::auth::{bearer, scope};
use super::error::{HttpError, refusal_json, retry_after_s};
use super::request_id::RequestId;
use super::server::HttpState;
use super::small_body::{ReadError, read};
use super::streams;

/// `/graphql`: POST for everything, GET for queries and subscriptions, upgrades to sockets; 405 for the rest.
#[handler]
pub(super) async fn graphql(
    request: &Request,
    state: Data<&HttpState>,
    id: Data<&RequestId>,
    body: Body,
) -> Response {
    if streams::is_upgrade(request.headers()) {
        return streams::upgrade(request, &state, &id).await;
    }
    let accepted = match accepted(request.headers()) {
        Ok(accepted) => accepted,
        Err(refusal) => return not_acceptable(&refusal),
    };
    let answered = match *request.method() {
        HttpMethod::POST => post(request, &state, &id, body, accepted).await,
        HttpMethod::GET => get(request, &state, &id, accepted).await,
        _ => return not_allowed(),
    };
    answered.unwrap_or_else(|error| refused(&error.refusal, accepted.media))
}

async fn post(
    request: &Request,
    state: &HttpState,
    id: &RequestId,
    body: Body,
    accepted: Accepted,
) -> Result<Response, HttpError> {
    require_json(request.headers())?;
    let bytes_max = state.graphql_body_bytes_max;
    refuse_announced(request.headers(), bytes_max)?;
    let bytes = read_at_most(bytes_max, body).await?;
    let scope = scope(&state.services, request, id).await?;
    // Before the body is read as JSON: a request that is asked again and again costs no more.
    let place = match state.schema.recall(&scope, &bytes).await {
        Known::Answered(answer) if accepted.stream != StreamUse::Always => {
            return Ok(executed(answer, accepted.media));
        }
        Known::Answered(_) => None,
        Known::Unanswered(place) => place,
    };
    let parsed = GraphqlRequest::from_json(&bytes)?;
    let caller = Caller { scope, id, place };
    run(state, request, caller, parsed, accepted).await
}

async fn get(
    request: &Request,
    state: &HttpState,
    id: &RequestId,
    accepted: Accepted,
) -> Result<Response, HttpError> {
    let parsed = parse_get(request)?;
    let scope = scope(&state.services, request, id).await?;
    let place = None;
    let caller = Caller { scope, id, place };
    run(state, request, caller, parsed, accepted).await
}

/// Who asks, the name of the request, and where its answer may be kept.
struct Caller<'a> {
    scope: Scope,
    id: &'a RequestId,
    place: Option<AnswerPlace>,
}

fn not_acceptable(refusal: &Refusal) -> Response {
    let mut response = refused(refusal, Media::Json);
    response.set_status(StatusCode::NOT_ACCEPTABLE);
    response
}

fn not_allowed() -> Response {
    let refusal = Refusal::new(ErrorCode::MethodNotAllowed, "use POST, or GET for a query");
    let mut response = refused(&refusal, Media::Json);
    response
        .headers_mut()
        .insert(header::ALLOW, header::HeaderValue::from_static("GET, POST"));
    response
}

/// Runs a request as long as its client is there to hear the answer.
async fn run(
    state: &HttpState,
    request: &Request,
    caller: Caller<'_>,
    parsed: GraphqlRequest,
    accepted: Accepted,
) -> Result<Response, HttpError> {
    let method = if *request.method() == HttpMethod::GET {
        Method::Get
    } else {
        Method::Post
    };
    // In memory of its own, so that a request that doesn't run isn't moved about at its size.
    let response = Box::pin(async {
        if accepted.stream == StreamUse::Never {
            let Caller { scope, id, place } = caller;
            let reply = state
                .schema
                .execute(scope, parsed, method, id.as_str(), place);
            return Ok(respond(reply.await, accepted.media));
        }
        start(state, request, caller, (parsed, method), accepted).await
    });
    tokio::select! {
        response = response => response,
        () = state.connections.closed(request.remote_addr()) => {
            Ok(StatusCode::REQUEST_TIMEOUT.into_response())
        }
    }
}

/// Starts a request whose answer may be an event stream.
async fn start(
    state: &HttpState,
    request: &Request,
    Caller { scope, id, place }: Caller<'_>,
    (parsed, method): (GraphqlRequest, Method),
    accepted: Accepted,
) -> Result<Response, HttpError> {
    let asker = scope.clone();
    let started = state
        .schema
        .start(asker, parsed, method, id.as_str(), place);
    match started.await {
        Started::Answered(reply) if accepted.stream == StreamUse::Always => {
            Ok(streams::answered(&reply))
        }
        Started::Answered(reply) => Ok(respond(reply, accepted.media)),
        Started::Streaming(events) => {
            let bearer = (bearer(request)?, &scope);
            Ok(streams::streamed(
                state,
                bearer,
                request.remote_addr(),
                events,
            )?)
        }
    }
}

/// The response of a request that ran, or whose answer is known.
fn executed(answer: Bytes, media: Media) -> Response {
    Response::builder()
        .content_type(media.content_type())
        .body(answer)
}

fn respond(reply: GraphqlReply, media: Media) -> Response {
    let status = match (&reply.outcome, media) {
        (ReplyOutcome::Executed, _) | (ReplyOutcome::RequestError, Media::Json) => StatusCode::OK,
        (ReplyOutcome::RequestError, Media::GraphqlResponse) => StatusCode::BAD_REQUEST,
        (ReplyOutcome::MutationByGet, _) => StatusCode::METHOD_NOT_ALLOWED,
        (ReplyOutcome::ComeBack { code, .. }, _) => status_of(*code),
    };
    let mut response = Response::builder()
        .status(status)
        .content_type(media.content_type());
    if reply.outcome == ReplyOutcome::MutationByGet {
        response = response.header(header::ALLOW, "POST");
    }
    if let ReplyOutcome::ComeBack { after_s, .. } = reply.outcome {
        response = response.header(header::RETRY_AFTER, after_s);
    }
    response.body(reply.body)
}

/// Refuses a body that says itself how much too long it is, before any of it is read.
fn refuse_announced(headers: &HeaderMap, bytes_max: usize) -> Result<(), Refusal> {
    let announced = headers.get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    match announced {
        Some(n_bytes) if n_bytes > bytes_max => Err(too_long(bytes_max)),
        _ => Ok(()),
    }
}

fn too_long(bytes_max: usize) -> Refusal {
    Refusal::limit("graphql_body_bytes_max", bytes_max, "the request")
}

async fn read_at_most(bytes_max: usize, body: Body) -> Result<Bytes, Refusal> {
    read(body, bytes_max).await.map_err(|error| match error {
        ReadError::TooLong => too_long(bytes_max),
        ReadError::Broken => Refusal::invalid("the body ended before it was whole"),
    })
}

fn require_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let sent = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let mut parts = sent.split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
    let charset_ok = parts.all(|parameter| {
        let lower = parameter.to_ascii_lowercase();
        lower
            .strip_prefix("charset=")
            .is_none_or(|charset| charset.trim_matches('"') == "utf-8")
    });
    if is_json && charset_ok {
        return Ok(());
    }
    let message =
        format!("the content type `{sent}` is not read; send `application/json` in UTF-8");
    Err(Refusal::new(ErrorCode::UnsupportedMediaType, message)
        .at("Content-Type")
        .with_allowed(["application/json"]))
}

fn parse_get(request: &Request) -> Result<GraphqlRequest, Refusal> {
    let mut parameters: HashMap<String, String> = request
        .params()
        .map_err(|_| Refusal::invalid("the address can't be read"))?;
    let given = |name: &str| parameters.remove(name).filter(|text| !text.is_empty());
    GraphqlRequest::from_parameters(given)
}

fn status_of(code: ErrorCode) -> StatusCode {
    StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A request that never reached the schema, in GraphQL's own error shape and without `data`.
fn refused(refusal: &Refusal, media: Media) -> Response {
    let mut extensions = refusal_json(refusal);
    if let Some(object) = extensions.as_object_mut() {
        object.remove("message");
    }
    let body = json!({ "errors": [{ "message": refusal.message, "extensions": extensions }] });
    let status = status_of(refusal.code);
    let mut response = Response::builder()
        .status(status)
        .content_type(media.content_type());
    if status == StatusCode::UNAUTHORIZED {
        response = response.header(header::WWW_AUTHENTICATE, "Bearer");
    }
    if let Some(seconds) = retry_after_s(refusal) {
        response = response.header(header::RETRY_AFTER, seconds);
    }
    response.body(body.to_string())
}
