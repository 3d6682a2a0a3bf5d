//! Numbers of raw rows: exact, in the unit of their measure, or refused.

use super::Cell;
use super::problem::ProblemCode;
use super::rows::MISSING;
use crate::dataset::MeasureKind;
use crate::money::{Decimal, NotMicros, micros_of};

/// The decimal places of what is kept in millionths.
const MICROS_PLACES: usize = 6;

/// Numbers of so many digits, millionths included, fit 64 bits whatever the digits are, with one
/// digit to spare.
const PLAIN_DIGITS_MAX: usize = 17;

/// A measure's value in its stored unit; `None` when the cell is missing.
///
/// `below_zero` says whether the column takes negative amounts.
pub(super) fn measure_value(
    cell: &Cell<'_>,
    kind: MeasureKind,
    below_zero: bool,
) -> Result<Option<i64>, (ProblemCode, String)> {
    let places = match kind {
        MeasureKind::Choice(words) => return choice_value(cell, words),
        MeasureKind::Count => 0,
        MeasureKind::Conversions | MeasureKind::Money => MICROS_PLACES,
    };
    match cell {
        Cell::Integer(count) if places == 0 && *count >= 0 => return Ok(Some(*count)),
        Cell::Text(text) => {
            if let Some(value) = plain(text.as_bytes(), places) {
                return Ok(Some(value));
            }
        }
        _ => {}
    }
    let Some(amount) = decimal(cell)? else {
        return Ok(None);
    };
    if amount.is_sign_negative() && !amount.is_zero() && !below_zero {
        return Err((
            ProblemCode::NegativeValue,
            format!("`{amount}` is below zero; use 0 or more"),
        ));
    }
    let value = if places == 0 {
        whole(amount)?
    } else {
        micros_of(amount).map_err(|not| match not {
            NotMicros::TooFine => (
                ProblemCode::TooFine,
                format!("`{amount}` has more than six decimal places that matter; round it"),
            ),
            NotMicros::TooLarge => too_large(amount, "9223372036854.775807"),
        })?
    };
    if value == MISSING {
        return Err(too_large(amount, "9223372036854.775807 below zero"));
    }
    Ok(Some(value))
}

/// The number that plain digits write, with at most so many decimal places, in units of the last
/// place. `None` leaves the text to the exact reading, which knows every form and every fault.
fn plain(text: &[u8], places: usize) -> Option<i64> {
    if text.len() > PLAIN_DIGITS_MAX + 1 {
        return None;
    }
    let mut value: i64 = 0;
    let mut point = None;
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => value = value * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() && places > 0 && index > 0 => point = Some(index),
            _ => return None,
        }
    }
    let (n_whole, n_places) = match point {
        None => (text.len(), 0),
        Some(index) => (index, text.len() - index - 1),
    };
    let ends_well = n_whole > 0 && (point.is_none() || n_places > 0);
    if !ends_well || n_places > places || n_whole + places > PLAIN_DIGITS_MAX {
        return None;
    }
    Some(value * 10_i64.pow(u32::try_from(places - n_places).ok()?))
}

fn decimal(cell: &Cell<'_>) -> Result<Option<Decimal>, (ProblemCode, String)> {
    match cell {
        Cell::Missing => Ok(None),
        Cell::Integer(number) => Ok(Some(Decimal::from(*number))),
        Cell::Decimal(number) => Ok(Some(*number)),
        Cell::Text(text) => decimal_of_text(text).map(Some),
        Cell::Date(date) => Err(not_a_number(&date.to_string())),
        Cell::NotUtf8 => Err((
            ProblemCode::BadUtf8,
            "the bytes are not UTF-8; send the file as UTF-8".into(),
        )),
        Cell::Unreadable(kind) => Err(not_a_number(kind)),
    }
}

fn decimal_of_text(text: &str) -> Result<Decimal, (ProblemCode, String)> {
    let trimmed = text.trim();
    // The parser would take `1_000`, which no format of reports has.
    if trimmed.contains('_') {
        return Err(not_a_number(trimmed));
    }
    let parsed = Decimal::from_str_exact(trimmed).or_else(|_| Decimal::from_scientific(trimmed));
    parsed.map_err(|_| {
        let digits_only = trimmed
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
        if digits_only && trimmed.len() > 28 && trimmed.parse::<f64>().is_ok() {
            return too_large(trimmed, "28 digits");
        }
        not_a_number(trimmed)
    })
}

