//! `bellwether rates …`: the exchange rates that answers convert money by.

use std::path::PathBuf;
use std::process::ExitCode;

use bellwether_domain::agency::Slug;
use bellwether_service::RATES_FILE_BYTES_MAX;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::batch::{require_agency, slug};
use super::door::DoorArgs;

/// The commands of `rates`.
#[derive(Debug, Subcommand)]
pub(super) enum RatesCommand {
    /// Take the rates of a CSV file in, all or none: `date,from,to,rate,source`.
    Import(ImportArgs),
}

/// The arguments of `rates import`.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    door: DoorArgs,
    /// The agency's short name; with `--url` the token decides.
    #[arg(long, value_parser = slug)]
    agency: Option<Slug>,
    /// Over how many days without a rate in the file the last one before is carried, such as 2 for
    /// rates of working days; at most 7.
    #[arg(long, default_value_t = 0)]
    carry_days: u32,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
    /// The file.
    file: PathBuf,
}

pub(super) async fn run(command: RatesCommand) -> Result<ExitCode, String> {
    match command {
        RatesCommand::Import(args) => args.run().await,
    }
}

impl ImportArgs {
    async fn run(self) -> Result<ExitCode, String> {
        require_agency(&self.door, self.agency.as_ref())?;
        let file = self.read_file()?;
        let door = self.door.open().await?;
        let agency = self.agency.as_ref();
        let outcome = door.import_rates(agency, file, self.carry_days).await?;
        let is_in = outcome["outcome"] == "IMPORTED";
        if self.json {
            super::say(&outcome);
        } else if is_in {
            super::say(told(&outcome));
        } else {
            for problem in outcome["problems"].as_array().into_iter().flatten() {
                super::say(self.line(problem));
            }
            super::say("nothing was taken in");
        }
        Ok(if is_in {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn read_file(&self) -> Result<Vec<u8>, String> {
        let shown = super::shown(&self.file);
        let failed = |error: std::io::Error| format!("can't read `{shown}`: {error}");
        let size = std::fs::metadata(&self.file).map_err(failed)?.len();
        if size > RATES_FILE_BYTES_MAX as u64 {
            return Err(format!(
                "`{shown}` of {size} bytes is over the limit `rates_file_bytes_max` of {RATES_FILE_BYTES_MAX}"
            ));
        }
        std::fs::read(&self.file).map_err(failed)
    }

    /// A wrong line for people, such as `rates.csv:3: date: ...`.
    fn line(&self, problem: &Value) -> String {
        let text = |key: &str| problem[key].as_str().unwrap_or_default();
        let column = match text("column") {
            "" => String::new(),
            column => format!("{column}: "),
        };
        let (file, line) = (super::shown(&self.file), &problem["line"]);
        format!("{file}:{line}: {column}{}", text("message"))
    }
}

fn told(outcome: &Value) -> String {
    format!(
        "rates: {} added, {} corrected, {} unchanged; revision {}",
        outcome["added"], outcome["corrected"], outcome["unchanged"], outcome["revision"]
    )
}
