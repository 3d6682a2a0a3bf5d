//! A configuration against the plugin's JSON Schema, before the plugin sees it.
//!
//! It is done here and not in the server, because a schema is an author's text too: one that takes
//! for ever, or all memory, costs this process only.
//! Invariant: nothing is fetched; a schema that refers elsewhere is refused.

use serde_json::Value;

use super::instance::CallFailed;
use crate::abi::layout::ERROR_CONFIG;

/// Faults that are told at once; the rest are counted.
const FAULTS_TOLD_MAX: usize = 8;

/// Says what is wrong with the configuration, each fault with its place.
pub(super) fn check(schema: &Value, config: &[u8]) -> Result<(), CallFailed> {
    let config: Value = serde_json::from_slice(config)
        .map_err(|error| refused(format!("the configuration is not JSON: {error}")))?;
    let validator = jsonschema::validator_for(schema)
        .map_err(|error| refused(format!("its `config_schema` is no JSON Schema: {error}")))?;
    let faults: Vec<String> = validator
        .iter_errors(&config)
        .map(|fault| told(&fault.instance_path().to_string(), &fault.to_string()))
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    let more = match faults.len().saturating_sub(FAULTS_TOLD_MAX) {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let told: Vec<&str> = faults
        .iter()
        .take(FAULTS_TOLD_MAX)
        .map(String::as_str)
        .collect();
    Err(refused(format!("{}{more}", told.join("; "))))
}

/// The place as a path with points, as people write it.
fn told(pointer: &str, what: &str) -> String {
    match pointer.trim_start_matches('/').replace('/', ".") {
        whole if whole.is_empty() => format!("the configuration: {what}"),
        place => format!("`{place}`: {what}"),
    }
}

fn refused(message: String) -> CallFailed {
    CallFailed {
        code: ERROR_CONFIG,
        message,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "rates": {
                    "type": "object",
                    "properties": { "alpha": { "type": "number", "maximum": 1 } }
                }
            }
        })
    }

    fn message(schema: &Value, config: &str) -> String {
        check(schema, config.as_bytes()).unwrap_err().message
    }

    #[test]
    fn a_configuration_as_the_schema_asks_is_accepted() {
        assert!(check(&schema(), br#"{"rates": {"alpha": 0.5}}"#).is_ok());
    }

    #[test]
    fn every_fault_is_told_with_its_place() {
        let message = message(&schema(), r#"{"rates": {"alpha": 2}, "rate": 1}"#);
        assert!(
            message.contains("`rates.alpha`: 2 is greater than"),
            "{message}"
        );
        assert!(
            message.contains("the configuration: Additional properties"),
            "{message}"
        );
    }

    #[test]
    fn a_schema_that_refers_elsewhere_is_refused() {
        let elsewhere = json!({ "$ref": "https://example.com/schema.json" });
        let message = message(&elsewhere, "{}");
        assert!(
            message.starts_with("its `config_schema` is no JSON Schema"),
            "{message}"
        );
    }
}
