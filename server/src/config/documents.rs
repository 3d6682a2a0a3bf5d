//! `[documents]`: which GraphQL documents run.

use std::path::PathBuf;

use bellwether_schema::{DocumentPolicy, TrustedDocuments};
use serde::Deserialize;

/// `[documents]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DocumentsSection {
    /// A file of trusted documents: a JSON object of texts by id, or Apollo's manifest.
    pub trusted: Option<PathBuf>,
    /// Whether tokens may ask what the schema is; one that was issued without may not anyway.
    pub introspection: bool,
    /// Bytes of documents that clients register by their hash.
    pub registered_bytes: u64,
}

impl Default for DocumentsSection {
    fn default() -> Self {
        Self {
            trusted: None,
            introspection: true,
            registered_bytes: 8 << 20,
        }
    }
}

impl DocumentsSection {
    /// What the schema is configured with.
    pub(super) fn read(&self) -> Result<DocumentPolicy, String> {
        let trusted = match &self.trusted {
            None => TrustedDocuments::default(),
            Some(path) => {
                let shown = path.display();
                let text = std::fs::read_to_string(path).map_err(|error| {
                    format!("can't read the trusted documents `{shown}`: {error}")
                })?;
                TrustedDocuments::from_json(&text)
                    .map_err(|problem| format!("the trusted documents `{shown}`: {problem}"))?
            }
        };
        Ok(DocumentPolicy {
            trusted,
            allows_introspection: self.introspection,
        })
    }
}
