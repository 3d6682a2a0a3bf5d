//! The routes, and the server that listens.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use bellwether_schema::ApiSchema;
use bellwether_service::Services;
use poem::http::{HeaderValue, StatusCode, header};
use poem::listener::{Acceptor, Listener, TcpAcceptor, TcpListener};
use poem::{
    Endpoint, EndpointExt, IntoEndpoint, IntoResponse, Response, Route, RouteMethod, Server, get,
    handler, post,
};

use super::connection::{Connections, Watching};
use super::error::HttpError;
use super::request_id::WithRequestId;
use super::small_body::SmallBodiesFirst;
use super::streams::Streams;
use super::{download, explorer, export, graphql, health, ingest, maintenance, rates, records};

/// What every handler can reach.
#[derive(Debug, Clone)]
pub struct HttpState {
    /// The services.
    pub services: Services,
    /// The GraphQL API.
    pub schema: ApiSchema,
    /// Bytes of one GraphQL request.
    pub graphql_body_bytes_max: usize,
    /// Whether the explorer is served.
    pub serves_explorer: bool,
    /// The open connections.
    pub connections: Connections,
    /// Of these, the ones that stay open.
    pub streams: Streams,
}

/// A server that has its port but doesn't answer yet.
pub struct Listening {
    acceptor: TcpAcceptor,
    address: SocketAddr,
}

/// Takes the port.
pub async fn listen(bind: IpAddr, port: u16) -> Result<Listening, String> {
    let listener = TcpListener::bind(SocketAddr::new(bind, port));
    let failed = |error: std::io::Error| format!("can't listen on {bind}, port {port}: {error}");
    let acceptor = listener.into_acceptor().await.map_err(failed)?;
    let local = acceptor
        .local_addr()
        .into_iter()
        .find_map(|local| local.as_socket_addr().copied());
    let address = local.ok_or_else(|| format!("can't learn the port taken on {bind}"))?;
    Ok(Listening { acceptor, address })
}

impl Listening {
    /// The address to give to clients, such as `http://127.0.0.1:7357`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers until `stop` completes, then lets requests under way end for `grace`, and after
    /// them the batches that are being committed.
    pub async fn serve(
        self,
        state: HttpState,
        stop: impl Future<Output = ()>,
        grace: Duration,
    ) -> Result<(), String> {
        let (services, streams) = (state.services.clone(), state.streams.clone());
        let stop = async {
            stop.await;
            // A response that never ends by itself would take the whole grace.
            streams.stop();
        };
        let server =
            Server::new_with_acceptor(Watching::new(self.acceptor, state.connections.clone()));
        let served = server
            .run_with_graceful_shutdown(routes(state), stop, Some(grace))
            .await;
        streams.ended().await;
        services.finish().await;
        served.map_err(|error| format!("the server stopped: {error}"))
    }
}

impl std::fmt::Debug for Listening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listening")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

fn routes(state: HttpState) -> impl IntoEndpoint {
    let mut routes = Route::new();
    if state.serves_explorer {
        routes = routes
            .at("/explorer", only("GET", get(explorer::page)))
            .at("/explorer/:name", only("GET", get(explorer::file)));
    }
    routes
        .at("/", only("GET", get(front)))
        .at("/graphql", graphql::graphql)
        .at("/schema.graphql", only("GET", get(sdl)))
        .at("/v1/export", only("GET", get(export::export)))
        .at("/v1/exports/:id", only("GET", get(download::download)))
        .at("/v1/ingest/:dataset", only("POST", post(ingest::ingest)))
        .at("/v1/import/:entity", only("POST", post(records::import)))
        .at("/v1/export/:entity", only("GET", get(records::export)))
        .at("/v1/rates", only("POST", post(rates::rates)))
        .at(
            "/v1/maintenance/:work",
            only("POST", post(maintenance::maintenance)),
        )
        .at("/v1/status", only("GET", get(health::status)))
        .at("/metrics", only("GET", get(health::metrics)))
        .at("/health/live", only("GET", get(health::live)))
        .at("/health/ready", only("GET", get(health::ready)))
        .catch_all_error(not_answered)
        .data(state)
        .with(SmallBodiesFirst)
        .with(WithRequestId)
}

/// The endpoint, with the one method that it takes named where another was used.
fn only(method: &'static str, endpoint: RouteMethod) -> impl Endpoint<Output = Response> {
    endpoint.catch_error(move |_: poem::error::MethodNotAllowedError| async move {
        let message = format!("this address takes {method} only");
        let refusal = Refusal::new(ErrorCode::MethodNotAllowed, message);
        let mut response = HttpError::from(refusal).into_response();
        // A GET is answered to HEAD too, without its body.
        let allowed = if method == "GET" { "GET, HEAD" } else { method };
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static(allowed));
        response
    })
}

/// What the framework refuses before any handler is asked, in the one shape of errors.
async fn not_answered(error: poem::Error) -> Response {
    let status = error.status();
    let refusal = if status == StatusCode::NOT_FOUND {
        let message = "this address does not exist; `GET /` lists the ones that do";
        Refusal::new(ErrorCode::NotFound, message)
    } else if status.is_client_error() {
        Refusal::invalid(format!("the request can't be read: {error}"))
    } else {
        tracing::error!(%error, "the framework failed");
        Refusal::new(ErrorCode::Internal, "internal error")
    };
    HttpError::from(refusal).into_response()
}

/// `GET /`: where to go from here.
#[handler]
fn front(poem::web::Data(state): poem::web::Data<&HttpState>) -> String {
    let explorer = if state.serves_explorer {
        "GET  /explorer           the same in a browser, with sample queries\n"
    } else {
        ""
    };
    format!(
        "Bellwether\n\nPOST /graphql            the API; send `Authorization: Bearer bw_...`\n\
         GET  /graphql            subscriptions: a WebSocket (graphql-transport-ws), or `Accept: text/event-stream`\n\
         {explorer}GET  /schema.graphql     its schema\n\
         POST /v1/ingest/DATASET  reports in: CSV, NDJSON or Parquet\n\
         GET  /v1/export          numbers out: CSV, Arrow or Parquet\n\
         GET  /v1/exports/EXPORT  the file of an export that `startExport` wrote\n\
         POST /v1/rates           exchange rates in: CSV\n\
         POST /v1/import/ENTITY   records in: CSV or NDJSON\n\
         GET  /v1/export/ENTITY   records out: CSV or NDJSON\n\
         GET  /health/ready       whether it can answer\n"
    )
}

/// `GET /schema.graphql`: the schema is no secret; it is in the repository.
#[handler]
fn sdl(poem::web::Data(state): poem::web::Data<&HttpState>) -> Response {
    Response::builder()
        .content_type("text/plain; charset=utf-8")
        .body(state.schema.sdl())
}
