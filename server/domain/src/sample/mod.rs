//! Raw report rows and their way to facts: header, cells, campaigns, duplicates.
//!
//! Readers of CSV, NDJSON and Parquet hand over [`Cell`]s. [`ChunkParser`] turns a chunk of rows into
//! columns, on any core; [`Resolver`] takes the chunks in order and gives the rows their campaigns.
//! [`RowParser`] does the same row by row, for converters, and [`settle_duplicates`] says of facts in
//! memory what ingest does with rows that share a key.
//! Invariant: a bad line is data beside the good ones, never an exception.

mod campaigns;
mod cells;
mod checks;
mod chunk;
#[cfg(test)]
mod chunk_tests;
mod draft;
mod duplicates;
mod header;
mod number;
mod problem;
mod resolve;
mod row;
mod rows;
#[cfg(test)]
mod tests;

pub use campaigns::{CampaignDirectory, Registration};
pub use checks::{COST_DAYS_MAX, EARLIEST_DAY};
pub use chunk::{ChunkParser, RowChunk};
pub use duplicates::{Duplicates, settle_duplicates};
pub use header::{Column, Header, required_names};
pub use number::shown;
pub use problem::{LineProblem, ProblemCode};
pub use resolve::{ResolvedRows, Resolver};
pub use row::{LinedFact, RowParser};
pub use rows::{Layout, MISSING, Rows, TextColumn};

use crate::money::Decimal;
use crate::time::Date;

/// One value of a raw row, as its file format gives it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Absent, null, or an empty CSV field.
    Missing,
    /// A text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// A date without a time.
    Date(Date),
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// A value of a type that no column takes, by the type's name, such as `list`.
    Unreadable(&'static str),
}
