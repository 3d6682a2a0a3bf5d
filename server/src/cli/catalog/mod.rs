//! `bellwether catalog`: what can be asked of any server of this version, for people or programs.
//!
//! `docs/catalog.md` is what `--markdown` prints; a test compares them.
//! Invariant: it reads no data folder. What an agency adds of its own (labels, custom metrics) and
//! the limits in force are told by the field `catalog` of the API.

mod json;
mod markdown;

use std::process::ExitCode;

use bellwether_domain::catalog::Catalog;
use bellwether_domain::limits::{LIMITS, Limit};
use bellwether_schema::FIXED;
use clap::Args;

use crate::config::default_limits;

/// The arguments of `catalog`.
#[derive(Debug, Args)]
pub(super) struct CatalogArgs {
    #[command(flatten)]
    form: Form,
}

/// How the catalog is printed.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Form {
    /// Print the page of the documentation.
    #[arg(long)]
    markdown: bool,
    /// Print JSON with the names of the API's field `catalog`.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &CatalogArgs) -> Result<ExitCode, String> {
    let catalog = Catalog::new();
    let limits = limits()?;
    if args.form.json {
        super::say(format!("{:#}", json::catalog(&catalog, &limits)));
    } else {
        super::say(markdown::page(&catalog, &limits).trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

/// Every limit, with the values of a server that nobody configured.
fn limits() -> Result<Vec<Limit>, String> {
    let mut limits: Vec<Limit> = LIMITS.iter().chain(FIXED).copied().collect();
    limits.extend(default_limits()?);
    Ok(limits)
}
