//! The command line: one file a command.

mod admin;
mod backup;
mod batch;
mod catalog;
mod compact;
mod demo;
mod door;
pub mod generate;
mod import;
pub mod ingest;
mod ingest_bar;
mod local;
mod map;
mod plugin;
mod rates;
mod restore;
mod serve;
mod verify;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bellwether_domain::time::Clock;
use clap::{Args, Parser, Subcommand};

use crate::clock::SystemClock;
use crate::config::{Config, log_filter};

/// GraphQL analytics for marketing campaigns.
#[derive(Debug, Parser)]
#[command(name = "bellwether", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a data folder with two agencies and 18 months of data, and serve it.
    Demo(demo::DemoArgs),
    /// Serve a data folder.
    Serve(serve::ServeArgs),
    /// Bring the catalogue's schema up to date and say what was run.
    Migrate(Folder),
    /// Take report files in, over HTTP or straight into a data folder.
    Ingest(ingest::IngestArgs),
    /// Take records in from a CSV or NDJSON file: products, agreements, feedback and the others.
    Import(import::ImportArgs),
    /// Maps, by which files of others are read: list, show and check them.
    #[command(subcommand)]
    Map(map::MapCommand),
    /// List what was sent in, or undo one of it.
    #[command(subcommand)]
    Batch(batch::BatchCommand),
    /// Exchange rates, which answers in another currency convert by.
    #[command(subcommand)]
    Rates(rates::RatesCommand),
    /// Merge small segments now.
    Compact(compact::CompactArgs),
    /// See whether everything is there and whole, and how to mend what is not.
    Verify(verify::VerifyArgs),
    /// Back everything up into a folder, while serving or not.
    Backup(backup::BackupArgs),
    /// Restore a backup into an empty data folder.
    Restore(restore::RestoreArgs),
    /// Write facts for load tests.
    Generate(generate::GenerateArgs),
    /// Make and change agencies, brands, members and tokens.
    #[command(subcommand)]
    Admin(admin::AdminCommand),
    /// Print what can be asked: metrics, dimensions, what goes together, limits.
    Catalog(catalog::CatalogArgs),
    /// Print the GraphQL schema.
    Schema,
    /// Try and run plugins, without a server.
    #[command(subcommand)]
    Plugin(plugin::PluginCommand),
    /// Run one plugin for a server; servers start this themselves.
    #[command(hide = true)]
    PluginHost {
        /// What the server says of the plugin, as JSON.
        args: String,
    },
}

/// Where the data folder lies and what configures it.
#[derive(Debug, Clone, Args)]
struct Folder {
    /// The data folder.
    #[arg(long, default_value = "bellwether-data")]
    data_dir: PathBuf,
    /// A TOML file of limits, budgets and folders; the README says where its keys stand.
    #[arg(long)]
    config: Option<PathBuf>,
}

impl Folder {
    fn load(&self) -> Result<Config, String> {
        Config::load(&self.data_dir, self.config.as_deref())
    }
}

/// Parses the command line and runs the command.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Command::PluginHost { args } = &cli.command {
        // Before any thread or runtime: the child confines the whole process.
        return bellwether_plugin_host::child_main(args);
    }
    start_log(&cli.command);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("can't start: {error}")),
    };
    match runtime.block_on(run(cli.command)) {
        Ok(code) => code,
        Err(message) => failed(&message),
    }
}

async fn run(command: Command) -> Result<ExitCode, String> {
    match command {
        Command::Demo(args) => demo::run(args).await,
        Command::Serve(args) => serve::run(args).await,
        Command::Migrate(folder) => {
            let run = crate::app::migrate(folder.load()?)?;
            match run.as_slice() {
                [] => say("the catalogue's schema is up to date"),
                names => names.iter().for_each(|name| say(format!("ran {name}"))),
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Ingest(args) => local::ingest(args).await,
        Command::Import(args) => import::run(args).await,
        Command::Map(command) => map::run(&command),
        Command::Batch(command) => batch::run(command).await,
        Command::Rates(command) => rates::run(command).await,
        Command::Compact(args) => compact::run(args).await,
        Command::Verify(args) => verify::run(args).await,
        Command::Backup(args) => backup::run(args).await,
        Command::Restore(args) => restore::run(&args),
        Command::Generate(args) => {
            let today = bellwether_domain::time::utc_date(SystemClock.now());
            generate::run(&args, today).map(|()| ExitCode::SUCCESS)
        }
        Command::Admin(command) => admin::run(command).await,
        Command::Catalog(args) => catalog::run(&args),
        Command::Schema => {
            say(bellwether_schema::SDL.trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Command::Plugin(command) => plugin::run(command).await,
        Command::PluginHost { .. } => Err("plugin-host is started before this".to_owned()),
    }
}

/// Prints a line. A reader that has gone away, such as `head`, is no fault: a server goes on.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn failed(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::FAILURE
}

/// Servers log to standard error as they go; other commands only warn.
fn start_log(command: &Command) {
    let default = match command {
        Command::Serve(_) => "info",
        _ => "warn",
    };
    let filter = tracing_subscriber::EnvFilter::new(log_filter(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
}

/// A path for people.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
