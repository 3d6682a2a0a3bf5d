//! The rows of a CSV file as the columns that a plugin declares.
//!
//! An empty cell is a missing value. Rows are sorted by the entity key, as a server does it.
//! Invariant: a cell that can't be read is an error with its line and column, never missing.

use std::path::Path;

use bellwether_domain::time::{Timestamp, day_number, parse_date};
use bellwether_plugin_host::abi::{Column, ColumnType, Input};
use bellwether_plugin_host::{ColumnData, InputTable, NamedColumn};
use csv::StringRecord;

/// Reads a file; columns that the plugin does not declare are left out.
pub(super) fn read(path: &Path, declared: &Input) -> Result<InputTable, String> {
    let place = |error: csv::Error| format!("{}: {error}", path.display());
    let mut reader = csv::Reader::from_path(path).map_err(place)?;
    let names = reader.headers().map_err(place)?.clone();
    let records: Vec<StringRecord> = reader.records().collect::<Result<_, _>>().map_err(place)?;
    table(&names, records, declared).map_err(|wrong| format!("{}: {wrong}", path.display()))
}

fn table(
    names: &StringRecord,
    records: Vec<StringRecord>,
    declared: &Input,
) -> Result<InputTable, String> {
    let place = |name: &str| names.iter().position(|known| known.trim() == name);
    let key = place(&declared.entity_key)
        .ok_or_else(|| format!("the first line lacks the column `{}`", declared.entity_key))?;
    // The number of each line goes with it, for messages.
    let mut lines: Vec<(usize, StringRecord)> = (2..).zip(records).collect();
    lines.sort_by(|(_, a), (_, b)| a.get(key).cmp(&b.get(key)));
    let mut columns = Vec::new();
    for column in &declared.columns {
        match place(&column.name) {
            Some(place) => columns.push(NamedColumn {
                name: column.name.clone(),
                data: cells(column, place, &lines)?,
            }),
            None if column.optional => {}
            None => return Err(format!("the first line lacks the column `{}`", column.name)),
        }
    }
    Ok(InputTable { columns })
}

fn cells(
    column: &Column,
    place: usize,
    lines: &[(usize, StringRecord)],
) -> Result<ColumnData, String> {
    let texts = || {
        lines.iter().map(|(line, record)| {
            let text = record.get(place).unwrap_or_default().trim();
            (*line, Some(text).filter(|text| !text.is_empty()))
        })
    };
    Ok(match column.column_type {
        ColumnType::Utf8 => {
            ColumnData::Utf8(texts().map(|(_, text)| text.map(str::to_owned)).collect())
        }
        ColumnType::Bool => ColumnData::Bool(read_all(column, texts(), "true or false", |text| {
            text.parse().ok()
        })?),
        ColumnType::Int64 => {
            ColumnData::Int64(read_all(column, texts(), "a whole number", |text| {
                text.parse().ok()
            })?)
        }
        ColumnType::Float64 => {
            ColumnData::Float64(read_all(column, texts(), "a number", |text| {
                text.parse().ok()
            })?)
        }
        ColumnType::Date => ColumnData::Date(read_all(column, texts(), "a date", |text| {
            parse_date(text).ok().map(day_number)
        })?),
        ColumnType::Timestamp => {
            let expected = "a moment such as 2026-04-30T12:00:00Z";
            ColumnData::Timestamp(read_all(column, texts(), expected, |text| {
                let moment: Timestamp = text.parse().ok()?;
                Some(moment.as_microsecond())
            })?)
        }
        ColumnType::Decimal => {
            let expected = "a number with at most six decimals";
            ColumnData::Decimal(read_all(column, texts(), expected, millionths)?)
        }
    })
}

fn read_all<'a, T>(
    column: &Column,
    texts: impl Iterator<Item = (usize, Option<&'a str>)>,
    expected: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<Option<T>>, String> {
    let cell = |(line, text): (usize, Option<&str>)| {
        let Some(text) = text else {
            return Ok(None);
        };
        let unreadable = || {
            format!(
                "line {line}, column `{}`: `{text}` is not {expected}",
                column.name
            )
        };
        parse(text).map(Some).ok_or_else(unreadable)
    };
    texts.map(cell).collect()
}

/// A decimal number as whole millionths.
fn millionths(text: &str) -> Option<i128> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || decimals.len() > 6 || !is_number(whole) || !is_number(decimals) {
        return None;
    }
    let amount: i128 = format!("{whole}{decimals:0<6}").parse().ok()?;
    Some(if is_negative { -amount } else { amount })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared() -> Input {
        let column = |name: &str, column_type, optional| Column {
            name: name.to_owned(),
            column_type,
            nullable: optional,
            optional,
        };
        Input {
            query: None,
            entity_key: "campaign_id".to_owned(),
            partition_by: None,
            columns: vec![
                column("campaign_id", ColumnType::Utf8, false),
                column("day", ColumnType::Date, true),
                column("price", ColumnType::Decimal, true),
            ],
        }
    }

    fn read_text(text: &str) -> Result<InputTable, String> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names = reader.headers().unwrap().clone();
        let records = reader.records().collect::<Result<_, _>>().unwrap();
        table(&names, records, &declared())
    }

    #[test]
    fn rows_are_sorted_by_their_entity_and_keep_their_order_within() {
        let table = read_text("campaign_id,price\nb,1\na,2.5\nb,-0.000001\n").unwrap();
        assert_eq!(
            table.column("price"),
            Some(&ColumnData::Decimal(vec![
                Some(2_500_000),
                Some(1_000_000),
                Some(-1)
            ]))
        );
    }

    #[test]
    fn a_cell_that_is_none_of_its_type_is_told_with_its_line() {
        let error = read_text("campaign_id,day\na,2026-01-31\nb,2026-02-31\n").unwrap_err();
        assert_eq!(error, "line 3, column `day`: `2026-02-31` is not a date");
    }

    #[test]
    fn a_column_that_is_needed_and_absent_is_named() {
        let error = read_text("campaign,day\na,2026-01-31\n").unwrap_err();
        assert_eq!(error, "the first line lacks the column `campaign_id`");
    }
}
