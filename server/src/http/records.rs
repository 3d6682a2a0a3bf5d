//! `POST /v1/import/{entity}` and `GET /v1/export/{entity}`: records in and out as CSV or NDJSON.

use std::collections::BTreeMap;

use bellwether_domain::agency::Slug;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::nearest::nearest;
use bellwether_domain::record::{
    IMPORT_FILE_BYTES_MAX, ImportAnswer, ImportOutcome, RecordState, entity_kind, entity_of,
};
use bellwether_domain::time::Timestamp;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_service::{
    ExportPart, ImportRequest, RecordExport, RecordExportPlace, RecordFormat, Services,
};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use poem::http::{HeaderMap, StatusCode, header};
use poem::web::{Data, Path, Query};
use poem::{Body, IntoResponse, Request, Response, handler};

use super::auth::scope;
use super::error::HttpError;
use super::ingest::idempotency_key;
use super::request_id::RequestId;
use super::server::HttpState;
use super::small_body::{ReadError, read};

/// The options of an import.
const IMPORT_OPTIONS: [&str; 2] = ["brand", "dryRun"];

/// The options of an export.
const EXPORT_OPTIONS: [&str; 4] = ["format", "brand", "state", "asOf"];

/// The word of the option `state` that means both.
const ALL_STATES: &str = "ALL";

/// Takes a file of records in.
#[handler]
pub(super) async fn import(
    request: &Request,
    Path(entity): Path<String>,
    Query(options): Query<BTreeMap<String, String>>,
    state: Data<&HttpState>,
    id: Data<&RequestId>,
    body: Body,
) -> Response {
    match taken_in(request, &entity, &options, &state, &id, body).await {
        Ok(answer) => answered(&answer),
        Err(error) => error.into_response(),
    }
}

async fn taken_in(
    request: &Request,
    entity: &str,
    options: &BTreeMap<String, String>,
    state: &HttpState,
    id: &RequestId,
    body: Body,
) -> Result<ImportAnswer, HttpError> {
    let scope = scope(&state.services, request, id).await?;
    require_known(options, &IMPORT_OPTIONS)?;
    let asked = ImportRequest {
        kind: entity_kind(entity)?,
        format: sent_format(request.headers())?,
        brand: brand(options)?,
        is_dry_run: is_dry_run(options)?,
        idempotency_key: idempotency_key(request.headers())?,
    };
    let file = read(body, IMPORT_FILE_BYTES_MAX).await;
    let file = file.map_err(|error| match error {
        ReadError::TooLong => {
            Refusal::limit("import_file_bytes_max", IMPORT_FILE_BYTES_MAX, "the file")
        }
        ReadError::Broken => Refusal::invalid("the body ended before it was whole; send it again"),
    })?;
    let services = &state.services;
    let answer = services.import_records(&scope, asked, file.into()).await;
    answer.map_err(|error| HttpError::of_service(&error, id))
}

