//! Records as files: CSV and NDJSON, read into lines and written from records.
//!
//! Invariant: what is written here is read here as the same; a file is read whole before anything
//! of it is taken in.

use bellwether_domain::agency::Slug;
use bellwether_domain::closed_words;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::record::{
    IMPORT_FILE_BYTES_MAX, IMPORT_LINES_MAX, Record, RecordColumn, RecordKind, RecordLine, cell_of,
    column_of, line_of, put_cell, record_columns,
};
use csv::{ByteRecord, ReaderBuilder, WriterBuilder};
use serde_json::{Map, Value};

closed_words! {
    /// How a file of records is written.
    pub enum RecordFormat, "a format of records" {
        /// Comma-separated values with a header: a column for each value outside of lists.
        Csv => "csv",
        /// One JSON object a line.
        Ndjson => "ndjson",
    }
}

impl RecordFormat {
    /// The media type of its files.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}

/// The lines of a file with their numbers: what each says, or everything that it has against it.
pub(crate) type NumberedLines = Vec<(u64, Result<RecordLine, Vec<Refusal>>)>;

/// The mark that some programs put at the beginning of a file.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads a file; `brand` is the one of lines that name none.
pub(crate) fn read_lines(
    kind: RecordKind,
    format: RecordFormat,
    file: &[u8],
    brand: Option<&Slug>,
) -> Result<NumberedLines, Refusal> {
    if file.len() > IMPORT_FILE_BYTES_MAX {
        let what = format!("a file of {} bytes", file.len());
        let limit = "import_file_bytes_max";
        return Err(Refusal::limit(limit, IMPORT_FILE_BYTES_MAX, what));
    }
    let text = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file);
    let lines = match format {
        RecordFormat::Csv => csv_lines(kind, text)?,
        RecordFormat::Ndjson => json_lines(text)?,
    };
    let lines = lines.into_iter().map(|(number, line)| {
        let line = line.map_err(|refusal| vec![refusal]);
        (
            number,
            line.and_then(|line| RecordLine::read(kind, line, brand)),
        )
    });
    Ok(lines.collect())
}

/// Lines as JSON objects, or what is wrong with the form of each.
type Objects = Vec<(u64, Result<Map<String, Value>, Refusal>)>;

fn add(
    lines: &mut Objects,
    number: u64,
    line: Result<Map<String, Value>, Refusal>,
) -> Result<(), Refusal> {
    if lines.len() >= IMPORT_LINES_MAX {
        let what = "one more line of the file";
        return Err(Refusal::limit("import_lines_max", IMPORT_LINES_MAX, what));
    }
    lines.push((number, line));
    Ok(())
}

fn json_lines(text: &[u8]) -> Result<Objects, Refusal> {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let object = serde_json::from_slice(line);
        let object = object
            .map_err(|error| Refusal::invalid(format!("the line is not one JSON object: {error}")));
        add(&mut lines, number, object)?;
    }
    Ok(lines)
}

fn csv_lines(kind: RecordKind, text: &[u8]) -> Result<Objects, Refusal> {
    let mut reader = ReaderBuilder::new();
    let mut reader = reader.has_headers(false).flexible(true).from_reader(text);
    let mut record = ByteRecord::new();
    let unreadable =
        |error: csv::Error| Refusal::invalid(format!("the file can't be read: {error}"));
    if !reader.read_byte_record(&mut record).map_err(unreadable)? {
        let message = "the file is empty; it begins with a line of column names";
        return Err(Refusal::invalid(message));
    }
    let columns = header(kind, &record)?;
    let mut lines = Vec::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let number = record.position().map_or(0, |start| line_at(text, start));
        add(&mut lines, number, object_of(&columns, &record))?;
    }
    Ok(lines)
}

/// The line on which a record stands: the reader's count is of before the blank lines it skipped.
fn line_at(text: &[u8], start: &csv::Position) -> u64 {
    let from = usize::try_from(start.byte()).expect("a position within a slice is a usize");
    let skipped = text[from..]
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'));
    start.line() + skipped.filter(|byte| **byte == b'\n').count() as u64
}

fn header(kind: RecordKind, record: &ByteRecord) -> Result<Vec<RecordColumn>, Refusal> {
    let mut columns: Vec<RecordColumn> = Vec::new();
    for name in record {
        let name = std::str::from_utf8(name);
        let name = name.map_err(|_| Refusal::invalid("the header is not UTF-8"))?;
        let column = column_of(kind, name.trim())?;
        if columns.contains(&column) {
            let message = format!("the header names the column `{name}` twice");
            return Err(Refusal::invalid(message).at(name));
        }
        columns.push(column);
    }
    Ok(columns)
}

