//! `[explorer]`: the page on which people try queries.

use serde::Deserialize;

/// `[explorer]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExplorerSection {
    /// Whether `GET /explorer` serves it; else the address does not exist.
    pub enabled: bool,
}

impl Default for ExplorerSection {
    fn default() -> Self {
        Self { enabled: true }
    }
}
