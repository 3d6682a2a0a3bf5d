//! Report rows as values: cells that own what they hold, and the CSV they are written as.
//!
//! Invariant: a row's cells stand in the order of `Dataset::column_names`; further columns follow.

use std::io::Write;
use std::sync::Arc;

use bellwether_domain::dataset::Dataset;
use bellwether_domain::fact::Text;
use bellwether_domain::money::Decimal;
use bellwether_domain::sample::Cell;
use bellwether_domain::time::Date;

/// One value of a generated row. Texts are shared: rows of one campaign hold its id once.
#[derive(Debug, Clone, PartialEq)]
pub enum OwnedCell {
    /// Not reported.
    Missing,
    /// A text.
    Text(Text),
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// A date.
    Date(Date),
}

impl OwnedCell {
    /// The text, or missing when there is none.
    pub(super) fn text(text: Option<&Text>) -> Self {
        text.map_or(Self::Missing, |text| Self::Text(Arc::clone(text)))
    }

    /// The cell as writers of reports take it.
    pub fn lend(&self) -> Cell<'_> {
        match self {
            Self::Missing => Cell::Missing,
            Self::Text(text) => Cell::Text(text),
            Self::Integer(number) => Cell::Integer(*number),
            Self::Decimal(amount) => Cell::Decimal(*amount),
            Self::Date(date) => Cell::Date(*date),
        }
    }

    /// The cell as a CSV field, built in `buffer` where it isn't a text already.
    fn field<'a>(&'a self, buffer: &'a mut Vec<u8>) -> std::io::Result<&'a [u8]> {
        buffer.clear();
        match self {
            Self::Missing => {}
            Self::Text(text) => return Ok(text.as_bytes()),
            Self::Integer(number) => write!(buffer, "{number}")?,
            Self::Decimal(amount) => write!(buffer, "{amount}")?,
            Self::Date(date) => write!(buffer, "{date}")?,
        }
        Ok(buffer)
    }
}

/// One row of a report: a cell for each of the dataset's columns, in their order, then those of
/// columns after them.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub Vec<OwnedCell>);

impl Row {
    /// The cells as writers of reports take them.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = Cell<'_>> {
        self.0.iter().map(OwnedCell::lend)
    }
}

/// Writes the rows as CSV with a header of the dataset's columns and those after them, holding
/// one row at a time.
pub fn write_csv(
    out: impl Write,
    dataset: &Dataset,
    columns_after: &[&str],
    rows: impl IntoIterator<Item = Row>,
) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(dataset.column_names().iter().chain(columns_after))?;
    let mut buffer = Vec::new();
    for row in rows {
        for cell in &row.0 {
            writer.write_field(cell.field(&mut buffer)?)?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()?;
    Ok(())
}
