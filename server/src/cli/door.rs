//! The way of a command to an instance: a server over HTTP, or the data folder that nobody serves
//! right now.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bellwether_domain::Scope;
use bellwether_domain::agency::Slug;
use bellwether_domain::record::entity_of;
use bellwether_schema::{GraphqlRequest, Method};
use bellwether_service::ImportRequest;
use clap::Args;
use serde_json::{Value, json};
use ureq::Agent;

use super::ingest::BearerToken;
use crate::app::{App, told};
use crate::config::Config;
use crate::http::outcome_json;
use crate::maintenance::Maintenance;

/// A server that doesn't take the connection in this time is away.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The server answers once the work is through; a large backup takes a while.
const ANSWER_TIMEOUT: Duration = Duration::from_hours(6);

/// The content type of most requests.
const JSON: &str = "application/json";

/// How much of an answer that is not Bellwether's is shown.
const FOREIGN_ANSWER_CHARS_MAX: usize = 200;

/// Which instance a command works on.
#[derive(Debug, Clone, Args)]
pub(super) struct DoorArgs {
    /// The server's address, such as `http://127.0.0.1:7357`, while it serves.
    #[arg(long, requires = "token")]
    url: Option<String>,
    /// The bearer token for the server.
    #[arg(long, requires = "url")]
    token: Option<BearerToken>,
    /// The local data folder, while nobody serves it; `bellwether-data` by default.
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    data_dir: Option<PathBuf>,
    /// A TOML file for the local data folder, as servers read it; a server has its own.
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    config: Option<PathBuf>,
}

/// An instance that is reached.
#[derive(Debug)]
pub(super) enum Door {
    Server { url: String, token: BearerToken },
    Folder(Box<App>),
}

impl DoorArgs {
    /// Whether the command speaks to a server, whose token tells the agency.
    pub(super) fn is_remote(&self) -> bool {
        self.url.is_some()
    }

    pub(super) async fn open(&self) -> Result<Door, String> {
        if let (Some(url), Some(token)) = (&self.url, &self.token) {
            return Ok(Door::Server {
                url: url.trim_end_matches('/').to_owned(),
                token: token.clone(),
            });
        }
        let data_dir = self.data_dir.as_deref();
        let data_dir = data_dir.unwrap_or(Path::new("bellwether-data"));
        if !data_dir.exists() {
            return Err(format!(
                "the data folder `{}` does not exist; name one with `--data-dir`, or a server with `--url` and `--token`",
                super::shown(data_dir)
            ));
        }
        let app = App::open(Config::load(data_dir, self.config.as_deref())?).await?;
        Ok(Door::Folder(Box::new(app)))
    }
}

impl Door {
    /// Has an operator's work done, and gives what came of it.
    pub(super) async fn maintain(&self, work: &Maintenance) -> Result<Value, String> {
        match self {
            Self::Folder(app) => {
                let done = work.perform(&app.services).await;
                done.map_err(|error| {
                    let refusal = error.refusal();
                    format!("{} ({})", refusal.message, refusal.code)
                })
            }
            Self::Server { url, token } => {
                let (path, body) = work.request();
                let body = body.to_string();
                let answer = post(url, path, token, &Sent::new(JSON, body.as_bytes()))?;
                match answer["error"]["message"].as_str() {
                    Some(message) => {
                        let code = answer["error"]["code"].as_str().unwrap_or_default();
                        Err(format!("{message} ({code})"))
                    }
                    None => Ok(answer),
                }
            }
        }
    }

    /// Takes a file of exchange rates in, in the folder as the operator of an agency, and gives
    /// what came of it.
    pub(super) async fn import_rates(
        &self,
        agency: Option<&Slug>,
        file: Vec<u8>,
        carry_days: u32,
    ) -> Result<Value, String> {
        let answer = match self {
            Self::Folder(app) => {
                let scope = scope_in(app, agency)?;
                let imported = app.services.import_rates(&scope, file, carry_days).await;
                let outcome = imported.map_err(|error| error.refusal().message)?;
                return Ok(outcome_json(&outcome));
            }
            Self::Server { url, token } => {
                let path = format!("/v1/rates?carryDays={carry_days}");
                post(url, &path, token, &Sent::new("text/csv", &file))?
            }
        };
        match answer["error"]["message"].as_str() {
            Some(message) => Err(message.to_owned()),
            None => Ok(answer),
        }
    }

