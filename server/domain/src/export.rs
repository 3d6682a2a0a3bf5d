//! Exports: the rows of an answer as a file.

use crate::closed_words;
use crate::error_code::ErrorCode;
use crate::ids::{BrandId, ExportId, MemberId};
use crate::scope::Scope;
use crate::time::Timestamp;

closed_words! {
    /// As what an answer is exported.
    pub enum ExportFormat, "an export format" {
        /// Comma-separated values in UTF-8, with a line of names.
        Csv => "CSV",
        /// An Arrow IPC stream.
        Arrow => "ARROW",
        /// A Parquet file.
        Parquet => "PARQUET",
    }
}

closed_words! {
    /// How texts stand in CSV.
    pub enum CsvTexts, "a way to write texts" {
        /// A text that a spreadsheet would run as a formula has an apostrophe before it.
        Guarded => "GUARDED",
        /// As they are.
        Exact => "EXACT",
    }
}

impl ExportFormat {
    /// The media type of its files.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Arrow => "application/vnd.apache.arrow.stream",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// How the names of its files end, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Arrow => "arrows",
            Self::Parquet => "parquet",
        }
    }
}

closed_words! {
    /// How an export stands.
    pub enum ExportState, "an export state" {
        /// It is being computed or written.
        Running => "RUNNING",
        /// Its file is there.
        Done => "DONE",
        /// It did not come to its end.
        Failed => "FAILED",
        /// Somebody gave it up; its file is gone.
        Cancelled => "CANCELLED",
    }
}

/// An export that is written to a file in the background.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Its id.
    pub id: ExportId,
    /// Who started it, and alone may see it; `None` for the operator.
    pub member: Option<MemberId>,
    /// The brands that it reads; who doesn't see all of them any more doesn't see it either.
    pub brands: Vec<BrandId>,
    /// As what it is written.
    pub format: ExportFormat,
    /// What a client is told to call the file.
    pub file_name: String,
    /// How it stands.
    pub state: ExportState,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended, however it did.
    pub ended_at: Option<Timestamp>,
    /// When it is forgotten, and its file removed; `None` as long as it runs.
    pub expires_at: Option<Timestamp>,
    /// What is written, once it is.
    pub written: Option<Written>,
    /// Why it failed.
    pub failure: Option<Failure>,
}

/// What an export has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The snapshot that its numbers were computed from.
    pub snapshot: String,
    /// How many rows.
    pub n_rows: u64,
    /// How many bytes.
    pub size_bytes: u64,
}

/// Why an export failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The code.
    pub code: ErrorCode,
    /// The sentence.
    pub message: String,
}

impl Export {
    /// Whether this caller may see it: it is theirs, and of brands that they see.
    pub fn is_of(&self, scope: &Scope) -> bool {
        self.member == scope.member() && self.brands.iter().all(|brand| scope.sees_brand(*brand))
    }
}

/// The name of the column that tells the currency of each row's money.
pub const CURRENCY_COLUMN: &str = "currency";

/// The name of the column that tells why cells of a row are null or how they are to be read.
pub const NOTES_COLUMN: &str = "notes";

/// Whether a spreadsheet may take a text that begins so for a formula.
pub fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::looks_like_formula;

    #[test]
    fn texts_that_spreadsheets_run_are_known_by_their_beginning() {
        for text in ["=1+1", "+1", "-x", "@sum", "\t=1", "\r=1"] {
            assert!(looks_like_formula(text), "{text}");
        }
        for text in ["a=b", "", " =1", "'=1", "Spring – sale"] {
            assert!(!looks_like_formula(text), "{text}");
        }
    }
}
