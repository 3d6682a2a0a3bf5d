//! Rows of a CSV body: UTF-8, comma-separated, with a header.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use bellwether_domain::dataset::Dataset;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::sample::{Cell, Header};
use csv::{ByteRecord, ReaderBuilder, Terminator};

use super::validate::Gathering;
use crate::error::{Error, Result};

/// Reads every row into a gathering that begins with the header.
pub(super) fn read<'a>(
    path: &Path,
    dataset: &'static Dataset,
    line_bytes_max: usize,
    begin: impl FnOnce(Header) -> Gathering<'a>,
) -> Result<Gathering<'a>> {
    let file = File::open(path).map_err(Error::disk("read the body"))?;
    // The line break at the end makes the reader's line the one after the record, always; lines
    // end at `\n` only, because counting is wrong for `\r\n` where both are terminators.
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .from_reader(file.chain(&b"\n"[..]));
    let names = reader
        .byte_headers()
        .map_err(|error| io_error(error, "read the header"))?
        .clone();
    let header = Header::parse(dataset, header_names(&names)?)?;
    let mut gathering = begin(header);
    let mut record = ByteRecord::new();
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| io_error(error, "read the body"))?
    {
        let line = first_line(&reader, &record);
        if record.as_slice().len() > line_bytes_max {
            return Err(line_too_long(line, line_bytes_max).into());
        }
        if record.as_slice() == b"\r" {
            continue;
        }
        let cells: Vec<Cell<'_>> = record.iter().map(cell).collect();
        gathering.row(line, &cells)?;
    }
    Ok(gathering)
}

/// The line on which the record that was just read begins: quoted fields may hold line breaks.
fn first_line<R: Read>(reader: &csv::Reader<R>, record: &ByteRecord) -> u64 {
    let inside: usize = record
        .iter()
        .map(|field| field.split(|byte| *byte == b'\n').count() - 1)
        .sum();
    reader.position().line() - 1 - inside as u64
}

/// The refusal of a line over the limit.
pub(super) fn line_too_long(line: u64, line_bytes_max: usize) -> Refusal {
    Refusal::limit(
        "ingest_line_bytes_max",
        line_bytes_max,
        format!("line {line}"),
    )
    .at(format!("line {line}"))
}

fn header_names(names: &ByteRecord) -> Result<Vec<&str>, Refusal> {
    if names.is_empty() {
        return Err(
            Refusal::invalid("the body is empty; the first line names the columns").at("header"),
        );
    }
    names
        .iter()
        .map(|name| {
            std::str::from_utf8(name).map_err(|_| {
                Refusal::invalid("the header is not UTF-8; send the file as UTF-8").at("header")
            })
        })
        .collect()
}

fn cell(field: &[u8]) -> Cell<'_> {
    match std::str::from_utf8(field) {
        Ok(text) if text.trim().is_empty() => Cell::Missing,
        Ok(text) => Cell::Text(text),
        Err(_) => Cell::NotUtf8,
    }
}

fn io_error(error: csv::Error, attempted: &'static str) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::disk(attempted)(source),
        _ => Refusal::invalid("the body is not valid CSV")
            .at("header")
            .into(),
    }
}