    /// Takes a file of records in, in the folder as the operator of an agency, and gives the answer
    /// as JSON.
    pub(super) async fn import_records(
        &self,
        agency: Option<&Slug>,
        request: ImportRequest,
        file: Vec<u8>,
    ) -> Result<Value, String> {
        let answer = match self {
            Self::Folder(app) => {
                let scope = scope_in(app, agency)?;
                let imported = app.services.import_records(&scope, request, file).await;
                let answer = imported.map_err(|error| error.refusal().message)?;
                return serde_json::to_value(answer).map_err(|error| error.to_string());
            }
            Self::Server { url, token } => {
                let entity = entity_of(request.kind);
                let brand = request.brand.as_ref();
                let brand = brand
                    .map(|slug| format!("&brand={slug}"))
                    .unwrap_or_default();
                let is_dry_run = request.is_dry_run;
                let path = format!("/v1/import/{entity}?dryRun={is_dry_run}{brand}");
                let sent = Sent {
                    content_type: request.format.media_type(),
                    idempotency_key: request.idempotency_key.as_deref(),
                    body: &file,
                };
                post(url, &path, token, &sent)?
            }
        };
        match answer["error"]["message"].as_str() {
            Some(message) => Err(message.to_owned()),
            None => Ok(answer),
        }
    }

    /// Asks over GraphQL, in the folder as the operator of an agency, and gives the `data`.
    pub(super) async fn graphql(
        &self,
        agency: Option<&Slug>,
        query: &str,
        variables: Value,
    ) -> Result<Value, String> {
        let mut answer = match self {
            Self::Folder(app) => in_folder(app, agency, query, variables).await?,
            Self::Server { url, token } => {
                let body = json!({ "query": query, "variables": variables });
                post(
                    url,
                    "/graphql",
                    token,
                    &Sent::new(JSON, body.to_string().as_bytes()),
                )?
            }
        };
        let error = [&answer["errors"][0], &answer["error"]]
            .into_iter()
            .find_map(|error| error["message"].as_str());
        match error {
            Some(message) => Err(message.to_owned()),
            None => Ok(answer["data"].take()),
        }
    }
}

async fn in_folder(
    app: &App,
    agency: Option<&Slug>,
    query: &str,
    variables: Value,
) -> Result<Value, String> {
    let scope = scope_in(app, agency)?;
    let request = json!({ "query": query, "variables": variables });
    let request = GraphqlRequest::from_json(request.to_string().as_bytes())
        .map_err(|refusal| format!("the question can't be put: {}", refusal.message))?;
    let schema = &app.schema;
    let reply = schema.execute(scope, request, Method::Post, "command line", None);
    serde_json::from_slice(&reply.await.body)
        .map_err(|error| format!("the answer can't be read: {error}"))
}

/// The operator's scope of an agency.
fn scope_in(app: &App, agency: Option<&Slug>) -> Result<Scope, String> {
    let agency = agency.ok_or("name the agency with `--agency`")?;
    let scope = app.services.catalogue().operator_scope(agency);
    scope.map_err(|error| told(&error))
}

/// A body that is sent, and its headers.
struct Sent<'a> {
    content_type: &'a str,
    idempotency_key: Option<&'a str>,
    body: &'a [u8],
}

impl<'a> Sent<'a> {
    fn new(content_type: &'a str, body: &'a [u8]) -> Self {
        Self {
            content_type,
            idempotency_key: None,
            body,
        }
    }
}

/// Posts a body and reads JSON, blocking the thread; errors come in the answer.
fn post(url: &str, path: &str, token: &BearerToken, sent: &Sent<'_>) -> Result<Value, String> {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        // Not followed, so that the token goes to the named server only.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_recv_response(Some(ANSWER_TIMEOUT))
        .build()
        .new_agent();
    let away = |error: ureq::Error| format!("`{url}` can't be reached: {error}");
    let mut post = agent
        .post(format!("{url}{path}"))
        .header("Authorization", format!("Bearer {}", token.reveal()))
        .header("Content-Type", sent.content_type);
    if let Some(key) = sent.idempotency_key {
        post = post.header("Idempotency-Key", key);
    }
    let mut response = post.send(sent.body).map_err(away)?;
    let text = response.body_mut().read_to_string().map_err(away)?;
    serde_json::from_str(&text).map_err(|_| {
        let shown: String = text.chars().take(FOREIGN_ANSWER_CHARS_MAX).collect();
        let status = response.status().as_u16();
        format!("the server answered HTTP {status} and no Bellwether answer; is the address right? It said: {}", shown.trim())
    })
}
