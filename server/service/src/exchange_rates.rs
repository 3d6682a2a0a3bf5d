//! Exchange rates in: a CSV file is taken whole or not at all. And out, page by page.

use bellwether_catalogue::{Catalogue, ListedRate, RateFilter};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::rates::{
    CARRY_DAYS_MAX, RATE_LINE_BYTES_MAX, RateImport, RateLines, RatePair, RateProblem,
    RatesFileColumns,
};
use bellwether_domain::scope::BrandAccess;
use bellwether_domain::{ErrorCode, Scope};
use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::error::Result;
use crate::services::Services;

/// The most bytes of a file of rates.
pub const RATES_FILE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The most rates of one import, carried ones too: a year of every day for some 540 pairs.
pub const RATES_PER_IMPORT_MAX: usize = 200_000;

/// The mark that some programs put at the beginning of a file.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What came of a file of rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RatesOutcome {
    /// It is in.
    Imported(RateImport),
    /// These lines are wrong; nothing of it was taken. The first hundred of them.
    Rejected(Vec<RateProblem>),
}

impl Services {
    /// Takes the rates of a CSV file with the columns `date,from,to,rate,source` in, and answers
    /// convert by them from now on. Each stands also for as many of the days after it as are
    /// carried and have none of their own.
    ///
    /// Rates are the whole agency's, so that members who see only some brands may not change them.
    pub async fn import_rates(
        &self,
        scope: &Scope,
        file: Vec<u8>,
        carry_days: u32,
    ) -> Result<RatesOutcome> {
        require_import(scope)?;
        if carry_days > CARRY_DAYS_MAX {
            let what = format!("carrying rates over {carry_days} days");
            let refusal = Refusal::limit("carry_days_max", CARRY_DAYS_MAX, what);
            return Err(refusal.at("carryDays").into());
        }
        self.read("import exchange rates", scope, move |parts, scope| {
            let rates = match read_file(&file)?.finish(carry_days) {
                Ok(rates) => rates,
                Err(problems) => return Ok(RatesOutcome::Rejected(problems)),
            };
            require_few(rates.len())?;
            let catalogue: &Catalogue = &parts.catalogue;
            let import = catalogue.import_rates(scope, &rates, parts.clock.now())?;
            Ok(RatesOutcome::Imported(import))
        })
        .await
    }
}

/// Some of an agency's exchange rates.
#[derive(Debug, Clone)]
pub struct RatePage {
    /// The rates, by the currency that they are into, the one that they are of, and day.
    pub items: Vec<ListedRate>,
    /// Whether more follow.
    pub has_next: bool,
}

impl Services {
    /// A page of the agency's rates as they stand: those after `after`, at most `limit`. Every
    /// member sees them: they are in the numbers that every member sees.
    pub async fn exchange_rates(
        &self,
        scope: &Scope,
        filter: RateFilter,
        after: Option<RatePair>,
        limit: u32,
    ) -> Result<RatePage> {
        self.read("list exchange rates", scope, move |parts, scope| {
            let catalogue = &parts.catalogue;
            // One more than asked for tells whether there is a next page.
            let mut items = catalogue.list_rates(scope, filter, after, limit + 1)?;
            let has_next = items.len() > limit as usize;
            items.truncate(limit as usize);
            Ok(RatePage { items, has_next })
        })
        .await
    }
}

fn require_import(scope: &Scope) -> Result<(), Refusal> {
    scope.require_ingest()?;
    if *scope.brands() == BrandAccess::All {
        return Ok(());
    }
    let message = "exchange rates are imported by members who see all brands of the agency";
    Err(Refusal::new(ErrorCode::Forbidden, message))
}

fn require_few(n_rates: usize) -> Result<(), Refusal> {
    if n_rates <= RATES_PER_IMPORT_MAX {
        return Ok(());
    }
    let what = format!("an import of {n_rates} rates");
    let (limit, max) = ("rates_per_import_max", RATES_PER_IMPORT_MAX);
    Err(Refusal::limit(limit, max, what))
}

