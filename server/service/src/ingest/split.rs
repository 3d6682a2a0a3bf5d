//! Cuts a body of text into pieces of whole lines or records, without parsing them.
//!
//! Invariant: a piece ends where a record ends, so that it can be parsed by itself; no more than
//! a piece and a line of the longest kind accepted is held.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::progress::Progress;
use crate::error::{Error, Result};

/// How much of a body is parsed at once: small enough that a few pieces a core are a few
/// megabytes, large enough that handing over costs nothing.
const PIECE_BYTES: usize = 512 * 1024;

/// A piece of a body.
#[derive(Debug)]
pub(super) struct Piece {
    /// Whole records; the last one ends with a line break.
    pub(super) bytes: Vec<u8>,
    /// The line of the body on which it begins.
    pub(super) first_line: u64,
}

/// The pieces of a body, from a place in it on.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    file: File,
    /// Finds where the last whole record of some bytes ends; they begin with a record.
    last_end: fn(&[u8]) -> Option<usize>,
    /// Read, but not yet given.
    rest: Vec<u8>,
    line: u64,
    line_bytes_max: usize,
    progress: &'a Progress,
}

impl<'a> Pieces<'a> {
    /// The pieces from this byte on, which begins this line.
    pub(super) fn open(
        path: &Path,
        (start_byte, line): (u64, u64),
        last_end: fn(&[u8]) -> Option<usize>,
        line_bytes_max: usize,
        progress: &'a Progress,
    ) -> Result<Self> {
        let mut file = File::open(path).map_err(Error::disk("read the body"))?;
        file.seek(SeekFrom::Start(start_byte))
            .map_err(Error::disk("read the body"))?;
        progress.read_bytes(start_byte);
        Ok(Self {
            file,
            last_end,
            rest: Vec::new(),
            line,
            line_bytes_max,
            progress,
        })
    }

    /// The next piece; `None` at the end of the body.
    pub(super) fn next(&mut self) -> Result<Option<Piece>> {
        let mut wanted = PIECE_BYTES;
        loop {
            let is_end = self.read_up_to(wanted)?;
            if is_end && self.rest.is_empty() {
                return Ok(None);
            }
            if is_end {
                if !self.rest.ends_with(b"\n") {
                    self.rest.push(b'\n');
                }
                let bytes = std::mem::take(&mut self.rest);
                return Ok(Some(self.piece(bytes)));
            }
            if let Some(end) = (self.last_end)(&self.rest) {
                let rest = self.rest.split_off(end);
                let bytes = std::mem::replace(&mut self.rest, rest);
                return Ok(Some(self.piece(bytes)));
            }
            if self.rest.len() > self.line_bytes_max {
                return Err(super::csv::line_too_long(self.line, self.line_bytes_max).into());
            }
            wanted += PIECE_BYTES;
        }
    }

    /// Reads until so many bytes are there; true at the end of the body.
    fn read_up_to(&mut self, wanted: usize) -> Result<bool> {
        let lacking = wanted.saturating_sub(self.rest.len());
        let n_read = (&mut self.file)
            .take(lacking as u64)
            .read_to_end(&mut self.rest)
            .map_err(Error::disk("read the body"))?;
        self.progress.read_bytes(n_read as u64);
        Ok(n_read < lacking)
    }

    fn piece(&mut self, bytes: Vec<u8>) -> Piece {
        let first_line = self.line;
        self.line += line_breaks(&bytes);
        Piece { bytes, first_line }
    }
}

/// How many line breaks there are.
pub(super) fn line_breaks(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// Where the last line of some bytes ends.
pub(super) fn last_line_end(bytes: &[u8]) -> Option<usize> {
    bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map(|at| at + 1)
}

/// Where the last whole CSV record of some bytes ends: at a line break outside of quotes. A quote
/// that doesn't begin its field is a character like any other.
pub(super) fn last_record_end(bytes: &[u8]) -> Option<usize> {
    if !bytes.contains(&b'"') {
        return last_line_end(bytes);
    }
    let mut end = None;
    let mut place = Place::FieldStart;
    for (at, byte) in bytes.iter().enumerate() {
        place = match (place, byte) {
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::Quoted, _) | (Place::FieldStart | Place::QuoteInQuoted, b'"') => Place::Quoted,
            (_, b'\n') => {
                end = Some(at + 1);
                Place::FieldStart
            }
            (_, b',') => Place::FieldStart,
            _ => Place::Field,
        };
    }
    end
}

#[derive(Debug, Clone, Copy)]
enum Place {
    FieldStart,
    Field,
    Quoted,
    /// After a quote within quotes: another one makes it a character, all else ends the quotes.
    QuoteInQuoted,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Where the reader that will parse the pieces finds the ends of records.
    fn record_ends(bytes: &[u8]) -> Vec<usize> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(bytes);
        let mut ends = Vec::new();
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).unwrap() {
            ends.push(usize::try_from(reader.position().byte()).unwrap());
        }
        ends
    }

    proptest! {
        #[test]
        fn pieces_end_where_the_csv_reader_ends_a_record(text in "[a,\"\n\r]{0,30}") {
            let bytes = format!("x{text}\n").into_bytes();
            if let Some(end) = last_record_end(&bytes) {
                let ends = record_ends(&bytes);
                let is_record_end = ends.contains(&end)
                    // Line breaks after a record's end are skipped with the next record.
                    || ends.iter().any(|known| {
                        *known < end && bytes[*known..end].iter().all(|byte| *byte == b'\n')
                    });
                prop_assert!(is_record_end, "{end} of {ends:?}");
            }
        }
    }

    #[test]
    fn pieces_hold_the_whole_body_and_count_its_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("body");
        let body: String = "a row of a hundred thousand\n".repeat(100_000);
        std::fs::write(&path, body.trim_end()).unwrap();
        let progress = Progress::default();
        let mut pieces = Pieces::open(&path, (0, 1), last_line_end, 100, &progress).unwrap();
        let (mut whole, mut line) = (Vec::new(), 1);
        while let Some(piece) = pieces.next().unwrap() {
            assert_eq!(piece.first_line, line);
            line += line_breaks(&piece.bytes);
            whole.extend(piece.bytes);
        }
        assert_eq!((whole, line), (body.into_bytes(), 100_001));
    }
}
