//! The configuration: a TOML file, a few environment variables, and the command line over both.
//!
//! | variable | meaning |
//! |---|---|
//! | `BELLWETHER_CATALOGUE_URL` | `postgres://…` for a catalogue there; else SQLite in the data folder |
//! | `BELLWETHER_LOG` | what is logged, such as `info` or `bellwether_service=debug` |
//! | `BELLWETHER_STARTS_AT` | for tests: the moment at which the process takes itself to start, such as `2026-04-10T12:00:00Z` |
//! | `BELLWETHER_STOP_AT` | for tests: the step of a commit at which the process stops for ever |
//!
//! Invariant: no other module reads the environment; an unknown key in the file is an error.

mod budget;
mod compaction;
mod documents;
mod explorer;
mod limits;
mod restatement;
mod subscriptions;

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bellwether_catalogue::{CatalogueConfig, Location};
use bellwether_domain::limits::Limit;
use bellwether_domain::provisional::RestatementWindows;
use bellwether_domain::time::{Clock, Timestamp};
use bellwether_plugin_host::PluginHostConfig;
use bellwether_schema::{DocumentPolicy, SchemaLimits};
use bellwether_service::{CompactionConfig, ServiceConfig, Step};
use serde::Deserialize;

pub use budget::BudgetSection;
pub use compaction::CompactionSection;
pub use documents::DocumentsSection;
pub use explorer::ExplorerSection;
pub use limits::LimitsSection;
pub use restatement::RestatementSection;
pub use subscriptions::SubscriptionsSection;

use crate::clock::{ShiftedClock, SystemClock};

/// The port that a server takes when none is named.
pub const PORT_DEFAULT: u16 = 7357;

/// The whole configuration file; every section and key may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigFile {
    /// Where the server listens.
    pub server: ServerSection,
    /// Where the catalogue lies.
    pub catalogue: CatalogueSection,
    /// What one request may cost.
    pub limits: LimitsSection,
    /// What queries may cost.
    pub budget: BudgetSection,
    /// Which documents run.
    pub documents: DocumentsSection,
    /// Connections that stay open.
    pub subscriptions: SubscriptionsSection,
    /// How much the caches may hold.
    pub cache: CacheSection,
    /// When segments are merged, and how long old snapshots stay readable.
    pub compaction: CompactionSection,
    /// For how many days platforms still change what they have reported.
    pub restatement: RestatementSection,
    /// Where plugins lie and what a call may cost.
    pub plugins: PluginsSection,
    /// The page on which people try queries.
    pub explorer: ExplorerSection,
}

/// `[server]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerSection {
    /// The address to listen on.
    pub bind: IpAddr,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// How long a stop waits for requests under way.
    pub shutdown_grace_s: u64,
}

/// `[catalogue]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CatalogueSection {
    /// `postgres://…`; absent means SQLite in the data folder.
    pub url: Option<String>,
    /// Connections that read at once.
    pub readers_max: u32,
    /// Writers that may wait.
    pub writer_queue_max: u32,
    /// How long a writer waits for the database.
    pub busy_timeout_ms: u32,
}

/// `[cache]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CacheSection {
    /// Bytes of finished answers, as they are sent.
    pub answer_bytes: u64,
    /// Bytes of whole results.
    pub result_bytes: u64,
    /// Bytes of sums of single partitions.
    pub partial_bytes: u64,
    /// Bytes of decoded columns.
    #[serde(alias = "partition_bytes")]
    pub column_bytes: u64,
    /// Bytes of roll-ups. Those of all 18 measures of two years by 2,000 campaigns fit the default.
    pub roll_up_bytes: u64,
    /// Bytes of the agencies' campaigns, brands and codes: about 2 MB for 2,000 campaigns, for
    /// each snapshot that is asked for.
    pub attribute_bytes: u64,
    /// Bytes of the lists of partitions with their segments, and of which campaigns are in each.
    pub manifest_bytes: u64,
    /// Bytes of facts that are read row by row: recorded costs and reach.
    pub row_bytes: u64,
}

