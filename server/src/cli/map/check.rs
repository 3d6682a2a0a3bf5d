//! `bellwether map …`: which maps there are, and whether one is right.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::convert::read;
use super::shipped::{load, names, text_of};

/// How many wrong lines of a file are shown.
const LINES_SHOWN_MAX: usize = 20;

/// The commands of `map`.
#[derive(Debug, Subcommand)]
pub(crate) enum MapCommand {
    /// List the maps that come with Bellwether.
    List,
    /// Print a map, to begin one of your own from.
    Show {
        /// The name of a shipped map, or a file.
        map: String,
    },
    /// See whether a map is right, and whether it fits a file.
    Check(CheckArgs),
}

/// The arguments of `map check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The name of a shipped map, or a file.
    map: String,
    /// A file that is to be read through it.
    file: Option<PathBuf>,
}

pub(crate) fn run(command: &MapCommand) -> Result<ExitCode, String> {
    match command {
        MapCommand::List => {
            names().for_each(crate::cli::say);
            Ok(ExitCode::SUCCESS)
        }
        MapCommand::Show { map } => {
            crate::cli::say(text_of(map)?.trim_end());
            Ok(ExitCode::SUCCESS)
        }
        MapCommand::Check(args) => args.run(),
    }
}

impl CheckArgs {
    fn run(&self) -> Result<ExitCode, String> {
        let loaded = load(&self.map)?;
        let Some(path) = &self.file else {
            crate::cli::say(format!("{}: right; it fills {}", self.map, loaded.target));
            return Ok(ExitCode::SUCCESS);
        };
        let read = read(&loaded, path)?;
        let (mut n_rows, mut n_wrong) = (0_usize, 0_usize);
        for (line, cells) in read.converted() {
            n_rows += 1;
            let Err(faults) = cells else { continue };
            n_wrong += 1;
            if n_wrong > LINES_SHOWN_MAX {
                continue;
            }
            for fault in faults {
                let column = fault.column.map(|column| format!("{column}: "));
                let column = column.unwrap_or_default();
                crate::cli::say(format!(
                    "{}:{line}: {column}{}",
                    path.display(),
                    fault.message
                ));
            }
        }
        let columns: Vec<&str> = read.plan.columns().collect();
        crate::cli::say(format!(
            "{}: {n_rows} rows of {}, {n_wrong} of them wrong; filled: {}",
            path.display(),
            loaded.target,
            columns.join(", ")
        ));
        Ok(if n_wrong == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
