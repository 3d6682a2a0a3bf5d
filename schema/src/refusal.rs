//! From errors to what stands in `errors`: a lower-case sentence and `extensions` with `code`,
//! `retryable`, and where known `field`, `allowed` and `didYouMean`.
//!
//! Invariant: nothing of an internal fault but its reference leaves the server, and each failure
//! of the server is logged once a request.

mod inputs;

use async_graphql::{Error, ErrorExtensionValues, ServerError, Value};
use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;

use crate::context::RequestState;
use crate::limits::SchemaLimits;

pub(crate) use inputs::{InputTypes, without_value};

/// The error that a resolver returns for a failure of a service.
pub(crate) fn service_error(state: &RequestState, error: &bellwether_service::Error) -> Error {
    let refusal = error.refusal();
    if refusal.code.http_status() < 500 {
        return resolver_error(&refusal);
    }
    let chain = error.chain();
    if state.is_first_sight_of(&chain) {
        tracing::error!(request.id = %state.request_id, code = %refusal.code, error = %chain, "a request failed");
    }
    if refusal.code == ErrorCode::Internal {
        return resolver_error(&internal(&state.request_id));
    }
    resolver_error(&refusal)
}

/// What a client is told of an internal fault.
fn internal(request_id: &str) -> Refusal {
    Refusal::new(
        ErrorCode::Internal,
        format!("internal error; the operator finds it in the log by reference `{request_id}`"),
    )
}

/// The error that a resolver returns for a refusal.
pub(crate) fn resolver_error(refusal: &Refusal) -> Error {
    let mut error = Error::new(refusal.message.clone());
    error.extensions = Some(extensions(refusal));
    error
}

/// The refusal of an answer that was not ready in time.
pub(crate) fn too_slow(wall_time_ms: u64) -> Refusal {
    let message = format!(
        "the answer was not ready within the limit `wall_time_ms` of {wall_time_ms}; ask for a shorter range or fewer dimensions"
    );
    Refusal::new(ErrorCode::Timeout, message)
}

/// The error of a request that doesn't run.
pub(crate) fn server_error(refusal: &Refusal) -> ServerError {
    let mut error = ServerError::new(refusal.message.clone(), None);
    error.extensions = Some(extensions(refusal));
    error
}

fn extensions(refusal: &Refusal) -> ErrorExtensionValues {
    let mut values = ErrorExtensionValues::default();
    values.set("code", refusal.code.name());
    values.set("retryable", refusal.code.retryable());
    if !refusal.path.is_empty() {
        values.set("field", refusal.path.clone());
    }
    if !refusal.allowed.is_empty() {
        let allowed = refusal.allowed.iter().cloned().map(Value::String);
        values.set("allowed", Value::List(allowed.collect()));
    }
    if let Some(near) = &refusal.did_you_mean {
        values.set("didYouMean", near.clone());
    }
    if let Some(seconds) = refusal.retry_after_s {
        values.set("retryAfterSeconds", seconds);
    }
    values
}

/// The refusal that an error tells, for answers that are not GraphQL's.
pub(crate) fn refusal_of(error: &ServerError) -> Refusal {
    let value = |name: &str| error.extensions.as_ref()?.get(name);
    let text = |name: &str| match value(name) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    let code = text("code").and_then(|name| ErrorCode::of_name(&name));
    let allowed = match value("allowed") {
        Some(Value::List(words)) => words.clone(),
        _ => Vec::new(),
    };
    let allowed = allowed.into_iter().filter_map(|word| match word {
        Value::String(word) => Some(word),
        _ => None,
    });
    let mut refusal = Refusal::new(code.unwrap_or(ErrorCode::Internal), error.message.clone())
        .at(text("field").unwrap_or_default())
        .with_allowed(allowed)
        .with_suggestion(text("didYouMean").as_deref());
    refusal.retry_after_s = match value("retryAfterSeconds") {
        Some(Value::Number(seconds)) => seconds.as_u64().and_then(|it| u32::try_from(it).ok()),
        _ => None,
    };
    refusal
}

/// The error with a code: errors that the GraphQL library makes itself come without one.
pub(crate) fn tagged(mut error: ServerError, limits: &SchemaLimits) -> ServerError {
    let has_code = error
        .extensions
        .as_ref()
        .is_some_and(|values| values.get("code").is_some());
    if has_code {
        return error;
    }
    let mut refusal = match error.message.as_str() {
        "Query is too complex." => Refusal::new(
            ErrorCode::QueryTooComplex,
            format!(
                "the document is over the limit `complexity_max` of {}; select fewer fields or ask for smaller pages",
                limits.complexity_max
            ),
        ),
        "recursion limit exceeded." => Refusal::new(
            ErrorCode::QueryTooComplex,
            "the document is over the limit `nesting_max` of 64",
        ),
        _ => Refusal::invalid(undecorated(&error)),
    };
    if let Some((_, hint)) = error.message.split_once("Did you mean \"") {
        refusal.did_you_mean = hint.split('"').next().map(str::to_owned);
    }
    error.extensions = Some(extensions(&refusal));
    error.message = refusal.message;
    error
}

/// What a message of the GraphQL library says, without a drawing of the document and without the
/// list of the types that were being read.
fn undecorated(error: &ServerError) -> String {
    let message = error.message.as_str();
    if let (Some((_, expected)), Some(place)) =
        (message.rsplit_once("  = "), error.locations.first())
    {
        let (line, column) = (place.line, place.column);
        return format!(
            "the document can't be parsed at line {line}, column {column}: {}",
            sentence(expected)
        );
    }
    let message = message
        .split_once(" (occurred while parsing")
        .map_or(message, |(told, _)| told);
    let told = message
        .strip_prefix("Failed to parse \"")
        .and_then(|rest| rest.split_once("\": "));
    sentence(told.map_or(message, |(_, told)| told))
}

/// The text as a lower-case sentence without its full stop.
fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let first_word = text.split_whitespace().next().unwrap_or_default();
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if !first_word.chars().skip(1).any(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn sentences_begin_in_lower_case_and_acronyms_stay() {
        assert_eq!(sentence("Unknown field."), "unknown field");
        assert_eq!(sentence("GraphQL names"), "GraphQL names");
    }
}
