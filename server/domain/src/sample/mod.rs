//! Raw report rows and their way to facts: header, cells, campaigns, duplicates.
//!
//! Readers of CSV, NDJSON and Parquet hand over [`Cell`]s; [`Header`] and [`RowParser`] turn them
//! into [`LinedFact`]s or [`LineProblem`]s; [`settle_duplicates`] makes keys distinct.
//! Invariant: a bad line is data beside the good ones, never an exception.

mod campaigns;
mod duplicates;
mod header;
mod number;
mod problem;
mod row;
#[cfg(test)]
mod tests;

pub use campaigns::{CampaignDirectory, Registration};
pub use duplicates::{Duplicates, settle_duplicates};
pub use header::{Column, Header};
pub use number::shown;
pub use problem::{LineProblem, ProblemCode};
pub use row::{COST_DAYS_MAX, EARLIEST_DAY, LinedFact, RowParser};

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