/// `[plugins]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PluginsSection {
    /// Folders that are searched beside the executable's own, `deps/` and `plugins/`.
    pub folders: Vec<PathBuf>,
    /// How long one call may take.
    pub call_deadline_ms: u64,
    /// How long a child may take to start.
    pub start_deadline_ms: u64,
    /// Bytes of memory that a child may take beyond those it begins with.
    pub memory_bytes_max: u64,
    /// Whether plugins run where they can't be confined, with all that the server's user may do.
    pub allow_unconfined: bool,
}

impl Default for ServerSection {
    fn default() -> Self {
        Self {
            bind: Ipv4Addr::LOCALHOST.into(),
            port: PORT_DEFAULT,
            shutdown_grace_s: 30,
        }
    }
}

impl Default for CatalogueSection {
    fn default() -> Self {
        Self {
            url: None,
            readers_max: 8,
            writer_queue_max: 64,
            busy_timeout_ms: 5_000,
        }
    }
}

impl Default for CacheSection {
    fn default() -> Self {
        Self {
            answer_bytes: 32 << 20,
            result_bytes: 64 << 20,
            partial_bytes: 128 << 20,
            column_bytes: 640 << 20,
            roll_up_bytes: 192 << 20,
            attribute_bytes: 64 << 20,
            manifest_bytes: 32 << 20,
            row_bytes: 64 << 20,
        }
    }
}

impl Default for PluginsSection {
    fn default() -> Self {
        Self {
            folders: Vec::new(),
            call_deadline_ms: 10_000,
            start_deadline_ms: 5_000,
            // Far more than the shipped plugins take; counted as address space.
            memory_bytes_max: 1 << 30,
            allow_unconfined: false,
        }
    }
}

/// What the parts are opened with.
#[derive(Debug)]
pub struct Config {
    /// The folder that this process holds.
    pub data_dir: PathBuf,
    /// Where the server listens.
    pub server: ServerSection,
    /// The page on which people try queries.
    pub explorer: ExplorerSection,
    /// Bytes of one GraphQL request.
    pub graphql_body_bytes_max: usize,
    /// The catalogue's.
    pub catalogue: CatalogueConfig,
    /// The services'.
    pub service: ServiceConfig,
    /// The schema's.
    pub schema: SchemaLimits,
    /// Which documents run.
    pub documents: DocumentPolicy,
    /// The plugin host's.
    pub plugins: PluginHostConfig,
    /// Where tests stop a commit.
    pub stop_at: Option<Step>,
    /// Where the present moment comes from.
    pub clock: Arc<dyn Clock>,
}

impl Config {
    /// The configuration for a data folder, from a file if one is named and the environment.
    pub fn load(data_dir: &Path, file: Option<&Path>) -> Result<Self, String> {
        let file = file.map_or_else(|| Ok(ConfigFile::default()), read_file)?;
        let stop_at = variable("BELLWETHER_STOP_AT")
            .map(|word| {
                word.parse::<Step>()
                    .map_err(|refusal| format!("BELLWETHER_STOP_AT: {}", refusal.message))
            })
            .transpose()?;
        let url = variable("BELLWETHER_CATALOGUE_URL").or_else(|| file.catalogue.url.clone());
        let location = match url {
            Some(url) => Location::Postgres(url),
            None => Location::Sqlite(data_dir.join("catalogue.sqlite")),
        };
        let limits = &file.limits;
        let restatement = file.restatement.windows()?;
        Ok(Self {
            data_dir: data_dir.to_owned(),
            graphql_body_bytes_max: limits.graphql_body_bytes_max,
            catalogue: CatalogueConfig {
                location,
                readers_max: file.catalogue.readers_max,
                writer_queue_max: file.catalogue.writer_queue_max,
                busy_timeout_ms: file.catalogue.busy_timeout_ms,
            },
            service: service_config(data_dir, &file, file.compaction.read()?, restatement),
            schema: limits.schema(),
            documents: file.documents.read()?,
            plugins: plugin_config(&file.plugins)?,
            server: file.server,
            explorer: file.explorer,
            stop_at,
            clock: clock()?,
        })
    }
}

/// What plugins run with on a server that nobody configured, without any folder of plugins.
pub fn default_plugin_host() -> Result<PluginHostConfig, String> {
    let config = plugin_config(&PluginsSection::default())?;
    Ok(PluginHostConfig {
        plugin_folders: Vec::new(),
        ..config
    })
}

