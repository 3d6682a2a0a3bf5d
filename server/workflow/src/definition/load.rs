//! Reading a definition from its file, with everything that is wrong about it at once.

use bellwether_domain::ErrorCode;

use super::{Definition, check};

/// The most bytes of a definition's file.
pub(super) const DEFINITION_BYTES_MAX: usize = 256 * 1024;

/// How a definition is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// TOML, as the built-in ones.
    Toml,
    /// JSON, as the schema describes it.
    Json,
}

/// Something wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, such as `transitions.withdraw`.
    pub path: String,
    /// What, and what would be accepted.
    pub message: String,
}

/// Why a definition can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the definition can't be used: {}", self.public_message())]
pub struct DefinitionError {
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
}

impl DefinitionError {
    /// What a client is told: the definition is its input.
    pub fn code(&self) -> ErrorCode {
        ErrorCode::InvalidInput
    }

    /// All problems in one sentence.
    pub fn public_message(&self) -> String {
        let each = self
            .problems
            .iter()
            .map(|one| format!("`{}`: {}", one.path, one.message));
        each.collect::<Vec<_>>().join("; ")
    }
}

impl Definition {
    /// Reads and checks a definition.
    pub fn load(text: &str, format: Format) -> Result<Self, DefinitionError> {
        let whole = |message: String| DefinitionError {
            problems: vec![Problem {
                path: "definition".to_owned(),
                message,
            }],
        };
        if text.len() > DEFINITION_BYTES_MAX {
            return Err(whole(format!(
                "a file of {} bytes is over the limit `workflow_definition_bytes_max` of {DEFINITION_BYTES_MAX}",
                text.len()
            )));
        }
        let read: Self = match format {
            Format::Toml => toml::from_str(text).map_err(|error| whole(error.to_string()))?,
            Format::Json => serde_json::from_str(text).map_err(|error| whole(error.to_string()))?,
        };
        let problems = check::problems(&read);
        if problems.is_empty() {
            Ok(read)
        } else {
            Err(DefinitionError { problems })
        }
    }
}
