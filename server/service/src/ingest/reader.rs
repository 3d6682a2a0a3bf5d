//! The body of a batch, whatever its format: its header, and its pieces parsed on all cores.

use std::path::Path;

use bellwether_domain::dataset::Dataset;
use bellwether_domain::sample::{Header, Layout, RowChunk};
use bellwether_store::ReportReader;

use super::pipeline::{Outlet, run};
use super::progress::Progress;
use super::request::Format;
use super::split::{Pieces, last_line_end, last_record_end};
use super::{csv, ndjson, parquet};
use crate::error::Result;

/// A body whose header was read.
#[derive(Debug)]
pub(super) struct BodyReader<'a> {
    path: &'a Path,
    line_bytes_max: usize,
    pub(super) header: Header,
    rows: RowsPlace,
}

/// Where the rows are.
#[derive(Debug)]
enum RowsPlace {
    /// From this byte and line on.
    Csv((u64, u64)),
    Ndjson,
    Parquet(Box<ReportReader>),
}

impl<'a> BodyReader<'a> {
    /// Reads the header.
    pub(super) fn open(
        path: &'a Path,
        format: Format,
        dataset: &'static Dataset,
        line_bytes_max: usize,
    ) -> Result<Self> {
        let (header, rows) = match format {
            Format::Csv => {
                let (header, start) = csv::read_header(path, dataset, line_bytes_max)?;
                (header, RowsPlace::Csv(start))
            }
            Format::Ndjson => (ndjson::header(dataset)?, RowsPlace::Ndjson),
            Format::Parquet => {
                let report = ReportReader::open(path)?;
                let names = report.columns();
                let header = Header::parse(dataset, names.iter().map(String::as_str))?;
                (header, RowsPlace::Parquet(Box::new(report)))
            }
        };
        Ok(Self {
            path,
            line_bytes_max,
            header,
            rows,
        })
    }

    /// Parses all rows with so many workers and gives them to `take` in order.
    pub(super) fn read(
        &self,
        layout: &Layout,
        n_workers: usize,
        progress: &Progress,
        take: impl FnMut(RowChunk) -> Result<()>,
    ) -> Result<()> {
        let (header, bytes_max) = (&self.header, self.line_bytes_max);
        let pieces = |start, last_end| {
            let pieces = Pieces::open(self.path, start, last_end, bytes_max, progress);
            move |outlet: &mut Outlet<_>| {
                let mut pieces = pieces?;
                while let Some(piece) = pieces.next()? {
                    if !outlet.put(piece) {
                        break;
                    }
                }
                Ok(())
            }
        };
        match &self.rows {
            RowsPlace::Csv(start) => {
                let parse = |piece| csv::parse(&piece, layout, header, bytes_max);
                run(n_workers, pieces(*start, last_record_end), parse, take)
            }
            RowsPlace::Ndjson => {
                let parse = |piece| ndjson::parse(&piece, layout, header, bytes_max);
                run(n_workers, pieces((0, 1), last_line_end), parse, take)
            }
            RowsPlace::Parquet(report) => {
                let read = |outlet: &mut Outlet<_>| read_batches(report, progress, outlet);
                let parse = |batch| parquet::parse(&batch, layout, header);
                run(n_workers, read, parse, take)
            }
        }
    }
}

fn read_batches(
    report: &ReportReader,
    progress: &Progress,
    outlet: &mut Outlet<bellwether_store::ReportBatch>,
) -> Result<()> {
    let (size_bytes, n_rows) = (report.size_bytes(), report.n_rows().max(1));
    let mut n_read = 0;
    for batch in report.batches()? {
        let batch = batch?;
        // A typed file is read by columns; its bytes go by as its rows do.
        let before = bytes_of(n_read, n_rows, size_bytes);
        n_read += batch.n_rows() as u64;
        progress.read_bytes(bytes_of(n_read, n_rows, size_bytes) - before);
        if !outlet.put(batch) {
            break;
        }
    }
    Ok(())
}

fn bytes_of(n_read: u64, n_rows: u64, size_bytes: u64) -> u64 {
    let share = u128::from(n_read.min(n_rows)) * u128::from(size_bytes) / u128::from(n_rows);
    u64::try_from(share).unwrap_or(size_bytes)
}
