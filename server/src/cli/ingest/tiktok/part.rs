//! A converted file: canonical columns, each row under its line of the original.
//!
//! Invariant: `source_line` stands first, so that a problem of any later column names it.

use std::fs::File;

use tempfile::{NamedTempFile, TempPath};

use super::advertisers::Account;
use super::history::Parents;
use super::layout::{Layout, Subject};
use super::moment::Moment;
use super::table::TableRow;

/// The rows of one currency and time zone.
#[derive(Debug)]
pub(crate) struct Part {
    /// Currency and zone; `None` when no row could be converted.
    pub(crate) account: Option<Account>,
    /// Where they are.
    pub(crate) file: TempPath,
}

/// Whose and when a row is, in the dataset's terms.
pub(super) struct Key<'a> {
    pub(super) moment: Moment,
    pub(super) parents: Parents,
    pub(super) ad: Option<&'a str>,
    pub(super) country: Option<&'a str>,
}

/// A new file that is being written.
pub(super) struct PartWriter {
    writer: csv::Writer<File>,
    path: TempPath,
    currency: &'static str,
}

impl PartWriter {
    /// Begins a file of rows in this currency.
    pub(super) fn create(layout: &Layout, currency: &'static str) -> Result<Self, String> {
        let file = NamedTempFile::with_suffix(".csv")
            .map_err(|error| format!("no file for the converted report can be made: {error}"))?;
        let (file, path) = file.into_parts();
        let mut writer = csv::Writer::from_writer(file);
        let mut header = vec![
            "source_line",
            "date",
            "campaign",
            "campaign_name",
            "currency",
        ];
        header.extend(match layout.subject {
            Subject::Campaign => &[][..],
            Subject::CampaignByCountry => &["country"],
            Subject::AdGroup | Subject::Ad => &["ad_group", "ad"],
        });
        header.extend(layout.measures.iter().map(|(_, name)| *name));
        writer
            .write_record(header)
            .map_err(|error| unwritable(&error))?;
        Ok(Self {
            writer,
            path,
            currency,
        })
    }

    /// Adds a row of the report; the name is its campaign's, when known.
    pub(super) fn write(
        &mut self,
        row: &TableRow<'_>,
        key: &Key<'_>,
        name: Option<&str>,
        layout: &Layout,
    ) -> Result<(), String> {
        self.write_fields(row, key, name, layout)
            .map_err(|error| unwritable(&error))
    }

    fn write_fields(
        &mut self,
        row: &TableRow<'_>,
        key: &Key<'_>,
        name: Option<&str>,
        layout: &Layout,
    ) -> Result<(), csv::Error> {
        let writer = &mut self.writer;
        writer.write_field(row.line.to_string())?;
        writer.write_field(key.moment.day.to_string())?;
        writer.write_field(&key.parents.campaign)?;
        writer.write_field(name.unwrap_or_default())?;
        writer.write_field(self.currency)?;
        match layout.subject {
            Subject::Campaign => {}
            Subject::CampaignByCountry => writer.write_field(key.country.unwrap_or_default())?,
            Subject::AdGroup | Subject::Ad => {
                writer.write_field(key.parents.ad_group.as_deref().unwrap_or_default())?;
                writer.write_field(key.ad.unwrap_or_default())?;
            }
        }
        for (index, _) in &layout.measures {
            writer.write_field(row.bytes(*index))?;
        }
        writer.write_record(None::<&[u8]>)
    }

    /// The whole file.
    pub(super) fn finish(mut self) -> Result<TempPath, String> {
        self.writer
            .flush()
            .map_err(|error| unwritable(&error.into()))?;
        Ok(self.path)
    }
}

fn unwritable(error: &csv::Error) -> String {
    format!("the converted report can't be written: {error}")
}
