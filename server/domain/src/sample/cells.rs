//! Single cells of raw rows: texts, key texts and days, or what is wrong with them.
//!
//! Invariant: a text that is given back is trimmed, not empty and without control characters.

use std::borrow::Cow;

use super::Cell;
use super::number::shown;
use super::problem::ProblemCode;
use crate::dataset::{KEY_TEXT_BYTES_MAX, KeyDimension};
use crate::time::{Date, parse_date};

/// What is wrong with a cell: the code, and a sentence that says what would be accepted.
pub(super) type CellProblem = (ProblemCode, String);

/// The text of a cell. A whole number is its digits: ids are often numbers in typed files.
pub(super) fn text<'c>(cell: &Cell<'c>) -> Result<Option<Cow<'c, str>>, CellProblem> {
    match cell {
        Cell::Missing => Ok(None),
        Cell::Text(text) => trimmed(text).map(|text| text.map(Cow::Borrowed)),
        Cell::Integer(number) => Ok(Some(Cow::Owned(number.to_string()))),
        Cell::NotUtf8 => Err((
            ProblemCode::BadUtf8,
            "the bytes are not UTF-8; send the file as UTF-8".into(),
        )),
        Cell::Decimal(_) | Cell::Date(_) | Cell::Unreadable(_) => Err((
            ProblemCode::WrongType,
            "the value is not a text; write ids and names as text".into(),
        )),
    }
}

/// The day of a cell, a date or a text written `YYYY-MM-DD`.
pub(super) fn day(cell: &Cell<'_>) -> Result<Option<Date>, CellProblem> {
    match cell {
        Cell::Date(date) => Ok(Some(*date)),
        Cell::Integer(_) => Err((
            ProblemCode::WrongType,
            "the value is not a date; write it as a date or as text".into(),
        )),
        other => match text(other)? {
            None => Ok(None),
            Some(written) => parse_date(&written).map(Some).map_err(|_| {
                (
                    ProblemCode::BadDate,
                    format!("`{}` is not a date; use YYYY-MM-DD", shown(&written)),
                )
            }),
        },
    }
}

/// A dimension's text as keys hold it: one of its words, in capitals, with its digits.
pub(super) fn dimension_text<'c>(
    dimension: &KeyDimension,
    text: Cow<'c, str>,
) -> Result<Cow<'c, str>, CellProblem> {
    if let Some(words) = dimension.words {
        return dimension.word(&text).map(Cow::Borrowed).ok_or_else(|| {
            let message = format!(
                "`{}` is not accepted; use one of {}",
                shown(&text),
                words.join(", ")
            );
            (ProblemCode::UnknownWord, message)
        });
    }
    if let Some(letters) = dimension.letters
        && (text.len() != letters || !text.bytes().all(|byte| byte.is_ascii_alphabetic()))
    {
        let message = format!(
            "`{}` is no {}; use its {letters} letters, such as `US`",
            shown(&text),
            dimension.name
        );
        return Err((ProblemCode::UnknownWord, message));
    }
    let is_capital = |byte: u8| byte.is_ascii() && !byte.is_ascii_lowercase();
    if dimension.capitals && !text.bytes().all(is_capital) {
        return key_text(Cow::Owned(text.to_uppercase()));
    }
    key_text(text)
}

/// A text that is short enough for a key.
pub(super) fn key_text(text: Cow<'_, str>) -> Result<Cow<'_, str>, CellProblem> {
    if text.len() > KEY_TEXT_BYTES_MAX {
        let message = format!(
            "`{}` is longer than {KEY_TEXT_BYTES_MAX} bytes",
            shown(&text)
        );
        return Err((ProblemCode::TextTooLong, message));
    }
    Ok(text)
}

fn trimmed(text: &str) -> Result<Option<&str>, CellProblem> {
    let is_plain = |byte: u8| (b' '..0x7f).contains(&byte);
    let text = text.trim();
    // PostgreSQL keeps no text with NUL, and none of them can be seen where it is shown.
    if !text.bytes().all(is_plain)
        && let Some(control) = text.chars().find(|c| c.is_control())
    {
        let number = u32::from(control);
        let message = format!("the text holds the control character U+{number:04X}; leave it out");
        return Err((ProblemCode::BadText, message));
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}
