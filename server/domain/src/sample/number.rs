//! Numbers of raw rows: exact, in the unit of their measure, or refused.

use super::Cell;
use super::problem::ProblemCode;
use crate::dataset::MeasureKind;
use crate::money::{Decimal, NotMicros, micros_of};

/// A measure's value in its stored unit; `None` when the cell is missing.
///
/// `below_zero` says whether the column takes negative amounts.
pub(super) fn measure_value(
    cell: &Cell<'_>,
    kind: MeasureKind,
    below_zero: bool,
) -> Result<Option<i64>, (ProblemCode, String)> {
    if let MeasureKind::Choice(words) = kind {
        return choice_value(cell, words);
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
    match kind {
        MeasureKind::Count => whole(amount).map(Some),
        MeasureKind::Conversions | MeasureKind::Money => {
            micros_of(amount).map(Some).map_err(|not| match not {
                NotMicros::TooFine => (
                    ProblemCode::TooFine,
                    format!("`{amount}` has more than six decimal places that matter; round it"),
                ),
                NotMicros::TooLarge => too_large(amount, "9223372036854.775807"),
            })
        }
        MeasureKind::Choice(_) => Ok(None),
    }
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
    fn money_is_kept_in_micros_or_refused() {
        assert_eq!(money("39.57"), Ok(Some(39_570_000)));
        assert_eq!(money("1e-7"), Err(ProblemCode::TooFine));
        assert_eq!(money("99999999999999"), Err(ProblemCode::TooLarge));
        assert_eq!(money("12 USD"), Err(ProblemCode::WrongType));
    }
}
