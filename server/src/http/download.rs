//! `GET /v1/exports/{id}`: the file of an export that was written in the background.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::ExportId;
use bellwether_service::{DownloadedExport, Error};
use futures_util::TryStreamExt;
use poem::http::header;
use poem::web::{Data, Path};
use poem::{Body, IntoResponse, Request, Response, handler};

use super::auth::scope;
use super::error::HttpError;
use super::export::as_file;
use super::request_id::RequestId;
use super::server::HttpState;

/// Sends the file to the one who started it.
#[handler]
pub(super) async fn download(
    request: &Request,
    Path(export): Path<String>,
    state: Data<&HttpState>,
    id: Data<&RequestId>,
) -> Response {
    match downloaded(request, &export, &state, &id).await {
        Ok(downloaded) => respond(request, &state, downloaded),
        Err(error) => error.into_response(),
    }
}

async fn downloaded(
    request: &Request,
    export: &str,
    state: &HttpState,
    id: &RequestId,
) -> Result<DownloadedExport, HttpError> {
    let services = &state.services;
    let scope = scope(services, request, id).await?;
    let at = |refusal: Refusal| refusal.at("id");
    let export: ExportId = export.parse().map_err(at)?;
    let of_service = |error: Error| HttpError::of_service(&error, id);
    let place = services.export_place(&scope).map_err(of_service)?;
    let downloaded = services.download_export(&scope, place, export);
    downloaded.await.map_err(of_service)
}

fn respond(request: &Request, state: &HttpState, downloaded: DownloadedExport) -> Response {
    let DownloadedExport {
        export,
        size_bytes,
        stream,
    } = downloaded;
    let (connections, client) = (state.connections.clone(), request.remote_addr().clone());
    let stream = stream.inspect_err(move |_| connections.break_off(&client));
    let mut response = as_file(export.format, &export.file_name);
    response = response.header(header::CONTENT_LENGTH, size_bytes);
    if let Some(written) = &export.written {
        response = response
            .header("bellwether-snapshot", &written.snapshot)
            .header("bellwether-rows", written.n_rows);
    }
    response.body(Body::from_bytes_stream(stream))
}
