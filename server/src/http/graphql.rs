//! GraphQL over HTTP: our own endpoint, because the ready-made one runs mutations by GET, ignores
//! content types, reads bodies without limit and always answers 200 (graphql.md, section 2).

use std::collections::HashMap;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_schema::{AnswerPlace, GraphqlReply, GraphqlRequest, Known, Method, ReplyOutcome};
use bytes::Bytes;
use poem::http::{HeaderMap, Method as HttpMethod, StatusCode, header};
use poem::web::Data;
use poem::{Body, IntoResponse, Request, Response, handler};
use serde_json::json;

use super::auth::scope;
use super::error::{HttpError, refusal_json, retry_after_s};
use super::request_id::RequestId;
use super::server::HttpState;
use super::small_body::{ReadError, read};

/// The two media types of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Media {
    /// `application/graphql-response+json`: request errors are 400.
    GraphqlResponse,
    /// `application/json`: a well-formed request with an invalid document is 200.
    Json,
}

impl Media {
    const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// `/graphql`: POST for everything, GET for queries, 405 for the rest.
#[handler]
pub(super) async fn graphql(
    request: &Request,
    state: Data<&HttpState>,
    id: Data<&RequestId>,
    body: Body,
) -> Response {
    let media = match accepted(request.headers()) {
        Ok(media) => media,
        Err(response) => return response,
    };
    let answered = match *request.method() {
        HttpMethod::POST => post(request, &state, &id, body, media).await,
        HttpMethod::GET => get(request, &state, &id, media).await,
        _ => return not_allowed(),
    };
    answered.unwrap_or_else(|error| refused(&error.refusal, media))
}

async fn post(
    request: &Request,
    state: &HttpState,
    id: &RequestId,
    body: Body,
    media: Media,
) -> Result<Response, HttpError> {
    require_json(request.headers())?;
    let bytes_max = state.graphql_body_bytes_max;
    refuse_announced(request.headers(), bytes_max)?;
    let bytes = read_at_most(bytes_max, body).await?;
    let scope = scope(&state.services, request, id).await?;
    // Before the body is read as JSON: a request that is asked again and again costs no more.
    let place = match state.schema.recall(&scope, &bytes).await {
        Known::Answered(answer) => return Ok(executed(answer, media)),
        Known::Unanswered(place) => place,
    };
    let parsed = GraphqlRequest::from_json(&bytes)?;
    let caller = Caller { scope, id, place };
    Ok(run(state, request, caller, parsed, media).await)
}

async fn get(
    request: &Request,
    state: &HttpState,
    id: &RequestId,
    media: Media,
) -> Result<Response, HttpError> {
    let parsed = parse_get(request)?;
    let scope = scope(&state.services, request, id).await?;
    let place = None;
    let caller = Caller { scope, id, place };
    Ok(run(state, request, caller, parsed, media).await)
}

/// Who asks, the name of the request, and where its answer may be kept.
struct Caller<'a> {
    scope: Scope,
    id: &'a RequestId,
    place: Option<AnswerPlace>,
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
    media: Media,
) -> Response {
    let Caller { scope, id, place } = caller;
    let method = if *request.method() == HttpMethod::GET {
        Method::Get
    } else {
        Method::Post
    };
    let reply = state
        .schema
        .execute(scope, parsed, method, id.as_str(), place);
    tokio::select! {
        // In memory of its own, so that a request that doesn't run isn't moved about at its size.
        reply = Box::pin(reply) => respond(reply, media),
        () = state.connections.closed(request.remote_addr()) => {
            StatusCode::REQUEST_TIMEOUT.into_response()
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

/// The media type that the client accepts, ours first; without a header `application/json`, as
/// clients before 2025 expect.
fn accepted(headers: &HeaderMap) -> Result<Media, Response> {
    let Some(accept) = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
    else {
        return Ok(Media::Json);
    };
    let mut json = false;
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or("").to_ascii_lowercase();
        if parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000")) {
            continue;
        }
        match media.as_str() {
            "application/graphql-response+json" => return Ok(Media::GraphqlResponse),
            "application/json" | "application/*" | "*/*" => json = true,
            _ => {}
        }
    }
    if json {
        return Ok(Media::Json);
    }
    let refusal = Refusal::invalid(
        "answers come as `application/graphql-response+json` or `application/json`; accept one of them",
    );
    let mut response = refused(&refusal, Media::Json);
    response.set_status(StatusCode::NOT_ACCEPTABLE);
    Err(response)
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