/// The lines of a file, wrong ones among them.
fn read_file(file: &[u8]) -> Result<RateLines, Refusal> {
    if file.len() > RATES_FILE_BYTES_MAX {
        let what = format!("a file of {} bytes", file.len());
        let (limit, max) = ("rates_file_bytes_max", RATES_FILE_BYTES_MAX);
        return Err(Refusal::limit(limit, max, what));
    }
    let text = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file);
    let mut reader = reader_of(text);
    let mut record = ByteRecord::new();
    if !next(&mut reader, &mut record)? {
        let message = "the file is empty; it begins with `date,from,to,rate,source`";
        return Err(Refusal::invalid(message));
    }
    let header = cells(&record).ok_or_else(|| Refusal::invalid("the header is not UTF-8"))?;
    let n_columns = header.len();
    let mut lines = RateLines::new(RatesFileColumns::of_header(header)?);
    while !lines.are_hopeless() && next(&mut reader, &mut record)? {
        let line = record.position().map_or(0, |start| line_of(text, start));
        match cells(&record) {
            _ if record.as_slice().len() > RATE_LINE_BYTES_MAX => {
                let what = format!("a line of {} bytes", record.as_slice().len());
                let (limit, max) = ("rate_line_bytes_max", RATE_LINE_BYTES_MAX);
                lines.refuse(line, Refusal::limit(limit, max, what));
            }
            None => lines.refuse(line, Refusal::invalid("the line is not UTF-8")),
            Some(cells) if cells.len() != n_columns => {
                let n = cells.len();
                let message =
                    format!("the line has {n} cells; the header names {n_columns} columns");
                lines.refuse(line, Refusal::invalid(message));
            }
            Some(cells) => lines.add(line, &cells),
        }
    }
    Ok(lines)
}

fn reader_of(file: &[u8]) -> Reader<&[u8]> {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).from_reader(file)
}

fn next(reader: &mut Reader<&[u8]>, record: &mut ByteRecord) -> Result<bool, Refusal> {
    let read = reader.read_byte_record(record);
    read.map_err(|error| Refusal::invalid(format!("the file can't be read: {error}")))
}

/// The line on which a record stands. The reader counts from before the blank lines that it skipped
/// on its way to it.
fn line_of(text: &[u8], start: &csv::Position) -> u64 {
    let from = usize::try_from(start.byte()).expect("a position within a slice is a usize");
    let skipped = text[from..]
        .iter()
        .take_while(|it| matches!(it, b'\r' | b'\n'));
    start.line() + skipped.filter(|it| **it == b'\n').count() as u64
}

fn cells(record: &ByteRecord) -> Option<Vec<&str>> {
    record
        .iter()
        .map(|cell| std::str::from_utf8(cell).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(file: &[u8]) -> Vec<(u64, String)> {
        let problems = read_file(file).unwrap().finish(0).unwrap_err();
        let told = problems.into_iter().map(|it| (it.line, it.refusal.message));
        told.collect()
    }

    #[test]
    fn lines_that_are_too_short_too_long_or_no_text_are_named() {
        let long = "s".repeat(RATE_LINE_BYTES_MAX);
        let file =
            format!("date,from,to,rate,source\n2026-04-01,EUR\n\n2026-04-01,EUR,USD,1,{long}\n");
        let mut file = file.into_bytes();
        file.extend(b"2026-04-01,EUR,USD,1,\xFF\n");
        let told = problems(&file);
        let lines: Vec<u64> = told.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 4, 5]);
        let crlf = b"date,from,to,rate\r\n\r\n\r\n2026-04-01,EUR\r\n2026-04-02,EUR\r\n";
        let lines = problems(crlf).into_iter().map(|(line, _)| line);
        assert_eq!(lines.collect::<Vec<_>>(), [4, 5]);
        assert!(told[1].1.contains("rate_line_bytes_max"));
    }

    #[test]
    fn a_files_size_and_its_rates_are_bounded_on_both_sides() {
        let mut file = b"date,from,to,rate\n".to_vec();
        file.resize(RATES_FILE_BYTES_MAX, b'\n');
        assert_eq!(read_file(&file).unwrap().n_rates(), 0);
        file.push(b'\n');
        let refusal = read_file(&file).unwrap_err();
        assert!(refusal.message.contains("rates_file_bytes_max"));
        assert!(require_few(RATES_PER_IMPORT_MAX).is_ok());
        let refusal = require_few(RATES_PER_IMPORT_MAX + 1).unwrap_err();
        assert!(refusal.message.contains("rates_per_import_max"));
    }

    #[test]
    fn a_mark_at_the_beginning_and_crlf_are_read() {
        let file = b"\xEF\xBB\xBFdate,from,to,rate\r\n2026-04-01,EUR,USD,1.1\r\n";
        assert_eq!(read_file(file).unwrap().n_rates(), 1);
    }
}
