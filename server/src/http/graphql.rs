//! GraphQL over HTTP: our own endpoint, because the ready-made one runs mutations by GET, ignores
//! content types, reads bodies without limit and always answers 200 (graphql.md, section 2).

use bellwether_domain::error_code::Refusal;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_schema::{AnswerPlace, GraphqlReply, GraphqlRequest, Known, Method, ReplyOutcome};
use bytes::Bytes;
use poem::http::{HeaderMap, Method as HttpMethod, StatusCode, header};
use poem::web::Data;
use poem::{Body, Request, Response, handler};
use serde_json::json;

use super::auth::scope;
use super::error::{HttpError, RETRY_AFTER_S, refusal_json};
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
    let bytes = read_at_most(state.graphql_body_bytes_max, body).await?;
    let scope = scope(&state.services, request, id).await?;
    // Before the body is read as JSON: a request that is asked again and again costs no more.
    let place = match state.schema.recall(&scope, &bytes).await {
        Known::Answered(answer) => return Ok(executed(answer, media)),
        Known::Unanswered(place) => place,
    };
    let parsed = parse_post(&bytes)?;
    let caller = Caller { scope, id, place };
    Ok(run(state, caller, parsed, Method::Post, media).await)
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
    Ok(run(state, caller, parsed, Method::Get, media).await)
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

async fn run(
    state: &HttpState,
    caller: Caller<'_>,
    parsed: GraphqlRequest,
    method: Method,
    media: Media,
) -> Response {
    let Caller { scope, id, place } = caller;
    let reply = state
        .schema
        .execute(scope, parsed, method, id.as_str(), place);
    // In memory of its own, so that a request that doesn't run isn't moved about at its size.
    respond(Box::pin(reply).await, media)
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
    };
    let mut response = Response::builder()
        .status(status)
        .content_type(media.content_type());
    if reply.outcome == ReplyOutcome::MutationByGet {
        response = response.header(header::ALLOW, "POST");
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

async fn read_at_most(bytes_max: usize, body: Body) -> Result<Bytes, Refusal> {
    read(body, bytes_max).await.map_err(|error| match error {
        ReadError::TooLong => Refusal::limit("graphql_body_bytes_max", bytes_max, "the request"),
        ReadError::Broken => Refusal::invalid("the body ended before it was whole"),
    })
}

fn parse_post(bytes: &[u8]) -> Result<GraphqlRequest, Refusal> {
    let value: serde_json::Value = serde_json::from_slice(bytes)
        .map_err(|error| Refusal::invalid(format!("the body is not JSON: {error}")))?;
    if value.is_array() {
        return Err(Refusal::invalid(
            "batches of requests are not accepted; send one request at a time",
        ));
    }
    if !value.get("query").is_some_and(serde_json::Value::is_string) {
        return Err(Refusal::invalid("the request needs a text `query`").at("query"));
    }
    serde_json::from_value(value)
        .map_err(|error| Refusal::invalid(format!("the request is malformed: {error}")))
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
    let parameters: std::collections::HashMap<String, String> = request
        .params()
        .map_err(|_| Refusal::invalid("the address can't be read"))?;
    let object = |name: &str| match parameters.get(name).map(String::as_str) {
        None | Some("") => Ok(None),
        Some(text) => serde_json::from_str(text)
            .map_err(|_| Refusal::invalid(format!("`{name}` is not a JSON object")).at(name)),
    };
    let query = parameters
        .get("query")
        .cloned()
        .ok_or_else(|| Refusal::invalid("the address needs the parameter `query`").at("query"))?;
    Ok(GraphqlRequest {
        query,
        operation_name: parameters
            .get("operationName")
            .filter(|name| !name.is_empty())
            .cloned(),
        variables: object("variables")?,
        extensions: object("extensions")?,
    })
}

/// A request that never reached the schema, in GraphQL's own error shape and without `data`.
fn refused(refusal: &Refusal, media: Media) -> Response {
    let mut extensions = refusal_json(refusal);
    if let Some(object) = extensions.as_object_mut() {
        object.remove("message");
    }
    let body = json!({ "errors": [{ "message": refusal.message, "extensions": extensions }] });
    let status =
        StatusCode::from_u16(refusal.code.http_status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = Response::builder()
        .status(status)
        .content_type(media.content_type());
    if status == StatusCode::UNAUTHORIZED {
        response = response.header(header::WWW_AUTHENTICATE, "Bearer");
    }
    if refusal.code.retryable() {
        response = response.header(header::RETRY_AFTER, RETRY_AFTER_S);
    }
    response.body(body.to_string())
}
