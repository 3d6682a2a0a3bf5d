//! `POST /v1/rates`: a CSV file of exchange rates in the body.

use std::collections::BTreeMap;

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use bellwether_service::{RATES_FILE_BYTES_MAX, RatesOutcome};
use poem::http::{StatusCode, header};
use poem::web::{Data, Query};
use poem::{Body, IntoResponse, Request, Response, handler};
use serde_json::{Value, json};

use super::auth::scope;
use super::error::HttpError;
use super::request_id::RequestId;
use super::server::HttpState;
use super::small_body::{ReadError, read};

/// The one option that the address may carry.
const CARRY_DAYS: &str = "carryDays";

/// Takes a file of rates in.
#[handler]
pub(super) async fn rates(
    request: &Request,
    Query(options): Query<BTreeMap<String, String>>,
    state: Data<&HttpState>,
    id: Data<&RequestId>,
    body: Body,
) -> Response {
    match taken_in(request, &options, &state, &id, body).await {
        Ok(outcome) => respond(&outcome),
        Err(error) => error.into_response(),
    }
}

async fn taken_in(
    request: &Request,
    options: &BTreeMap<String, String>,
    state: &HttpState,
    id: &RequestId,
    body: Body,
) -> Result<RatesOutcome, HttpError> {
    let scope = scope(&state.services, request, id).await?;
    scope.require_ingest()?;
    let carry_days = carry_days(options)?;
    require_csv(request)?;
    let file = read(body, RATES_FILE_BYTES_MAX)
        .await
        .map_err(|error| match error {
            ReadError::TooLong => {
                Refusal::limit("rates_file_bytes_max", RATES_FILE_BYTES_MAX, "the file")
            }
            ReadError::Broken => {
                Refusal::invalid("the body ended before it was whole; send it again")
            }
        })?;
    let outcome = state
        .services
        .import_rates(&scope, file.into(), carry_days)
        .await;
    outcome.map_err(|error| HttpError::of_service(&error, id))
}

fn carry_days(options: &BTreeMap<String, String>) -> Result<u32, Refusal> {
    if let Some(unknown) = options.keys().find(|name| *name != CARRY_DAYS) {
        let message = format!("the option `{unknown}` is unknown");
        return Err(Refusal::invalid(message)
            .at(unknown.clone())
            .with_allowed([CARRY_DAYS]));
    }
    options.get(CARRY_DAYS).map_or(Ok(0), |days| {
        let message = format!("`{days}` is no number of days");
        days.parse()
            .map_err(|_| Refusal::invalid(message).at(CARRY_DAYS))
    })
}

fn require_csv(request: &Request) -> Result<(), Refusal> {
    let sent = request.headers().get(header::CONTENT_TYPE);
    let sent = sent.and_then(|value| value.to_str().ok()).unwrap_or("");
    let bare = sent.split(';').next().unwrap_or("").trim();
    if bare.eq_ignore_ascii_case("text/csv") {
        return Ok(());
    }
    let message = format!("the content type `{bare}` is not read; use `text/csv`");
    Err(Refusal::new(ErrorCode::UnsupportedMediaType, message)
        .at("Content-Type")
        .with_allowed(["text/csv"]))
}

/// A file of which nothing was taken is 422, as a batch of which nothing was written.
fn respond(outcome: &RatesOutcome) -> Response {
    let status = match outcome {
        RatesOutcome::Imported(_) => StatusCode::OK,
        RatesOutcome::Rejected(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Response::builder()
        .status(status)
        .content_type("application/json")
        .body(outcome_json(outcome).to_string())
}

/// What came of a file, as JSON.
pub(crate) fn outcome_json(outcome: &RatesOutcome) -> Value {
    match outcome {
        RatesOutcome::Imported(import) => json!({
            "outcome": "IMPORTED",
            "revision": import.revision.0,
            "added": import.added,
            "corrected": import.corrected,
            "unchanged": import.unchanged,
        }),
        RatesOutcome::Rejected(problems) => {
            let problems = problems.iter().map(|problem| {
                json!({
                    "line": problem.line,
                    "column": problem.column,
                    "code": problem.refusal.code.name(),
                    "message": problem.refusal.message,
                })
            });
            json!({ "outcome": "REJECTED", "problems": problems.collect::<Vec<_>>() })
        }
    }
}
