//! One value: from how a file writes it to how Bellwether reads it.

use rust_decimal::Decimal;

use super::{FileMap, MapColumn};
use crate::sample::ProblemCode;
use crate::time::{date_in_form, moment_in_form};

/// How cells of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellForm {
    /// As they are.
    Text,
    /// As a number.
    Number,
    /// As a day.
    Day,
    /// As a moment.
    Moment,
    /// As a list.
    List,
}

/// Why a cell can't be taken over.
pub(super) type NotACell = (ProblemCode, String);

/// The value of a cell; an empty text when nothing is known.
pub(super) fn converted(
    map: &FileMap,
    column: &MapColumn,
    form: CellForm,
    cell: &str,
) -> Result<String, NotACell> {
    let cell = cell.trim();
    if cell.is_empty() || map.missing.iter().any(|missing| missing == cell) {
        return Ok(String::new());
    }
    if !column.words.is_empty() {
        return word(column, cell);
    }
    match form {
        CellForm::Text => Ok(cell.to_owned()),
        CellForm::Number => number(map, column, cell),
        CellForm::Day => day(map, column, cell),
        CellForm::Moment => moment(map, column, cell),
        CellForm::List => Ok(list(column, cell)),
    }
}

fn word(column: &MapColumn, cell: &str) -> Result<String, NotACell> {
    column.words.get(cell).cloned().ok_or_else(|| {
        let known: Vec<String> = column
            .words
            .keys()
            .map(|word| format!("`{word}`"))
            .collect();
        let message = format!(
            "`{cell}` is none of the words that the map knows: {}; add it under `words`",
            known.join(", ")
        );
        (ProblemCode::UnknownWord, message)
    })
}

fn list(column: &MapColumn, cell: &str) -> String {
    let Some(split) = &column.split else {
        return cell.to_owned();
    };
    let entries = cell.split(split.as_str()).map(str::trim);
    let entries: Vec<&str> = entries.filter(|entry| !entry.is_empty()).collect();
    serde_json::json!(entries).to_string()
}

fn day(map: &FileMap, column: &MapColumn, cell: &str) -> Result<String, NotACell> {
    let forms = column
        .date_format
        .as_ref()
        .unwrap_or(&map.date_format)
        .all();
    let day = forms.iter().find_map(|form| date_in_form(cell, form));
    day.map(|day| day.to_string()).ok_or_else(|| {
        let message = format!(
            "`{cell}` is not a day written as `{}`; change `date_format` of the map",
            forms.join("` or `")
        );
        (ProblemCode::BadDate, message)
    })
}

fn moment(map: &FileMap, column: &MapColumn, cell: &str) -> Result<String, NotACell> {
    let Some(forms) = &column.date_format else {
        return Ok(cell.to_owned());
    };
    let zone = map.timezone.as_deref().unwrap_or("UTC");
    let mut forms_left = forms.all().iter();
    let moment = forms_left.find_map(|form| moment_in_form(cell, form, zone));
    moment.map(|moment| moment.to_string()).ok_or_else(|| {
        let message = format!(
            "`{cell}` is not a moment written as `{}`; change `date_format` of the column",
            forms.all().join("` or `")
        );
        (ProblemCode::BadDate, message)
    })
}

/// A number without its groups and signs, with a point before its decimal places.
fn number(map: &FileMap, column: &MapColumn, cell: &str) -> Result<String, NotACell> {
    let plain = plain(map, cell);
    let number = plain.and_then(|plain| Decimal::from_str_exact(&plain).ok());
    let number = number.ok_or_else(|| {
        let groups = map.group_mark.map(|mark| format!(" and `{mark}` between groups of three digits"));
        let message = format!(
            "`{cell}` is not a number with `{}` before its decimal places{}; change `decimal_mark`, `group_mark` or `strip` of the map",
            map.decimal_mark,
            groups.unwrap_or_default()
        );
        (ProblemCode::WrongType, message)
    })?;
    let Some(factor) = column.factor else {
        return Ok(number.to_string());
    };
    let product = number.checked_mul(factor.0);
    let product = product.ok_or_else(|| {
        let message = format!("`{cell}` by `{}` is too large", factor.0);
        (ProblemCode::TooLarge, message)
    })?;
    Ok(product.normalize().to_string())
}

fn plain(map: &FileMap, cell: &str) -> Option<String> {
    let mut text = cell.trim();
    for stripped in &map.strip {
        text = text.trim_start_matches(stripped.as_str());
        text = text.trim_end_matches(stripped.as_str()).trim();
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits.trim_start()),
        None => ("", text),
    };
    let (whole, places) = match digits.split_once(map.decimal_mark) {
        Some((whole, places)) => (whole, Some(places)),
        None => (digits, None),
    };
    let whole = without_groups(whole, map.group_mark)?;
    let are_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(&whole) || !places.is_none_or(are_digits) {
        return None;
    }
    let places = places.map(|places| format!(".{places}"));
    Some(format!("{sign}{whole}{}", places.unwrap_or_default()))
}

/// The digits before the decimal places; none when a group but the first has not three digits.
fn without_groups(whole: &str, mark: Option<char>) -> Option<String> {
    let Some(mark) = mark.filter(|mark| whole.contains(*mark)) else {
        return Some(whole.to_owned());
    };
    let mut groups = whole.split(mark);
    let first = groups
        .next()
        .filter(|first| (1..=3).contains(&first.len()))?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
    }
    Some(digits)
}
