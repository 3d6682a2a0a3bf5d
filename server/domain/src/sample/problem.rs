//! What can be wrong with a line: a closed table of codes, each with what would be accepted.

use serde::{Deserialize, Serialize};

/// Why a line was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProblemCode {
    /// A column that every row needs is empty.
    MissingValue,
    /// The value is not of the column's type.
    WrongType,
    /// A count or an amount is below zero.
    NegativeValue,
    /// The number has more than six decimal places that matter.
    TooFine,
    /// The number does not fit 64 bits of the column's unit.
    TooLarge,
    /// The bytes are not UTF-8.
    BadUtf8,
    /// The line is not valid CSV or JSON.
    Malformed,
    /// The line has more or fewer fields than the header.
    WrongFieldCount,
    /// The line names a column that the dataset doesn't have.
    UnknownColumn,
    /// The value is not a date written as YYYY-MM-DD.
    BadDate,
    /// The day lies after today in the campaign's time zone.
    FutureDate,
    /// The day lies before 2000-01-01.
    DateTooEarly,
    /// `until` is not after `from`.
    EmptyRange,
    /// No campaign of the brand has this external id.
    UnknownCampaign,
    /// The currency is not an ISO 4217 code.
    UnknownCurrency,
    /// The currency is not the campaign's.
    CurrencyMismatch,
    /// The word is not one of the closed set of its column.
    UnknownWord,
    /// The text is longer than its limit.
    TextTooLong,
    /// The text holds a control character, such as NUL or a line break.
    BadText,
    /// Another line of the batch has the same key.
    DuplicateKey,
    /// No history file says to which campaign the ad or ad group belongs.
    UnresolvedParent,
    /// The history files name different campaigns for one ad or ad group.
    ContradictoryParent,
    /// The report has no row at all.
    NoRows,
}

impl ProblemCode {
    /// Every code with its meaning, for `schema/errors.md`.
    pub const TABLE: &'static [(ProblemCode, &'static str)] = &[
        (
            Self::MissingValue,
            "A column that every row needs is empty.",
        ),
        (Self::WrongType, "The value is not of the column's type."),
        (Self::NegativeValue, "A count or an amount is below zero."),
        (
            Self::TooFine,
            "The number has more than six decimal places that matter.",
        ),
        (
            Self::TooLarge,
            "The number does not fit 64 bits of the column's unit.",
        ),
        (Self::BadUtf8, "The bytes are not UTF-8."),
        (Self::Malformed, "The line is not valid CSV or JSON."),
        (
            Self::WrongFieldCount,
            "The line has more or fewer fields than the header.",
        ),
        (
            Self::UnknownColumn,
            "The line names a column that the dataset doesn't have.",
        ),
        (
            Self::BadDate,
            "The value is not a date written as YYYY-MM-DD.",
        ),
        (
            Self::FutureDate,
            "The day lies after today in the campaign's time zone.",
        ),
        (Self::DateTooEarly, "The day lies before 2000-01-01."),
        (Self::EmptyRange, "`until` is not after `from`."),
        (
            Self::UnknownCampaign,
            "No campaign of the brand has this external id; `register=true` creates it.",
        ),
        (
            Self::UnknownCurrency,
            "The currency is not an ISO 4217 code.",
        ),
        (
            Self::CurrencyMismatch,
            "The currency is not the campaign's.",
        ),
        (
            Self::UnknownWord,
            "The word is not one of the closed set of its column.",
        ),
        (Self::TextTooLong, "The text is longer than its limit."),
        (
            Self::BadText,
            "The text holds a control character, such as NUL or a line break.",
        ),
        (
            Self::DuplicateKey,
            "Another line of the batch has the same key; `duplicates=sum` or `duplicates=last` settles it.",
        ),
        (
            Self::UnresolvedParent,
            "No history file says to which campaign the ad or ad group belongs.",
        ),
        (
            Self::ContradictoryParent,
            "The history files name different campaigns for one ad or ad group.",
        ),
        (
            Self::NoRows,
            "The report has no row; told at line 1, and counted in neither number.",
        ),
    ];

    /// The code's name on the wire, such as `FUTURE_DATE`.
    pub fn name(self) -> String {
        // One table serves serde and people: the name is what serde writes.
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

/// What is wrong with one line of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineProblem {
    /// The line of the file, 1 for its first; for Parquet the row, 1 for its first.
    pub line: u64,
    /// The column at fault, when it is one.
    pub column: Option<String>,
    /// What kind of fault it is.
    pub code: ProblemCode,
    /// One sentence that says what would be accepted.
    pub message: String,
}

impl LineProblem {
    /// A problem of one column in a line.
    pub fn in_column(
        line: u64,
        column: &str,
        code: ProblemCode,
        message: impl Into<String>,
    ) -> Self {
        Self {
            line,
            column: Some(column.to_owned()),
            code,
            message: message.into(),
        }
    }

    /// A problem of a line as a whole.
    pub fn of_line(line: u64, code: ProblemCode, message: impl Into<String>) -> Self {
        Self {
            line,
            column: None,
            code,
            message: message.into(),
        }
    }
}
