//! Rows of an NDJSON body: one JSON object a line, keys are column names.
//!
//! Numbers are taken as they are written, digit by digit, and never through floating point.

use bellwether_domain::dataset::Dataset;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::sample::{
    Cell, ChunkParser, Column, Header, Layout, LineProblem, ProblemCode, RowChunk, shown,
};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::csv::line_too_long;
use super::split::Piece;
use crate::error::Result;

/// Columns that rows may have beside the dataset's own.
const BESIDE: [&str; 4] = ["campaign_name", "platform", "currency", "source_line"];

/// The header of every NDJSON body: each line may name any column.
pub(super) fn header(dataset: &'static Dataset) -> Result<Header, Refusal> {
    let names = dataset.column_names();
    Header::parse(dataset, names.into_iter().chain(BESIDE))
}

/// Parses the rows of a piece; each line speaks of the measures that it names.
pub(super) fn parse(
    piece: &Piece,
    layout: &Layout,
    header: &Header,
    line_bytes_max: usize,
) -> Result<RowChunk> {
    let mut chunk = ChunkParser::new(layout, header);
    for (bytes, line) in piece
        .bytes
        .split_inclusive(|byte| *byte == b'\n')
        .zip(piece.first_line..)
    {
        if bytes.strip_suffix(b"\n").unwrap_or(bytes).len() > line_bytes_max {
            return Err(line_too_long(line, line_bytes_max).into());
        }
        match Line::parse(line, bytes, layout.dataset) {
            Ok(Some(parsed)) => chunk.row(line, &parsed.cells(header.columns()), parsed.mask()),
            Ok(None) => {}
            Err(problem) => chunk.problem(problem),
        }
    }
    Ok(chunk.finish())
}

/// The members of a JSON object as they stand there; a map would keep only one of two namesakes.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Object(members))
    }
}

/// One parsed line: a value a column.
struct Line {
    values: Vec<(Column, Value)>,
}

enum Value {
    Null,
    /// A string, or a number as it is written.
    Text(String),
    Other(&'static str),
}

impl Line {
    /// The line's values; `None` for a blank line.
    fn parse(line: u64, bytes: &[u8], dataset: &Dataset) -> Result<Option<Self>, LineProblem> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            let message = "the line is not UTF-8; send the file as UTF-8";
            return Err(LineProblem::of_line(line, ProblemCode::BadUtf8, message));
        };
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Ok(None);
        }
        let object: Object<'_> = serde_json::from_str(text).map_err(|error| {
            let message = format!("the line is not a JSON object: {error}");
            LineProblem::of_line(line, ProblemCode::Malformed, message)
        })?;
        let mut values: Vec<(Column, Value)> = Vec::with_capacity(object.0.len());
        for (name, raw) in object.0 {
            let at_fault =
                |code, message| LineProblem::in_column(line, &shown(&name), code, message);
            let column = Header::column(dataset, &name)
                .map_err(|refusal| at_fault(ProblemCode::UnknownColumn, refusal.message))?;
            if values.iter().any(|(known, _)| *known == column) {
                let message = format!("the line says `{}` twice", shown(&name));
                return Err(at_fault(ProblemCode::Malformed, message));
            }
            values.push((column, value(raw)));
        }
        Ok(Some(Self { values }))
    }

    /// The measures that the line names, as bits.
    fn mask(&self) -> i64 {
        let bits = self.values.iter().map(|(column, _)| match column {
            Column::Measure(index) => 1 << index,
            _ => 0,
        });
        bits.fold(0, |mask, bit| mask | bit)
    }

    /// The line's cells in the order of the header.
    fn cells(&self, columns: &[Column]) -> Vec<Cell<'_>> {
        let cell_of = |column: &Column| match self.values.iter().find(|(named, _)| named == column)
        {
            None | Some((_, Value::Null)) => Cell::Missing,
            Some((_, Value::Text(text))) => Cell::Text(text),
            Some((_, Value::Other(kind))) => Cell::Unreadable(kind),
        };
        columns.iter().map(cell_of).collect()
    }
}

fn value(raw: &RawValue) -> Value {
    let written = raw.get();
    match written.as_bytes().first() {
        Some(b'n') => Value::Null,
        Some(b'"') => serde_json::from_str(written).map_or(Value::Other("string"), Value::Text),
        Some(b't' | b'f') => Value::Other("boolean"),
        Some(b'[') => Value::Other("list"),
        Some(b'{') => Value::Other("object"),
        _ => Value::Text(written.to_owned()),
    }
}
