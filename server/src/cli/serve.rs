//! `bellwether serve`: serve a data folder until told to stop.

use std::net::IpAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::Folder;
use crate::app::App;
use crate::config::Config;
use crate::http::{Connections, HttpState, Listening, Streams, listen};

/// The arguments of `serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    folder: Folder,
    /// The address to listen on; by default the configuration's, else 127.0.0.1.
    #[arg(long)]
    bind: Option<IpAddr>,
    /// The port; 0 takes a free one; by default the configuration's, else 7357.
    #[arg(long)]
    port: Option<u16>,
    /// Print one line of JSON once ready, for scripts.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: ServeArgs) -> Result<ExitCode, String> {
    require_folder(&args.folder.data_dir)?;
    let mut config = args.folder.load()?;
    config.server.bind = args.bind.unwrap_or(config.server.bind);
    config.server.port = args.port.unwrap_or(config.server.port);
    let running = Running::start(config).await?;
    for name in &running.app.migrated {
        tracing::info!(migration = name, "catalogue migrated");
    }
    let swept = running.app.swept;
    tracing::info!(
        batches_abandoned = swept.batches_abandoned,
        files_removed = swept.files_removed,
        dropped_removed = swept.dropped_removed,
        bodies_removed = swept.bodies_removed,
        exports_removed = swept.exports_removed,
        "swept",
    );
    if !running
        .app
        .services
        .has_agencies()
        .await
        .map_err(|error| error.chain())?
    {
        tracing::warn!(
            "the data folder `{}` holds no agency; `bellwether admin add-agency` makes one",
            super::shown(&args.folder.data_dir),
        );
    }
    running.find_plugins().await;
    let url = running.listening.url();
    if args.json {
        super::say(serde_json::json!({ "url": url }));
    } else {
        super::say(format!(
            "Bellwether answers at {url}/graphql; Ctrl-C stops it."
        ));
    }
    running.serve().await
}

/// A folder that isn't there is a slip of the pen more often than a wish for an empty instance.
fn require_folder(data_dir: &Path) -> Result<(), String> {
    if data_dir.is_dir() {
        return Ok(());
    }
    Err(format!(
        "there is no data folder `{0}`; `bellwether demo --data-dir {0}` makes one with sample data, `bellwether admin add-agency --data-dir {0}` an empty one",
        super::shown(data_dir),
    ))
}

/// A process that holds its folder and its port, about to answer.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) app: App,
    pub(super) listening: Listening,
    grace: Duration,
    graphql_body_bytes_max: usize,
    pub(super) serves_explorer: bool,
}

impl Running {
    /// Looks for plugins now rather than at the first score, so that a refused one is in the log
    /// at once, and that there are none is too.
    pub(super) async fn find_plugins(&self) {
        if self.app.services.plugins().await.is_empty() {
            tracing::warn!(
                "no plugin was found, so that nothing is scored; `libbellwether_plugin_*.so` files are looked for beside the executable, in `plugins/` there, and in `[plugins] folders`"
            );
        }
    }

    pub(super) async fn start(config: Config) -> Result<Self, String> {
        let grace = Duration::from_secs(config.server.shutdown_grace_s);
        let (bind, port) = (config.server.bind, config.server.port);
        let graphql_body_bytes_max = config.graphql_body_bytes_max;
        let serves_explorer = config.explorer.enabled;
        let app = App::open(config).await?;
        let listening = listen(bind, port).await?;
        Ok(Self {
            app,
            listening,
            grace,
            graphql_body_bytes_max,
            serves_explorer,
        })
    }

    /// Serves until Ctrl-C or SIGTERM, then ends what is under way.
    pub(super) async fn serve(self) -> Result<ExitCode, String> {
        let state = HttpState {
            services: self.app.services.clone(),
            schema: self.app.schema.clone(),
            graphql_body_bytes_max: self.graphql_body_bytes_max,
            serves_explorer: self.serves_explorer,
            connections: Connections::default(),
            streams: Streams::default(),
        };
        self.app.services.start_compaction();
        self.app.services.start_export_upkeep();
        self.app.services.start_ticker();
        self.listening
            .serve(state, told_to_stop(), self.grace)
            .await?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn told_to_stop() {
    let mut terminate =
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(terminate) => terminate,
            Err(error) => {
                tracing::warn!(%error, "can't listen for SIGTERM");
                return std::future::pending().await;
            }
        };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
}
