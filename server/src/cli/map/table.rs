//! From text to rows with their lines: the delimiter, and where the column names stand.

use bellwether_domain::file_map::FileMap;
use csv::{ReaderBuilder, StringRecord, Terminator};

/// What may stand between cells when a map doesn't say.
const DELIMITERS: [char; 3] = ['\t', ';', ','];

/// A text as rows.
#[derive(Debug)]
pub(super) struct Rows {
    /// The names of the columns.
    pub(super) header: Vec<String>,
    /// The rows behind them, with the lines on which they begin; empty lines are none.
    pub(super) rows: Vec<(u64, StringRecord)>,
}

/// Reads the rows of a text.
pub(super) fn rows(map: &FileMap, text: &str) -> Result<Rows, String> {
    let n_before = map.header_line.saturating_sub(1);
    let start = match n_before {
        0 => Some(0),
        n => text
            .match_indices('\n')
            .nth(n as usize - 1)
            .map(|(at, _)| at + 1),
    };
    let rest = start
        .map(|start| &text[start..])
        .filter(|rest| !rest.trim().is_empty());
    let rest = rest.ok_or_else(|| {
        format!("there is no line {}, on which the map says that the column names stand (`header_line`)", map.header_line)
    })?;
    let first_line = rest.lines().next().unwrap_or_default();
    let delimiter = delimiter(map, first_line)?;
    // So that every row ends in a line break, and lines can be counted from behind.
    let whole = format!("{rest}\n");
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .terminator(Terminator::Any(b'\n'))
        .from_reader(whole.as_bytes());
    let mut record = StringRecord::new();
    let (mut header, mut rows) = (None, Vec::new());
    loop {
        let more = reader.read_record(&mut record);
        if !more.map_err(|error| format!("it is not CSV: {error}"))? {
            break;
        }
        if record.len() == 1 && record[0].trim().is_empty() {
            continue;
        }
        if header.is_none() {
            header = Some(record.iter().map(|name| name.trim().to_owned()).collect());
            continue;
        }
        let inner = record.as_slice().matches('\n').count() as u64;
        let behind = reader.position().line();
        let line = u64::from(n_before) + behind.saturating_sub(inner + 1);
        rows.push((line, record.clone()));
    }
    Ok(Rows {
        header: header.unwrap_or_default(),
        rows,
    })
}

fn delimiter(map: &FileMap, first_line: &str) -> Result<u8, String> {
    let count = |delimiter: &char| first_line.matches(*delimiter).count();
    let likely = DELIMITERS.into_iter().max_by_key(count);
    let delimiter = map.delimiter.or(likely).unwrap_or(',');
    u8::try_from(delimiter)
        .ok()
        .filter(u8::is_ascii)
        .ok_or_else(|| format!("`{delimiter}` can't stand between cells; use `,`, `;` or a tab"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(more: &str) -> FileMap {
        toml::from_str(&format!(
            "dataset = \"delivery_daily\"\n{more}\n[columns]\n"
        ))
        .unwrap()
    }

    #[test]
    fn rows_keep_the_lines_that_they_have_in_the_file() {
        let text = "Report\r\nNovember\r\nDay\tName\r\n\r\n1\t\"a\nb\"\r\n2\tc";
        let rows = rows(&map("header_line = 3"), text).unwrap();
        assert_eq!(rows.header, ["Day", "Name"]);
        let lines: Vec<u64> = rows.rows.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [5, 7]);
    }

    #[test]
    fn a_file_that_ends_before_its_column_names_is_told() {
        let told = rows(&map("header_line = 3"), "Report\nNovember\n").unwrap_err();
        assert!(told.contains("there is no line 3"), "{told}");
    }
}
