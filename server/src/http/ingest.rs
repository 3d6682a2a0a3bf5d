//! `POST /v1/ingest/{dataset}`: a report in the body, options in the address.

use std::collections::BTreeMap;

use bellwether_catalogue::IDEMPOTENCY_KEY_BYTES_MAX;
use bellwether_domain::agency::Slug;
use bellwether_domain::batch::{BatchAnswer, BatchOutcome, ColumnRule, IngestMode, ReplaceRule};
use bellwether_domain::campaign::Platform;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Currency;
use bellwether_domain::nearest::nearest;
use bellwether_domain::sample::Duplicates;
use bellwether_domain::time::ZoneName;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_service::{Error, Format, IngestRequest, RegisterDefaults};
use poem::http::{HeaderMap, StatusCode, header};
use poem::web::{Data, Path, Query};
use poem::{Body, IntoResponse, Request, Response, handler};

use super::auth::scope;
use super::error::HttpError;
use super::receiving::Receiving;
use super::request_id::RequestId;
use super::server::HttpState;

/// The options that the address may carry.
const OPTIONS: [&str; 9] = [
    "brand",
    "mode",
    "register",
    "duplicates",
    "columns",
    "replace",
    "platform",
    "currency",
    "timezone",
];

/// The content types that are read, and as what.
const CONTENT_TYPES: [(&str, Format); 4] = [
    ("text/csv", Format::Csv),
    ("application/x-ndjson", Format::Ndjson),
    ("application/vnd.apache.parquet", Format::Parquet),
    ("application/parquet", Format::Parquet),
];

/// Takes a report in.
#[handler]
pub(super) async fn ingest(
    request: &Request,
    Path(dataset): Path<String>,
    Query(options): Query<BTreeMap<String, String>>,
    state: Data<&HttpState>,
    id: Data<&RequestId>,
    body: Body,
) -> Response {
    match taken_in(request, &dataset, &options, &state, &id, body).await {
        Ok(answer) => respond(&answer),
        Err(error) => error.into_response(),
    }
}

async fn taken_in(
    request: &Request,
    dataset: &str,
    options: &BTreeMap<String, String>,
    state: &HttpState,
    id: &RequestId,
    body: Body,
) -> Result<BatchAnswer, HttpError> {
    let scope: Scope = scope(&state.services, request, id).await?;
    scope.require_ingest()?;
    let parsed = parse_request(dataset, options, request.headers())?;
    let receiving = Receiving {
        services: &state.services,
        scope: &scope,
        headers: request.headers(),
    };
    let of_service = |error: Error| HttpError::of_service(&error, id);
    let body = receiving.body(body).await.map_err(of_service)?;
    let answer = state.services.ingest(&scope, parsed, body).await;
    answer.map_err(of_service)
}

/// A batch of which nothing was written is 422, with the same body as a committed one.
fn respond(answer: &BatchAnswer) -> Response {
    let status = match answer.outcome {
        BatchOutcome::Committed => StatusCode::OK,
        BatchOutcome::Rejected => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let body = serde_json::to_string(answer).unwrap_or_default();
    Response::builder()
        .status(status)
        .content_type("application/json")
        .body(body)
}

fn parse_request(
    dataset: &str,
    options: &BTreeMap<String, String>,
    headers: &HeaderMap,
) -> Result<IngestRequest, Refusal> {
    if let Some(unknown) = options
        .keys()
        .find(|name| !OPTIONS.contains(&name.as_str()))
    {
        let near = nearest(unknown, OPTIONS);
        let hint = near
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        return Err(
            Refusal::invalid(format!("the option `{unknown}` is unknown{hint}"))
                .at(unknown.clone())
                .with_allowed(OPTIONS)
                .with_suggestion(near),
        );
    }
    let brand = options
        .get("brand")
        .ok_or_else(|| Refusal::invalid("name the brand: `?brand=SLUG`").at("brand"))?;
    let at = |name: &'static str| move |refusal: Refusal| refusal.at(name);
    let option = |name: &str| options.get(name);
    Ok(IngestRequest {
        dataset: dataset.parse::<DatasetName>().map_err(at("dataset"))?,
        brand: Slug::parse(brand).map_err(at("brand"))?,
        format: content_format(headers)?,
        mode: option("mode")
            .map_or(Ok(IngestMode::Strict), |word| word.parse())
            .map_err(at("mode"))?,
        duplicates: option("duplicates")
            .map_or(Ok(Duplicates::Reject), |word| word.parse())
            .map_err(at("duplicates"))?,
        columns: option("columns")
            .map_or(Ok(ColumnRule::Replace), |word| word.parse())
            .map_err(at("columns"))?,
        replace: option("replace")
            .map_or(Ok(ReplaceRule::Keys), |word| word.parse())
            .map_err(at("replace"))?,
        register: register(options)?,
        idempotency_key: idempotency_key(headers)?,
    })
}

fn register(options: &BTreeMap<String, String>) -> Result<Option<RegisterDefaults>, Refusal> {
    let asked = match options.get("register").map(String::as_str) {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            let message = format!("`{other}` is not accepted; use `true` or `false`");
            return Err(Refusal::invalid(message)
                .at("register")
                .with_allowed(["true", "false"]));
        }
    };
    let defaults = RegisterDefaults {
        platform: options
            .get("platform")
            .map_or(Ok(Platform::Other), |word| word.parse())
            .map_err(|refusal: Refusal| refusal.at("platform"))?,
        currency: options
            .get("currency")
            .map(|code| Currency::parse(code))
            .transpose()
            .map_err(|refusal| refusal.at("currency"))?,
        timezone: options
            .get("timezone")
            .map(|name| ZoneName::parse(name))
            .transpose()
            .map_err(|refusal| refusal.at("timezone"))?,
    };
    Ok(asked.then_some(defaults))
}

fn content_format(headers: &HeaderMap) -> Result<Format, Refusal> {
    let sent = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let bare = sent.split(';').next().unwrap_or("").trim();
    let known = CONTENT_TYPES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(bare));
    known.map(|(_, format)| *format).ok_or_else(|| {
        let message = format!("the content type `{bare}` is not read; use `text/csv`, `application/x-ndjson` or `application/vnd.apache.parquet`");
        Refusal::new(ErrorCode::UnsupportedMediaType, message)
            .at("Content-Type")
            .with_allowed(CONTENT_TYPES.iter().map(|(name, _)| *name))
    })
}

pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = value
        .to_str()
        .ok()
        .filter(|key| !key.is_empty() && key.len() <= IDEMPOTENCY_KEY_BYTES_MAX);
    let message = format!("use 1 to {IDEMPOTENCY_KEY_BYTES_MAX} visible ASCII characters");
    key.map(|key| Some(key.to_owned()))
        .ok_or_else(|| Refusal::invalid(message).at("Idempotency-Key"))
}
