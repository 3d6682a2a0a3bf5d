//! Exports: the rows of an answer as a file.

use crate::closed_words;

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
