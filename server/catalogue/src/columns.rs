//! Between columns and the vocabulary: moments, days, ids, counts, and checks of lengths.
//!
//! Invariant: what was written by this crate reads back as the same value; anything else is
//! [`Error::UnreadableRow`], never a guess.

use std::fmt::Display;
use std::str::FromStr;

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::BrandId;
use bellwether_domain::scope::BrandAccess;
use bellwether_domain::time::{Date, Timestamp, parse_date};

use crate::error::{Error, Result};

/// Names the row that a column is read from, for the error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowName<'a> {
    pub(crate) table: &'static str,
    pub(crate) row: &'a str,
}

impl RowName<'_> {
    pub(crate) fn unreadable(self, source: Refusal) -> Error {
        Error::UnreadableRow {
            table: self.table,
            row: self.row.to_owned(),
            source: Box::new(source),
        }
    }

    /// Reads an id or a word of a closed set.
    pub(crate) fn parse<T: FromStr<Err = Refusal>>(self, text: &str) -> Result<T> {
        text.parse().map_err(|refusal| self.unreadable(refusal))
    }

    pub(crate) fn day(self, text: &str) -> Result<Date> {
        parse_date(text).map_err(|refusal| self.unreadable(refusal))
    }

    pub(crate) fn day_if_any(self, text: Option<&str>) -> Result<Option<Date>> {
        text.map(|text| self.day(text)).transpose()
    }

    pub(crate) fn moment(self, micros: i64) -> Result<Timestamp> {
        Timestamp::from_microsecond(micros).map_err(|_| {
            self.unreadable(Refusal::invalid(format!(
                "`{micros}` is not a moment in microseconds"
            )))
        })
    }

    /// Reads a number that is never negative, as the width that the vocabulary has for it.
    pub(crate) fn count<T: TryFrom<i64>>(self, stored: i64) -> Result<T> {
        T::try_from(stored)
            .map_err(|_| self.unreadable(Refusal::invalid(format!("`{stored}` is out of range"))))
    }
}

/// A moment as it is stored.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A count as it is stored; beyond the column's range, which no real count reaches, its end.
pub(crate) fn stored_count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A day as it is stored.
pub(crate) fn day_text(day: Date) -> String {
    day.to_string()
}

/// The texts of ids, for `eq_any`.
pub(crate) fn texts<T: Display>(ids: impl IntoIterator<Item = T>) -> Vec<String> {
    ids.into_iter().map(|id| id.to_string()).collect()
}

/// Checks a text that people or clients give: not empty, not over the named limit, and without
/// control characters, of which PostgreSQL keeps no NUL.
pub(crate) fn require_text(
    noun: &str,
    text: &str,
    limit: &str,
    bytes_max: usize,
) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err(Refusal::invalid(format!("{noun} is empty")));
    }
    if text.len() > bytes_max {
        let what = format!("{noun} of {} bytes", text.len());
        return Err(Refusal::limit(limit, bytes_max, what));
    }
    if let Some(control) = text.chars().find(|c| c.is_control()) {
        let number = u32::from(control);
        return Err(Refusal::invalid(format!(
            "{noun} holds the control character U+{number:04X}; leave it out"
        )));
    }
    Ok(())
}

/// The scope's brands for an `eq_any`; `None` when it sees all.
pub(crate) fn only_brands(scope: &Scope) -> Option<Vec<String>> {
    match scope.brands() {
        BrandAccess::All => None,
        BrandAccess::Only(brands) => Some(texts(brands)),
    }
}

/// Refuses a brand that the scope doesn't see, as if it weren't there.
pub(crate) fn require_brand(scope: &Scope, brand: BrandId) -> Result<()> {
    if scope.sees_brand(brand) {
        return Ok(());
    }
    Err(Error::not_found("brand", brand))
}
