//! Raw report rows: what a reader of CSV, NDJSON or Parquet hands over before anything is checked.

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
