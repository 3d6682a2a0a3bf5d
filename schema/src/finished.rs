//! Which answers may be kept as the bytes that were sent, and sent again without running.
//!
//! An answer is kept when it is a function of the request, of what the asker sees and of the
//! agency's snapshot and day, and when everything in it came from the result cache: so the
//! bytes that say `HIT` are sent for hits only.
//! Invariant: an answer with an error is never kept, and neither is one of a mutation.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Value, Variables};
use bellwether_service::{CacheState, FinishedKey};
use bytes::Bytes;

use crate::document::PreparedDocument;

/// The fields of `Query` whose answers are functions of the request and the snapshot.
const DETERMINED_FIELDS: [&str; 2] = ["metrics", "__typename"];

/// The input field by which a client asks for an answer that isn't from the cache.
const CACHE_FIELD: &str = "cache";

/// The input field by which a client asks how old facts are now.
const STALENESS_FIELD: &str = "staleness";

/// The one word of `cache` which takes what is there.
const CACHE_USE: &str = "USE";

/// What is known of a request before it is read.
#[derive(Debug)]
pub enum Known {
    /// These very bytes were answered before, and this answer still stands.
    Answered(Bytes),
    /// It has to run; its answer may be kept in this place, if it has one.
    Unanswered(Option<AnswerPlace>),
}

/// Where the answer to a request may be kept; made before the request runs.
#[derive(Debug)]
pub struct AnswerPlace(pub(crate) FinishedKey);

/// What the resolvers of one request tell of where their answers come from.
#[derive(Debug, Default)]
pub(crate) struct Provenance {
    has_computed: AtomicBool,
}

impl Provenance {
    /// Takes note of one answer.
    pub(crate) fn note(&self, cache: CacheState) {
        if cache != CacheState::Hit {
            self.has_computed.store(true, Ordering::Relaxed);
        }
    }

    /// Whether every answer was in the cache.
    pub(crate) fn is_cache_alone(&self) -> bool {
        !self.has_computed.load(Ordering::Relaxed)
    }
}

/// Whether the answer to this document is a function of its bytes and the snapshot.
///
/// Fragments are walked at every use; the guard has bounded what that comes to.
pub(crate) fn is_determined(prepared: &PreparedDocument) -> bool {
    let name = prepared.operation_name.as_deref();
    let Some(operation) = operation(&prepared.document, name) else {
        return false;
    };
    operation.ty == OperationType::Query && are_determined(prepared, &operation.selection_set.node)
}

fn operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => operation,
        (DocumentOperations::Multiple(named), Some(name)) => named.get(name)?,
        (DocumentOperations::Multiple(named), None) => named.values().next()?,
    };
    Some(&operation.node)
}

fn are_determined(prepared: &PreparedDocument, set: &SelectionSet) -> bool {
    set.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => is_determined_field(&field.node, &prepared.variables),
        Selection::InlineFragment(fragment) => {
            are_determined(prepared, &fragment.node.selection_set.node)
        }
        Selection::FragmentSpread(spread) => {
            let fragments = &prepared.document.fragments;
            let fragment = fragments.get(&spread.node.fragment_name.node);
            fragment
                .is_some_and(|fragment| are_determined(prepared, &fragment.node.selection_set.node))
        }
    })
}

fn is_determined_field(field: &Field, variables: &Variables) -> bool {
    let given = |name: Name| Ok::<_, Infallible>(variables.get(&name).cloned().unwrap_or_default());
    DETERMINED_FIELDS.contains(&field.name.node.as_str())
        && !field.arguments.iter().any(|(name, value)| {
            let Ok(value) = value.node.clone().into_const_with(given);
            passes_cache(&name.node, &value)
        })
}

/// Whether an argument or input field of this name, or one within it, asks for anything but to
/// use the cache, or for what depends on the present moment. A word comes as text in the value of a variable.
fn passes_cache(name: &str, value: &Value) -> bool {
    let is_use = match value {
        Value::Enum(word) => word == CACHE_USE,
        Value::String(word) => word == CACHE_USE,
        _ => false,
    };
    if (name == CACHE_FIELD && !is_use) || (name == STALENESS_FIELD && *value != Value::Null) {
        return true;
    }
    match value {
        Value::Object(fields) => fields.iter().any(|(name, value)| passes_cache(name, value)),
        Value::List(items) => items.iter().any(|item| passes_cache("", item)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn is_kept(query: &str, variables: serde_json::Value) -> bool {
        is_determined(&PreparedDocument {
            document: parse_query(query).unwrap(),
            operation_name: None,
            operation_type: OperationType::Query,
            variables: Variables::from_json(variables),
            price: 1,
        })
    }

    #[test]
    fn answers_of_metrics_are_kept_wherever_they_are_selected() {
        for query in [
            "{ metrics(input: {}) { rowCount } }",
            "{ __typename a: metrics(input: {}) { rowCount } ... { b: metrics { rowCount } } }",
            "query Q { ...f } fragment f on Query { metrics { meta { cache } } }",
            "{ metrics(input: {cache: USE}) { rowCount } }",
        ] {
            assert!(is_kept(query, json!({})), "{query}");
        }
    }

    #[test]
    fn answers_with_anything_else_are_not() {
        for query in [
            "{ brands { id } }",
            "{ metrics { rowCount } viewer { role } }",
            "{ metrics { rowCount } ... on Query { brands { id } } }",
            "query Q { metrics { rowCount } ...f } fragment f on Query { brands { id } }",
            "{ metrics { rowCount } __schema { queryType { name } } }",
            "mutation { metrics { rowCount } }",
        ] {
            assert!(!is_kept(query, json!({})), "{query}");
        }
    }

    #[test]
    fn a_request_that_may_pass_the_cache_is_not_kept() {
        let by_variable = "query ($c: CacheUse) { metrics(input: {cache: $c}) { rowCount } }";
        let whole = "query ($i: MetricsInput!) { metrics(input: $i) { rowCount } }";
        assert!(!is_kept(
            "{ metrics(input: {cache: REFRESH}) { rowCount } }",
            json!({})
        ));
        assert!(!is_kept(by_variable, json!({ "c": "BYPASS" })));
        assert!(!is_kept(by_variable, json!({})));
        assert!(is_kept(by_variable, json!({ "c": "USE" })));
        assert!(!is_kept(whole, json!({ "i": { "cache": "REFRESH" } })));
        assert!(is_kept(whole, json!({ "i": {} })));
        let staleness =
            json!({ "i": { "staleness": { "maxAgeSeconds": 60, "onStale": "SERVE" } } });
        assert!(!is_kept(whole, staleness));
        assert!(is_kept(whole, json!({ "i": { "staleness": null } })));
    }
}
