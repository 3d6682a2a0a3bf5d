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
use bellwether_domain::sample::{Cell, ChunkParser, Header, Layout, RowChunk};
use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

use super::split::{Piece, line_breaks};
use crate::error::{Error, Result};

/// What the CSV reader has in memory of a piece at a time.
const BUFFER_BYTES: usize = 64 * 1024;

/// Reads the header; gives the byte and the line on which the rows begin.
pub(super) fn read_header(
    path: &Path,
    dataset: &'static Dataset,
    line_bytes_max: usize,
) -> Result<(Header, (u64, u64))> {
    let file = File::open(path).map_err(Error::disk("read the body"))?;
    let left = Counter::new(line_bytes_max + 1);
    // The line break at the end makes the reader's line the one after the header, always.
    let body = Measured {
        inner: file.chain(&b"\n"[..]),
        left: &left,
    };
    let mut reader = reader_of(body);
    let mut names = ByteRecord::new();
    reader
        .read_byte_record(&mut names)
        .map_err(|error| io_error(error, line_bytes_max))?;
    let place = (reader.position().byte(), reader.position().line());
    // The line break is no part of the line.
    if place.0 > line_bytes_max as u64 + 1 {
        return Err(line_too_long(1, line_bytes_max).into());
    }
    Ok((Header::parse(dataset, header_names(&names)?)?, place))
}

/// Parses the rows of a piece.
pub(super) fn parse(
    piece: &Piece,
    layout: &Layout,
    header: &Header,
    line_bytes_max: usize,
) -> Result<RowChunk> {
    let bytes_max = line_bytes_max as u64 + 1;
    let mask = layout.mask();
    let mut chunk = ChunkParser::new(layout, header);
    // A blank line in front, so that the reader takes nothing at a piece's start for the mark that
    // may stand at a file's start.
    let mut reader = reader_of((&b"\n"[..]).chain(&piece.bytes[..]));
    let mut record = ByteRecord::new();
    loop {
        // The reader's line 1 is the blank one.
        let (next_line, start) = (reader.position().line().max(2), reader.position().byte());
        let more = reader.read_byte_record(&mut record);
        if !more.map_err(|error| io_error(error, line_bytes_max))? {
            return Ok(chunk.finish());
        }
        let line = piece.first_line + first_line(&reader, &record, next_line) - 2;
        if reader.position().byte() - start > bytes_max {
            return Err(line_too_long(line, line_bytes_max).into());
        }
        if record.as_slice() == b"\r" {
            continue;
        }
        let cells: Vec<Cell<'_>> = record.iter().map(cell).collect();
        chunk.row(line, &cells, mask);
    }
}

/// A reader of records as they stand. Lines end at `\n` only, because counting is wrong for
/// `\r\n` where both are terminators.
fn reader_of<R: Read>(body: R) -> Reader<R> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .buffer_capacity(BUFFER_BYTES)
        .from_reader(body)
}

/// A body of which only so many bytes may be read.
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

/// The line on which the record that was just read begins. Quoted fields may hold line breaks, and
/// blank lines may stand before it.
fn first_line<R: Read>(reader: &Reader<R>, record: &ByteRecord, next_line: u64) -> u64 {
    let line_after = reader.position().line();
    if line_after == next_line + 1 {
        return next_line;
    }
    let inside: u64 = record.iter().map(line_breaks).sum();
    // An unclosed quote swallows the line break that would end its record.
    (line_after - 1 - inside).max(next_line)
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

/// What the reader can fail with; only a header can be over the limit of what is read.
fn io_error(error: csv::Error, line_bytes_max: usize) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(source) if source.kind() == io::ErrorKind::FileTooLarge => {
            line_too_long(1, line_bytes_max).into()
        }
        csv::ErrorKind::Io(source) => Error::disk("read the body")(source),
        _ => Refusal::invalid("the body is not valid CSV")
            .at("header")
            .into(),
    }
}