/// A file of which nothing was taken is 422, as a batch of which nothing was written.
fn answered(answer: &ImportAnswer) -> Response {
    let status = match answer.outcome {
        ImportOutcome::Committed | ImportOutcome::Checked => StatusCode::OK,
        ImportOutcome::Rejected => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Response::builder()
        .status(status)
        .content_type("application/json")
        .body(answer.to_text())
}

/// Sends records as a file.
#[handler]
pub(super) async fn export(
    request: &Request,
    Path(entity): Path<String>,
    Query(options): Query<BTreeMap<String, String>>,
    state: Data<&HttpState>,
    id: Data<&RequestId>,
) -> Response {
    match sent_out(request, &entity, &options, &state, &id).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn sent_out(
    request: &Request,
    entity: &str,
    options: &BTreeMap<String, String>,
    state: &HttpState,
    id: &RequestId,
) -> Result<Response, HttpError> {
    let scope = scope(&state.services, request, id).await?;
    require_known(options, &EXPORT_OPTIONS)?;
    let asked = RecordExport {
        kind: entity_kind(entity)?,
        format: asked_format(options, request.headers())?,
        brand: brand(options)?,
        state: record_state(options)?,
        as_of: as_of(options, state.services.clock().now())?,
    };
    let services = &state.services;
    let first = services.export_records(&scope, asked.clone(), None).await;
    let first = first.map_err(|error| HttpError::of_service(&error, id))?;
    let (format, kind, as_of) = (asked.format, asked.kind, asked.as_of);
    let (connections, client) = (state.connections.clone(), request.remote_addr().clone());
    // The status is sent: a body that breaks off must not look whole.
    let parts = parts(services.clone(), scope, asked, first)
        .inspect_err(move |_| connections.break_off(&client));
    Ok(Response::builder()
        .content_type(match format {
            RecordFormat::Csv => "text/csv; charset=utf-8; header=present",
            RecordFormat::Ndjson => format.media_type(),
        })
        .header(
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}.{format}\"", entity_of(kind)),
        )
        .header(header::CACHE_CONTROL, "private, no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header("bellwether-as-of", as_of.to_string())
        .body(Body::from_bytes_stream(parts)))
}

/// The parts of an export, each read when the one before was taken.
fn parts(
    services: Services,
    scope: Scope,
    asked: RecordExport,
    (bytes, next): ExportPart,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    let first = stream::once(async move { Ok(Bytes::from(bytes)) });
    let others = stream::try_unfold(next, move |place: Option<RecordExportPlace>| {
        let (services, scope, asked) = (services.clone(), scope.clone(), asked.clone());
        async move {
            let Some(place) = place else { return Ok(None) };
            let part = services.export_records(&scope, asked, Some(place)).await;
            let (bytes, next) = part.map_err(std::io::Error::other)?;
            Ok(Some((Bytes::from(bytes), next)))
        }
    });
    futures_util::StreamExt::chain(first, others)
}

fn require_known(options: &BTreeMap<String, String>, known: &[&str]) -> Result<(), Refusal> {
    let mut names = options.keys();
    let Some(unknown) = names.find(|name| !known.contains(&name.as_str())) else {
        return Ok(());
    };
    let near = nearest(unknown, known.iter().copied());
    let hint = near.map(|near| format!("; did you mean `{near}`?"));
    let hint = hint.unwrap_or_default();
    let refusal = Refusal::invalid(format!("the option `{unknown}` is unknown{hint}"));
    let refusal = refusal.at(unknown.clone()).with_suggestion(near);
    Err(refusal.with_allowed(known.iter().copied()))
}

fn brand(options: &BTreeMap<String, String>) -> Result<Option<Slug>, Refusal> {
    let brand = options.get("brand").map(|slug| Slug::parse(slug));
    brand.transpose().map_err(|refusal| refusal.at("brand"))
}

fn is_dry_run(options: &BTreeMap<String, String>) -> Result<bool, Refusal> {
    match options.get("dryRun").map(String::as_str) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => {
            let message = format!("`{other}` is not accepted; use `true` or `false`");
            let refusal = Refusal::invalid(message).at("dryRun");
            Err(refusal.with_allowed(["true", "false"]))
        }
    }
}

/// The state that is asked for: records in use unless the address says.
fn record_state(options: &BTreeMap<String, String>) -> Result<Option<RecordState>, Refusal> {
    match options.get("state").map(String::as_str) {
        None => Ok(Some(RecordState::Active)),
        Some(ALL_STATES) => Ok(None),
        Some(word) => {
            let state = word.parse().map(Some);
            state.map_err(|refusal: Refusal| {
                let words = RecordState::ALL.iter().map(|state| state.as_str());
                refusal.at("state").with_allowed(words.chain([ALL_STATES]))
            })
        }
    }
}

fn as_of(options: &BTreeMap<String, String>, now: Timestamp) -> Result<Timestamp, Refusal> {
    let Some(text) = options.get("asOf") else {
        return Ok(now);
    };
    let moment: Option<Timestamp> = text.parse().ok();
    moment.filter(|moment| *moment <= now).ok_or_else(|| {
        let message = format!("`{text}` is not a moment up to now; use one such as `{now}`");
        Refusal::invalid(message).at("asOf")
    })
}

fn sent_format(headers: &HeaderMap) -> Result<RecordFormat, Refusal> {
    let sent = headers.get(header::CONTENT_TYPE);
    let sent = sent.and_then(|value| value.to_str().ok()).unwrap_or("");
    let bare = sent.split(';').next().unwrap_or("").trim();
    let mut formats = RecordFormat::ALL.iter().copied();
    let known = formats.find(|format| format.media_type().eq_ignore_ascii_case(bare));
    known.ok_or_else(|| {
        let message = format!(
            "the content type `{bare}` is not read; use `text/csv` or `application/x-ndjson`"
        );
        let refusal = Refusal::new(ErrorCode::UnsupportedMediaType, message).at("Content-Type");
        refusal.with_allowed(RecordFormat::ALL.iter().map(|format| format.media_type()))
    })
}

/// The format that the address names, or that the client accepts; CSV unless it says.
fn asked_format(
    options: &BTreeMap<String, String>,
    headers: &HeaderMap,
) -> Result<RecordFormat, Refusal> {
    if let Some(word) = options.get("format") {
        return word
            .parse()
            .map_err(|refusal: Refusal| refusal.at("format"));
    }
    let accept = headers.get(header::ACCEPT);
    let accept = accept.and_then(|value| value.to_str().ok()).unwrap_or("");
    let wants_lines = accept.contains(RecordFormat::Ndjson.media_type());
    Ok(if wants_lines {
        RecordFormat::Ndjson
    } else {
        RecordFormat::Csv
    })
}
