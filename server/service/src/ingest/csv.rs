//! Rows of a CSV body: UTF-8, comma-separated, with a header.
//!
//! Invariant: no more than a line of the longest kind accepted is held in memory, even where a
//! quote is never closed.

use std::cell::Cell as Counter;
use std::fs::File;
use std::io::{self, Read};
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
    let left = Counter::new(line_bytes_max + 1);
    let body = Measured {
        inner: file.chain(&b"\n"[..]),
        left: &left,
    };
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .from_reader(body);
    let failed = |error, line| io_error(error, line, line_bytes_max);
    let names = reader
        .byte_headers()
        .map_err(|error| failed(error, 1))?
        .clone();
    // The line break is no part of the line.
    let bytes_max = line_bytes_max as u64 + 1;
    if reader.position().byte() > bytes_max {
        return Err(line_too_long(1, line_bytes_max).into());
    }
    let header = Header::parse(dataset, header_names(&names)?)?;
    let mut gathering = begin(header);
    let mut record = ByteRecord::new();
    loop {
        left.set(line_bytes_max + 1);
        let (next_line, start) = (reader.position().line(), reader.position().byte());
        let more = reader.read_byte_record(&mut record);
        if !more.map_err(|error| failed(error, next_line))? {
            return Ok(gathering);
        }
        // An unclosed quote swallows the line break that would end its record.
        let line = first_line(&reader, &record).max(next_line);
        // What lay in the reader's buffer already was not measured for this record.
        if reader.position().byte() - start > bytes_max {
            return Err(line_too_long(line, line_bytes_max).into());
        }
        if record.as_slice() == b"\r" {
            continue;
        }
        let cells: Vec<Cell<'_>> = record.iter().map(cell).collect();
        gathering.row(line, &cells)?;
    }
}

/// A body of which only so many bytes may be read until the count is set anew.
struct Measured<'a, R> {
    inner: R,
    left: &'a Counter<usize>,
}

impl<R: Read> Read for Measured<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(self.left.get());
        if most == 0 && !into.is_empty() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let n_read = self.inner.read(&mut into[..most])?;
        self.left.set(self.left.get() - n_read);
        Ok(n_read)
    }
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
    if let (1, Some(only)) = (names.len(), names.get(0))
        && let Some(separator) = only.iter().find(|byte| matches!(byte, b';' | b'\t' | b'|'))
    {
        let shown = char::from(*separator).escape_default();
        let message = format!("the header is separated by `{shown}`; separate columns by `,`");
        return Err(Refusal::invalid(message).at("header"));
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

fn io_error(error: csv::Error, line: u64, line_bytes_max: usize) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(source) if source.kind() == io::ErrorKind::FileTooLarge => {
            line_too_long(line, line_bytes_max).into()
        }
        csv::ErrorKind::Io(source) => Error::disk("read the body")(source),
        _ => Refusal::invalid("the body is not valid CSV")
            .at("header")
            .into(),
    }
}
