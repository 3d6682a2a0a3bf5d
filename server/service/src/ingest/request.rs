//! What a sender asks for beside the rows.

use bellwether_domain::agency::Slug;
use bellwether_domain::batch::{ColumnRule, IngestMode, ReplaceRule};
use bellwether_domain::campaign::Platform;
use bellwether_domain::closed_words;
use bellwether_domain::dataset::{Dataset, DatasetName, TimeColumns};
use bellwether_domain::error_code::Refusal;
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
    /// What a row says of the measures that the report doesn't have.
    pub columns: ColumnRule,
    /// What the batch replaces.
    pub replace: ReplaceRule,
    /// Whether unknown campaigns are created, and as what.
    pub register: Option<RegisterDefaults>,
    /// Makes a repeated request give the first one's answer.
    pub idempotency_key: Option<String>,
}

impl IngestRequest {
    /// Refuses options that contradict each other or the dataset.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        if self.replace == ReplaceRule::Keys {
            return Ok(());
        }
        let of_days = || Dataset::ALL.iter().filter(|it| it.time == TimeColumns::Day);
        let refusal = if Dataset::of(self.dataset).time == TimeColumns::Range {
            let message = format!(
                "`replace=range` takes away the days that a report covers, and a row of `{}` is of a range of days that may reach beyond them; use `replace=keys`",
                self.dataset
            );
            Refusal::invalid(message).with_allowed(of_days().map(|it| it.name.as_str()))
        } else if self.columns == ColumnRule::Merge {
            Refusal::invalid(
                "`columns=merge` keeps measures of rows that `replace=range` takes away; use one of them",
            )
        } else if self.mode == IngestMode::Skip {
            Refusal::invalid(
                "`replace=range` takes away every row that the report lacks, so that a line left out would be lost; use `mode=strict`",
            )
        } else {
            return Ok(());
        };
        Err(refusal.at("replace"))
    }

    /// Everything that two equal requests have in common beside the body, for the fingerprint.
    pub(super) fn options(&self) -> String {
        let register = self.register.as_ref().map_or_else(String::new, |defaults| {
            let currency = defaults.currency.map_or("", Currency::code);
            let timezone = defaults.timezone.as_ref().map_or("", ZoneName::as_str);
            format!("{},{currency},{timezone}", defaults.platform)
        });
        let mut options = format!(
            "{}|{}|{}|{}|{}|{register}",
            self.dataset, self.brand, self.format, self.mode, self.duplicates
        );
        // Named only where they differ, so that answers to older requests are still found.
        if self.columns != ColumnRule::Replace {
            options = format!("{options}|columns={}", self.columns);
        }
        if self.replace != ReplaceRule::Keys {
            options = format!("{options}|replace={}", self.replace);
        }
        options
    }
}