fn object_of(columns: &[RecordColumn], record: &ByteRecord) -> Result<Map<String, Value>, Refusal> {
    if record.len() != columns.len() {
        let (cells, n_columns) = (record.len(), columns.len());
        let message = format!("the line has {cells} cells; the header names {n_columns} columns");
        return Err(Refusal::invalid(message));
    }
    let mut line = Map::new();
    for (column, cell) in columns.iter().zip(record) {
        let cell = std::str::from_utf8(cell).map_err(|_| {
            let message =
                "the cell is not UTF-8; save the file as UTF-8, or name its encoding in a map";
            Refusal::invalid(message).at(column.place)
        })?;
        put_cell(*column, cell, &mut line)?;
    }
    Ok(line)
}

/// The beginning of a file of a kind.
pub(crate) fn write_header(kind: RecordKind, format: RecordFormat) -> Vec<u8> {
    match format {
        RecordFormat::Csv => csv_line(record_columns(kind).map(|column| column.place)),
        RecordFormat::Ndjson => Vec::new(),
    }
}

/// A record as a line of a file, with its end.
pub(crate) fn write_line(record: &Record, brand: &Slug, format: RecordFormat) -> Vec<u8> {
    let line = line_of(record, brand);
    match format {
        RecordFormat::Csv => {
            let columns = record_columns(record.body.kind());
            csv_line(columns.map(|column| cell_of(column, &line)))
        }
        RecordFormat::Ndjson => format!("{}\n", Value::Object(line)).into_bytes(),
    }
}

fn csv_line<T: AsRef<[u8]>>(cells: impl IntoIterator<Item = T>) -> Vec<u8> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let written = writer.write_record(cells);
    written.expect("a vector takes all bytes of one line");
    writer
        .into_inner()
        .expect("a vector takes all bytes of one line")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: RecordFormat, file: &[u8]) -> Result<NumberedLines, Refusal> {
        let brand = Slug::parse("acme").unwrap();
        read_lines(RecordKind::Product, format, file, Some(&brand))
    }

    #[test]
    fn lines_keep_the_numbers_that_they_have_in_the_file() {
        let csv = b"\xEF\xBB\xBFkey,name\r\n\r\ntea,Tea\r\n\"mug\",\"Mug\r\nred\"\r\nhat\r\n";
        let lines = read(RecordFormat::Csv, csv).unwrap();
        let numbers: Vec<(u64, bool)> =
            lines.iter().map(|(at, line)| (*at, line.is_ok())).collect();
        assert_eq!(numbers, [(3, true), (4, false), (6, false)]);
        let ndjson = b"{\"name\":\"Tea\"}\n\n[1]\n";
        let lines = read(RecordFormat::Ndjson, ndjson).unwrap();
        let numbers: Vec<(u64, bool)> =
            lines.iter().map(|(at, line)| (*at, line.is_ok())).collect();
        assert_eq!(numbers, [(1, true), (3, false)]);
    }

    #[test]
    fn a_file_has_so_many_lines_and_no_more() {
        let mut file = "{\"name\":\"Tea\"}\n".repeat(IMPORT_LINES_MAX);
        let lines = read(RecordFormat::Ndjson, file.as_bytes()).unwrap();
        assert_eq!(lines.len(), IMPORT_LINES_MAX);
        file.push_str("{\"name\":\"Tea\"}\n");
        let refusal = read(RecordFormat::Ndjson, file.as_bytes()).unwrap_err();
        assert!(refusal.message.contains("import_lines_max"), "{refusal}");
    }

    #[test]
    fn a_file_has_so_many_bytes_and_no_more() {
        let mut file = vec![b'\n'; IMPORT_FILE_BYTES_MAX];
        assert_eq!(read(RecordFormat::Ndjson, &file).unwrap().len(), 0);
        file.push(b'\n');
        let refusal = read(RecordFormat::Ndjson, &file).unwrap_err();
        assert!(
            refusal.message.contains("import_file_bytes_max"),
            "{refusal}"
        );
    }

    #[test]
    fn a_header_names_known_columns_once() {
        for (file, told) in [
            (&b""[..], "the file is empty"),
            (b"key,key\n", "twice"),
            (b"key,nmae\n", "did you mean `name`"),
        ] {
            let refusal = read(RecordFormat::Csv, file).unwrap_err();
            assert!(refusal.message.contains(told), "{refusal}");
        }
    }
}
