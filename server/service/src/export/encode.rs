//! Rows of an answer as bytes of a format, some thousand at a time.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bellwether_domain::answer::AnswerValue;
use bellwether_domain::export::{CsvTexts, ExportFormat, looks_like_formula};
use bellwether_store::{TableFormat, TableWriter};
use bytes::Bytes;

use super::content::ExportContent;
use crate::error::{Error, Result};

/// How many rows are encoded at a time: about a megabyte, in a few milliseconds.
const ROWS_AT_A_TIME: usize = 4_096;

/// The file of an export, which takes the rows of one answer or of several with the same columns.
pub(super) struct FileEncoder {
    encoder: Encoder,
    sink: Sink,
}

/// An answer that is being encoded.
pub(super) struct Encoding {
    content: Arc<ExportContent>,
    file: FileEncoder,
    n_done: usize,
    ends_file: bool,
}

/// What one step of encoding came to.
pub(super) struct Encoded {
    /// The bytes that are ready; none as long as a row group is not full.
    pub(super) bytes: Bytes,
    /// How many rows of the answer are encoded so far.
    pub(super) n_done: usize,
    /// What is left to encode.
    pub(super) rest: Rest,
}

/// What is left of an export after a step.
pub(super) enum Rest {
    /// Further rows of the answer.
    Rows(Encoding),
    /// A file that takes the rows of another answer.
    File(FileEncoder),
    /// Nothing: the file is whole.
    Nothing,
}

enum Encoder {
    Csv(Box<csv::Writer<Sink>>, CsvTexts),
    Columnar(Box<TableWriter<Sink>>),
}

impl FileEncoder {
    /// Begins a file with the columns of an answer: the line of names, or what tells them.
    pub(super) fn new(
        content: &ExportContent,
        format: ExportFormat,
        texts: CsvTexts,
    ) -> Result<Self> {
        let sink = Sink::default();
        let columnar = |format| {
            let columns = content.columns().to_vec();
            let writer = TableWriter::new(format, columns, sink.clone());
            writer.map(|writer| Encoder::Columnar(Box::new(writer)))
        };
        let encoder = match format {
            ExportFormat::Csv => {
                let mut writer = csv::Writer::from_writer(sink.clone());
                let names = content.columns().iter().map(|column| &column.name);
                writer.write_record(names).map_err(unwritten)?;
                Encoder::Csv(Box::new(writer), texts)
            }
            ExportFormat::Arrow => columnar(TableFormat::Arrow)?,
            ExportFormat::Parquet => columnar(TableFormat::Parquet)?,
        };
        Ok(Self { encoder, sink })
    }

    /// Goes on with the rows of an answer, which are the last ones where they end the file.
    pub(super) fn with(self, content: Arc<ExportContent>, ends_file: bool) -> Encoding {
        Encoding {
            content,
            file: self,
            n_done: 0,
            ends_file,
        }
    }
}

impl Encoding {
    /// Encodes the next rows, and what ends the file after the last ones.
    pub(super) fn step(mut self) -> Result<Encoded> {
        let n_rows = self.content.n_rows();
        let until = (self.n_done + ROWS_AT_A_TIME).min(n_rows);
        let rows = self.content.rows(self.n_done..until);
        self.n_done = until;
        if !rows.is_empty() {
            self.file.encoder.write(&rows)?;
        }
        let (n_done, sink) = (self.n_done, self.file.sink.clone());
        let rest = if n_done < n_rows {
            Rest::Rows(self)
        } else if self.ends_file {
            self.file.encoder.finish()?;
            Rest::Nothing
        } else {
            Rest::File(self.file)
        };
        Ok(Encoded {
            bytes: sink.take(),
            n_done,
            rest,
        })
    }
}

impl Encoder {
    fn write(&mut self, rows: &[Vec<AnswerValue>]) -> Result<()> {
        match self {
            Self::Columnar(writer) => Ok(writer.write(rows)?),
            Self::Csv(writer, texts) => {
                for row in rows {
                    for value in row {
                        writer
                            .write_field(field(value, *texts))
                            .map_err(unwritten)?;
                    }
                    writer.write_record(None::<&[u8]>).map_err(unwritten)?;
                }
                writer.flush().map_err(unwritten)
            }
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Columnar(writer) => Ok(writer.finish()?),
            Self::Csv(mut writer, _) => writer.flush().map_err(unwritten),
        }
    }
}

/// A value as a field of CSV: numbers as in JSON, nothing where there is none.
fn field(value: &AnswerValue, texts: CsvTexts) -> String {
    match value {
        AnswerValue::Null => String::new(),
        AnswerValue::Date(day) => day.to_string(),
        AnswerValue::Text(text) if texts == CsvTexts::Guarded && looks_like_formula(text) => {
            format!("'{text}")
        }
        AnswerValue::Text(text) => text.clone(),
        AnswerValue::Count(count) => count.to_string(),
        AnswerValue::Decimal(number) | AnswerValue::Float(number) => number.to_string(),
    }
}

/// Writing into memory does not fail.
fn unwritten<E>(_: E) -> Error {
    Error::TaskEnded {
        attempted: "encode an export",
    }
}

/// The bytes that an encoder has written and nobody has taken yet.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self) -> Bytes {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *bytes).into()
    }
}

impl Write for Sink {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
