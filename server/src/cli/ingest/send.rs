//! Sends a batch to a server over HTTP, with a progress bar in bytes.
//!
//! Invariant: a redirect is not followed, so that the token goes to the named server only.

use std::fs::File;
use std::time::Duration;

use bellwether_domain::batch::BatchAnswer;
use bellwether_service::{Format, IngestRequest, RegisterDefaults};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use ureq::http::StatusCode;
use ureq::{Agent, SendBody};

use super::args::BearerToken;
use super::plan::PreparedBatch;

/// A server that doesn't take the connection in this time is away.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The server checks and writes a whole batch before it answers; ten minutes are far above what
/// the largest body takes.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(10);

/// How much of an answer that is not Bellwether's is shown.
const FOREIGN_ANSWER_CHARS_MAX: usize = 200;

/// Why there is no [`BatchAnswer`].
#[derive(Debug)]
pub struct SendFailure {
    /// For people: sentences, without a line break at the end.
    pub message: String,
    /// For scripts: the server's own error, or one of the same shape.
    pub json: Value,
}

impl SendFailure {
    fn local(code: &str, retryable: bool, message: &str) -> Self {
        let json = json!({"error": {"code": code, "message": message, "retryable": retryable}});
        Self {
            message: format!("error: {message}"),
            json,
        }
    }
}

/// Sends the batch and waits for its answer, blocking the thread. The bar shows on a terminal
/// only, and only if `progress`.
pub fn send_over_http(
    batch: &PreparedBatch,
    url: &str,
    token: &BearerToken,
    progress: bool,
) -> Result<BatchAnswer, SendFailure> {
    let unreadable = |error: std::io::Error| {
        let message = format!("`{}` can't be read: {error}", batch.source_name);
        SendFailure::local("INVALID_INPUT", false, &message)
    };
    let file = File::open(batch.path()).map_err(unreadable)?;
    let size_bytes = file.metadata().map_err(unreadable)?.len();
    let bar = bar(size_bytes, &batch.source_name, progress);
    let outcome = post(&batch.request, bar.wrap_read(file), size_bytes, url, token);
    bar.finish_and_clear();
    outcome.and_then(|(status, text)| answer(status, &text))
}

fn post(
    request: &IngestRequest,
    mut body: impl std::io::Read,
    size_bytes: u64,
    url: &str,
    token: &BearerToken,
) -> Result<(StatusCode, String), SendFailure> {
    let address = format!(
        "{}/v1/ingest/{}",
        url.trim_end_matches('/'),
        request.dataset
    );
    let away = |error: ureq::Error| {
        let message = format!("`{url}` can't be reached: {error}");
        SendFailure::local("UNAVAILABLE", true, &message)
    };
    let mut post = agent()
        .post(&address)
        .query_pairs(options(request))
        .header("Authorization", format!("Bearer {}", token.reveal()))
        .header("Content-Type", content_type(request.format))
        .header("Content-Length", size_bytes.to_string())
        // A server that refuses says so before a large body is on its way.
        .header("Expect", "100-continue");
    if let Some(key) = &request.idempotency_key {
        post = post.header("Idempotency-Key", key);
    }
    let mut response = post.send(SendBody::from_reader(&mut body)).map_err(away)?;
    let text = response.body_mut().read_to_string().map_err(away)?;
    Ok((response.status(), text))
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_recv_response(Some(ANSWER_TIMEOUT))
        .build()
        .new_agent()
}

/// The request's options as the server's query parameters.
fn options(request: &IngestRequest) -> Vec<(&'static str, String)> {
    let mut options = vec![
        ("brand", request.brand.to_string()),
        ("mode", request.mode.to_string()),
        ("register", request.register.is_some().to_string()),
        ("duplicates", request.duplicates.to_string()),
        ("columns", request.columns.to_string()),
        ("replace", request.replace.to_string()),
    ];
    if let Some(RegisterDefaults {
        platform,
        currency,
        timezone,
    }) = &request.register
    {
        options.push(("platform", platform.to_string()));
        options.extend(currency.map(|currency| ("currency", currency.to_string())));
        options.extend(timezone.iter().map(|zone| ("timezone", zone.to_string())));
    }
    options
}

fn content_type(format: Format) -> &'static str {
    match format {
        Format::Csv => "text/csv",
        Format::Ndjson => "application/x-ndjson",
        Format::Parquet => "application/vnd.apache.parquet",
    }
}

fn bar(size_bytes: u64, name: &str, progress: bool) -> ProgressBar {
    let target = if progress {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(size_bytes), target)
        .with_style(style)
        .with_message(name.to_owned())
}

/// A committed batch comes with 200, a rejected one with 422; all else is an error.
fn answer(status: StatusCode, text: &str) -> Result<BatchAnswer, SendFailure> {
    let is_answer = status == StatusCode::OK || status == StatusCode::UNPROCESSABLE_ENTITY;
    if let Some(answer) = serde_json::from_str(text).ok().filter(|_| is_answer) {
        return Ok(answer);
    }
    match serde_json::from_str::<Value>(text) {
        Ok(json) if json["error"]["message"].is_string() => Err(SendFailure {
            message: told(&json["error"]),
            json,
        }),
        _ => {
            let shown: String = text.chars().take(FOREIGN_ANSWER_CHARS_MAX).collect();
            let message = format!(
                "the server answered HTTP {} and no Bellwether answer; is the address right? It said: {}",
                status.as_u16(),
                shown.trim(),
            );
            Err(SendFailure::local("UNAVAILABLE", false, &message))
        }
    }
}

/// The server's error for people.
fn told(error: &Value) -> String {
    let text = |name: &str| error[name].as_str().unwrap_or_default();
    let message = text("message");
    let mut lines = vec![format!("error: {message} ({})", text("code"))];
    let near = text("didYouMean");
    if !near.is_empty() && !message.contains("did you mean") {
        lines.push(format!("did you mean `{near}`?"));
    }
    if let Some(allowed) = error["allowed"].as_array().filter(|all| !all.is_empty()) {
        let words: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
        lines.push(format!("accepted: {}", words.join(", ")));
    }
    if error["retryable"].as_bool() == Some(true) {
        lines.push("the same command can succeed later".to_owned());
    }
    lines.join("\n  ")
}
