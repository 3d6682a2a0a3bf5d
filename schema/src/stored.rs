//! Documents that a request names in place of carrying them: trusted ones, which the operator
//! lists, and registered ones, which a client sent before with their hash.
//!
//! Invariant: a caller who is held to trusted documents runs no other, however it is sent.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_service::{DocumentHash, Services};
use serde::Deserialize;

use crate::request::GraphqlRequest;

/// The version of the protocol by which clients register documents.
const PERSISTED_QUERY_VERSION: u64 = 1;

/// What the protocol of registered documents has its clients look for; they know it by this text.
const NOT_FOUND_MESSAGE: &str = "PersistedQueryNotFound";

/// Which documents run.
#[derive(Debug, Clone, Default)]
pub struct DocumentPolicy {
    /// The documents that tokens held to them run.
    pub trusted: TrustedDocuments,
    /// Whether tokens may ask what the schema is.
    pub allows_introspection: bool,
}

/// The documents that the operator has listed, by id.
#[derive(Debug, Clone, Default)]
pub struct TrustedDocuments {
    by_id: HashMap<String, Arc<str>>,
    hashes: HashSet<DocumentHash>,
}

/// The forms of a list of documents.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Manifest {
    /// Apollo's.
    Operations { operations: Vec<Operation> },
    /// Relay's and graphql-codegen's: texts by id.
    Texts(HashMap<String, String>),
}

#[derive(Debug, Deserialize)]
struct Operation {
    id: String,
    body: String,
}

impl TrustedDocuments {
    /// The documents of a manifest: a JSON object of texts by id, or Apollo's `operations`.
    pub fn from_json(manifest: &str) -> Result<Self, String> {
        let manifest: Manifest = serde_json::from_str(manifest).map_err(|_| {
            "it is neither a JSON object of documents by id nor a manifest of `operations` with `id` and `body`".to_owned()
        })?;
        let listed: Vec<(String, String)> = match manifest {
            Manifest::Texts(texts) => texts.into_iter().collect(),
            Manifest::Operations { operations } => {
                let listed = operations.into_iter();
                listed.map(|listed| (listed.id, listed.body)).collect()
            }
        };
        let mut trusted = Self::default();
        for (id, text) in listed {
            if let Err(error) = async_graphql::parser::parse_query(&text) {
                return Err(format!("the document `{id}` can't be parsed: {error}"));
            }
            trusted.hashes.insert(DocumentHash::of(&text));
            trusted.by_id.insert(id, text.into());
        }
        Ok(trusted)
    }

    fn contains(&self, text: &str) -> bool {
        self.hashes.contains(&DocumentHash::of(text))
    }

    /// The document of an id, which may be written with its kind as `sha256:…`.
    fn find(&self, id: &str) -> Option<&Arc<str>> {
        let bare = id.strip_prefix("sha256:").unwrap_or(id);
        self.by_id.get(id).or_else(|| self.by_id.get(bare))
    }
}

/// Puts the text of the document that a request names into it. `Ok(true)` when the text came with
/// its hash, to be registered once it is known to be sound.
pub(crate) async fn complete(
    request: &mut GraphqlRequest,
    scope: &Scope,
    services: &Services,
    trusted: &TrustedDocuments,
) -> Result<bool, Refusal> {
    let mut comes_with_hash = false;
    if let Some(id) = &request.document_id {
        let text = trusted.find(id).ok_or_else(|| not_found("documentId"))?;
        request.query = Some(text.to_string());
    } else if let Some(hash) = registered_hash(request)? {
        match &request.query {
            Some(text) if DocumentHash::of(text) == hash => comes_with_hash = true,
            Some(_) => {
                let message = "the hash is not the SHA-256 of `query`";
                return Err(Refusal::invalid(message).at(HASH_PLACE));
            }
            None => {
                let text = match trusted.find(&hash.to_string()) {
                    Some(text) => Some(Arc::clone(text)),
                    None => services.registered_document(scope, hash).await,
                };
                let text = text.ok_or_else(|| not_found(HASH_PLACE))?;
                request.query = Some(text.to_string());
            }
        }
    }
    if scope.is_held_to_trusted_documents() {
        let text = request.query.as_deref().unwrap_or_default();
        if !trusted.contains(text) {
            let message = "the token runs only trusted documents, and this is none of them; name one by `documentId`";
            return Err(Refusal::new(ErrorCode::DocumentNotTrusted, message));
        }
    }
    Ok(comes_with_hash)
}

/// Where the hash of a registered document stands in a request.
const HASH_PLACE: &str = "extensions.persistedQuery.sha256Hash";

/// The hash by which a request names or registers its document.
fn registered_hash(request: &GraphqlRequest) -> Result<Option<DocumentHash>, Refusal> {
    let extensions = request.extensions.as_ref();
    let Some(named) = extensions.and_then(|extensions| extensions.get("persistedQuery")) else {
        return Ok(None);
    };
    if named.get("version").and_then(serde_json::Value::as_u64) != Some(PERSISTED_QUERY_VERSION) {
        let message = "the version of `persistedQuery` is unknown; use 1";
        let refusal = Refusal::invalid(message).at("extensions.persistedQuery.version");
        return Err(refusal.with_allowed(["1"]));
    }
    let digits = named.get("sha256Hash").and_then(serde_json::Value::as_str);
    let hash = digits.and_then(DocumentHash::parse).ok_or_else(|| {
        Refusal::invalid("the hash is not one of 64 hexadecimal digits").at(HASH_PLACE)
    })?;
    Ok(Some(hash))
}

fn not_found(place: &str) -> Refusal {
    Refusal::new(ErrorCode::PersistedQueryNotFound, NOT_FOUND_MESSAGE).at(place)
}

#[cfg(test)]
mod tests {
    use super::TrustedDocuments;

    #[test]
    fn both_forms_of_manifests_are_read() {
        for manifest in [
            r#"{"a1": "{ brands { id } }"}"#,
            r#"{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a1", "name": "B", "type": "query", "body": "{ brands { id } }"}]}"#,
        ] {
            let trusted = TrustedDocuments::from_json(manifest).unwrap();
            assert!(trusted.find("a1").is_some());
            assert!(trusted.find("sha256:a1").is_some());
            assert!(trusted.contains("{ brands { id } }"));
            assert!(!trusted.contains("{ brands { slug } }"));
        }
    }

    #[test]
    fn a_manifest_that_holds_no_documents_says_which() {
        let refused = TrustedDocuments::from_json(r#"{"a1": "{"}"#).unwrap_err();
        assert!(refused.contains("`a1`"), "{refused}");
        assert!(TrustedDocuments::from_json("[]").is_err());
    }
}
