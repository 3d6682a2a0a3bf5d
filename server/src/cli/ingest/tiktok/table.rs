//! A CSV file of TikTok's, read row by row, its column names in capitals.

use std::fs::File;
use std::io::{Chain, Read};
use std::path::Path;

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

/// A file that is being read.
#[derive(Debug)]
pub(super) struct Table {
    /// The file's path as messages show it.
    pub(super) name: String,
    /// Its column names in capitals.
    pub(super) columns: Vec<String>,
    /// The file with a line break after it, so that every row ends in one.
    reader: Reader<Chain<File, &'static [u8]>>,
    record: ByteRecord,
    /// Added to the file's own line numbers.
    lines_before: u64,
}

/// One row: the line where it begins, counted through all files of its batch, and its fields.
pub(super) struct TableRow<'a> {
    pub(super) line: u64,
    record: &'a ByteRecord,
}

impl Table {
    /// Opens the file and reads its header.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        Self::open_behind(path, 0)
    }

    /// Opens a file whose lines are counted behind those of others.
    pub(super) fn open_behind(path: &Path, lines_before: u64) -> Result<Self, String> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| format!("`{name}` can't be read: {error}"))?;
        let mut reader = ReaderBuilder::new()
            .flexible(true)
            // The carriage return of Windows' line ends stays with the last field and is trimmed
            // there: taken as an end itself, it would let line numbers lag behind by one.
            .terminator(Terminator::Any(b'\n'))
            .from_reader(file.chain(&b"\n"[..]));
        let header = reader
            .byte_headers()
            .map_err(|error| format!("`{name}` can't be read: {error}"))?;
        let columns: Vec<String> = header.iter().map(column_name).collect();
        if columns.is_empty() {
            return Err(format!(
                "`{name}` is empty; its first line names the columns"
            ));
        }
        Ok(Self {
            name,
            columns,
            reader,
            record: ByteRecord::new(),
            lines_before,
        })
    }

    /// How many lines stand before the next row, at least; those of files before this one count.
    pub(super) fn lines_read(&self) -> u64 {
        self.lines_before + self.reader.position().line()
    }

    /// The place of a column.
    pub(super) fn index(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known == column)
    }

    /// The place of a column that the file must have.
    pub(super) fn required(&self, column: &str) -> Result<usize, String> {
        self.index(column)
            .ok_or_else(|| format!("`{}` has no column `{column}`", self.name))
    }

    /// The next row, if there is one; empty lines are none.
    pub(super) fn next(&mut self) -> Result<Option<TableRow<'_>>, String> {
        loop {
            let more = self
                .reader
                .read_byte_record(&mut self.record)
                .map_err(|error| format!("`{}` can't be read: {error}", self.name))?;
            if !more {
                return Ok(None);
            }
            let is_empty = self.record.len() == 1 && self.record[0].trim_ascii().is_empty();
            if !is_empty {
                break;
            }
        }
        // The reader's own number of a row counts from before the empty lines that it skipped.
        let inner = self.record.as_slice().iter().filter(|b| **b == b'\n');
        let n_lines = 1 + inner.count() as u64;
        let line = self.lines_before + self.reader.position().line().saturating_sub(n_lines);
        Ok(Some(TableRow {
            line,
            record: &self.record,
        }))
    }
}

impl<'a> TableRow<'a> {
    /// How many fields it has.
    pub(super) fn n_fields(&self) -> usize {
        self.record.len()
    }

    /// The bytes of a field; those of a missing one, written `-` too, are none.
    pub(super) fn bytes(&self, index: usize) -> &'a [u8] {
        let field = self.record.get(index).unwrap_or_default().trim_ascii();
        if field == b"-" { b"" } else { field }
    }

    /// The text of a field, empty when missing; `None` when it is not UTF-8.
    pub(super) fn text(&self, index: usize) -> Option<&'a str> {
        std::str::from_utf8(self.bytes(index)).ok()
    }
}

fn column_name(field: &[u8]) -> String {
    String::from_utf8_lossy(field)
        .trim_start_matches('\u{feff}')
        .trim()
        .to_ascii_uppercase()
}
