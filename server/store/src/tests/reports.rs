//! Users' Parquet reports: written, read back row by row, and what a damaged one says.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use bellwether_domain::ErrorCode;
use bellwether_domain::batch::REPORT_ROW_GROUP_BYTES_MAX;
use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::sample::Cell;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};

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

/// Shows every row with its number; the error is the reader's.
fn each_row(report: &ReportReader, mut visit: impl FnMut(u64, &[Cell<'_>])) -> Result<(), Error> {
    for batch in report.batches()? {
        let batch = batch?;
        let rows = batch.rows()?;
        let mut cells = Vec::new();
        for row in 0..batch.n_rows() {
            let number = rows.read(row, &mut cells);
            visit(number, &cells);
        }
    }
    Ok(())
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
    let read = each_row(&report, |number, cells| {
        let amount = Cell::Decimal((number - 1).into());
        next += 1;
        assert_eq!((number, cells), (next, &cost_row(amount)[..]));
    });
    read.unwrap();
    assert_eq!(next, 70_000);
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
    let read = each_row(&report, |_, _| ());
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
        let read = each_row(&ReportReader::open(&path).unwrap(), |_, cells| {
            n_cells += i64::from(matches!(cells, [Cell::Integer(_)]));
        });
        read.unwrap();
        assert_eq!(n_cells, 1000, "{codec}");
    }
}

/// A report with one column of texts, written by a dictionary.
fn write_texts(path: &Path, texts: &[&str]) {
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(texts));
    let batch = RecordBatch::try_from_iter([("campaign", texts)]).unwrap();
    let properties = WriterProperties::builder()
        .set_dictionary_page_size_limit(usize::MAX)
        .set_statistics_enabled(EnabledStatistics::None)
        .build();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn a_huge_text_that_a_dictionary_repeats_is_in_memory_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.parquet");
    let huge = "x".repeat(1 << 20);
    write_texts(&path, &vec![huge.as_str(); 1000]);
    let report = ReportReader::open(&path).unwrap();
    let batch = report.batches().unwrap().next().unwrap().unwrap();
    assert_eq!(batch.n_rows(), 1000);
    assert!(batch.size_bytes() < 3 << 20, "{} bytes", batch.size_bytes());
    let (rows, mut cells) = (batch.rows().unwrap(), Vec::new());
    rows.read(999, &mut cells);
    assert_eq!(cells, [Cell::Text(&huge)]);
}

#[test]
fn a_row_group_of_just_the_most_bytes_of_texts_is_read_and_one_above_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.parquet");
    let at_most = usize::try_from(REPORT_ROW_GROUP_BYTES_MAX).unwrap();
    write_texts(&path, &[&"x".repeat(at_most - 1024)]);
    assert!(ReportReader::open(&path).is_ok());
    write_texts(&path, &[&"x".repeat(at_most)]);
    let refused = ReportReader::open(&path).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::LimitExceeded);
    assert_eq!(
        refused.public_message(),
        "row group 1 of the Parquet file, at column `campaign` is over the limit \
         `report_row_group_bytes_max` of 134217728 bytes; write the file with smaller row groups"
    );
}
