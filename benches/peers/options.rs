//! What the command is asked: how many rows, which folder, how often.

use std::path::PathBuf;

use bellwether_domain::time::{Date, date};
use clap::Parser;

/// How many brands the agency has; each gets one file a dataset.
pub(crate) const N_BRANDS: u64 = 20;

/// The first day after the facts: fixed, so that every run asks the same. The 730 days before it
/// are exactly 24 calendar months.
pub(crate) const UNTIL: Date = date(2026, 3, 1);

/// How many days the facts cover.
pub(crate) const N_DAYS: u32 = 730;

/// Ads of a campaign, about.
const ADS: u64 = 14;

/// Rows of a campaign: what some 14 ads have in 24 months.
const ROWS_PER_CAMPAIGN: u64 = 10_000;

/// The fewest campaigns of a brand, so that small runs have something to group by.
const CAMPAIGNS_MIN: u64 = 5;

/// The most rows of the CSV file whose ingest is measured.
const CSV_ROWS_MAX: u64 = 2_000_000;

/// Bellwether beside DuckDB on the same facts and questions, in one run.
#[derive(Debug, Clone, Parser)]
pub(crate) struct Options {
    /// Rows of each of the two datasets: 200k to try it out, 2m, 20m or 100m.
    #[arg(long, default_value = "20m", value_parser = rows)]
    pub(crate) rows: u64,
    /// The folder for facts, databases and results; by default `BELLWETHER_BENCH_DIR`, else
    /// `.cache/bellwether/peers` in the home folder.
    #[arg(long)]
    pub(crate) dir: Option<PathBuf>,
    /// How often each side answers a question; the median is shown.
    #[arg(long, default_value_t = 15)]
    pub(crate) repetitions: usize,
    /// Make the facts and DuckDB's tables where they lack, and end; later runs take them.
    #[arg(long)]
    pub(crate) prepare: bool,
    /// Take the data folder that the run before has loaded; ingest isn't measured then.
    #[arg(long)]
    pub(crate) reuse_load: bool,
    /// The server to measure; by default the one that cargo has just built.
    #[arg(long, default_value = env!("CARGO_BIN_EXE_bellwether"))]
    pub(crate) executable: PathBuf,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    /// The folder of this number of rows.
    pub(crate) fn folder(&self) -> Result<PathBuf, String> {
        Ok(self.root()?.join(told(self.rows)))
    }

    /// The folder of everything.
    pub(crate) fn root(&self) -> Result<PathBuf, String> {
        if let Some(dir) = &self.dir {
            return Ok(dir.clone());
        }
        if let Some(dir) = variable("BELLWETHER_BENCH_DIR") {
            return Ok(dir.into());
        }
        let home = variable("HOME").ok_or("name a folder with `--dir`")?;
        Ok(PathBuf::from(home).join(".cache/bellwether/peers"))
    }

    /// Rows of one brand's file.
    pub(crate) fn rows_per_brand(&self) -> u64 {
        self.rows / N_BRANDS
    }

    /// Campaigns of one brand.
    pub(crate) fn campaigns_per_brand(&self) -> u64 {
        (self.rows_per_brand() / ROWS_PER_CAMPAIGN).max(CAMPAIGNS_MIN)
    }

    /// Ads of a campaign, about.
    pub(crate) fn ads(&self) -> u64 {
        let rows = self.rows_per_brand() / self.campaigns_per_brand();
        rows.div_ceil(u64::from(N_DAYS)).clamp(2, ADS)
    }

    /// Rows of the CSV file.
    pub(crate) fn csv_rows(&self) -> u64 {
        self.rows.min(CSV_ROWS_MAX)
    }

    /// Campaigns of the CSV file.
    pub(crate) fn csv_campaigns(&self) -> u64 {
        (self.csv_rows() / ROWS_PER_CAMPAIGN).max(1)
    }
}

/// A number of rows as it is written in options: `20m`.
pub(crate) fn told(rows: u64) -> String {
    match rows {
        _ if rows.is_multiple_of(1_000_000) => format!("{}m", rows / 1_000_000),
        _ if rows.is_multiple_of(1_000) => format!("{}k", rows / 1_000),
        _ => rows.to_string(),
    }
}

fn rows(text: &str) -> Result<u64, String> {
    let lower = text.to_ascii_lowercase();
    let (digits, unit) = match (lower.strip_suffix('m'), lower.strip_suffix('k')) {
        (Some(digits), _) => (digits, 1_000_000),
        (_, Some(digits)) => (digits, 1_000),
        _ => (lower.as_str(), 1),
    };
    let number: u64 = digits.parse().map_err(|_| "write 200k, 2m or 20m")?;
    let rows = number.saturating_mul(unit);
    let least = N_BRANDS * 5_000;
    if rows < least || !rows.is_multiple_of(N_BRANDS) {
        return Err(format!("at least {least}, and a multiple of {N_BRANDS}"));
    }
    Ok(rows)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench is a program of its own, beside the server's configuration"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
