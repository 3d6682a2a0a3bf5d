//! `bellwether demo`: two agencies with 18 months of lifelike data, served at once.

mod build;
mod cases;
mod records;
mod welcome;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::serve::Running;
use crate::config::Config;

/// The arguments of `demo`.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// The data folder; made when absent, taken as it is when it holds a demonstration.
    #[arg(long, default_value = "bellwether-data")]
    data_dir: PathBuf,
    /// A TOML file; see the README for its keys.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The port; 0 takes a free one; by default the configuration's, else 7357.
    #[arg(long)]
    port: Option<u16>,
    /// Agencies, brands and tokens, but no campaigns and no facts.
    #[arg(long)]
    empty: bool,
    /// A plugin's shared library to run beside the others; can be given several times.
    #[arg(long = "plugin", value_name = "FILE")]
    plugins: Vec<PathBuf>,
    /// Print one line of JSON once ready, and nothing else, for scripts.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: DemoArgs) -> Result<ExitCode, String> {
    let mut config = Config::load(&args.data_dir, args.config.as_deref())?;
    // A demonstration's tokens are printed for all to see: it never listens to other machines.
    config.server.bind = std::net::Ipv4Addr::LOCALHOST.into();
    config.server.port = args.port.unwrap_or(config.server.port);
    config.plugins.plugin_files = args.plugins;
    let data_dir = config.data_dir.clone();
    let running = Running::start(config).await?;
    running.find_plugins().await;
    let contents = if args.empty {
        build::Contents::Empty
    } else {
        build::Contents::Full
    };
    let shows_progress = !args.json;
    let agencies = build::build(&running.app.services, &data_dir, contents, shows_progress).await?;
    let url = running.listening.url();
    if args.json {
        super::say(welcome::json(&url, &agencies));
    } else {
        super::say(welcome::text(&url, &agencies, running.serves_explorer));
    }
    running.serve().await
}