/// The configured limits by name, with the values of a server that nobody configured.
pub fn default_limits() -> Result<Vec<Limit>, String> {
    let file = ConfigFile::default();
    let compaction = file.compaction.read()?;
    let restatement = file.restatement.windows()?;
    let service = service_config(Path::new(""), &file, compaction, restatement);
    let mut limits = file.limits.schema().named();
    limits.extend(service.limits());
    Ok(limits)
}

/// What is logged: `BELLWETHER_LOG`, or the default.
pub fn log_filter(default: &str) -> String {
    variable("BELLWETHER_LOG").unwrap_or_else(|| default.to_owned())
}

/// The machine's clock, or one that tests have start at another moment.
fn clock() -> Result<Arc<dyn Clock>, String> {
    let Some(text) = variable("BELLWETHER_STARTS_AT") else {
        return Ok(Arc::new(SystemClock));
    };
    let moment: Timestamp = text
        .parse()
        .map_err(|_| format!("BELLWETHER_STARTS_AT: `{text}` is not a moment"))?;
    Ok(Arc::new(ShiftedClock::starting_at(moment)))
}

fn service_config(
    data_dir: &Path,
    file: &ConfigFile,
    compaction: CompactionConfig,
    restatement: RestatementWindows,
) -> ServiceConfig {
    let (limits, cache) = (&file.limits, &file.cache);
    ServiceConfig {
        spool_folder: data_dir.join("spool"),
        ingest_body_bytes_max: limits.ingest_body_bytes_max,
        ingest_rows_max: limits.ingest_rows_max,
        ingest_line_bytes_max: limits.ingest_line_bytes_max,
        concurrent_ingests_max: limits.concurrent_ingests_max,
        agency_ingests_max: limits
            .agency_ingests_max
            .unwrap_or(limits.concurrent_ingests_max.saturating_sub(1)),
        ingest_spool_bytes_max: limits.ingest_spool_bytes_max,
        ingest_silence_s: limits.ingest_silence_s,
        ingest_memory_bytes_max: limits.ingest_memory_bytes_max,
        staging_lease_s: 3_600,
        idempotency_days: 30,
        answer_cache_bytes: cache.answer_bytes,
        result_cache_bytes: cache.result_bytes,
        partial_cache_bytes: cache.partial_bytes,
        column_cache_bytes: cache.column_bytes,
        roll_up_cache_bytes: cache.roll_up_bytes,
        attribute_cache_bytes: cache.attribute_bytes,
        manifest_cache_bytes: cache.manifest_bytes,
        row_cache_bytes: cache.row_bytes,
        query_parallelism: std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
        query_places: limits.query_places(),
        exports: limits.exports(),
        subscriptions: file.subscriptions.read(),
        budget: file.budget.read(),
        document_cache_bytes: file.documents.registered_bytes,
        compaction,
        restatement,
    }
}

fn plugin_config(section: &PluginsSection) -> Result<PluginHostConfig, String> {
    let executable =
        std::env::current_exe().map_err(|error| format!("can't find this executable: {error}"))?;
    let beside = executable.parent().map(Path::to_owned).unwrap_or_default();
    let mut plugin_folders = vec![beside.clone(), beside.join("deps"), beside.join("plugins")];
    plugin_folders.extend(section.folders.iter().cloned());
    Ok(PluginHostConfig {
        executable,
        plugin_folders,
        call_deadline_ms: section.call_deadline_ms,
        start_deadline_ms: section.start_deadline_ms,
        memory_bytes_max: section.memory_bytes_max,
        allow_unconfined: section.allow_unconfined,
        rows_per_slice_max: 16_384,
        rows_per_call_max: 1_000_000,
        output_bytes_max: 64 << 20,
        plugin_files: Vec::new(),
    })
}

fn read_file(path: &Path) -> Result<ConfigFile, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("can't read the configuration `{}`: {error}", path.display()))?;
    toml::from_str(&text)
        .map_err(|error| format!("the configuration `{}` is wrong:\n{error}", path.display()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_the_defaults_and_an_unknown_key_is_refused() {
        let file: ConfigFile = toml::from_str("").unwrap();
        assert_eq!(file.server.port, PORT_DEFAULT);
        let refused = toml::from_str::<ConfigFile>("[server]\nprot = 1")
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains("prot") && refused.contains("port"),
            "{refused}"
        );
    }
}
