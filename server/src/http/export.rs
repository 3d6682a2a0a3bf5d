//! `GET /v1/export`: the answer to a metric query as a CSV, Arrow or Parquet file.
//!
//! Invariant: the status is sent only once the whole answer is known to be writable, and a body
//! that breaks off never looks whole.

use std::collections::BTreeMap;

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::export::{CsvTexts, ExportFormat};
use bellwether_domain::nearest::nearest;
use bellwether_service::{Error, StreamedExport};
use futures_util::TryStreamExt;
use poem::http::{HeaderMap, StatusCode, header};
use poem::web::{Data, Query, RemoteAddr};
use poem::{Body, IntoResponse, Request, Response, ResponseBuilder, handler};

use super::auth::scope;
use super::connection::Connections;
use super::error::HttpError;
use super::request_id::RequestId;
use super::server::HttpState;

/// The options that the address may carry.
const OPTIONS: [&str; 3] = ["input", "format", "texts"];

/// What is asked for.
struct Asked<'a> {
    input: &'a str,
    format: ExportFormat,
    texts: CsvTexts,
}

/// Sends the answer as a file.
#[handler]
pub(super) async fn export(
    request: &Request,
    Query(options): Query<BTreeMap<String, String>>,
    state: Data<&HttpState>,
    id: Data<&RequestId>,
) -> Response {
    let scope = match scope(&state.services, request, &id).await {
        Ok(scope) => scope,
        Err(error) => return error.into_response(),
    };
    let asked = match asked(&options, request.headers()) {
        Ok(asked) => asked,
        Err(NotAsked::Refused(refusal)) => return HttpError::from(refusal).into_response(),
        Err(NotAsked::NotAcceptable) => return not_acceptable(),
    };
    let exported = exported(&state, &scope, &asked, &id);
    tokio::select! {
        exported = Box::pin(exported) => match exported {
            Ok(exported) => {
                let connection = (state.connections.clone(), request.remote_addr().clone());
                respond(exported, asked.format, connection)
            }
            Err(error) => error.into_response(),
        },
        () = state.connections.closed(request.remote_addr()) => {
            StatusCode::REQUEST_TIMEOUT.into_response()
        }
    }
}

async fn exported(
    state: &HttpState,
    scope: &Scope,
    asked: &Asked<'_>,
    id: &RequestId,
) -> Result<StreamedExport, HttpError> {
    let of_service = |error: Error| HttpError::of_service(&error, id);
    // Taken first: who finds none has not had anything computed.
    let place = state.services.export_place(scope).map_err(of_service)?;
    let content = state.schema.export(scope, asked.input, id.as_str()).await?;
    let (format, texts) = (asked.format, asked.texts);
    let services = &state.services;
    let exported = services.stream_export(scope, place, content, format, texts);
    exported.await.map_err(of_service)
}

fn respond(
    exported: StreamedExport,
    format: ExportFormat,
    (connections, client): (Connections, RemoteAddr),
) -> Response {
    let stream = exported
        .stream
        .inspect_err(move |_| connections.break_off(&client));
    as_file(format, &exported.file_name)
        .header("bellwether-snapshot", exported.snapshot.to_string())
        .header("bellwether-rows", exported.n_rows)
        .body(Body::from_bytes_stream(stream))
}

/// The beginning of a response with a file.
pub(super) fn as_file(format: ExportFormat, file_name: &str) -> ResponseBuilder {
    Response::builder()
        .content_type(content_type(format))
        .header(
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{file_name}\""),
        )
        .header(header::CACHE_CONTROL, "private, no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
}

/// The content type of a format's files.
fn content_type(format: ExportFormat) -> String {
    match format {
        ExportFormat::Csv => format!("{}; charset=utf-8; header=present", format.media_type()),
        ExportFormat::Arrow | ExportFormat::Parquet => format.media_type().to_owned(),
    }
}

/// Why nothing is exported.
enum NotAsked {
    Refused(Refusal),
    NotAcceptable,
}

impl From<Refusal> for NotAsked {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn asked<'a>(
    options: &'a BTreeMap<String, String>,
    headers: &HeaderMap,
) -> Result<Asked<'a>, NotAsked> {
    let mut names = options.keys();
    if let Some(unknown) = names.find(|name| !OPTIONS.contains(&name.as_str())) {
        let near = nearest(unknown, OPTIONS);
        let hint = near.map(|near| format!("; did you mean `{near}`?"));
        let hint = hint.unwrap_or_default();
        let refusal = Refusal::invalid(format!("the option `{unknown}` is unknown{hint}"));
        let refusal = refusal.at(unknown.clone()).with_allowed(OPTIONS);
        return Err(refusal.with_suggestion(near).into());
    }
    let at = |name: &'static str| move |refusal: Refusal| refusal.at(name);
    let texts = options.get("texts").map(|word| word.parse()).transpose();
    let format = options.get("format").map(|word| word.parse()).transpose();
    let texts: Option<CsvTexts> = texts.map_err(at("texts"))?;
    let format = match format.map_err(at("format"))? {
        Some(format) => format,
        None => accepted(headers).ok_or(NotAsked::NotAcceptable)?,
    };
    let input = options.get("input").ok_or_else(|| {
        let message = "ask by `?input=`, a `MetricsInput` as JSON, as in a variable of GraphQL";
        Refusal::invalid(message).at("input")
    })?;
    Ok(Asked {
        input,
        format,
        texts: texts.unwrap_or(CsvTexts::Guarded),
    })
}

/// The first format that the client accepts; CSV where it takes anything.
fn accepted(headers: &HeaderMap) -> Option<ExportFormat> {
    let accept = headers.get(header::ACCEPT);
    let Some(accept) = accept.and_then(|value| value.to_str().ok()) else {
        return Some(ExportFormat::Csv);
    };
    accept.split(',').find_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or("").to_ascii_lowercase();
        if parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000")) {
            return None;
        }
        if matches!(media.as_str(), "*/*" | "text/*") {
            return Some(ExportFormat::Csv);
        }
        let mut formats = ExportFormat::ALL.iter().copied();
        formats.find(|format| format.media_type() == media)
    })
}

fn not_acceptable() -> Response {
    let known = ExportFormat::ALL.iter().map(|format| format.media_type());
    let message = "exports come as `text/csv`, `application/vnd.apache.arrow.stream` or `application/vnd.apache.parquet`; accept one of them, or name a `format`";
    let refusal = Refusal::invalid(message).at("Accept").with_allowed(known);
    let mut response = HttpError::from(refusal).into_response();
    response.set_status(StatusCode::NOT_ACCEPTABLE);
    response
}
