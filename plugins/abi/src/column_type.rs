//! The types that a plugin's columns can have.
//!
//! Each is exactly one Arrow type, so that both sides can check a column by its format string.
//! Invariant: no nesting and no parameters.

use serde::{Deserialize, Serialize};

/// The type of a column, with its one Arrow form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// True or false; Arrow `bool`.
    Bool,
    /// A whole number; Arrow `int64`. Money is given in micros of its currency.
    Int64,
    /// Arrow `float64`.
    Float64,
    /// Arrow `utf8` with 32-bit offsets.
    Utf8,
    /// A day; Arrow `date32`, days since 1970-01-01.
    Date,
    /// A moment; Arrow `timestamp`, microseconds since 1970-01-01 UTC, zone `UTC`.
    Timestamp,
    /// Arrow `decimal128(38, 6)`: a whole number of millionths in 128 bits.
    Decimal,
}

impl ColumnType {
    /// Every type.
    pub const ALL: [Self; 7] = [
        Self::Bool,
        Self::Int64,
        Self::Float64,
        Self::Utf8,
        Self::Date,
        Self::Timestamp,
        Self::Decimal,
    ];

    /// The format string of the Arrow C Data Interface.
    pub const fn arrow_format(self) -> &'static str {
        match self {
            Self::Bool => "b",
            Self::Int64 => "l",
            Self::Float64 => "g",
            Self::Utf8 => "u",
            Self::Date => "tdD",
            Self::Timestamp => "tsu:UTC",
            Self::Decimal => "d:38,6",
        }
    }

    /// The name in metadata and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int64 => "int64",
            Self::Float64 => "float64",
            Self::Utf8 => "utf8",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Decimal => "decimal",
        }
    }
}

impl std::fmt::Display for ColumnType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
