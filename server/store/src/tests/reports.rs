//! Users' Parquet reports: written, read back row by row, and what a damaged one says.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use bellwether_domain::ErrorCode;
use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::sample::Cell;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::sample_facts::april;
use crate::{Error, ReportReader, ReportWriter};

/// A row of `costs`: from, until, campaign, kind, amount, spread.
fn cost_row(amount: Cell<'static>) -> [Cell<'static>; 6] {
    let (from, until) = (Cell::Date(april(1)), Cell::Date(april(8)));
    [
        from,
        until,
        Cell::Missing,
        Cell::Text("production"),
        amount,
        Cell::Text("day"),
    ]
}

fn write_costs(path: &Path, n_rows: i64) {
    let costs = Dataset::of(DatasetName::Costs);
    let mut report = ReportWriter::create(path, costs).unwrap();
    for amount in 0..n_rows {
        report.write(&cost_row(Cell::Integer(amount))).unwrap();
    }
    report.finish().unwrap();
}

#[test]
fn a_report_is_read_back_as_written_over_all_its_batches() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("costs.parquet");
    write_costs(&path, 70_000);
    let report = ReportReader::open(&path).unwrap();
    assert_eq!(
        report.columns(),
        ["from", "until", "campaign", "kind", "amount", "spread"]
    );
    assert_eq!(report.n_rows(), 70_000);
    let mut next = 0;
    let read = report.for_each_row(|number, cells| {
        let amount = Cell::Decimal((number - 1).into());
        next += 1;
        assert_eq!((number, cells), (next, &cost_row(amount)[..]));
        Ok::<_, Error>(ControlFlow::Continue(()))
    });
    read.unwrap();
    assert_eq!(next, 70_000);
}

#[test]
fn reading_ends_where_the_visitor_breaks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("costs.parquet");
    write_costs(&path, 10);
    let mut seen = 0;
    let report = ReportReader::open(&path).unwrap();
    let read = report.for_each_row(|number, _| {
        seen = number;
        Ok::<_, Error>(if number == 3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    });
    read.unwrap();
    assert_eq!(seen, 3);
}

#[test]
fn a_truncated_report_says_that_its_end_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("costs.parquet");
    write_costs(&path, 10);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..100]).unwrap();
    let fault = ReportReader::open(&path).unwrap_err();
    assert_eq!(fault.code(), ErrorCode::InvalidInput);
    assert_eq!(
        fault.public_message(),
        "the body is not a readable Parquet file: it begins as one but its end is missing or \
         damaged (100 bytes arrived); send a whole Parquet file, uncompressed or with snappy, \
         zstd, gzip or lz4"
    );
}

#[test]
fn a_csv_file_and_an_empty_one_are_no_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.csv");
    for content in [&b"date,campaign\n"[..], b""] {
        std::fs::write(&path, content).unwrap();
        let fault = ReportReader::open(&path).unwrap_err();
        assert!(
            fault
                .public_message()
                .contains("does not begin with the four bytes `PAR1`")
        );
    }
}

#[test]
fn a_report_damaged_inside_is_refused_and_not_read_wrongly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("costs.parquet");
    write_costs(&path, 1000);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4..200].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let report = ReportReader::open(&path).unwrap();
    let read = report.for_each_row(|_, _| Ok::<_, Error>(ControlFlow::Continue(())));
    assert_eq!(read.unwrap_err().code(), ErrorCode::InvalidInput);
}

#[test]
fn an_amount_beyond_eighteen_digits_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("costs.parquet");
    let mut report = ReportWriter::create(&path, Dataset::of(DatasetName::Costs)).unwrap();
    report
        .write(&cost_row(Cell::Decimal(
            "999999999999.999999".parse().unwrap(),
        )))
        .unwrap();
    let too_large = report.write(&cost_row(Cell::Integer(1_000_000_000_000)));
    assert!(matches!(
        too_large,
        Err(Error::UnwritableCell { column: "amount" })
    ));
}

#[test]
fn reports_are_read_in_every_codec_that_the_message_promises() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.parquet");
    let clicks: ArrayRef = Arc::new(Int64Array::from_iter_values(0..1000));
    let batch = RecordBatch::try_from_iter([("clicks", clicks)]).unwrap();
    for codec in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::ZSTD(ZstdLevel::default()),
        Compression::GZIP(GzipLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ] {
        let properties = WriterProperties::builder().set_compression(codec).build();
        let file = std::fs::File::create(&path).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let mut n_cells = 0;
        let read = ReportReader::open(&path).unwrap().for_each_row(|_, cells| {
            n_cells += i64::from(matches!(cells, [Cell::Integer(_)]));
            Ok::<_, Error>(ControlFlow::Continue(()))
        });
        read.unwrap();
        assert_eq!(n_cells, 1000, "{codec}");
    }
}
