//! `bellwether plugin`: what an author needs, without a server and without data of anybody.
//!
//! Plugins run here as they do in a server: in a confined child, within the same limits.

mod answers;
mod check;
mod new;
mod report;
mod rows;
mod samples;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bellwether_domain::ids::AgencyId;
use bellwether_domain::time::Timestamp;
use bellwether_plugin_host::{
    Error, InputTable, OutputTable, PluginDescriptor, PluginHost, PluginHostConfig,
};
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::config::default_plugin_host;

/// `bellwether plugin …`.
#[derive(Debug, Subcommand)]
pub(super) enum PluginCommand {
    /// Write a project with a scorer that works, which builds anywhere.
    New(new::NewArgs),
    /// Try a plugin with all sorts of rows in its sandbox, and say what to mend.
    Check(CheckArgs),
    /// Run a plugin over the rows of a file, and print its answer as CSV.
    Run(RunArgs),
}

/// The arguments of `plugin check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The plugin's shared library.
    plugin: PathBuf,
    /// A CSV file whose first line names the plugin's input columns.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A JSON file with the plugin's configuration; by default `{}`.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Rows of the largest table that it is tried with; fewer make the checks quicker.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rows_max: u32,
}

/// The arguments of `plugin run`.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The plugin's shared library.
    plugin: PathBuf,
    /// A CSV file whose first line names the plugin's input columns.
    #[arg(long)]
    data: PathBuf,
    /// A JSON file with the plugin's configuration; by default `{}`.
    #[arg(long)]
    config: Option<PathBuf>,
}

pub(super) async fn run(command: PluginCommand) -> Result<ExitCode, String> {
    match command {
        PluginCommand::New(args) => new::run(&args),
        PluginCommand::Check(args) => check::run(args).await,
        PluginCommand::Run(args) => run_once(args).await,
    }
}

async fn run_once(args: RunArgs) -> Result<ExitCode, String> {
    let bench = Bench::open(&args.plugin, args.config.as_deref()).await?;
    let table = rows::read(&args.data, &bench.plugin.metadata.input)?;
    let answer = bench.run(&table).await.map_err(|error| error.to_string())?;
    super::say(answers::csv(&answer)?.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// A plugin with its configuration, on a host of its own.
#[derive(Debug)]
struct Bench {
    limits: PluginHostConfig,
    plugin: PluginDescriptor,
    config: Value,
}

impl Bench {
    async fn open(file: &Path, config: Option<&Path>) -> Result<Self, String> {
        let limits = default_plugin_host()?;
        let found = PluginHost::new(limits.clone()).read(file).await;
        let plugin = found.map_err(|refused| format!("{}: {refused}", file.display()))?;
        Ok(Self {
            limits,
            plugin,
            config: config.map_or(Ok(serde_json::json!({})), read_json)?,
        })
    }

    async fn run(&self, table: &InputTable) -> Result<OutputTable, Error> {
        self.run_with(&self.limits, &self.config, table).await
    }

    async fn run_with(
        &self,
        limits: &PluginHostConfig,
        config: &Value,
        table: &InputTable,
    ) -> Result<OutputTable, Error> {
        // Nobody's: no agency has data here.
        let agency = AgencyId::from_parts(Timestamp::UNIX_EPOCH, 0);
        let host = PluginHost::new(limits.clone());
        host.run(agency, &self.plugin, config, table).await
    }
}

fn read_json(path: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("can't read {}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{} is not JSON: {error}", path.display()))
}
