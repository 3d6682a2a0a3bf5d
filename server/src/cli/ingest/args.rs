//! The arguments of `bellwether ingest`.
//!
//! Invariant: a word that is not of its closed set is refused here, with the set and the nearest.

use std::path::PathBuf;
use std::str::FromStr;

use bellwether_domain::agency::Slug;
use bellwether_domain::batch::{ColumnRule, IngestMode, ReplaceRule};
use bellwether_domain::campaign::Platform;
use bellwether_domain::closed_words;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Currency;
use bellwether_domain::sample::Duplicates;
use bellwether_domain::time::ZoneName;

closed_words! {
    /// How a file given to the command is written.
    pub enum FileFormat, "a file format" {
        /// Comma-separated values in a dataset's own columns.
        Csv => "csv",
        /// One JSON object a line, in a dataset's own columns.
        Ndjson => "ndjson",
        /// Apache Parquet in a dataset's own columns.
        Parquet => "parquet",
        /// A report of TikTok Ads as it is; converted before it is sent.
        TikTok => "tiktok",
    }
}

/// What the exit codes mean, at the end of the help.
const EXIT_CODES: &str = "Exit codes:
  0  every batch is committed
  1  at least one batch is not: its lines are bad, it was refused, or the server or folder can't be reached
  2  the command line is wrong; nothing was read";

/// Take report files into Bellwether: into the local data folder, or to a server with `--url`.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct IngestArgs {
    /// The report files; each becomes a batch of its own, but TikTok's hourly reports of a kind
    /// become one together: all files that share a day belong into one command, since a day that
    /// is sent again is replaced as a whole.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The agency's short name; with `--url` the token decides.
    #[arg(long, value_parser = slug, required_unless_present = "url")]
    pub agency: Option<Slug>,
    /// The brand's short name.
    #[arg(long, value_parser = slug)]
    pub brand: Slug,
    /// The dataset that the rows are of; a TikTok report tells it itself.
    #[arg(long, value_parser = word::<DatasetName>)]
    pub dataset: Option<DatasetName>,
    /// How the files are written; by default their ending tells.
    #[arg(long, value_parser = word::<FileFormat>)]
    pub format: Option<FileFormat>,
    /// Read the files through a map, which tells the dataset: `meta-ads`, `google-ads`,
    /// `ocean-engine` or a TOML file.
    #[arg(long, value_name = "MAP", conflicts_with_all = ["format", "reference", "advertisers"])]
    pub map: Option<String>,
    /// What becomes of a file with bad lines: nothing is written (`strict`), or the good lines are
    /// (`skip`); of a TikTok day with a bad hour none is.
    #[arg(long, value_parser = word::<IngestMode>, default_value = "strict")]
    pub mode: IngestMode,
    /// What becomes of rows that share a key: `reject`, `sum` or `last`.
    #[arg(long, value_parser = word::<Duplicates>, default_value = "reject")]
    pub duplicates: Duplicates,
    /// What a row says of measures that the file doesn't have: they are missing from then on
    /// (`replace`), or stay as older rows of its key have them (`merge`).
    #[arg(long, value_parser = word::<ColumnRule>, default_value = "replace")]
    pub columns: ColumnRule,
    /// What the file replaces: the rows whose keys it has (`keys`), or also the rows that it lacks,
    /// for its campaigns from its first day to its last (`range`).
    #[arg(long, value_parser = word::<ReplaceRule>, default_value = "keys")]
    pub replace: ReplaceRule,
    /// Create campaigns that the brand doesn't have.
    #[arg(long)]
    pub register: bool,
    /// Where created campaigns run.
    #[arg(long, value_parser = word::<Platform>)]
    pub platform: Option<Platform>,
    /// The currency of created campaigns, and of all money in TikTok reports.
    #[arg(long, value_parser = currency)]
    pub currency: Option<Currency>,
    /// The ad account's time zone, for created campaigns.
    #[arg(long, value_parser = timezone)]
    pub timezone: Option<ZoneName>,
    /// A folder with TikTok's history files, which name the parents of ads and ad groups.
    #[arg(long, value_name = "DIR")]
    pub reference: Option<PathBuf>,
    /// TikTok's advertiser file, which gives currencies and time zones.
    #[arg(long, value_name = "FILE")]
    pub advertisers: Option<PathBuf>,
    /// Makes a repeated command give the first one's answer; of several batches each gets the
    /// key with its number.
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,
    /// The server's address, such as `http://127.0.0.1:7357`.
    #[arg(long, requires = "token")]
    pub url: Option<String>,
    /// The bearer token for the server.
    #[arg(long, requires = "url")]
    pub token: Option<BearerToken>,
    /// The local data folder; `bellwether-data` by default.
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    pub data_dir: Option<PathBuf>,
    /// A TOML file for the local data folder, as servers read it; a server has its own.
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    pub config: Option<PathBuf>,
    /// Print one line of JSON a batch, with an `error` where there is no answer.
    #[arg(long)]
    pub json: bool,
}

/// A token that never shows in logs.
#[derive(Clone)]
pub struct BearerToken(String);

impl BearerToken {
    /// The token itself, for the one header that carries it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for BearerToken {
    fn from(token: String) -> Self {
        Self(token)
    }
}

impl std::fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Reads a word of a closed set, for `value_parser`; a wrong one gets the list and the nearest.
pub fn word<T: FromStr<Err = Refusal>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|refusal| told(&refusal))
}

fn slug(text: &str) -> Result<Slug, String> {
    Slug::parse(text).map_err(|refusal| told(&refusal))
}

fn currency(text: &str) -> Result<Currency, String> {
    Currency::parse(text).map_err(|refusal| told(&refusal))
}

fn timezone(text: &str) -> Result<ZoneName, String> {
    ZoneName::parse(text).map_err(|refusal| told(&refusal))
}

/// A refusal as a sentence that ends with the nearest word, once.
fn told(refusal: &Refusal) -> String {
    match &refusal.did_you_mean {
        Some(near) if !refusal.message.contains("did you mean") => {
            format!("{}; did you mean `{near}`?", refusal.message)
        }
        _ => refusal.message.clone(),
    }
}
