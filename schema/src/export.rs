//! The way of an export: an input as JSON, which is asked like a GraphQL request and answered whole.
//!
//! It is the variable of a document of our own, so that checks, prices, places, the wall time and
//! the words of refusals are those of every request.
//! Invariant: nothing is exported that `metrics` would not have answered to the same caller.

use std::sync::{Arc, PoisonError};

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_service::ExportContent;
use serde_json::value::RawValue;

use crate::api::ApiSchema;
use crate::context::Exported;
use crate::refusal::refusal_of;
use crate::request::{GraphqlRequest, Method};

/// Asks for nothing but that the question be answered.
const DOCUMENT: &str =
    "query Export($input: MetricsInput!) { metrics(input: $input, first: 1) { rowCount } }";

impl ApiSchema {
    /// What is exported of the answer to an input, which is the JSON of a `MetricsInput`;
    /// `request_id` names the request in the log and in the message of an internal error.
    pub async fn export(
        &self,
        scope: &Scope,
        input: &str,
        request_id: &str,
    ) -> Result<ExportContent, Refusal> {
        let request = request(input)?;
        let prepared = self.prepared(scope, request, Method::Post).await;
        let prepared = prepared.map_err(|unprepared| of_input(refusal_of(&unprepared.error)))?;
        let exported = Exported::default();
        let state = self.state(scope, request_id).exporting(&exported);
        let answer = self.run_in_place(scope, prepared, state).await?;
        if let Some(error) = answer.errors.first() {
            return Err(refusal_of(error));
        }
        let content = Arc::into_inner(exported);
        let content = content
            .and_then(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner))
            .expect("`metrics` was answered without an error, and puts its answer there");
        Ok(content)
    }
}

/// A refusal of the variables, of which there is only the input.
fn of_input(mut refusal: Refusal) -> Refusal {
    if let Some(place) = refusal.path.strip_prefix("variables") {
        let place = place.trim_start_matches('.');
        refusal.path = if place.is_empty() { "input" } else { place }.to_owned();
    }
    refusal
}

fn request(input: &str) -> Result<GraphqlRequest, Refusal> {
    let malformed = |error: serde_json::Error| {
        let message = format!(
            "`input` is not JSON: {error}; send a `MetricsInput` as a variable of GraphQL, such as `{{\"range\": {{\"last\": {{\"n\": 28, \"unit\": \"DAY\"}}}}}}`"
        );
        Refusal::invalid(message).at("input")
    };
    let input: &RawValue = serde_json::from_str(input).map_err(malformed)?;
    let variables = RawValue::from_string(format!("{{\"input\":{input}}}"));
    Ok(GraphqlRequest {
        query: Some(DOCUMENT.to_owned()),
        variables: Some(variables.map_err(malformed)?),
        ..GraphqlRequest::default()
    })
}