fn whole(amount: Decimal) -> Result<i64, (ProblemCode, String)> {
    let amount = amount.normalize();
    if amount.scale() > 0 {
        return Err((
            ProblemCode::WrongType,
            format!("`{amount}` is not a whole number"),
        ));
    }
    i64::try_from(amount.mantissa()).map_err(|_| too_large(amount, i64::MAX))
}

fn choice_value(cell: &Cell<'_>, words: &[&str]) -> Result<Option<i64>, (ProblemCode, String)> {
    let text = match cell {
        Cell::Missing => return Ok(None),
        Cell::Text(text) => text.trim(),
        _ => "",
    };
    let index = words
        .iter()
        .position(|word| word.eq_ignore_ascii_case(text));
    index
        .and_then(|index| i64::try_from(index).ok())
        .map(Some)
        .ok_or_else(|| {
            (
                ProblemCode::UnknownWord,
                format!("`{text}` is not accepted; use one of {}", words.join(", ")),
            )
        })
}

fn not_a_number(text: &str) -> (ProblemCode, String) {
    (
        ProblemCode::WrongType,
        format!(
            "`{}` is not a number; write digits with `.` for decimals, such as `1234.5`",
            shown(text)
        ),
    )
}

fn too_large(amount: impl std::fmt::Display, max: impl std::fmt::Display) -> (ProblemCode, String) {
    (
        ProblemCode::TooLarge,
        format!("`{amount}` is too large; at most {max} is accepted"),
    )
}

/// At most 40 characters of a text from a file, for messages.
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(cell: &Cell<'_>) -> Result<Option<i64>, ProblemCode> {
        measure_value(cell, MeasureKind::Count, false).map_err(|(code, _)| code)
    }

    fn money(text: &str) -> Result<Option<i64>, ProblemCode> {
        measure_value(&Cell::Text(text), MeasureKind::Money, false).map_err(|(code, _)| code)
    }

    #[test]
    fn counts_are_whole_and_not_negative() {
        assert_eq!(count(&Cell::Text(" 22 ")), Ok(Some(22)));
        assert_eq!(count(&Cell::Text("22.0")), Ok(Some(22)));
        assert_eq!(count(&Cell::Missing), Ok(None));
        assert_eq!(count(&Cell::Text("22.5")), Err(ProblemCode::WrongType));
        assert_eq!(count(&Cell::Text("-1")), Err(ProblemCode::NegativeValue));
        assert_eq!(count(&Cell::Text("1,000")), Err(ProblemCode::WrongType));
        assert_eq!(count(&Cell::Text("1_000")), Err(ProblemCode::WrongType));
        assert_eq!(
            count(&Cell::Text("9223372036854775808")),
            Err(ProblemCode::TooLarge)
        );
        assert_eq!(count(&Cell::Integer(7)), Ok(Some(7)));
    }

    #[test]
    fn plain_digits_read_as_the_exact_reading_does() {
        let exact = |text: &str| micros_of(Decimal::from_str_exact(text).unwrap()).unwrap();
        for text in ["0", "7", "007.50", "123456.789012", "99999999999.999999"] {
            assert_eq!(plain(text.as_bytes(), 6), Some(exact(text)));
        }
        for text in ["", ".", "1.", ".5", "-1", "1e3", " 1", "1.2.3", "1.1234567"] {
            assert_eq!(plain(text.as_bytes(), 6), None, "{text}");
        }
        assert_eq!(plain(b"123456789012", 6), None);
        assert_eq!(plain(b"999999999999999999", 0), None);
        assert_eq!(plain(b"1.5", 0), None);
    }

    #[test]
    fn money_is_kept_in_micros_or_refused() {
        assert_eq!(money("39.57"), Ok(Some(39_570_000)));
        assert_eq!(money("1e-7"), Err(ProblemCode::TooFine));
        assert_eq!(money("99999999999999"), Err(ProblemCode::TooLarge));
        assert_eq!(money("12 USD"), Err(ProblemCode::WrongType));
    }
}
