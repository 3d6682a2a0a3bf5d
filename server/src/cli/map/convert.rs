//! From rows to what is sent: a dataset's CSV, in which every row names its line, or records as
//! NDJSON, each on its line.

use std::io::Write;
use std::path::Path;

use bellwether_domain::batch::PROBLEMS_LISTED_MAX;
use bellwether_domain::file_map::{MapPlan, MappedFault};
use bellwether_domain::record::{RecordKind, column_of, put_cell};
use bellwether_domain::sample::LineProblem;
use csv::StringRecord;
use serde_json::{Map, Value};
use tempfile::{NamedTempFile, TempPath};

use super::decode;
use super::shipped::{LoadedMap, told};
use super::table::rows;

/// A dataset's CSV that was made of a file.
#[derive(Debug)]
pub(crate) struct Converted {
    pub(crate) file: TempPath,
    /// What is wrong with lines that are not in it; the first ones.
    pub(crate) problems: Vec<LineProblem>,
    /// How many lines are not in it.
    pub(crate) n_problems: u64,
}

/// A file read through a map: its rows, and the plan that they go by.
pub(super) struct Read {
    pub(super) plan: MapPlan,
    pub(super) rows: Vec<(u64, StringRecord)>,
}

/// Reads a file through a map; the error says what doesn't fit.
pub(super) fn read(loaded: &LoadedMap, path: &Path) -> Result<Read, String> {
    let text = decode::read(path, loaded.map.encoding)?;
    let shown = path.display();
    let rows = rows(&loaded.map, &text).map_err(|message| format!("`{shown}`: {message}"))?;
    let header: Vec<&str> = rows.header.iter().map(String::as_str).collect();
    let plan = MapPlan::new(&loaded.map, &header);
    let plan = plan.map_err(|faults| {
        format!(
            "`{shown}` does not fit the map:\n{}",
            told(&loaded.name, &faults)
        )
    })?;
    Ok(Read {
        plan,
        rows: rows.rows,
    })
}

impl Read {
    /// Each row that is one, with its cells for the target or what is wrong with it.
    pub(super) fn converted(
        &self,
    ) -> impl Iterator<Item = (u64, Result<Vec<String>, Vec<MappedFault>>)> {
        self.rows.iter().filter_map(|(line, record)| {
            let cells: Vec<&str> = record.iter().collect();
            (!self.plan.skips(&cells)).then(|| (*line, self.plan.convert(&cells)))
        })
    }
}

/// Makes a dataset's CSV of a file.
pub(crate) fn as_rows(loaded: &LoadedMap, path: &Path) -> Result<Converted, String> {
    let read = read(loaded, path)?;
    let unwritable = |error: csv::Error| format!("the converted file can't be written: {error}");
    let file = NamedTempFile::with_suffix(".csv");
    let file =
        file.map_err(|error| format!("no file for the converted rows can be made: {error}"))?;
    let (file, path) = file.into_parts();
    let mut writer = csv::Writer::from_writer(file);
    let header = std::iter::once("source_line").chain(read.plan.columns());
    writer.write_record(header).map_err(unwritable)?;
    let (mut problems, mut n_problems) = (Vec::new(), 0);
    for (line, cells) in read.converted() {
        match cells {
            Ok(cells) => {
                let number = line.to_string();
                let cells = cells.iter().map(String::as_str);
                let written = writer.write_record(std::iter::once(number.as_str()).chain(cells));
                written.map_err(unwritable)?;
            }
            Err(faults) => {
                n_problems += 1;
                let left = PROBLEMS_LISTED_MAX.saturating_sub(problems.len());
                problems.extend(
                    faults
                        .into_iter()
                        .take(left)
                        .map(|fault| of_line(line, fault)),
                );
            }
        }
    }
    writer.flush().map_err(|error| unwritable(error.into()))?;
    Ok(Converted {
        file: path,
        problems,
        n_problems,
    })
}

fn of_line(line: u64, fault: MappedFault) -> LineProblem {
    LineProblem {
        line,
        column: fault.column,
        code: fault.code,
        message: fault.message,
    }
}

/// Makes NDJSON of a file of records, with empty lines where it had other ones, or tells what is
/// wrong with its lines.
pub(crate) fn as_records(
    loaded: &LoadedMap,
    kind: RecordKind,
    path: &Path,
) -> Result<Vec<u8>, String> {
    let read = read(loaded, path)?;
    let (mut made, mut at, mut wrong) = (Vec::new(), 1, Vec::new());
    for (line, cells) in read.converted() {
        let object = cells.map_err(|faults| {
            faults
                .into_iter()
                .map(|fault| (fault.column.unwrap_or_default(), fault.message))
                .collect()
        });
        match object.and_then(|cells| object_of(kind, &read.plan, &cells)) {
            Ok(object) => {
                while at < line {
                    made.push(b'\n');
                    at += 1;
                }
                let written = writeln!(made, "{}", Value::Object(object));
                written.map_err(|error| error.to_string())?;
                at += 1;
            }
            Err(faults) => wrong.extend(faults.into_iter().map(|(column, message)| {
                format!("{}:{line}: {column}: {message}", path.display())
            })),
        }
    }
    if wrong.is_empty() {
        return Ok(made);
    }
    wrong.truncate(PROBLEMS_LISTED_MAX);
    wrong.push("nothing was sent".to_owned());
    Err(wrong.join("\n"))
}

/// What is wrong with columns of a line.
type Wrong = Vec<(String, String)>;

fn object_of(
    kind: RecordKind,
    plan: &MapPlan,
    cells: &[String],
) -> Result<Map<String, Value>, Wrong> {
    let (mut object, mut wrong) = (Map::new(), Vec::new());
    for (name, cell) in plan.columns().zip(cells) {
        let put = column_of(kind, name).and_then(|column| put_cell(column, cell, &mut object));
        if let Err(refusal) = put {
            wrong.push((name.to_owned(), refusal.message));
        }
    }
    if wrong.is_empty() {
        return Ok(object);
    }
    Err(wrong)
}
