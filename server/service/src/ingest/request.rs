//! What a sender asks for beside the rows.

use bellwether_domain::agency::Slug;
use bellwether_domain::batch::IngestMode;
use bellwether_domain::campaign::Platform;
use bellwether_domain::closed_words;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::money::Currency;
use bellwether_domain::sample::Duplicates;
use bellwether_domain::time::ZoneName;

closed_words! {
    /// How a report is written.
    pub enum Format, "a report format" {
        /// Comma-separated values with a header, UTF-8.
        Csv => "csv",
        /// One JSON object a line, UTF-8.
        Ndjson => "ndjson",
        /// Apache Parquet.
        Parquet => "parquet",
    }
}

/// What unknown campaigns get when a report may register them; rows may say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterDefaults {
    /// Where they run.
    pub platform: Platform,
    /// Their currency; `None` means the agency's reporting currency.
    pub currency: Option<Currency>,
    /// Their ad account's zone; `None` means the agency's.
    pub timezone: Option<ZoneName>,
}

/// One ingest, apart from its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestRequest {
    /// The dataset that the rows are of.
    pub dataset: DatasetName,
    /// The brand whose facts they are.
    pub brand: Slug,
    /// How the body is written.
    pub format: Format,
    /// What becomes of a batch with bad lines.
    pub mode: IngestMode,
    /// What becomes of rows that share a key.
    pub duplicates: Duplicates,
    /// Whether unknown campaigns are created, and as what.
    pub register: Option<RegisterDefaults>,
    /// Makes a repeated request give the first one's answer.
    pub idempotency_key: Option<String>,
}

impl IngestRequest {
    /// Everything that two equal requests have in common beside the body, for the fingerprint.
    pub(super) fn options(&self) -> String {
        let register = self.register.as_ref().map_or_else(String::new, |defaults| {
            let currency = defaults.currency.map_or("", Currency::code);
            let timezone = defaults.timezone.as_ref().map_or("", ZoneName::as_str);
            format!("{},{currency},{timezone}", defaults.platform)
        });
        format!(
            "{}|{}|{}|{}|{}|{register}",
            self.dataset, self.brand, self.format, self.mode, self.duplicates
        )
    }
}
